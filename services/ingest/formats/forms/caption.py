"""What the rows above a form's table say: its month, its street, its unit. Pure."""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.ingest.formats.cells.cell import CellKind, SheetCell, cell_text
from services.ingest.formats.cells.units import strip_unit_label
from services.ingest.formats.cells.values import parse_month
from services.ingest.formats.locator import CellPosition
from shared.values.spelling import normalised

_SPACE = re.compile(r"\s+")
_MONTH = re.compile(r"(?<!\d)(20\d\d)(?:年(1[0-2]|0?[1-9])月|[-./](1[0-2]|0?[1-9])(?![\d./-]))(?!\d{1,2}[日号])")
_AS_OF = re.compile(r"截[至止]到?(20\d\d)[年./-](1[0-2]|0?[1-9])[月./-](\d{1,2})日?")
_PERIOD = re.compile(
    r"(?:1[0-2]|[1-9])月?(?:[-~—–－至到]|--)(?:20\d\d年)?(?:1[0-2]|[1-9])月(?!\d)|[一二三四1-4]季度|[上下]半年|全年|q[1-4](?!\d)"
)
_BARE = re.compile(r"(?<![\d年./-])(1[0-2]|0?[1-9])月(?:份|$|(?!\d))")
_FILED = re.compile(r"(?:填报|填表|制表|报送|上报|打印|审核|编制)?(?:日期|时间)(?::.*|)|date.*")
_REMARK = re.compile(r"(?:填表|填报)?说明(?::.*|)|注\d*[:：].*|备注:.*|notes?:.*")
_UNIT = re.compile(r"(?:计量)?单位:(.+)|\((?:计量)?单位:(.+)\)|units?:(.+)")
_LABEL = re.compile(r"(?:填报|报送)?(?:单位|街道|区域|地区)(?:名称)?:(.+)|(?:area|street):(.+)")
_SURE = 3  # characters of a name that is looked for inside a longer text


@dataclass(slots=True)
class Caption:
    """What was found, each with the place it was found in; the sheet's name has none."""

    months: dict[str, CellPosition | None] = field(default_factory=dict)
    bare: set[int] = field(default_factory=set)  # months named without a year
    period: str | None = None  # a text that names more than one month
    streets: set[str] = field(default_factory=set)
    unit: tuple[str, CellPosition] | None = None


def read_caption(
    rows: Iterable[tuple[int, Sequence[SheetCell]]], sheet: str | None, areas: Mapping[str, str], whole: str | None
) -> Caption:
    """Read the rows above a header, and the sheet's name."""
    found = Caption()
    names = {spelling: code for spelling, code in areas.items() if code != whole}
    if sheet:
        _read(found, _tight(sheet), None, names)
    for number, cells in rows:
        before = ""
        for column, cell in enumerate(cells):
            text = _tight(cell_text(cell))
            if text and text != before and not _REMARK.fullmatch(text):
                _cell(found, cell, CellPosition(number, column), filed=bool(_FILED.fullmatch(before)), names=names)
            before = text or before
    return found


def _tight(text: str) -> str:
    return _SPACE.sub("", normalised(text))


def _cell(found: Caption, cell: SheetCell, at: CellPosition, *, filed: bool, names: Mapping[str, str]) -> None:
    text = _tight(cell_text(cell))
    if not isinstance(cell, str) and cell.kind is CellKind.DATE:
        if not filed and cell.text.endswith("-01"):  # what a spreadsheet makes of 2022年8月
            found.months.setdefault(cell.text[:7], at)
        return
    if filed or _FILED.fullmatch(text):
        return
    if match := _UNIT.fullmatch(text):
        unit = next(part for part in match.groups() if part)
        if unit not in names and not any(name in unit for name in names if len(name) >= _SURE):
            found.unit = (strip_unit_label(unit), at)
            return
    _read(found, text, at, names)


def _read(found: Caption, text: str, at: CellPosition | None, names: Mapping[str, str]) -> None:
    if _PERIOD.search(text):
        found.period = text
    else:
        for month in _months(text):
            found.months.setdefault(month, at)
        found.bare.update(int(match[1]) for match in _BARE.finditer(text))
    label = _LABEL.fullmatch(text)
    exact = next((part for part in label.groups() if part), "") if label else text
    if exact in names:
        found.streets.add(names[exact])
    else:
        tight = {_SPACE.sub("", name): code for name, code in names.items()}
        found.streets.update(code for name, code in tight.items() if len(name) >= _SURE and name in text)


def _months(text: str) -> set[str]:
    months = {f"{match[1]}-{int(match[2] or match[3]):02}" for match in _MONTH.finditer(text)}
    for match in _AS_OF.finditer(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
        if day == monthrange(year, month)[1]:
            months.add(f"{date(year, month, 1):%Y-%m}")
    exact, _ = parse_month(text)
    return months | ({exact} if exact and len(text) == len("202208") else set())
