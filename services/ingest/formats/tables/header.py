"""The header row of a table: which column holds what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.ingest.formats.cells.units import split_unit
from services.ingest.formats.rows import safe_excerpt
from services.ingest.formats.tables.titles import Title
from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised

_DIMENSIONS = {"metric", "area", "month"}
_OWN = {"value", "note", "unit"}  # their titles say what they are below any group
REQUIRED_COLUMNS = ("metric", "area", "month", "value")
_WORDS: Mapping[str, tuple[str, ...]] = {
    "metric": ("指标", "metric", "指标代码", "指标编码", "指标名称", "metric_code", "metric code"),
    "area": ("区域", "area", "街道", "地区", "区域代码", "区域编码", "区域名称", "区划代码", "area_code", "area code", "street"),
    "month": ("月份", "month", "统计月份", "数据月份", "报告月份", "所属月份", "年月"),
    "value": ("数值", "value", "数量", "指标值", "值", "count", "本月数", "本月末到达"),
    "note": ("备注", "note", "notes", "说明", "remark", "remarks"),
    "unit": ("计量单位", "单位", "unit"),
}
# A name beside a code: the code is read, and the name must not say otherwise.
_NAMES: Mapping[str, tuple[str, ...]] = {"metric": ("指标", "指标名称"), "area": ("区域", "街道", "地区", "区域名称", "street")}
_ONLY_BESIDE: Mapping[str, tuple[str, ...]] = {"metric": ("title", "指标 title"), "area": ("name", "区域 name")}
_TEMPLATES = {  # as our own templates write them, in both languages at once
    "指标代码 metric": "metric",
    "区域代码 area": "area",
    "月份 month": "month",
    "单位 unit": "unit",
    "本月数 value": "value",
    "备注 note": "note",
}
_SILENT = frozenset(map(normalised, ("上月数 last_value", "上月数", "last_value")))
_FIELD_OF = {normalised(word): name for name, words in _WORDS.items() for word in words} | {
    normalised(word): name for word, name in _TEMPLATES.items()
}
_NAME_OF = {normalised(word): name for name, words in _NAMES.items() for word in words}
_BESIDE_OF = {normalised(word): name for name, words in _ONLY_BESIDE.items() for word in words}


@dataclass(frozen=True, slots=True)
class Header:
    """Places of the columns, from 0. `ignored` holds titles that mean nothing here, by place."""

    metric: int
    area: int
    month: int
    value: int
    note: int | None = None
    unit: int | None = None
    beside: Mapping[int, str] = field(default_factory=dict)  # columns of names: place → the column of codes they repeat
    ignored: Mapping[int, str] = field(default_factory=dict)
    width: int = 0

    @property
    def places(self) -> dict[str, int]:
        """Place by column."""
        named = {"metric": self.metric, "area": self.area, "month": self.month, "value": self.value}
        return named | {name: place for name, place in (("note", self.note), ("unit", self.unit)) if place is not None}


@dataclass(slots=True)
class HeaderTitles:
    """What a row of titles names: the columns it has, and what it has twice."""

    places: dict[str, int] = field(default_factory=dict)
    beside: dict[int, str] = field(default_factory=dict)
    ignored: dict[int, str] = field(default_factory=dict)
    repeated: list[tuple[str, str]] = field(default_factory=list)  # column and title
    value_unit: str = ""  # in brackets behind the value's title

    @classmethod
    def of(cls, cells: Sequence[str]) -> "HeaderTitles":
        """Read a row of titles."""
        found = cls()
        for place, cell in enumerate(cells):
            found._take(place, cell)
        return found

    def _take(self, place: int, cell: str) -> None:
        title = normalised(cell)
        name = _FIELD_OF.get(title)
        if name is None:
            base, unit = split_unit(cell) if title.endswith((")", "]")) else ("", "")
            if unit and _FIELD_OF.get(normalised(base)) == "value":
                name, self.value_unit = "value", unit
        if name is None and title in _BESIDE_OF:
            self.beside[place] = _BESIDE_OF[title]
        elif name is None:
            if title and title not in _SILENT:
                self.ignored[place] = cell.strip()
        elif name not in self.places:
            self.places[name] = place
            self._named[name] = title in _NAME_OF
        elif self._named[name] is (title in _NAME_OF):
            self.repeated.append((name, cell))
        else:
            code, names = (place, self.places[name]) if self._named[name] else (self.places[name], place)
            self.places[name] = code
            self._named[name] = False
            self.beside[names] = name

    _named: dict[str, bool] = field(default_factory=dict)  # whether the column's title is one of names

    def header(self) -> Header:
        """The whole header of a plain table; raises Schema, naming every missing and every repeated column."""
        errors = [_error(name, "duplicate_column", "列重复", "the column stands twice", cell) for name, cell in self.repeated]
        missing = [name for name in REQUIRED_COLUMNS if name not in self.places]
        errors += [_error(name, "missing_column", "缺少该列", "the column is missing") for name in missing]
        if errors:
            raise Schema(f"表头有误。{accepted_titles().zh}", f"The header row is wrong. {accepted_titles().en}", errors=errors)
        metric, area, month, value = (self.places[name] for name in REQUIRED_COLUMNS)
        width = max([*self.places.values(), *self.ignored, *self.beside]) + 1
        note, unit = self.places.get("note"), self.places.get("unit")
        return Header(metric, area, month, value, note, unit, self.beside, self.ignored, width)


def column_of_title(title: str) -> str | None:
    """The column that a title names: metric, area, month, value, note or unit."""
    return _FIELD_OF.get(normalised(title))


def column_title(title: Title) -> str | None:
    """What a title, with its group, calls its column; None where it is no title at all, but something below a column's title."""
    if not title.group:
        return title.text
    if column_of_title(title.whole):
        return title.whole
    if column_of_title(title.text) in _OWN:
        return title.text
    return None if {column_of_title(title.text), column_of_title(title.group)} & _DIMENSIONS else title.whole


def count_known_titles(cells: Sequence[str]) -> int:
    """How many different required columns a row of titles names."""
    return len({_FIELD_OF.get(normalised(cell)) for cell in cells} & set(REQUIRED_COLUMNS))


def read_header(cells: Sequence[str]) -> Header:
    """Read the header row; raises Schema, naming every missing and every repeated column."""
    return HeaderTitles.of(cells).header()


def accepted_titles() -> Bilingual:
    """The titles that are understood."""
    listed = "; ".join(f"{name} = {' / '.join(words)}" for name, words in _WORDS.items())
    return Bilingual(zh=f"可用的列名：{listed}", en=f"Titles that are understood: {listed}")


def _error(name: str, code: str, zh: str, en: str, value: str | None = None) -> FieldError:
    words = " / ".join(_WORDS[name])
    hint = Bilingual(zh=f"列名可写：{words}", en=f"its title may be: {words}")
    cut = None if value is None else safe_excerpt(value)
    return FieldError(where=f"/header/{name}", code=code, message=Bilingual(zh=zh, en=en), value=cut, hint=hint)
