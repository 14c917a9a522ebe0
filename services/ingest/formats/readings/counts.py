"""One count of a table: its value, its metric, area and month, and what its row says of it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from services.ingest.formats.cells.cell import SheetCell, cell_text, read_count, stored_text
from services.ingest.formats.cells.number_texts import is_split_number
from services.ingest.formats.cells.units import unit_differs
from services.ingest.formats.cells.values import ParsedCount, parse_count
from services.ingest.formats.layout.columns import DIMENSIONS
from services.ingest.formats.layout.form_defaults import FormDefaults
from services.ingest.formats.layout.layout import Layout
from services.ingest.formats.locator import CellPosition, SheetNumbers
from services.ingest.formats.readings.context import TableContext
from services.ingest.formats.readings.count_columns import CountColumn, NamedField, RowNames
from services.ingest.formats.row_errors import SPLIT_NUMBER_HINT, row_error, unit_hint
from services.ingest.formats.rows import Batch, PartialRow, Row
from shared.values.bilingual import Bilingual
from shared.vocabulary import NormalisationKind, RowCode


class RowFields(NamedTuple):
    """The fields that all counts of a row share."""

    cells: Sequence[SheetCell]
    names: RowNames
    note: str | None
    note_error: RowCode | None
    other_org: str  # the name of another organisation in the row's column of them; empty if it is the sender
    is_contradicted: bool  # a column without a role says that the counts are others


class TableCountReader:
    """Reads the counts of one table."""

    def __init__(
        self,
        layout: Layout,
        header_row: int,
        numbers: SheetNumbers,
        defaults: FormDefaults,
        context: TableContext,
        *,
        is_text: bool,
    ) -> None:
        """`header_row`: the last row of the header; `is_text`: a number with thousands separators and no quotes is split."""
        self._layout, self._numbers, self._defaults, self._context = layout, numbers, defaults, context
        self._normalisations, self._is_text = context.normalisations, is_text
        self._units: dict[int, tuple[str, CellPosition | None]] = {
            column_index: (heading.unit, CellPosition(header_row, column_index))
            for column_index, heading in layout.count_columns.items()
            if heading.unit
        }

    def read_units(self, number: int, cells: Sequence[SheetCell]) -> None:
        """Read a row of units."""
        self._units |= {
            column_index: (cell_text(cells[column_index]), CellPosition(number, column_index))
            for column_index in self._layout.count_columns
        }

    def position_of_unit(self, column_index: int) -> CellPosition | None:
        """Return the cell that names the unit of a column of counts; None if none does."""
        _, position = self._units.get(column_index) or self._defaults.unit or ("", None)
        return position

    def read(self, batch: Batch, number: int, column: CountColumn, cell: SheetCell, row: RowFields) -> int | None:
        """Read a count and return its value for the totals: 0 if there is none, None if it cannot be read."""
        count = parse_count(cell) if isinstance(cell, str) else read_count(cell)
        if count.value is None and count.code is None:
            batch.blank += 1
            return 0
        position = self._numbers.number_for(number, column.column_index)
        errors_before = len(batch.errors)
        if self._is_text:
            count = self._check_split_number(count, row.cells)
        if count.code:
            _add_error(batch, position, "value", count.code, cell_text(cell), count.hint)
        metric, area, month = self._read_codes(batch, number, position, column, row)
        if row.note_error:
            _add_error(batch, position, "note", row.note_error, cell_text(row.cells[self._layout.name_columns["note"]]))
        if row.other_org:
            _add_error(batch, position, "org", RowCode.OTHER_ORG, row.other_org)
        self._check_unit(batch, position, column.column_index, metric, row)
        self._check_names(batch, position, {"metric": metric, "area": area}, row)
        batch.received += 1
        if len(batch.errors) == errors_before and count.value is not None and not row.is_contradicted:
            batch.rows.append(Row(position, metric, area, month, count.value, row.note))
            for kind in count.normalisations:
                self._normalisations.add(kind, number, stored_text(cell), str(count.value))
            return count.value
        batch.partial_rows.append(PartialRow.without_errors(position, batch.errors[errors_before:], metric, area, month))
        return None

    def _read_codes(self, batch: Batch, number: int, position: int, column: CountColumn, row: RowFields) -> tuple[str, str, str]:
        """Return metric, area and month of a count: as its column, its row or the form names them."""
        codes: list[str] = []
        for dimension in DIMENSIONS:
            field = column.names.get(dimension) or row.names.get(dimension)
            if field is None:  # the area is the caption's or the sender's
                area = self._defaults.area_for(codes[0])
                field = NamedField(self._context.read(dimension, area), area)
            parsed = field.parsed
            if parsed.error:
                _add_error(batch, position, dimension, parsed.error, field.text, parsed.hint)
            elif parsed.normalisation:
                self._normalisations.add(parsed.normalisation, number, field.text, parsed.code)
            if parsed.is_number:
                self._normalisations.add(NormalisationKind.NUMBER_AS_CODE, number, field.text, field.text)
            codes.append(parsed.code)
        return codes[0], codes[1], codes[2]

    def _check_unit(self, batch: Batch, position: int, column_index: int, metric: str, row: RowFields) -> None:
        """Check the unit of a count, in the column of units, behind the metric's name, in the header or in the caption."""
        metric_unit = self._context.sender.units.get(metric, ())
        if not metric_unit:
            return
        unit_column = self._layout.name_columns.get("unit")
        text = cell_text(row.cells[unit_column]) if unit_column is not None else ""
        if not text.strip():
            name = row.names.get("metric")
            unit = self._units.get(column_index) or self._defaults.unit
            text = (name.parsed.unit if name else "") or (unit[0] if unit else "")
        if text and unit_differs(text, metric_unit):
            _add_error(batch, position, "unit", RowCode.UNIT_DIFFERS, text, unit_hint(metric_unit))

    def _check_names(self, batch: Batch, position: int, codes: Mapping[str, str], row: RowFields) -> None:
        """Check that names in columns of names match the codes of the row."""
        for column_index, dimension in self._layout.checked_names.items():
            cell = row.cells[column_index]
            named = self._context.read(dimension, cell)
            field = row.names.get(dimension)
            if named.is_known and field is not None and field.parsed.is_known and named.code != codes[dimension]:
                _add_error(batch, position, dimension, RowCode.NAME_DIFFERS, cell_text(cell))

    def _check_split_number(self, count: ParsedCount, cells: Sequence[SheetCell]) -> ParsedCount:
        """Return the count, or an error if a number of the row is split: `31,146` read as 31 with the note 146."""
        note_column = self._layout.name_columns.get("note", 0)
        if note_column and is_split_number(cells[note_column - 1], cells[note_column]):
            return ParsedCount(None, RowCode.BAD_THOUSANDS, (), SPLIT_NUMBER_HINT)
        return count


def _add_error(batch: Batch, position: int, column: str, code: RowCode, text: str, hint: Bilingual | None = None) -> None:
    batch.errors.append(row_error(code, position, column, None if code is RowCode.MISSING_FIELD else text, hint))
