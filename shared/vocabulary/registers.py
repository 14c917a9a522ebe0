"""Enumerations of registers."""

from shared.vocabulary.term import Term


class RegisterCode(Term):
    """Code of a register."""

    KEY_PLACES = "key_places", "重点场所", "key places"
    PLACE_TESTS = "place_tests", "重点场所5G测试", "5G tests of key places"
    COMPOUNDS = "compounds", "小区楼栋", "residential compounds"
    HOME_COVERAGE = "home_coverage", "千兆覆盖家庭", "gigabit home coverage"
    BASE_STATIONS = "base_stations", "5G基站", "5G base stations"


class ColumnKind(Term):
    """Type of a register's column."""

    TEXT = "text", "文本", "text"
    INTEGER = "integer", "整数", "whole number"
    DECIMAL = "decimal", "小数", "decimal number"
    DATE = "date", "日期", "date, 2022-08-15"
    INSTANT = "instant", "时刻", "timestamp with offset, 2022-08-15T10:30:00+08:00"
    YES_NO = "yes_no", "是/否", "yes or no: true or false"
    KEY = "key", "编号", "identifier"
    MONTH = "month", "月份", "month, 2022-08"
    AREA = "area", "区域代码", "code of an area"
    TERM = "term", "代码", "code from a list"
    TERMS = "terms", "多个代码", "several codes from a list"


class RegisterCount(Term):
    """Count derived from registers."""

    PLACES_LISTED = "places_listed", "登记场所数", "registered places"
    PLACES_ANY = "places_any", "至少一家通达的场所数", "places reached by any carrier"
    PLACES_ALL = "places_all", "各家均通达的场所数", "places reached by every carrier"
    PLACES_EACH = "places_each", "本企业通达的场所数", "places reached by the carrier itself"
    HOUSEHOLDS = "households", "登记户数", "registered households"
    HOMES_LOWER = "homes_lower", "逐楼覆盖下限", "lower bound of homes covered, building by building"
    HOMES_UPPER = "homes_upper", "逐楼覆盖上限", "upper bound of homes covered, building by building"
    HOMES_EACH = "homes_each", "本企业覆盖户数", "homes covered by the carrier itself"
    STATIONS_ONCE = "stations_once", "去重基站数", "stations, each counted once"
    STATIONS_BUILT = "stations_built", "本企业自建基站数", "stations built by the carrier"
    STATIONS_SHARED_IN = "stations_shared_in", "共享共入基站数", "stations shared in by the carrier"
