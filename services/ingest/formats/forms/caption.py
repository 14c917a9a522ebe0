"""Caption of a form: month, subdistrict and unit in the rows above its table and in the name of its sheet."""

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
_UNTIL = re.compile(r"截[至止]到?(20\d\d)[年./-](1[0-2]|0?[1-9])[月./-](\d{1,2})日?")
_PERIOD = re.compile(
    r"(?:1[0-2]|[1-9])月?(?:[-~—–－至到]|--)(?:20\d\d年)?(?:1[0-2]|[1-9])月(?!\d)|[一二三四1-4]季度|[上下]半年|全年|q[1-4](?!\d)"
)
_MONTH_ONLY = re.compile(r"(?<![\d年./-])(1[0-2]|0?[1-9])月(?:份|$|(?!\d))")
_FILING_DATE = re.compile(r"(?:填报|填表|制表|报送|上报|打印|审核|编制)?(?:日期|时间)(?::.*|)|date.*")
_REMARK = re.compile(r"(?:填表|填报)?说明(?::.*|)|注\d*[:：].*|备注:.*|notes?:.*")
_UNIT_LABEL = re.compile(r"(?:计量)?单位:(.+)|\((?:计量)?单位:(.+)\)|units?:(.+)")
_AREA_LABEL = re.compile(r"(?:填报|报送)?(?:单位|街道|区域|地区)(?:名称)?:(.+)|(?:area|street):(.+)")
_NAME_LENGTH_MIN = 3  # characters of a name that is searched for inside a longer text


@dataclass(slots=True)
class Caption:
    """Months, areas and unit in a caption, with their cells; texts from the sheet's name have no cell."""

    months: dict[str, CellPosition | None] = field(default_factory=dict)
    months_without_year: set[int] = field(default_factory=set)
    period: str | None = None  # a text with more than one month
    areas: set[str] = field(default_factory=set)
    unit: tuple[str, CellPosition] | None = None


def read_caption(
    rows: Iterable[tuple[int, Sequence[SheetCell]]], sheet: str | None, areas: Mapping[str, str], campaign_area: str | None
) -> Caption:
    """Read the rows above a header and the sheet's name; the campaign's own area is not searched for."""
    caption = Caption()
    names = {spelling: code for spelling, code in areas.items() if code != campaign_area}
    if sheet:
        _read_text(caption, _compact(sheet), None, names)
    for number, cells in rows:
        previous = ""
        for column, cell in enumerate(cells):
            text = _compact(cell_text(cell))
            if text and text != previous and not _REMARK.fullmatch(text):
                _read_cell(
                    caption,
                    cell,
                    CellPosition(number, column),
                    is_filing_date=bool(_FILING_DATE.fullmatch(previous)),
                    names=names,
                )
            previous = text or previous
    return caption


def _compact(text: str) -> str:
    return _SPACE.sub("", normalised(text))


def _read_cell(
    caption: Caption, cell: SheetCell, position: CellPosition, names: Mapping[str, str], *, is_filing_date: bool
) -> None:
    text = _compact(cell_text(cell))
    if not isinstance(cell, str) and cell.kind is CellKind.DATE:
        if not is_filing_date and cell.text.endswith("-01"):  # a spreadsheet converts 2022年8月 to 2022-08-01
            caption.months.setdefault(cell.text[:7], position)
        return
    if is_filing_date or _FILING_DATE.fullmatch(text):
        return
    if match := _UNIT_LABEL.fullmatch(text):
        unit = next(part for part in match.groups() if part)
        if unit not in names and not any(name in unit for name in names if len(name) >= _NAME_LENGTH_MIN):
            caption.unit = (strip_unit_label(unit), position)
            return
    _read_text(caption, text, position, names)


def _read_text(caption: Caption, text: str, position: CellPosition | None, names: Mapping[str, str]) -> None:
    if _PERIOD.search(text):
        caption.period = text
    else:
        for month in _months(text):
            caption.months.setdefault(month, position)
        caption.months_without_year.update(int(match[1]) for match in _MONTH_ONLY.finditer(text))
    label = _AREA_LABEL.fullmatch(text)
    exact = next((part for part in label.groups() if part), "") if label else text
    if exact in names:
        caption.areas.add(names[exact])
    else:
        compact = {_SPACE.sub("", name): code for name, code in names.items()}
        caption.areas.update(code for name, code in compact.items() if len(name) >= _NAME_LENGTH_MIN and name in text)


def _months(text: str) -> set[str]:
    months = {f"{match[1]}-{int(match[2] or match[3]):02}" for match in _MONTH.finditer(text)}
    for match in _UNTIL.finditer(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
        if day == monthrange(year, month)[1]:
            months.add(f"{date(year, month, 1):%Y-%m}")
    exact, _ = parse_month(text)
    return months | ({exact} if exact and len(text) == len("202208") else set())
