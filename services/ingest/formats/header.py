"""The header row of a table: which column holds what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.ingest.formats.rows import shown
from shared.bilingual import Bilingual
from shared.problems import FieldError, Schema
from shared.spelling import normalised

REQUIRED = ("metric", "area", "month", "value")
_WORDS: Mapping[str, tuple[str, ...]] = {
    "metric": ("指标", "metric", "指标代码", "指标编码", "指标名称", "metric_code", "metric code"),
    "area": ("区域", "area", "街道", "地区", "区域代码", "区域编码", "区域名称", "区划代码", "area_code", "area code", "street"),
    "month": ("月份", "month", "统计月份", "数据月份", "报告月份", "所属月份", "年月"),
    "value": ("数值", "value", "数量", "指标值", "值", "count"),
    "note": ("备注", "note", "notes", "说明", "remark", "remarks"),
}
_FIELD_OF = {normalised(word): name for name, words in _WORDS.items() for word in words}


@dataclass(frozen=True, slots=True)
class Header:
    """Places of the columns, from 0. `ignored` holds titles that mean nothing here, by place."""

    metric: int
    area: int
    month: int
    value: int
    note: int | None
    ignored: Mapping[int, str]
    width: int


def recognised(cells: Sequence[str]) -> int:
    """How many different required columns a row of titles names."""
    return len({_FIELD_OF.get(normalised(cell)) for cell in cells} & set(REQUIRED))


def header_of(cells: Sequence[str]) -> Header:
    """Read the header row; raises Schema, naming every missing and every repeated column."""
    places: dict[str, int] = {}
    ignored: dict[int, str] = {}
    errors: list[FieldError] = []
    for place, cell in enumerate(cells):
        title = normalised(cell)
        name = _FIELD_OF.get(title)
        if name is None:
            if title:
                ignored[place] = cell.strip()
        elif name in places:
            errors.append(_error(name, "duplicate_column", "列重复", "the column stands twice", cell))
        else:
            places[name] = place
    errors += [_error(name, "missing_column", "缺少该列", "the column is missing") for name in REQUIRED if name not in places]
    if errors:
        raise Schema(f"表头有误。{accepted().zh}", f"The header row is wrong. {accepted().en}", errors=errors)
    width = max([*places.values(), *ignored]) + 1
    metric, area, month, value = (places[name] for name in REQUIRED)
    return Header(metric, area, month, value, places.get("note"), ignored, width)


def accepted() -> Bilingual:
    """The titles that are understood."""
    listed = "; ".join(f"{name} = {' / '.join(words)}" for name, words in _WORDS.items())
    return Bilingual(zh=f"可用的列名：{listed}", en=f"Titles that are understood: {listed}")


def _error(name: str, code: str, zh: str, en: str, value: str | None = None) -> FieldError:
    words = " / ".join(_WORDS[name])
    hint = Bilingual(zh=f"列名可写：{words}", en=f"its title may be: {words}")
    cut = None if value is None else shown(value)
    return FieldError(where=f"/header/{name}", code=code, message=Bilingual(zh=zh, en=en), value=cut, hint=hint)
