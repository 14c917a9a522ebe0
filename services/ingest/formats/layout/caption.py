"""Caption of a form: month, subdistrict and unit in the rows above its table and in the name of its sheet."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from services.ingest.formats.cells.cell import CellKind, NumberedRow, cell_text
from services.ingest.formats.cells.number_texts import is_name, is_number_text
from services.ingest.formats.cells.units import is_multiple
from services.ingest.formats.layout.statements import Statement, StatementReader, compact
from services.ingest.formats.layout.value_kinds import ValueKind
from services.ingest.formats.locator import CellPosition
from services.ingest.formats.rows import Names

_FILING_LABEL = re.compile(r"(?:填报|填表|制表|报送|上报|打印|印发|审核|编制)?(?:日期|时间):?|date:?")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?=年|[-./](?:1[0-2]|0?[1-9])(?!\d))")
_MONTH_OR_UNIT = re.compile(r"\([^()]{0,40}\)|20\d\d年(?:1[0-2]|0?[1-9])?月?份?|统计表|情况表|报表|一览表|月报表?|完成情况|表$")
_LABEL = re.compile(
    r"(?:计量)?单位:?|计量:?|(?:填报|报送|填表|制表)(?:单位|企业)(?:名称)?:?|(?:填报)?(?:运营商|企业)(?:名称)?:?"
)  # of the text in the next cell
_CAPTION_ROWS = 5  # rows above a table in which its metric is named


@dataclass(slots=True)
class Caption:
    """Months, areas and unit in a caption, with their cells; texts from the sheet's name have no cell."""

    months: dict[str, CellPosition | None] = field(default_factory=dict)
    months_without_year: set[int] = field(default_factory=set)
    years: set[int] = field(default_factory=set)  # that are named without a month
    days: dict[date, str] = field(default_factory=dict)  # that are not said to be those of filing → the text
    bare_days: dict[date, str] = field(default_factory=dict)  # that may be those of filing: nothing else is in their texts
    period: str | None = None  # a text with more than one month
    part_of_month: str = ""  # a text such as 2022年8月上旬
    areas: set[str] = field(default_factory=set)
    unknown_areas: set[str] = field(default_factory=set)
    regions: set[str] = field(default_factory=set)
    names_campaign: bool = False
    organisations: dict[str, str] = field(default_factory=dict)  # code → the text that names it
    unit: tuple[str, CellPosition | None] | None = None
    other_figures: str = ""  # a text that says that the figures are not the month's: 上月数, 年度计划
    kind: ValueKind = ValueKind.COUNT  # of all counts whose titles do not name it
    sentence_of_kind: tuple[str, ValueKind] | None = None  # a text that says nothing but the kind of the counts
    positions: dict[str, CellPosition] = field(default_factory=dict)  # of the texts above

    @property
    def names_month(self) -> bool:
        """True if the caption names a month or a period."""
        return bool(self.months or self.months_without_year or self.period or self.part_of_month)

    @property
    def names_anything(self) -> bool:
        """True if the caption names anything that changes the meaning of the counts below it."""
        return bool(self.names_month or self.years or self.areas or self.organisations or self.other_figures) or bool(
            self.kind is not ValueKind.COUNT or (self.unit and is_multiple(self.unit[0]))
        )

    @property
    def describes_figures(self) -> bool:
        """True if the caption says whose figures they are, of which kind, in which unit or of which part of a month."""
        return bool(self.organisations or self.other_figures or self.sentence_of_kind or self.part_of_month) or bool(
            self.unit and is_multiple(self.unit[0])
        )

    def completed_by(self, previous: "Caption", form: "Caption") -> "Caption":
        """Return the caption of a further table, with what only the captions of the table before it and of the form name.

        Where these two name different months or areas, it has both, so that it is ambiguous.
        """
        is_dated = self.names_month
        names_area = bool(self.areas or self.unknown_areas)
        return replace(
            self,
            months=self.months if is_dated else {**form.months, **previous.months},
            months_without_year=self.months_without_year if is_dated else form.months_without_year | previous.months_without_year,
            years=self.years if is_dated or self.years else form.years | previous.years,
            days=self.days if is_dated else {**form.days, **previous.days, **self.days},
            bare_days=self.bare_days if is_dated else {**form.bare_days, **previous.bare_days, **self.bare_days},
            period=self.period if is_dated else form.period or previous.period,
            part_of_month=self.part_of_month if is_dated else form.part_of_month or previous.part_of_month,
            areas=self.areas if names_area else form.areas | previous.areas,
            unknown_areas=self.unknown_areas if names_area else form.unknown_areas | previous.unknown_areas,
            regions=self.regions if names_area else self.regions | form.regions | previous.regions,
            names_campaign=self.names_campaign or form.names_campaign or previous.names_campaign,
            unit=self.unit or previous.unit,
            kind=previous.kind if self.kind is ValueKind.COUNT else self.kind,
            positions={**form.positions, **previous.positions, **self.positions},
        )

    def add(self, text: str, statement: Statement, position: CellPosition | None) -> None:
        """Add what one of its texts states."""
        named = (*statement.months, *statement.areas, *statement.unknown_areas, *statement.regions)
        if position:
            self.positions = {**dict.fromkeys((text, statement.unit, *named), position), **self.positions}
        if statement.unit:
            self.unit = statement.unit, position
        for month in statement.months:
            self.months.setdefault(month, position)
        days = self.bare_days if statement.is_bare_day else self.days
        days.update(dict.fromkeys(statement.days, text))
        self.months_without_year |= statement.months_without_year
        self.years |= statement.years
        self.period = text if statement.is_period else self.period
        self.part_of_month = text if statement.is_part_of_month else self.part_of_month
        self.areas |= statement.areas
        self.unknown_areas |= statement.unknown_areas
        self.regions |= statement.regions
        self.names_campaign = self.names_campaign or statement.names_campaign
        for code in statement.organisations:
            self.organisations.setdefault(code, text)
        self.other_figures = text if statement.is_of_other_figures else self.other_figures
        if statement.kind is not ValueKind.COUNT:
            self.kind = statement.kind
            self.sentence_of_kind = (text, statement.kind) if statement.is_about_kind else self.sentence_of_kind


def read_caption(rows: Iterable[NumberedRow], sheet: str | None, reader: StatementReader) -> Caption:
    """Read rows of texts and the sheet's name."""
    caption = Caption()
    if sheet:
        caption.add(sheet, reader.read(sheet), None)
    for number, cells in rows:
        previous = ""
        for column, cell in enumerate(cells):
            text = cell_text(cell).strip()
            if not text or text == previous:
                continue
            position = CellPosition(number, column)
            is_date = not isinstance(cell, str) and cell.kind is CellKind.DATE
            if not _FILING_LABEL.fullmatch(compact(previous)):
                is_month = is_date and text.endswith("-01")  # a spreadsheet converts 2022年8月 to 2022-08-01
                joined = f"{previous}:{text}" if _LABEL.fullmatch(compact(previous)) else ""
                caption.add(text, reader.read(text[:7] if is_month else joined or text), position)
            previous = text
    return caption


def year_of_form(rows: Iterable[NumberedRow], sheet: str | None, month: str | None) -> int | None:
    """Return the only year that a sheet's first rows, its name or the request name; None if there is none, or more than one."""
    texts = [sheet or "", month or "", *(cell_text(cell) for _, cells in rows for cell in cells)]
    years = {int(year) for text in texts for year in _YEAR.findall(compact(text))}
    return next(iter(years)) if len(years) == 1 else None


def metric_of_caption(rows: Sequence[NumberedRow], sheet: str | None, names: Names) -> str:
    """Return the only metric that the caption above a table or the sheet's name names; empty if there is none, or several."""
    texts = [sheet or ""]
    for _, cells in reversed(rows[-_CAPTION_ROWS:]):
        if any(is_number_text(cell) and not is_name(cell_text(cell), names) for cell in cells):
            break
        texts += map(cell_text, cells)
    spellings = {compact(spelling): code for spelling, code in names.metrics.items()}
    titles = (_MONTH_OR_UNIT.sub("", compact(text)) for text in texts)
    named = {spellings[title] for title in titles if title in spellings}
    return named.pop() if len(named) == 1 else ""
