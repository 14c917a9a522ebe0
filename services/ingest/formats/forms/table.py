"""One table of a form: every count becomes a plain row, and the totals are checked."""

from collections.abc import Mapping, Sequence

from services.ingest.formats.cells.cell import CellKind, SheetCell, TypedCell, cell_text, is_blank
from services.ingest.formats.cells.labels import is_total, is_unknown_name
from services.ingest.formats.cells.values import parse_count, parse_month
from services.ingest.formats.forms.context import ROW_COLUMNS, SheetContext
from services.ingest.formats.forms.defaults import FormDefaults
from services.ingest.formats.forms.layout import Layout
from services.ingest.formats.locator import CellPosition
from services.ingest.formats.row_errors import row_error
from services.ingest.formats.rows import Batch
from services.ingest.formats.sheets.sheet import MergedRange
from services.ingest.formats.totals.form_totals import DIMENSIONS, FormTotals
from shared.values.spelling import normalised
from shared.vocabulary import NormalisationKind, RowCode

_INDEX = {name: index for index, name in enumerate(ROW_COLUMNS)}
_METRIC, _AREA, _MONTH, _VALUE, _, _UNIT = range(len(ROW_COLUMNS))


class FormTable:
    """Reads the rows below one header."""

    def __init__(
        self, sheet: str | None, top: int, layout: Layout, header_row: int, defaults: FormDefaults, context: SheetContext
    ) -> None:
        """`top`: the first row of the table, `header_row`: the last row of its header, both from 1."""
        self.layout, self._defaults, self._context = layout, defaults, context
        self._normalisations = context.normalisations
        self._headings = dict(sorted({**layout.count_columns, **layout.unknown_columns}.items()))
        self._units = {
            column_index: (heading.unit, CellPosition(header_row, column_index))
            for column_index, heading in layout.count_columns.items()
            if heading.unit
        }
        self._empty_unknown_columns = dict(layout.unknown_columns)  # that contain no count so far
        self._header_cells = {
            column_index: [(_INDEX[name], label.code_or_text) for name, label in heading.labels.items()]
            for column_index, heading in self._headings.items()
        }
        self._names_area = layout.names("area")
        self._row_dimensions = [name for name in DIMENSIONS if name in layout.name_columns]
        self.width = max([*layout.count_columns, *layout.name_columns.values(), *layout.total_columns]) + 1
        self.grid = context.locator.add_form(sheet, top, [*self._headings, *layout.total_columns], self._find_cell)
        header_codes = {
            column_index: {name: self._code(name, label.code_or_text) for name, label in heading.labels.items()}
            for column_index, heading in self._headings.items()
        }
        totals = {
            column_index: total._replace(codes={name: self._code(name, text) or text for name, text in total.codes.items()})
            for column_index, total in layout.total_columns.items()
        }
        self._totals = FormTotals(self.grid, header_row, header_codes, totals, self._row_dimensions, self._normalisations)
        if not layout.names("month"):
            defaults.require_month()
        for title in layout.ignored.values():
            self._normalisations.add(NormalisationKind.COLUMN_IGNORED, None, title)
        for heading in layout.count_columns.values():
            for label in heading.labels.values():
                if label.code:
                    self._normalisations.add(NormalisationKind.METRIC_NAME, label.row, label.text, label.code)

    def _find_cell(self, row: int, column_index: int, column: str) -> CellPosition:
        """Return the cell that a field of a count was read from."""
        heading = self._headings.get(column_index)
        if column in self.layout.name_columns:
            return CellPosition(row, self.layout.name_columns[column])
        if heading and column in heading.labels:
            return CellPosition(heading.labels[column].row, column_index)
        if column == "month" and not self.layout.names("month") and self._defaults.month_position:
            return self._defaults.month_position
        if column == "unit" and (unit := self._units.get(column_index) or self._defaults.unit):
            return unit[1]
        return CellPosition(row, column_index)

    def read_units(self, number: int, cells: Sequence[SheetCell]) -> None:
        """Read a row of units."""
        self._units |= {
            column_index: (cell_text(cells[column_index]), CellPosition(number, column_index))
            for column_index in self.layout.count_columns
        }

    def has_known_name(self, cells: Sequence[SheetCell]) -> bool:
        """Return whether a row names a metric, an area or a month."""
        return any(self._code(name, cells[self.layout.name_columns[name]]) is not None for name in self._row_dimensions)

    def is_total(self, cells: Sequence[SheetCell]) -> bool:
        """Return whether a row is a total row."""
        name_columns = (self.layout.name_columns[name] for name in self._row_dimensions)
        label_columns = (*range(min(self.layout.count_columns)), *name_columns)
        return any(is_total(cell_text(cells[column_index])) for column_index in label_columns)

    def _code(self, dimension: str, cell: SheetCell) -> str | None:
        if dimension == "month":
            return parse_month(cell_text(cell))[0]
        names = self._context.names
        return (names.metrics if dimension == "metric" else names.areas).get(normalised(cell_text(cell)))

    def read_row(self, batch: Batch, number: int, cells: list[SheetCell], merged: Mapping[int, MergedRange]) -> None:
        """Read the counts of a data row. `merged`: the merged range over each covered cell, by column."""
        layout = self.layout
        values: dict[int, int | None] = {}
        row: list[SheetCell] = [""] * len(ROW_COLUMNS)
        for name, column_index in layout.name_columns.items():
            row[_INDEX[name]] = cells[column_index]
        if not layout.names("month"):
            row[_MONTH] = self._defaults.month
        for column_index in self._headings:
            if column_index in layout.unknown_columns:
                if column_index >= len(cells) or parse_count(cell_text(cells[column_index])).value is None:
                    continue
                self._empty_unknown_columns.pop(column_index, None)
            cell = cells[column_index]
            if column_index in merged:
                cell = self._merged_cell(cell, merged[column_index])
            values[column_index] = self._read_count(batch, number, column_index, cell, row.copy())
        codes = {name: self._code(name, cells[layout.name_columns[name]]) for name in self._row_dimensions}
        self._totals.add_row(batch, number, codes, values, cells)

    def _read_count(self, batch: Batch, number: int, column_index: int, cell: SheetCell, row: list[SheetCell]) -> int | None:
        """Read a count and return its value for the totals: 0 if there is none, None if it cannot be read."""
        row[_VALUE] = cell
        for index, text in self._header_cells[column_index]:
            row[index] = text
        if is_blank(row[_UNIT]) and (unit := self._units.get(column_index) or self._defaults.unit):
            row[_UNIT] = unit[0]
        if not self._names_area and not is_blank(cell):
            row[_AREA] = self._defaults.area_for(cell_text(row[_METRIC]))
        rows_before, errors_before = len(batch.rows), len(batch.errors)
        self._context.row_reader.read(batch, self.grid.number_for(number, column_index), row, number)
        if len(batch.rows) > rows_before:
            return batch.rows.values[-1]
        return None if len(batch.errors) > errors_before else 0

    def _merged_cell(self, cell: SheetCell, merged: MergedRange) -> SheetCell:
        """Return a cell of a merged range, as an error unless it is the only count that the range covers."""
        if is_blank(cell):
            return cell
        counts_covered = sum(merged.left <= column_index <= merged.right for column_index in self.layout.count_columns)
        is_single = merged.top == merged.bottom and counts_covered == 1
        return cell if is_single else TypedCell(CellKind.MERGED, cell_text(cell))

    def read_total_row(self, batch: Batch, number: int, cells: Sequence[SheetCell]) -> None:
        """Read a total row. A total of the campaign's area is one of all areas; one of an unknown name is an error."""
        codes: dict[str, str | None] = {}
        for name in self._row_dimensions:
            text = cell_text(cells[self.layout.name_columns[name]])
            codes[name] = self._code(name, text)
            if codes[name] is None and is_unknown_name(text):
                batch.received += 1
                error_number = self.grid.number_for(number, min(self._headings))
                batch.errors.append(row_error(RowCode.TOTAL_UNCHECKED, error_number, name, text))
                self._totals.end_total_row(batch, number)
                return
        if codes.get("area") == self._context.sender.campaign_area:
            codes["area"] = None
        label = next(cell_text(cell) for cell in cells if is_total(cell_text(cell)))
        column_indices = sorted([*self.layout.count_columns, *self.layout.total_columns])
        self._totals.add_total_row(batch, number, codes, {index: cells[index] for index in column_indices}, label)

    def end(self, batch: Batch, last_row: int) -> None:
        """End the table with this row."""
        self._totals.finish(batch, last_row + 1)
        self._context.locator.advance_to(self.grid.number_for(last_row + 1) - 1)
        for heading in self._empty_unknown_columns.values():
            if heading.text:
                self._normalisations.add(NormalisationKind.COLUMN_IGNORED, None, heading.text)
