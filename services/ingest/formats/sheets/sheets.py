"""Tables and forms of a body, sheet by sheet: plain tables are read as they stream in, forms once they are whole."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from services.ingest.formats.cells.cell import SheetCell, cell_text, is_blank
from services.ingest.formats.cells.labels import is_signature, is_total
from services.ingest.formats.forms.context import SheetContext
from services.ingest.formats.forms.form import Filled, FormReader, UnreadableRows
from services.ingest.formats.forms.layout import Layout, read_layout
from services.ingest.formats.forms.merged_cells import MergedCells
from services.ingest.formats.locator import Locator
from services.ingest.formats.row_errors import row_error
from services.ingest.formats.rows import Batch
from services.ingest.formats.tables.header import accepted_titles, count_known_titles, read_header
from services.ingest.formats.tables.reader import TableReader
from services.ingest.formats.totals.table_totals import TableTotals
from shared.problems import Schema
from shared.values.spelling import normalised
from shared.vocabulary import NormalisationKind, RowCode

FORM_ROWS = 1_000  # of a sheet are gathered before it is understood
HEADER_ROWS = 40  # rows among which the header must be
Rows = list[tuple[int, list[SheetCell]]]


class SheetReader(Protocol):
    """A sheet that is being read."""

    def read(self, rows: Filled, unread: UnreadableRows = ()) -> Iterator[Batch]:
        """Read further rows, and those without cells; what is known by now."""

    def finish(self) -> Iterator[Batch]:
        """What is known once the last row was read."""


class PlainSheetReader:
    """A plain table that is being read."""

    def __init__(self, reader: TableReader, base: int, locator: Locator | None) -> None:
        """`base`: the number of a row in the push − its number in the sheet. `locator`: needs to know where the table ends."""
        self._reader, self._base, self._locator = reader, base, locator
        self._last = 0

    def read(self, rows: Filled, unread: UnreadableRows = ()) -> Iterator[Batch]:
        """Read rows below the header."""
        batch = Batch()
        for number, cells in rows:
            self._reader.read(batch, number + self._base, cells, number)
            self._last = number
        self._reader.end_batch()
        batch.received += len(unread)
        batch.errors += [row_error(RowCode.MALFORMED_ROW, number + self._base, hint=why) for number, why in unread]
        batch.errors.sort(key=lambda error: error.row or 0)
        yield batch

    def finish(self) -> Iterator[Batch]:
        """Judge the totals that could not be judged before the last row."""
        if self._locator:
            self._locator.advance_to(self._base + self._last)
        batch = Batch()
        self._reader.finish(batch)
        yield batch


class SheetOpener:
    """What is understood of the sheets of one body."""

    def __init__(self, tools: SheetContext, *, commas: bool = False) -> None:
        """`commas`: see `TableReader`."""
        self.tools = tools
        self.read: list[str | None] = []  # the sheets that were read
        self._commas = commas
        self._nearest: list[str] = []  # the row of titles that came closest

    def begin(
        self, sheet: str | None, rows: Rows, merges: MergedCells, *, more: bool, located: bool = True
    ) -> tuple[SheetReader, Rows] | None:
        """Begin a sheet with its first rows, or with all where there are not `more`: its reader, and the rows for it to read.

        None: nothing in it is known as a table.
        """
        merges.fill(rows)
        layout = self._layout(sheet, rows)
        if layout is None:
            return None
        self.read.append(sheet)
        head, below = rows[layout.head][0], rows[layout.head + 1 :]
        if not layout.is_plain or merges.below(head) or (not more and any(self._is_formal(layout, cells) for _, cells in below)):
            return FormReader(sheet, rows, merges, layout, self.tools), []
        return self._plain(sheet, rows, layout, more=more, located=located), below

    def finish(self) -> None:
        """Raises Schema if no table was found: with what is wrong with the row that came nearest to a header."""
        if not self.read:
            if any(self._nearest):
                read_header(self._nearest)
            raise Schema(
                f"没有找到可识别的表头。{accepted_titles().zh}；也可以街道为行、指标为列（或反之）",
                f"No row of known titles was found. {accepted_titles().en}; or streets down and metrics across, or turned",
            )

    def _layout(self, sheet: str | None, rows: Rows) -> Layout | None:
        for index, (_, cells) in enumerate(rows[:HEADER_ROWS]):
            layout = read_layout(rows, index, self.tools.kinds, sheet)
            if layout is not None:
                return layout
            titles = [cell_text(cell) for cell in cells]
            if count_known_titles(titles) > count_known_titles(self._nearest) or not self._nearest:
                self._nearest = titles
        return None

    def _plain(self, sheet: str | None, rows: Rows, layout: Layout, *, more: bool, located: bool) -> PlainSheetReader:
        header, notes = layout.titles.header(), self.tools.notes
        base = self.tools.locator.add_plain_table(sheet, header.places) if located else 0
        names, sender = self.tools.names, self.tools.sender
        totals = TableTotals(header.places, names, sender, notes, base + rows[layout.head][0]) if more else None
        reader = TableReader(header, names, sender, notes, commas=self._commas, totals=totals)
        for number, cells in rows[: layout.top]:
            if not all(map(is_blank, cells)):
                notes.add(NormalisationKind.TEXT_ROW, number, next(cell_text(cell) for cell in cells if not is_blank(cell)))
        return PlainSheetReader(reader, base, self.tools.locator if located else None)

    def _is_formal(self, layout: Layout, cells: Sequence[SheetCell]) -> bool:
        """Whether a row is what only forms have: a total, a signature, a remark."""
        place = layout.keys["metric"]
        known = place < len(cells) and normalised(cell_text(cells[place])) in self.tools.names.metrics
        return any(
            is_total(text) or (not known and is_signature(text))
            for cell in cells
            if (text := cell_text(cell)) and not text[0].isdecimal()
        )
