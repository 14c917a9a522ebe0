"""Header row of a table: the columns that its titles name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.ingest.formats.cells.units import split_unit
from services.ingest.formats.rows import safe_excerpt
from services.ingest.formats.tables.titles import Title
from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised

_DIMENSIONS = {"metric", "area", "month"}
_WITHOUT_GROUP = {"value", "note", "unit"}  # their titles mean the same under any group
REQUIRED_COLUMNS = ("metric", "area", "month", "value")
_TITLES: Mapping[str, tuple[str, ...]] = {
    "metric": ("指标", "metric", "指标代码", "指标编码", "指标名称", "metric_code", "metric code"),
    "area": ("区域", "area", "街道", "地区", "区域代码", "区域编码", "区域名称", "区划代码", "area_code", "area code", "street"),
    "month": ("月份", "month", "统计月份", "数据月份", "报告月份", "所属月份", "年月"),
    "value": ("数值", "value", "数量", "指标值", "值", "count", "本月数", "本月末到达"),
    "note": ("备注", "note", "notes", "说明", "remark", "remarks"),
    "unit": ("计量单位", "单位", "unit"),
}
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
_LAST_MONTH_TITLES = frozenset(map(normalised, ("上月数 last_value", "上月数", "last_value")))
_COLUMN_BY_TITLE = {normalised(word): name for name, words in _TITLES.items() for word in words} | {
    normalised(word): name for word, name in _TEMPLATE_TITLES.items()
}
_COLUMN_BY_NAME_TITLE = {normalised(word): name for name, words in _NAME_TITLES.items() for word in words}
_COLUMN_BY_ONLY_NAME_TITLE = {normalised(word): name for name, words in _ONLY_NAME_TITLES.items() for word in words}


@dataclass(frozen=True, slots=True)
class Header:
    """Column indices of a plain table, from 0."""

    metric: int
    area: int
    month: int
    value: int
    note: int | None = None
    unit: int | None = None
    name_columns: Mapping[int, str] = field(default_factory=dict)  # columns of names → the column of codes that they must match
    ignored: Mapping[int, str] = field(default_factory=dict)  # columns with unknown titles → the title
    width: int = 0

    @property
    def columns(self) -> dict[str, int]:
        """Column indices by column."""
        required = {"metric": self.metric, "area": self.area, "month": self.month, "value": self.value}
        return required | {name: index for name, index in (("note", self.note), ("unit", self.unit)) if index is not None}


@dataclass(slots=True)
class HeaderTitles:
    """Columns that a row of titles names."""

    columns: dict[str, int] = field(default_factory=dict)  # column → its index
    name_columns: dict[int, str] = field(default_factory=dict)
    ignored: dict[int, str] = field(default_factory=dict)
    duplicates: list[tuple[str, str]] = field(default_factory=list)  # column and title
    value_unit: str = ""  # in brackets at the end of the value's title
    _has_names: dict[str, bool] = field(default_factory=dict)  # column → whether its title is that of a column of names

    @classmethod
    def from_cells(cls, cells: Sequence[str]) -> "HeaderTitles":
        """Read a row of titles."""
        titles = cls()
        for column_index, cell in enumerate(cells):
            titles._add(column_index, cell)
        return titles

    def _add(self, column_index: int, cell: str) -> None:
        title = normalised(cell)
        name = _COLUMN_BY_TITLE.get(title)
        if name is None:
            base, unit = split_unit(cell) if title.endswith((")", "]")) else ("", "")
            if unit and _COLUMN_BY_TITLE.get(normalised(base)) == "value":
                name, self.value_unit = "value", unit
        if name is None and title in _COLUMN_BY_ONLY_NAME_TITLE:
            self.name_columns[column_index] = _COLUMN_BY_ONLY_NAME_TITLE[title]
        elif name is None:
            if title and title not in _LAST_MONTH_TITLES:
                self.ignored[column_index] = cell.strip()
        elif name not in self.columns:
            self.columns[name] = column_index
            self._has_names[name] = title in _COLUMN_BY_NAME_TITLE
        elif self._has_names[name] is (title in _COLUMN_BY_NAME_TITLE):
            self.duplicates.append((name, cell))
        else:
            first = self.columns[name]
            codes, names = (column_index, first) if self._has_names[name] else (first, column_index)
            self.columns[name] = codes
            self._has_names[name] = False
            self.name_columns[names] = name

    def header(self) -> Header:
        """Return the header of a plain table; raises Schema, naming every missing and every duplicate column."""
        errors = [_error(name, "duplicate_column", "列重复", "duplicate column", cell) for name, cell in self.duplicates]
        missing = [name for name in REQUIRED_COLUMNS if name not in self.columns]
        errors += [_error(name, "missing_column", "缺少该列", "missing column") for name in missing]
        if errors:
            titles = accepted_titles()
            raise Schema(f"表头有误。{titles.zh}。", f"The header row is invalid. {titles.en}.", errors=errors)
        metric, area, month, value = (self.columns[name] for name in REQUIRED_COLUMNS)
        width = max([*self.columns.values(), *self.ignored, *self.name_columns]) + 1
        note, unit = self.columns.get("note"), self.columns.get("unit")
        return Header(metric, area, month, value, note, unit, self.name_columns, self.ignored, width)


def column_of_title(title: str) -> str | None:
    """Return the column that a title names: metric, area, month, value, note or unit."""
    return _COLUMN_BY_TITLE.get(normalised(title))


def full_column_title(title: Title) -> str | None:
    """Return the text that names a column, with the title's group if it matters.

    None if the text is not a title at all, but a value below the title of a column.
    """
    if not title.group:
        return title.text
    if column_of_title(title.full_text):
        return title.full_text
    if column_of_title(title.text) in _WITHOUT_GROUP:
        return title.text
    return None if {column_of_title(title.text), column_of_title(title.group)} & _DIMENSIONS else title.full_text


def count_known_titles(cells: Sequence[str]) -> int:
    """Return how many different required columns a row of titles names."""
    return len({_COLUMN_BY_TITLE.get(normalised(cell)) for cell in cells} & set(REQUIRED_COLUMNS))


def read_header(cells: Sequence[str]) -> Header:
    """Read the header row of a plain table; raises Schema, naming every missing and every duplicate column."""
    return HeaderTitles.from_cells(cells).header()


def accepted_titles() -> Bilingual:
    """Return the titles that columns may have."""
    listed = "; ".join(f"{name} = {' / '.join(words)}" for name, words in _TITLES.items())
    return Bilingual(zh=f"可用的列名：{listed}", en=f"Accepted column titles: {listed}")


def _error(name: str, code: str, zh: str, en: str, value: str | None = None) -> FieldError:
    titles = " / ".join(_TITLES[name])
    hint = Bilingual(zh=f"列名可写：{titles}", en=f"use one of these titles: {titles}")
    excerpt = None if value is None else safe_excerpt(value)
    return FieldError(where=f"/header/{name}", code=code, message=Bilingual(zh=zh, en=en), value=excerpt, hint=hint)
