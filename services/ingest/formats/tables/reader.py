"""Rows of CSV and XLSX tables, read leniently; whatever is not read as it was written is logged as a normalisation."""

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
    """Reads the rows below one header."""

    def __init__(
        self,
        header: Header,
        names: Names,
        sender: SenderDefaults,
        normalisations: NormalisationLog,
        *,
        comma_delimited: bool = False,
        totals: TableTotals | None = None,
    ) -> None:
        """`comma_delimited`: cells end at commas, so that a number with thousands separators and no quotes is split.

        `totals` checks total rows; without it they are errors.
        """
        self._totals = totals
        self._is_total = False  # the current row is a total row
        self._header = header
        self._units = sender.units
        self._normalisations = normalisations
        self._comma_delimited = comma_delimited
        self._metrics = CodeReader(names.metrics, NormalisationKind.METRIC_NAME)
        self._areas = CodeReader(names.areas, NormalisationKind.AREA_NAME)
        self._codes = {"metric": names.metrics, "area": names.areas}
        self._months: dict[str, tuple[str | None, NormalisationKind | None]] = {}
        self._batch = Batch()  # of the current row
        self._number = self._row = 0
        self._is_signature = False  # the current row is a signature or a remark
        for title in header.ignored.values():
            normalisations.add(NormalisationKind.COLUMN_IGNORED, None, title)

    def read(self, batch: Batch, number: int, cells: Sequence[SheetCell], row: int | None = None) -> None:
        """Read one row into the batch. `number` is its number in the push, `row` its number in the sheet if that differs."""
        self._batch, self._number, self._row = batch, number, row or number
        header = self._header
        if len(cells) < header.width:
            cells = [*cells, *[""] * (header.width - len(cells))]
        if len(cells) > header.width and not all(map(is_blank, cells[header.width :])):
            batch.received += 1
            self._add_error(None, RowCode.MALFORMED_ROW, _first_filled(cells[header.width :]), UNQUOTED_HINT)
            return
        value_cell = cells[header.value]
        count = parse_count(value_cell) if isinstance(value_cell, str) else read_count(value_cell)
        if count.value is None and count.code is None:
            self._read_blank(cells)
            return
        errors_before = len(batch.errors)
        count = self._check_split_number(count, cells)
        if count.code:
            self._add_error("value", count.code, value_cell, count.hint)
        metric = self._read_code("metric", cells[header.metric], self._metrics)
        area = self._read_code("area", cells[header.area], self._areas)
        month = self._read_month(cells[header.month])
        note = None if header.note is None else self._read_note(cells[header.note])
        if header.unit is not None or header.name_columns:
            self._check_unit_and_names(cells, metric, area)
        if self._is_total or self._is_signature:
            self._end_other_row(errors_before, cells, count, (metric, area, month))
            return
        batch.received += 1
        if len(batch.errors) == errors_before and count.value is not None:
            batch.rows.append(Row(number, metric, area, month, count.value, note))
            for kind in count.normalisations:
                self._normalisations.add(kind, self._row, cell_text(value_cell), str(count.value))
            return
        batch.partial_rows.append(PartialRow.without_errors(number, batch.errors[errors_before:], metric, area, month))
        if self._totals:
            self._totals.add_unreadable(metric, area, month)

    def _check_unit_and_names(self, cells: Sequence[SheetCell], metric: str, area: str) -> None:
        if self._header.unit is not None:
            self._check_unit(cells[self._header.unit], metric)
        if self._header.name_columns:
            self._check_names(cells, {"metric": metric, "area": area})

    def _end_other_row(
        self, errors_before: int, cells: Sequence[SheetCell], count: ParsedCount, codes: tuple[str, str, str]
    ) -> None:
        """Drop the errors of a total row, a signature or a remark, and check the total."""
        del self._batch.errors[errors_before:]
        if self._is_total and self._totals:
            self._totals.check(self._batch, RowPosition(self._number, self._row), codes, cells, count)
        else:
            self._normalisations.add(NormalisationKind.TEXT_ROW, self._row, cell_text(_first_filled(cells)))
        self._is_total = self._is_signature = False

    def end_batch(self) -> None:
        """Prepare for the next batch."""
        if self._totals:
            self._totals.add(self._batch)
            self._totals.begin_batch()

    def finish(self, batch: Batch) -> None:
        """Check the totals that could not be checked before the last row."""
        if self._totals:
            self._totals.finish(batch, self._number + 1)

    def _read_blank(self, cells: Sequence[SheetCell]) -> None:
        if all(map(is_blank, cells)):
            self._normalisations.add(NormalisationKind.BLANK_ROW, self._row)
        elif not self._totals or not self._totals.add_blank(self._batch, self._number, self._row_codes(cells), cells):
            self._batch.blank += 1

    def _row_codes(self, cells: Sequence[SheetCell]) -> tuple[str, str, str]:
        """Return metric, area and month of a row, whatever errors it has."""
        header = self._header
        metric, area = self._metrics.read(cell_text(cells[header.metric])), self._areas.read(cell_text(cells[header.area]))
        return metric.code, area.code, self._parse_month(cell_text(cells[header.month]))[0] or ""

    def _check_split_number(self, count: ParsedCount, cells: Sequence[SheetCell]) -> ParsedCount:
        """Return the count, or an error if it is the first group of a split number: `31,146` read as 31 with the note 146."""
        header = self._header
        if not self._comma_delimited or header.note != header.value + 1:
            return count
        first, next_group = cell_text(cells[header.value]), cell_text(cells[header.note])
        if _FIRST_GROUP.fullmatch(first) and _NEXT_GROUP.fullmatch(next_group):
            return ParsedCount(None, RowCode.BAD_THOUSANDS, (), SPLIT_NUMBER_HINT)
        return count

    def _read_code(self, column: str, cell: SheetCell, reader: CodeReader) -> str:
        if not isinstance(cell, str):
            if code := BROKEN_CELLS.get(cell.kind):
                self._add_error(column, code, cell)
                return ""
            if cell.kind is CellKind.NUMBER:
                self._normalisations.add(NormalisationKind.NUMBER_AS_CODE, self._row, cell.text, cell.text)
        parsed = reader.read(cell_text(cell))
        if parsed.is_signature:
            self._is_signature = True
        if parsed.error is RowCode.TOTAL_UNCHECKED and self._totals:
            self._is_total = True
            return ""
        if parsed.error:
            self._add_error(column, parsed.error, cell)
        elif parsed.normalisation:
            self._normalisations.add(parsed.normalisation, self._row, cell_text(cell), parsed.code)
        return parsed.code

    def _read_month(self, cell: SheetCell) -> str:
        text = cell_text(cell)
        if not isinstance(cell, str) and (broken := BROKEN_CELLS.get(cell.kind)):
            self._add_error("month", broken, cell)
            return ""
        month, kind = self._parse_month(text)
        if month is None and self._totals and is_total(text):
            self._is_total = True
            return ""
        if month is None:
            self._add_error("month", RowCode.MISSING_FIELD if is_blank(cell) else RowCode.MONTH_MALFORMED, cell)
            return ""
        if kind:
            self._normalisations.add(kind, self._row, text, month)
        return month

    def _parse_month(self, text: str) -> tuple[str | None, NormalisationKind | None]:
        parsed = self._months.get(text)
        if parsed is None:
            parsed = parse_month(text)
            if len(self._months) < CACHED_TEXTS and len(text) <= CACHED_TEXT_LENGTH:
                self._months[text] = parsed
        return parsed

    def _read_note(self, cell: SheetCell) -> str | None:
        if not isinstance(cell, str) and (broken := BROKEN_CELLS.get(cell.kind)):
            self._add_error("note", broken, cell)
            return None
        text = as_written(cell_text(cell))
        if not text or text.isspace():
            return None
        note = text if text.isprintable() else _SPACE.sub(" ", text)
        note = note.strip()
        if error := note_error(note):
            self._add_error("note", error, cell)
        elif note != text:
            self._normalisations.add(NormalisationKind.SPACE, self._row, text, note)
        return note

    def _check_unit(self, cell: SheetCell, metric: str) -> None:
        metric_unit = self._units.get(metric, ())
        if metric_unit and not is_blank(cell) and unit_differs(cell_text(cell), metric_unit):
            self._add_error("unit", RowCode.UNIT_DIFFERS, cell, unit_hint(metric_unit))

    def _check_names(self, cells: Sequence[SheetCell], codes: Mapping[str, str]) -> None:
        """Check that names in columns of names match the codes of the row."""
        for column_index, column in self._header.name_columns.items():
            name = cell_text(cells[column_index])
            code = self._codes[column].get(normalised(name)) if name else None
            if code is not None and code != codes[column] and codes[column] in self._codes[column].values():
                self._add_error(column, RowCode.NAME_DIFFERS, name)

    def _add_error(self, column: str | None, code: RowCode, cell: SheetCell, hint: Bilingual | None = None) -> None:
        value = None if code is RowCode.MISSING_FIELD else cell_text(cell)
        self._batch.errors.append(row_error(code, self._number, column, value, hint))


def _first_filled(cells: Sequence[SheetCell]) -> SheetCell:
    return next((cell for cell in cells if not is_blank(cell)), "")
