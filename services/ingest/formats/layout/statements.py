"""The statements of a form's texts about its counts: unit, month, kind of figures, organisation, area.

The same questions are asked of every text, wherever it is: sheet name, caption, group of titles, corner, note, signature.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from services.ingest.formats.cells.units import unit_in_text
from services.ingest.formats.cells.values import parse_month
from services.ingest.formats.layout.value_kinds import ValueKind, value_kind
from services.ingest.formats.rows import Names
from services.ingest.formats.sender import SenderDefaults
from shared.values.spelling import normalised

_SPACE = re.compile(r"\s+")
_TEXT_LENGTH = 200  # characters of a text that are read
_NAME_LENGTH_MIN = 3  # characters of a name that is searched for inside a longer text; shorter ones begin a part of it
_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CHINESE_MONTHS = {
    name: number for number, name in enumerate(("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"), 1)
}
_ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CHINESE_YEAR = re.compile(r"[〇零○一二三四五六七八九]{4}(?=年)")
_CHINESE_MONTH = re.compile(r"(?<![第个〇零○一二三四五六七八九十])(十[一二]?|[一二三四五六七八九])(?=月)")
_SHORT_YEAR = re.compile(r"(?<!\d)'?(2\d)年(?![以内期来后])")
_ENGLISH_MONTH = re.compile(r"(?<![a-z])(" + "|".join(_ENGLISH_MONTHS) + r")[a-z]{0,6}[.,'’-]?(20\d\d|\d\d)(?!\d)")
_MONTH = re.compile(r"(?<!\d)(20\d\d)(?:年(1[0-2]|0?[1-9])月|[-./](1[0-2]|0?[1-9])(?![\d./-]))(?!\d{1,2}[日号])")
_MONTH_ONLY = re.compile(r"(?<![\d年./-])(1[0-2]|0?[1-9])月(?:份|$|(?!\d))")
_DAY = re.compile(r"(?<!\d)(20\d\d)(?:年(1[0-2]|0?[1-9])月([0-3]?[0-9])[日号]|[./-](1[0-2]|0?[1-9])[./-]([0-3]?[0-9])(?!\d))")
_UNTIL = re.compile(r"(?:截[至止](?:时间|日期|到)?|(?:统计|数据|报告)(?:时间|日期|时点|期))[:为]?$")
_UNTIL_DAY = re.compile(r"截[至止]到?(1[0-2]|0?[1-9])月([0-3]?[0-9])[日号]")
_FEBRUARY = 2
_DAYS_MAX = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_YEAR = re.compile(r"(?<!\d)(20\d\d)年度?(?!(?:1[0-2]|0?[1-9])月)")
_YEARS = re.compile(r"(?<!\d)(20\d\d)年?[-~—–－至到]+(20\d\d)年")
_PERIOD = re.compile(
    r"(?:1[0-2]|[1-9])月?(?:[-~—–－至到]|--)(?:20\d\d年)?(?:1[0-2]|[1-9])月(?!\d)|[一二三四1-4]季度|[上下]半年|全年|q[1-4](?!\d)"
)
_PART_OF_MONTH = re.compile(r"[上中下]旬|[上下]半月|第?[一二三四五1-5]周|[周旬日]报|week|daily")
_FILING = re.compile(r"(?:填报|填表|制表|报送|上报|打印|印发|审核|编制)")
_DATED = re.compile(r"(?:日期|时间)(?::.*|)|date.*")
_FILED = re.compile(r"(?:填报|填表|制表|报送|上报|打印|印发|审核|编制)(?:日期|时间)(?::.*|)")
_OTHER_MONTHS = re.compile(r"(?:上个?月|上期|上季度?|上年|去年|前期|同期|年初|期初)")
_COMPARED = re.compile(r"对比|比较|同比|环比|较|增减|变化|与|及|和")
_PLANNED = re.compile(r"计划(?!生育|单列)|目标|任务|预计|预测|规划")
_CARRIED_OUT = re.compile(r"完成|进展|进度|推进|执行|落实|实施|达标|专班")
_RATIOS = re.compile(r"(?:同比|环比)(?:增长|增减|增幅|变化)?率?|占比|比重|比例|增[速幅]|增长率?|平均(?:数|值)?|均值|排名")
_INCREASE = re.compile(r"新增|净增|增加|新建|新发生|增量")
_CUMULATIVE = re.compile(r"累计")
_NOT_A_NAME = re.compile(
    r"[^\w]+|_|(?<!\d)20\d\d年?度?|(?<!\d)(?:1[0-2]|0?[1-9])月[份末底]?|数据|情况|统计|月报|报表|报送|填报|明细|汇总|一览|登记|台账"
    r"|(?:有限|分)?公司|集团|报?表$|^的"
)
_INCLUDED = re.compile(r"含|包括|剔除|除外|共享")  # such a sentence names others than whose counts these are
_ORG_LABEL = re.compile(
    r"(?:填报|报送|填表|制表)?(?:单位|企业|运营商)(?:名称)?:(.+)|(?:carrier|operator|organisation|company):(.+)"
)
_PART_OF_AREA = re.compile(r"([\u4e00-\u9fff]{1,4}?)(?:街道|社区|镇|乡|村)(?!服务|工作|类|级|振兴)")
_REGION = re.compile(r"([\u4e00-\u9fff]{2,3}?)(?:市|区|县)(?![域间县块位号分场政民委局通])")
_ANY_PLACE = re.compile(
    r".*(?:各|分|全|按|本|所有|重点|有关|相关|智慧|住宅|城市|老旧|示范|完整|农村|城|和谐|平安|每个|小|园|校|社|地|辖|厂|景|片|街|库|政|范|发)"
)
_REMARK = re.compile(r"(?:填表|填报)?(?:说明|备注)(?:(?::|为)(.*)|)|注\d*[:：](.*)|notes?:(.*)")
_SAYS = re.compile(
    r"(?:以上|本表|上述|表中|表内)?(?:数据|数值|数字|指标|数)?均?(?:为|是|系)(.*)|(?:统计)?口径[:为是](.*)"
    r"|(?:数据|数值|数字|指标)?均?[按以](.*?)(?:口径)?(?:填报|填写|统计)|(?:数据|数值|数字|指标)?(?:统计|更新)?(截[至止].*)"
    r"|(?:以上|本表|上述)(.*)"
)


@dataclass(slots=True)
class Statement:
    """The statement of one text; its fields are empty where it states nothing."""

    unit: str = ""
    months: list[str] = field(default_factory=list)
    months_without_year: set[int] = field(default_factory=set)
    years: set[int] = field(default_factory=set)  # that are named without a month
    days: list[date] = field(default_factory=list)
    is_bare_day: bool = False  # nothing else is in the text: it may be the day of filing
    is_period: bool = False  # of several months
    is_part_of_month: bool = False
    areas: set[str] = field(default_factory=set)
    unknown_areas: set[str] = field(default_factory=set)  # streets and the like that the campaign does not have
    regions: set[str] = field(default_factory=set)  # cities and districts
    names_campaign: bool = False  # by its area: then a region only says where it is
    organisations: set[str] = field(default_factory=set)
    is_of_other_figures: bool = False  # last month's, planned, ratios or the like
    kind: ValueKind = ValueKind.COUNT
    is_about_kind: bool = False  # it says nothing but of what kind the figures are: 以上为新增数, 累计


class StatementReader:
    """Asks texts what they state, for the sender of a push."""

    def __init__(self, names: Names, sender: SenderDefaults) -> None:
        self.names, self.sender = names, sender

    @cached_property
    def _areas(self) -> Mapping[str, str]:
        """Codes of the areas by compact spelling, without the campaign's own, which is no area of a form."""
        return {compact(name): code for name, code in self.names.areas.items() if code != self.sender.campaign_area}

    @cached_property
    def _campaign_names(self) -> list[str]:
        campaign = self.sender.campaign_area
        return [compact(name) for name, code in self.names.areas.items() if code == campaign]

    @cached_property
    def _peers(self) -> Mapping[str, str]:
        return {compact(name): code for name, code in self.sender.peers.items()}

    @cached_property
    def _peer_codes(self) -> frozenset[str]:
        return frozenset(self._peers.values())

    def read(self, text: str) -> Statement:
        """Return what a text states. Of a remark that is no plain sentence about the table, only the unit."""
        statement = Statement(unit=unit_in_text(text[:_TEXT_LENGTH]))
        words = compact(text)
        if (remark := _REMARK.fullmatch(words)) is not None:
            words = _sentence(next((part for part in remark.groups() if part), ""))
        if words:
            self._read_time(statement, words)
            _read_figures(statement, words)
            statement.is_about_kind = bool(remark or _sentence(words) or value_kind("".join(_parts(words))))
            self._read_areas(statement, words)
            statement.organisations = set(self._organisations(words))
        return statement

    def _read_time(self, statement: Statement, words: str) -> None:
        if _FILED.fullmatch(words):
            return
        statement.is_period = bool(_PERIOD.search(words))
        statement.is_part_of_month = bool(_PART_OF_MONTH.search(words))
        if not _DATED.fullmatch(words) and not _FILING.search(words):
            statement.is_bare_day = bool(_DAY.fullmatch(words))
            statement.days = _days(statement, words)
        if not statement.is_period:
            statement.months += _months(words)
            statement.months_without_year = {int(match[1]) for match in _MONTH_ONLY.finditer(words)}
            for match in _UNTIL_DAY.finditer("" if _FILING.search(words) else words):
                self._read_day(statement, int(match[1]), int(match[2]))
        statement.years = {int(match[1]) for match in _YEAR.finditer(words)}
        for match in _YEARS.finditer(words):
            statement.years.update(range(int(match[1]), int(match[2]) + 1))

    def _read_day(self, statement: Statement, month: int, day: int) -> None:
        """Read the day, without its year, until which figures are: the last one of a month is that month."""
        last = _DAYS_MAX[month - 1]
        if last >= day >= (last - 1 if month == _FEBRUARY else last):
            statement.months_without_year.add(month)
        else:
            statement.is_part_of_month = True

    def _read_areas(self, statement: Statement, words: str) -> None:
        parts = _parts(words)
        for name, code in self._areas.items():
            if (len(name) >= _NAME_LENGTH_MIN and name in words) or any(_begins(part, name) for part in parts):
                statement.areas.add(code)
        statement.names_campaign = any(len(name) >= _NAME_LENGTH_MIN and name in words for name in self._campaign_names)
        for part in parts:
            match = _PART_OF_AREA.match(part)
            if match and not _ANY_PLACE.fullmatch(match[1]) and match[0] not in self._areas:
                statement.unknown_areas.add(match[0])
            match = _REGION.match(part)
            if match and not _ANY_PLACE.fullmatch(match[1]):
                statement.regions.add(match[0])

    def _organisations(self, words: str) -> Iterator[str]:
        """Yield the organisations of the sender's role that a text names: in full, or by a short name between marks."""
        label = _ORG_LABEL.fullmatch(words)
        labelled = next((part for part in label.groups() if part), "") if label else ""
        for part in {*_parts(words), words, labelled}:
            code = self.names.organisations.get(part)
            if code in self._peer_codes and (part == labelled or part not in self._areas):
                yield str(code)
        if not _INCLUDED.search(words):
            yield from (code for name, code in self._peers.items() if name in words)


def compact(text: str) -> str:
    """Return a text without spaces, with its years and months in digits: 二〇二二年八月, 22年8月, Aug 2022 → 2022年8月."""
    words = _SPACE.sub("", normalised(text[:_TEXT_LENGTH]))
    words = _CHINESE_YEAR.sub(lambda match: match[0].translate(_DIGITS), words)
    words = _CHINESE_MONTH.sub(lambda match: str(_CHINESE_MONTHS[match[1]]), words)
    words = _SHORT_YEAR.sub(r"20\1年", words)
    return _ENGLISH_MONTH.sub(lambda match: f"20{match[2][-2:]}年{_ENGLISH_MONTHS.index(match[1]) + 1}月", words)


def _sentence(remark: str) -> str:
    """Return what a remark says that the figures are: 以上为上月数, 按上月数填报 → 上月数; empty if it says something else."""
    match = _SAYS.fullmatch(remark)
    return next((part for part in match.groups() if part), "").rstrip("。.;") if match else ""


def _parts(words: str) -> list[str]:
    return [part for part in _NOT_A_NAME.split(words) if part]


def _begins(part: str, name: str) -> bool:
    return part.startswith(name) and not name.isascii()


def _months(words: str) -> Iterator[str]:
    yield from (f"{match[1]}-{int(match[2] or match[3]):02}" for match in _MONTH.finditer(words))
    exact, _ = parse_month(words)
    if exact and len(words) == len("202208"):
        yield exact


def _days(statement: Statement, words: str) -> list[date]:
    """Return the days that a text names; the last day of a month after 截至 is that month."""
    days = []
    for match in _DAY.finditer(words):
        year, month, day = int(match[1]), int(match[2] or match[4]), int(match[3] or match[5])
        last = monthrange(year, month)[1]
        if day == last and _UNTIL.search(words[: match.start()]):
            statement.months.append(f"{year}-{month:02}")
        elif 0 < day <= last:
            days.append(date(year, month, day))
    return days


def _read_figures(statement: Statement, words: str) -> None:
    """Read what a text says of all figures: that they are last month's, planned, ratios, increases or cumulative counts."""
    if _RATIOS.fullmatch(words):
        statement.is_of_other_figures = True
    elif _OTHER_MONTHS.search(words):
        statement.is_of_other_figures = not _COMPARED.search(words)
    elif _PLANNED.search(words):
        statement.is_of_other_figures = not _CARRIED_OUT.search(words)
    kinds = {
        kind for pattern, kind in ((_INCREASE, ValueKind.INCREASE), (_CUMULATIVE, ValueKind.CUMULATIVE)) if pattern.search(words)
    }
    whole = value_kind("".join(_parts(words)))
    if len(kinds) == 1 or (whole and whole is not ValueKind.COUNT):
        statement.kind = whole if whole and whole is not ValueKind.COUNT else kinds.pop()
