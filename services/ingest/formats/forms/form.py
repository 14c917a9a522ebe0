"""A form: a table that omits some fields, converted into plain rows, one for each count, while it is read.

Month, area and unit come from the caption, from the sender or from the columns; what can be read in two ways is refused.
"""

from collections.abc import Iterator, Sequence

from services.ingest.formats.cells.cell import NumberedRow, SheetCell, cell_text, is_blank, read_count
from services.ingest.formats.cells.labels import is_signature, is_total
from services.ingest.formats.cells.units import is_unit, is_unit_label
from services.ingest.formats.forms.context import SheetContext
from services.ingest.formats.forms.defaults import FormDefaults
from services.ingest.formats.forms.layout import ROWS_LOOKED_BELOW, Layout, read_layout
from services.ingest.formats.forms.merged_cells import MergedCells
from services.ingest.formats.forms.table import FormTable
from services.ingest.formats.row_errors import row_error
from services.ingest.formats.rows import Batch
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised
from shared.vocabulary import NormalisationKind, RowCode

_ROWS_AHEAD = ROWS_LOOKED_BELOW + 3  # rows that are known before a row is read: it may be the first of a header of three rows
_HEADERS_MAX = 1_000  # rows of a sheet that are examined as headers of further tables
_BATCH_COUNTS = 1_000
UnreadableRows = Sequence[tuple[int, Bilingual]]
"""Numbers of rows without cells, with the reason."""


class FormReader:
    """Reads the tables of one sheet; the header of the first is given."""

    def __init__(
        self, sheet: str | None, rows: Sequence[NumberedRow], merged_cells: MergedCells, layout: Layout, context: SheetContext
    ) -> None:
        """`rows`: the first rows, with merged cells filled in; the header of `layout` is among them."""
        self._sheet, self._merged_cells, self._context = sheet, merged_cells, context
        self._normalisations = context.normalisations
        self._defaults = FormDefaults(sheet, rows[: layout.top], context.names, context.sender, context.normalisations)
        for number, cells in rows[: layout.top]:
            if not all(map(is_blank, cells)):
                self._normalisations.add(NormalisationKind.TEXT_ROW, number, _first_text(cells))
        self._batch = Batch()
        self._table = FormTable(sheet, 1, layout, rows[layout.header][0], self._defaults, context)
        self._is_below_header = True  # the next row is the first one below a header
        self._rows = list(rows[layout.header + 1 :])  # not read yet
        self._unreadable: list[tuple[int, Bilingual]] = []
        self._last = rows[-1][0]
        self._headers_examined = 0
        self._group = ""

    def read(self, rows: Sequence[NumberedRow], unreadable: UnreadableRows = ()) -> Iterator[Batch]:
        """Read further rows; yield what is certain without the rows after them."""
        self._merged_cells.fill(rows)
        self._rows += rows
        self._unreadable += unreadable
        self._last = max(self._last, *(number for number, _ in (*rows[-1:], *unreadable[-1:])), 0)
        yield from self._read_rows(_ROWS_AHEAD)

    def finish(self) -> Iterator[Batch]:
        """Read the remaining rows and check the remaining totals."""
        yield from self._read_rows(0)
        self._refuse_unreadable(self._last + 1)
        self._table.end(self._batch, self._last)
        yield self._batch

    def _read_rows(self, rows_ahead: int) -> Iterator[Batch]:
        index = 0
        while index < len(self._rows) - rows_ahead:
            number, cells = self._rows[index]
            self._refuse_unreadable(number)
            index += self._read_row(index, number, cells)
            self._merged_cells.forget(number)
            if self._batch.received + self._batch.blank >= _BATCH_COUNTS:
                yield self._batch
                self._batch = Batch()
        del self._rows[:index]

    def _refuse_unreadable(self, before_row: int) -> None:
        while self._unreadable and self._unreadable[0][0] < before_row:
            number, reason = self._unreadable.pop(0)
            self._batch.received += 1
            self._batch.errors.append(row_error(RowCode.MALFORMED_ROW, self._table.grid.number_for(number), hint=reason))

    def _read_row(self, index: int, number: int, cells: list[SheetCell]) -> int:
        """Read a row, or the header that begins with it; return how many rows were read."""
        table, is_below_header, self._is_below_header = self._table, self._is_below_header, False
        cells = cells + [""] * (table.width - len(cells))
        self._join_item(number, cells)
        if all(map(is_blank, cells)):
            self._normalisations.add(NormalisationKind.BLANK_ROW, number)
        elif is_below_header and self._is_unit_row(cells):
            table.read_units(number, cells)
        elif table.is_total(cells):
            table.read_total_row(self._batch, number, cells)
        elif table.has_known_name(cells):
            table.read_row(self._batch, number, cells, self._merged_cells.ranges_in(number))
        elif layout := self._next_layout(index, cells):
            self._begin_table(layout, number, self._rows[layout.header][0])
            return layout.header - index + 1
        elif self._is_text_row(cells) or self._is_caption(index, cells):
            self._normalisations.add(NormalisationKind.TEXT_ROW, number, _first_text(cells))
        else:
            table.read_row(self._batch, number, cells, self._merged_cells.ranges_in(number))
        return 1

    def _next_layout(self, index: int, cells: Sequence[SheetCell]) -> Layout | None:
        if self._headers_examined >= _HEADERS_MAX or sum(not is_blank(cell) for cell in cells) <= 1:
            return None
        self._headers_examined += 1
        return read_layout(self._rows, index, self._context.title_reader, self._sheet)

    def _is_caption(self, index: int, cells: Sequence[SheetCell]) -> bool:
        """Return whether a row of texts is the caption of another table, whose header begins below."""
        if index + 1 == len(self._rows) or any(read_count(cell).value is not None for cell in cells):
            return False
        return self._next_layout(index + 1, self._rows[index + 1][1]) is not None

    def _begin_table(self, layout: Layout, top: int, header_row: int) -> None:
        self._table.end(self._batch, top - 1)
        self._table = FormTable(self._sheet, top, layout, header_row, self._defaults, self._context)
        self._is_below_header = True
        self._group = ""

    def _join_item(self, number: int, cells: list[SheetCell]) -> None:
        """Join the metric's name of a row if it is in two cells; a group applies until the next one."""
        layout = self._table.layout
        metric_column, item_column = layout.name_columns.get("metric"), layout.item_column
        if metric_column is None or item_column is None or item_column >= len(cells):
            return
        group, item = cell_text(cells[metric_column]).strip(), cell_text(cells[item_column]).strip()
        self._group = group or self._group
        if not item or item == group or is_signature(self._group):
            return
        joined = f"{self._group}{item}"
        if code := self._context.title_reader.metric_of_item(self._group, item):
            self._normalisations.add(NormalisationKind.METRIC_NAME, number, joined, code)
        elif is_total(item) or is_unit(item):
            return
        cells[metric_column], cells[item_column] = code or joined, ""

    def _is_unit_row(self, cells: Sequence[SheetCell]) -> bool:
        count_columns = self._table.layout.count_columns
        texts = [cell_text(cells[column_index]) for column_index in count_columns]
        if any(is_unit_label(cell_text(cell)) for cell in cells[: min(count_columns)]):
            return True
        if self._table.has_known_name(cells):
            return False
        return any(map(normalised, texts)) and all(is_unit(text) for text in texts if normalised(text))

    def _is_text_row(self, cells: Sequence[SheetCell]) -> bool:
        """Return whether a row without known names is a signature or a remark, or has no values in columns of counts."""
        if any(is_signature(cell_text(cell)) for cell in cells):
            return True
        return all(is_blank(cells[column_index]) for column_index in self._table.layout.count_columns)


def _first_text(cells: Sequence[SheetCell]) -> str:
    return next((cell_text(cell) for cell in cells if not is_blank(cell)), "")
