"""Rows of a table, CSV or XLSX, read generously; everything that was read another way than written is noted."""

import re
from collections.abc import Mapping, Sequence

from services.ingest.formats.cells.cell import BROKEN_CELLS, CellKind, SheetCell, cell_text, is_blank, read_count
from services.ingest.formats.cells.codes import CACHED_TEXT_LENGTH, CACHED_TEXTS, CodeReader
from services.ingest.formats.cells.labels import is_total
from services.ingest.formats.cells.units import unit_differs
from services.ingest.formats.cells.values import ParsedCount, parse_count, parse_month
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.row_errors import SPLIT_NUMBER_HINT, UNQUOTED_HINT, row_error, unit_hint
from services.ingest.formats.rows import Batch, Names, PartialRow, Row
from services.ingest.formats.sender import SenderDefaults
from services.ingest.formats.tables.header import Header
from services.ingest.formats.totals.table_totals import RowPosition, TableTotals
from services.ingest.formats.value_checks import note_error
from shared.values.bilingual import Bilingual
from shared.values.formula_safe import as_written
from shared.values.spelling import normalised
from shared.vocabulary import NormalisationKind, RowCode

_SPACE = re.compile(r"\s+")
_FIRST_GROUP = re.compile(r"[1-9][0-9]{0,2}")
_NEXT_GROUP = re.compile(r"[0-9]{3}")


class TableReader:
    """Turns the cells below one header into rows and errors."""

    def __init__(
        self,
        header: Header,
        names: Names,
        sender: SenderDefaults,
        notes: NormalisationLog,
        *,
        commas: bool = False,
        totals: TableTotals | None = None,
    ) -> None:
        """`commas`: a comma ends a cell, so that a number with thousands separators and no quotes falls apart.

        `totals` checks rows of totals; without it they are errors.
        """
        self._totals = totals
        self._is_total = False  # the row is one of totals
        self._header = header
        self._units = sender.units
        self._notes = notes
        self._commas = commas
        self._metrics = CodeReader(names.metrics, NormalisationKind.METRIC_NAME)
        self._areas = CodeReader(names.areas, NormalisationKind.AREA_NAME)
        self._known = {"metric": names.metrics, "area": names.areas}
        self._months: dict[str, tuple[str | None, NormalisationKind | None]] = {}
        self._batch = Batch()  # of the row that is being read
        self._number = self._row = 0
        self._aside = False  # the row is a signature or a remark
        for title in header.ignored.values():
            notes.add(NormalisationKind.COLUMN_IGNORED, None, title)

    def read(self, batch: Batch, number: int, cells: Sequence[SheetCell], row: int | None = None) -> None:
        """Read one row into the batch, under its number in the push; `row` is its number in the sheet where that differs."""
        self._batch, self._number, self._row = batch, number, row or number
        header = self._header
        if len(cells) < header.width:
            cells = [*cells, *[""] * (header.width - len(cells))]
        if len(cells) > header.width and not all(map(is_blank, cells[header.width :])):
            batch.received += 1
            self._refuse(None, RowCode.MALFORMED_ROW, _first(cells[header.width :]), UNQUOTED_HINT)
            return
        written = cells[header.value]
        count = parse_count(written) if isinstance(written, str) else read_count(written)
        if count.value is None and count.code is None:
            self._no_value(cells)
            return
        before = len(batch.errors)
        count = self._whole(count, cells)
        if count.code:
            self._refuse("value", count.code, written, count.hint)
        metric = self._code("metric", cells[header.metric], self._metrics)
        area = self._code("area", cells[header.area], self._areas)
        month = self._month(cells[header.month])
        note = None if header.note is None else self._note(cells[header.note])
        if header.unit is not None or header.beside:
            self._hold_against(cells, metric, area)
        if self._is_total or self._aside:
            self._no_row(before, cells, count, (metric, area, month))
            return
        batch.received += 1
        if len(batch.errors) == before and count.value is not None:
            batch.rows.append(Row(number, metric, area, month, count.value, note))
            for kind in count.kinds:
                self._notes.add(kind, self._row, cell_text(written), str(count.value))
            return
        batch.partial_rows.append(PartialRow.without_errors(number, batch.errors[before:], metric, area, month))
        if self._totals:
            self._totals.unreadable(metric, area, month)

    def _hold_against(self, cells: Sequence[SheetCell], metric: str, area: str) -> None:
        if self._header.unit is not None:
            self._unit(cells[self._header.unit], metric)
        if self._header.beside:
            self._compare(cells, {"metric": metric, "area": area})

    def _no_row(self, errors: int, cells: Sequence[SheetCell], count: ParsedCount, codes: tuple[str, str, str]) -> None:
        """A row that holds no count of its own: a total, a signature or a remark."""
        del self._batch.errors[errors:]
        if self._is_total and self._totals:
            self._totals.total(self._batch, RowPosition(self._number, self._row), codes, cells, count)
        else:
            self._notes.add(NormalisationKind.TEXT_ROW, self._row, cell_text(_first(cells)))
        self._is_total = self._aside = False

    def end_batch(self) -> None:
        """What is read next goes into another batch."""
        if self._totals:
            self._totals.add(self._batch)
            self._totals.begin_batch()

    def finish(self, batch: Batch) -> None:
        """Judge the totals that could not be judged before the last row."""
        if self._totals:
            self._totals.settle(batch, self._number + 1)

    def _no_value(self, cells: Sequence[SheetCell]) -> None:
        if all(map(is_blank, cells)):
            self._notes.add(NormalisationKind.BLANK_ROW, self._row)
        elif not self._totals or not self._totals.blank(self._batch, self._number, self._codes_of(cells), cells):
            self._batch.blank += 1

    def _codes_of(self, cells: Sequence[SheetCell]) -> tuple[str, str, str]:
        """What a row is of, whatever is wrong with it."""
        header = self._header
        metric, area = self._metrics.read(cell_text(cells[header.metric])), self._areas.read(cell_text(cells[header.area]))
        return metric.code, area.code, self._month_of(cell_text(cells[header.month]))[0] or ""

    def _whole(self, count: ParsedCount, cells: Sequence[SheetCell]) -> ParsedCount:
        """The count, unless it is the first group of a number that fell apart: `31,146` read as 31 with the note 146."""
        header = self._header
        if not self._commas or header.note != header.value + 1:
            return count
        first, rest = cell_text(cells[header.value]), cell_text(cells[header.note])
        if _FIRST_GROUP.fullmatch(first) and _NEXT_GROUP.fullmatch(rest):
            return ParsedCount(None, RowCode.BAD_THOUSANDS, (), SPLIT_NUMBER_HINT)
        return count

    def _code(self, column: str, cell: SheetCell, codes: CodeReader) -> str:
        if not isinstance(cell, str):
            if code := BROKEN_CELLS.get(cell.kind):
                self._refuse(column, code, cell)
                return ""
            if cell.kind is CellKind.NUMBER:
                self._notes.add(NormalisationKind.NUMBER_AS_CODE, self._row, cell.text, cell.text)
        read = codes.read(cell_text(cell))
        if read.aside:
            self._aside = True
        if read.trouble is RowCode.TOTAL_UNCHECKED and self._totals:
            self._is_total = True
            return ""
        if read.trouble:
            self._refuse(column, read.trouble, cell)
        elif read.kind:
            self._notes.add(read.kind, self._row, cell_text(cell), read.code)
        return read.code

    def _month(self, cell: SheetCell) -> str:
        text = cell_text(cell)
        if not isinstance(cell, str) and (broken := BROKEN_CELLS.get(cell.kind)):
            self._refuse("month", broken, cell)
            return ""
        month, kind = self._month_of(text)
        if month is None and self._totals and is_total(text):
            self._is_total = True
            return ""
        if month is None:
            self._refuse("month", RowCode.MISSING_FIELD if is_blank(cell) else RowCode.MONTH_MALFORMED, cell)
            return ""
        if kind:
            self._notes.add(kind, self._row, text, month)
        return month

    def _month_of(self, text: str) -> tuple[str | None, NormalisationKind | None]:
        known = self._months.get(text)
        if known is None:
            known = parse_month(text)
            if len(self._months) < CACHED_TEXTS and len(text) <= CACHED_TEXT_LENGTH:
                self._months[text] = known
        return known

    def _note(self, cell: SheetCell) -> str | None:
        if not isinstance(cell, str) and (broken := BROKEN_CELLS.get(cell.kind)):
            self._refuse("note", broken, cell)
            return None
        text = as_written(cell_text(cell))
        if not text or text.isspace():
            return None
        note = text if text.isprintable() else _SPACE.sub(" ", text)
        note = note.strip()
        if trouble := note_error(note):
            self._refuse("note", trouble, cell)
        elif note != text:
            self._notes.add(NormalisationKind.SPACE, self._row, text, note)
        return note

    def _unit(self, cell: SheetCell, metric: str) -> None:
        own = self._units.get(metric, ())
        if own and not is_blank(cell) and unit_differs(cell_text(cell), own):
            self._refuse("unit", RowCode.UNIT_DIFFERS, cell, unit_hint(own))

    def _compare(self, cells: Sequence[SheetCell], codes: Mapping[str, str]) -> None:
        """A name beside a code must not be another thing's name."""
        for place, column in self._header.beside.items():
            name = cell_text(cells[place])
            meant = self._known[column].get(normalised(name)) if name else None
            if meant is not None and meant != codes[column] and codes[column] in self._known[column].values():
                self._refuse(column, RowCode.NAME_DIFFERS, name)

    def _refuse(self, column: str | None, code: RowCode, cell: SheetCell, hint: Bilingual | None = None) -> None:
        value = None if code is RowCode.MISSING_FIELD else cell_text(cell)
        self._batch.errors.append(row_error(code, self._number, column, value, hint))


def _first(cells: Sequence[SheetCell]) -> SheetCell:
    return next((cell for cell in cells if not is_blank(cell)), "")
