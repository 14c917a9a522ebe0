"""Caption of a form: month, subdistrict and unit in the rows above its table and in the name of its sheet."""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from services.ingest.formats.cells.cell import CellKind, NumberedRow, SheetCell, cell_text
from services.ingest.formats.cells.labels import is_of_other_figures
from services.ingest.formats.cells.number_texts import is_name, is_number_text
from services.ingest.formats.cells.units import is_multiple, is_unit, strip_unit_label, unit_in_text
from services.ingest.formats.cells.values import parse_month
from services.ingest.formats.layout.value_kinds import ValueKind, value_kind
from services.ingest.formats.locator import CellPosition
from services.ingest.formats.rows import Names
from services.ingest.formats.sender import SenderDefaults
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
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?=年|[-./](?:1[0-2]|0?[1-9])(?!\d))")
_MONTH_OR_UNIT = re.compile(r"\([^()]{0,40}\)|20\d\d年(?:1[0-2]|0?[1-9])?月?份?|统计表|情况表|报表|一览表|月报表?|完成情况|表$")
_MONTH_OR_TABLE = re.compile(r"20\d\d年(?:度|(?:1[0-2]|0?[1-9])月份?)?|\([^()]{0,40}\)|(?:统计|月报|报|一览)?表$")
_UNIT_WORD = re.compile(r"(?:计量)?单位:?")
_ORG_LABEL = re.compile(
    r"(?:填报|报送|填表|制表)?(?:单位|企业|运营商)(?:名称)?:(.+)|(?:carrier|operator|organisation|company):(.+)"
)
_UNIT_LABEL = re.compile(r"(?:计量)?单位:(.+)|\((?:计量)?单位:(.+)\)|units?:(.+)")
_AREA_LABEL = re.compile(r"(?:填报|报送)?(?:单位|街道|区域|地区)(?:名称)?:(.+)|(?:area|street):(.+)")
_CAPTION_ROWS = 5  # rows above a table in which its metric is named
_TEXT_LENGTH = 200  # characters of a caption's text that are read
_NAME_LENGTH_MIN = 3  # characters of a name that is searched for inside a longer text


@dataclass(slots=True)
class Caption:
    """Months, areas and unit in a caption, with their cells; texts from the sheet's name have no cell."""

    months: dict[str, CellPosition | None] = field(default_factory=dict)
    months_without_year: set[int] = field(default_factory=set)
    period: str | None = None  # a text with more than one month
    areas: set[str] = field(default_factory=set)
    organisations: dict[str, str] = field(default_factory=dict)  # code → the text that names it
    unit: tuple[str, CellPosition] | None = None
    other_figures: str = ""  # a text that says that the figures are not the month's: 上月数, 年度计划
    kind: ValueKind = ValueKind.COUNT  # of all counts whose titles do not name it

    @property
    def names_month(self) -> bool:
        """True if the caption names a month or a period."""
        return bool(self.months or self.months_without_year or self.period)

    @property
    def names_anything(self) -> bool:
        """True if the caption names anything that changes the meaning of the counts below it."""
        return bool(self.names_month or self.areas or self.organisations or self.other_figures) or bool(
            self.kind is not ValueKind.COUNT or (self.unit and is_multiple(self.unit[0]))
        )

    def completed_by(self, previous: "Caption", form: "Caption") -> "Caption":
        """Return the caption of a further table, with what only the captions of the table before it and of the form name.

        Where these two name different months or areas, it has both, so that it is ambiguous.
        """
        is_dated = self.names_month
        return replace(
            self,
            months=self.months if is_dated else {**form.months, **previous.months},
            months_without_year=self.months_without_year if is_dated else form.months_without_year | previous.months_without_year,
            period=self.period if is_dated else form.period or previous.period,
            areas=self.areas or form.areas | previous.areas,
            unit=self.unit or previous.unit,
            kind=previous.kind if self.kind is ValueKind.COUNT else self.kind,
        )


def read_caption(rows: Iterable[NumberedRow], sheet: str | None, names: Names, sender: SenderDefaults) -> Caption:
    """Read the rows above a header and the sheet's name; the campaign's own area is not searched for."""
    caption = Caption()
    areas = {spelling: code for spelling, code in names.areas.items() if code != sender.campaign_area}
    if sheet:
        _read_text(caption, _compact(sheet), None, areas)
        _read_figures(caption, _compact(sheet))
        _find_organisations(caption, _compact(sheet), names, sender)
    for number, cells in rows:
        previous = ""
        for column, cell in enumerate(cells):
            text = _compact(cell_text(cell))
            position = CellPosition(number, column)
            if unit := text if _UNIT_WORD.fullmatch(previous) and is_unit(text) else unit_in_text(text):
                caption.unit = (unit, position)
            if text and text != previous and not _REMARK.fullmatch(text):
                _read_cell(
                    caption,
                    cell,
                    position,
                    is_filing_date=bool(_FILING_DATE.fullmatch(previous)),
                    names=areas,
                )
                _find_organisations(caption, text, names, sender)
                _read_figures(caption, text)
            previous = text or previous
    return caption


def _compact(text: str) -> str:
    return _SPACE.sub("", normalised(text[:_TEXT_LENGTH]))


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


def _read_figures(caption: Caption, text: str) -> None:
    """Read what a text says of all figures of a form: that they are last month's, planned, increases or cumulative counts."""
    words = _MONTH_OR_TABLE.sub("", text)
    if is_of_other_figures(words):
        caption.other_figures = text
    elif (kind := value_kind(words.removesuffix("情况"))) and kind is not ValueKind.COUNT:
        caption.kind = kind


def _find_organisations(caption: Caption, text: str, names: Names, sender: SenderDefaults) -> None:
    """Find the organisations of the sender's role that a text names: after a label by any name, elsewhere by a full one."""
    label = _ORG_LABEL.fullmatch(text)
    exact = names.organisations.get(next((part for part in label.groups() if part), "")) if label else None
    if exact in sender.peers.values():
        caption.organisations.setdefault(str(exact), text)
    for name, code in sender.peers.items():
        if _SPACE.sub("", name) in text:
            caption.organisations.setdefault(code, text)


def year_of_form(rows: Iterable[NumberedRow], sheet: str | None, month: str | None) -> int | None:
    """Return the only year that a sheet's first rows, its name or the request name; None if there is none, or more than one."""
    texts = [sheet or "", month or "", *(cell_text(cell) for _, cells in rows for cell in cells)]
    years = {int(year) for text in texts for year in _YEAR.findall(_compact(text))}
    return next(iter(years)) if len(years) == 1 else None


def metric_of_caption(rows: Sequence[NumberedRow], sheet: str | None, names: Names) -> str:
    """Return the only metric that the caption above a table or the sheet's name names; empty if there is none, or several."""
    texts = [sheet or ""]
    for _, cells in reversed(rows[-_CAPTION_ROWS:]):
        if any(is_number_text(cell) and not is_name(cell_text(cell), names) for cell in cells):
            break
        texts += map(cell_text, cells)
    compact = {_SPACE.sub("", spelling): code for spelling, code in names.metrics.items()}
    named = {compact[title] for text in texts if (title := _MONTH_OR_UNIT.sub("", _compact(text))) in compact}
    return named.pop() if len(named) == 1 else ""


def _months(text: str) -> set[str]:
    months = {f"{match[1]}-{int(match[2] or match[3]):02}" for match in _MONTH.finditer(text)}
    for match in _UNTIL.finditer(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
        if day == monthrange(year, month)[1]:
            months.add(f"{date(year, month, 1):%Y-%m}")
    exact, _ = parse_month(text)
    return months | ({exact} if exact and len(text) == len("202208") else set())
