"""A form: a table that leaves things unsaid, unfolded into plain rows, one a count, while its rows come along.

Month, area and unit come from the rows above it, from its sender or from its columns; what can be read in two ways is refused.
"""

from collections.abc import Iterator, Sequence

from services.ingest.formats.cells.cell import SheetCell, cell_text, is_blank, read_count
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

_AHEAD = ROWS_LOOKED_BELOW + 3  # rows that are seen before a row is read: it may be the first of three of a head
_HEADS_MOST = 1_000  # rows of a sheet that are looked at as heads of further tables
_AT_ONCE = 1_000  # counts in a batch
Filled = Sequence[tuple[int, list[SheetCell]]]
UnreadableRows = Sequence[tuple[int, Bilingual]]


class FormReader:
    """Reads the tables of one sheet, the first of which starts at a known header."""

    def __init__(self, sheet: str | None, rows: Filled, merges: MergedCells, layout: Layout, tools: SheetContext) -> None:
        """`rows`: the first ones, with merged cells filled in; the head of `layout` is among them."""
        self._sheet, self._merges, self._tools = sheet, merges, tools
        self._names, self._notes = tools.names, tools.notes
        self._around = FormDefaults(sheet, rows[: layout.top], tools.names, tools.sender, tools.notes)
        for number, cells in rows[: layout.top]:
            if not all(map(is_blank, cells)):
                self._notes.add(NormalisationKind.TEXT_ROW, number, _first_text(cells))
        self._batch = Batch()
        self._table = FormTable(sheet, 1, layout, rows[layout.head][0], self._around, tools)
        self._begins = True  # the next row is the first one below a head
        self._rows = list(rows[layout.head + 1 :])  # not read yet
        self._unread: list[tuple[int, Bilingual]] = []
        self._last = rows[-1][0]
        self._heads = 0
        self._group = ""

    def read(self, rows: Filled, unread: UnreadableRows = ()) -> Iterator[Batch]:
        """Read further rows as they stand in the sheet, and those that have no cells; what is known by now."""
        self._merges.fill(rows)
        self._rows += rows
        self._unread += unread
        self._last = max(self._last, *(number for number, _ in (*rows[-1:], *unread[-1:])), 0)
        yield from self._read(_AHEAD)

    def finish(self) -> Iterator[Batch]:
        """Read what is left, and judge the totals that stand for the whole."""
        yield from self._read(0)
        self._refuse_unread(self._last + 1)
        self._table.end(self._batch, self._last)
        yield self._batch

    def _read(self, ahead: int) -> Iterator[Batch]:
        index = 0
        while index < len(self._rows) - ahead:
            number, cells = self._rows[index]
            self._refuse_unread(number)
            index += self._row(index, number, cells)
            self._merges.forget(number)
            if self._batch.received + self._batch.blank >= _AT_ONCE:
                yield self._batch
                self._batch = Batch()
        del self._rows[:index]

    def _refuse_unread(self, row: int) -> None:
        while self._unread and self._unread[0][0] < row:
            number, why = self._unread.pop(0)
            self._batch.received += 1
            self._batch.errors.append(row_error(RowCode.MALFORMED_ROW, self._table.grid.number_for(number), hint=why))

    def _row(self, index: int, number: int, cells: list[SheetCell]) -> int:
        """Read a row; returns how many were."""
        table, begins, self._begins = self._table, self._begins, False
        cells = cells + [""] * (table.width - len(cells))
        self._join_item(number, cells)
        if all(map(is_blank, cells)):
            self._notes.add(NormalisationKind.BLANK_ROW, number)
        elif begins and self._is_unit_row(cells):
            table.take_units(number, cells)
        elif table.is_total(cells):
            table.total(self._batch, number, cells)
        elif table.names_something(cells):
            table.data(self._batch, number, cells, self._merges.of(number))
        elif again := self._layout_again(index, cells):
            self._begin(again, number, self._rows[again.head][0])
            return again.head - index + 1
        elif self._is_aside(cells) or self._stands_over_head(index, cells):
            self._notes.add(NormalisationKind.TEXT_ROW, number, _first_text(cells))
        else:
            table.data(self._batch, number, cells, self._merges.of(number))
        return 1

    def _layout_again(self, index: int, cells: Sequence[SheetCell]) -> Layout | None:
        if self._heads >= _HEADS_MOST or sum(not is_blank(cell) for cell in cells) <= 1:
            return None
        self._heads += 1
        return read_layout(self._rows, index, self._tools.kinds, self._sheet)

    def _stands_over_head(self, index: int, cells: Sequence[SheetCell]) -> bool:
        """Whether a row of texts is the title of another table, whose head begins below."""
        if index + 1 == len(self._rows) or any(read_count(cell).value is not None for cell in cells):
            return False
        return self._layout_again(index + 1, self._rows[index + 1][1]) is not None

    def _begin(self, layout: Layout, top: int, head: int) -> None:
        """Another table begins below."""
        self._table.end(self._batch, top - 1)
        self._table = FormTable(self._sheet, top, layout, head, self._around, self._tools)
        self._begins = True
        self._group = ""

    def _join_item(self, number: int, cells: list[SheetCell]) -> None:
        """Name the metric of a row whose name stands in two cells; a group holds until the next one."""
        layout = self._table.layout
        place, item = layout.keys.get("metric"), layout.items
        if place is None or item is None or item >= len(cells):
            return
        group, text = cell_text(cells[place]).strip(), cell_text(cells[item]).strip()
        self._group = group or self._group
        if not text or text == group or is_signature(self._group):
            return
        joined = f"{self._group}{text}"
        if code := self._tools.kinds.item(self._group, text):
            self._notes.add(NormalisationKind.METRIC_NAME, number, joined, code)
        elif is_total(text) or is_unit(text):
            return
        cells[place], cells[item] = code or joined, ""

    def _is_unit_row(self, cells: Sequence[SheetCell]) -> bool:
        across = self._table.layout.across
        counts = [cell_text(cells[place]) for place in across]
        if any(is_unit_label(cell_text(cell)) for cell in cells[: min(across)]):
            return True
        if self._table.names_something(cells):
            return False
        return any(map(normalised, counts)) and all(is_unit(text) for text in counts if normalised(text))

    def _is_aside(self, cells: Sequence[SheetCell]) -> bool:
        """Whether a row that names nothing known is a signature or a remark, or says nothing where counts are due."""
        if any(is_signature(cell_text(cell)) for cell in cells):
            return True
        return all(is_blank(cells[place]) for place in self._table.layout.across)


def _first_text(cells: Sequence[SheetCell]) -> str:
    return next((cell_text(cell) for cell in cells if not is_blank(cell)), "")
