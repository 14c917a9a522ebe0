"""Titles of columns that are no counts: metric, area, month, note, unit, organisation; and titles of counts of any metric."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.ingest.formats.cells.labels import bare_name, is_comparison
from services.ingest.formats.cells.units import split_unit
from services.ingest.formats.layout.titles import Title
from services.ingest.formats.layout.value_kinds import ValueKind, value_kind
from shared.values.spelling import normalised

_DIMENSIONS = {"metric", "area", "month"}
_WITHOUT_GROUP = {"value", "note", "unit", "org"}  # their titles mean the same under any group
REQUIRED_COLUMNS = ("metric", "area", "month", "value")
TITLES: Mapping[str, tuple[str, ...]] = {
    "metric": ("指标", "metric", "指标代码", "指标编码", "指标名称", "metric_code", "metric code"),
    "area": ("区域", "area", "街道", "地区", "区域代码", "区域编码", "区域名称", "区划代码", "area_code", "area code", "street"),
    "month": ("月份", "month", "统计月份", "数据月份", "报告月份", "所属月份", "年月"),
    "value": ("数值", "value", "数量", "指标值", "count", "本月数", "累计", "期末到达", "本月新增"),
    "note": ("备注", "note", "notes", "说明", "remark", "remarks"),
    "unit": ("计量单位", "单位", "unit"),
    "org": (
        *("运营商", "运营企业", "电信企业", "基础电信企业", "企业", "企业名称", "填报单位", "报送单位", "填报企业"),
        *("carrier", "operator", "organisation", "company"),
    ),
}
_PERIOD_TITLE = re.compile(
    r"(?:统计|数据|报告|所属|业务)?(?:日期|时间|期间|周期|年份|年度|年|季度|季|月|月度|旬|周|账期|时期|期次|期别)|year|period|quarter|date"
)
_FINER_AREA_TITLE = re.compile(
    r"(?:.*(?:社区|小区|网格|楼栋|楼宇|片区|站点|基站|机房|点位|路段|场所)|(?:行政|自然)?村)(?:名称?|编号|编码|代码)?"
)
_FREE_TEXT_TITLE = re.compile(
    r".*(?:备注|说明|来源|依据|意见|电话|手机|邮箱|联系方式|人|人员|部门|科室|单位|代码|编码|编号|序号|链接|附件|签字|审核|核对|校验)\d?"
    r"|id|code|source|contact|remarks?.*|notes?.*|comments?"
)
_GROUP_TITLE = re.compile(
    r"(?:指标)?(?:领域|专业|分类|类别|类型|大类|板块|维度|分组|组别|方面)|[一二]级(?:指标|分类)|项目|category|group"
)
# Of a column of codes and a column of names, the codes are read, and the names must match them.
_NAME_TITLES: Mapping[str, tuple[str, ...]] = {
    "metric": ("指标", "指标名称"),
    "area": ("区域", "街道", "地区", "区域名称", "street"),
}
_ONLY_NAME_TITLES: Mapping[str, tuple[str, ...]] = {"metric": ("title", "指标 title"), "area": ("name", "区域 name")}
_TEMPLATE_TITLES = {  # as the templates of this service write them, in both languages at once
    "指标代码 metric": "metric",
    "区域代码 area": "area",
    "月份 month": "month",
    "计量单位 unit": "unit",
    "单位 unit": "unit",  # in templates that were downloaded before the title changed
    "本月数 value": "value",
    "备注 note": "note",
}
_COLUMN_BY_TITLE = {normalised(word): name for name, words in TITLES.items() for word in words} | {
    normalised(word): name for word, name in _TEMPLATE_TITLES.items()
}
_COLUMN_BY_NAME_TITLE = {normalised(word): name for name, words in _NAME_TITLES.items() for word in words}
_COLUMN_BY_ONLY_NAME_TITLE = {normalised(word): name for name, words in _ONLY_NAME_TITLES.items() for word in words}


@dataclass(slots=True)
class HeaderTitles:
    """Columns that a row of titles names."""

    columns: dict[str, int] = field(default_factory=dict)  # column → its index
    values: dict[int, tuple[ValueKind, str, str]] = field(default_factory=dict)  # columns of counts → kind, unit and title
    name_columns: dict[int, str] = field(default_factory=dict)  # columns of names → the column of codes that they must match
    others: dict[int, str] = field(default_factory=dict)  # columns with other titles → the title
    duplicates: list[tuple[str, int, str]] = field(default_factory=list)  # column, index and title
    _has_names: dict[str, bool] = field(default_factory=dict)  # column → whether its title is that of a column of names

    @classmethod
    def from_cells(cls, cells: Sequence[str]) -> "HeaderTitles":
        """Read a row of titles."""
        titles = cls()
        for column_index, cell in enumerate(cells):
            titles._add(column_index, cell)
        return titles

    def _add(self, column_index: int, cell: str) -> None:
        title = normalised(bare_name(cell))
        if kind := value_kind(cell) or (ValueKind.COUNT if _COLUMN_BY_TITLE.get(title) == "value" else None):
            if kind in {earlier for earlier, _, _ in self.values.values()}:
                self.duplicates.append(("value", column_index, cell))
            self.values[column_index] = kind, split_unit(cell)[1], cell.strip()
            return
        name = _COLUMN_BY_TITLE.get(title)
        if name is None and title in _COLUMN_BY_ONLY_NAME_TITLE:
            self.name_columns[column_index] = _COLUMN_BY_ONLY_NAME_TITLE[title]
        elif name is None:
            if title:
                self.others[column_index] = cell.strip()
        elif name not in self.columns:
            self.columns[name] = column_index
            self._has_names[name] = title in _COLUMN_BY_NAME_TITLE
        elif self._has_names[name] is (title in _COLUMN_BY_NAME_TITLE):
            self.duplicates.append((name, column_index, cell))
        else:
            first = self.columns[name]
            codes, names = (column_index, first) if self._has_names[name] else (first, column_index)
            self.columns[name] = codes
            self._has_names[name] = False
            self.name_columns[names] = name


def column_of_title(title: str) -> str | None:
    """Return the column that a title names: metric, area, month, value, note or unit."""
    return _COLUMN_BY_TITLE.get(normalised(bare_name(title))) or ("value" if value_kind(title) else None)


def is_period_title(title: str) -> bool:
    """Return whether a title may be that of months, though it is none of the known ones: 日期, 年份, 统计时间."""
    return bool(_PERIOD_TITLE.fullmatch(normalised(bare_name(title))))


def is_free_text(title: str) -> bool:
    """Return whether the texts below a title say nothing of what is counted: 数据来源, 责任人, 站点编号."""
    return bool(_FREE_TEXT_TITLE.fullmatch(normalised(bare_name(title))))


def is_group_of_metrics(title: str) -> bool:
    """Return whether a title left of the metrics' is that of groups of them: 领域, 一级指标."""
    return bool(_GROUP_TITLE.fullmatch(normalised(bare_name(title))))


def is_finer_area(title: str) -> bool:
    """Return whether a title is that of parts of a subdistrict: 社区, 网格编号."""
    return bool(_FINER_AREA_TITLE.fullmatch(normalised(bare_name(title))))


def full_column_title(title: Title) -> str | None:
    """Return the text that names a column, with the title's group if it matters.

    None if the text is not a title at all, but a value below the title of a column.
    """
    if not title.group:
        return title.text
    if column_of_title(title.full_text):
        return title.full_text
    if column_of_title(title.text) in _WITHOUT_GROUP:
        return _title_of_counts(title) if value_kind(title.text) else title.text
    return None if {column_of_title(title.text), column_of_title(title.group)} & _DIMENSIONS else title.full_text


def _title_of_counts(title: Title) -> str:
    """Return the title of counts of any metric below a group, which may say which: 新增 above 数值, 计划 above 数值."""
    kind, kind_of_group = value_kind(title.text), value_kind(title.group)
    if kind_of_group in {None, kind, ValueKind.COUNT}:
        return title.full_text if kind_of_group is None and is_comparison(title.group) else title.text
    return title.group if kind is ValueKind.COUNT else title.full_text


def count_known_titles(cells: Sequence[str]) -> int:
    """Return how many different required columns a row of titles names."""
    return len(set(map(column_of_title, cells)) & set(REQUIRED_COLUMNS))
