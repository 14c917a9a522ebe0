"""Tables and forms of a body, sheet by sheet: plain tables are read as they stream in, forms once they are whole."""

from collections.abc import Sequence
from typing import NamedTuple

from services.ingest.formats.asides import is_signature, is_total
from services.ingest.formats.cells import Cell, is_blank, text_of
from services.ingest.formats.form import Form, Tools
from services.ingest.formats.header import accepted, header_of, recognised
from services.ingest.formats.layout import Layout, layout_at
from services.ingest.formats.merges import Merges
from services.ingest.formats.rows import Batch
from services.ingest.formats.running_totals import RunningTotals
from services.ingest.formats.table import TableReader
from shared.problems import Schema
from shared.spelling import normalised
from shared.vocabulary import NormalisationKind

FORM_ROWS = 1_000  # a sheet with more of them is a plain table, or not read
HEADER_ROWS = 40  # rows among which the header must be
_WIDEST = 256  # columns
Rows = list[tuple[int, list[Cell]]]


class Plain(NamedTuple):
    """A plain table that is being read."""

    reader: TableReader
    base: int  # number of a row in the push − its number in the sheet

    def read(self, batch: Batch, rows: Sequence[tuple[int, Sequence[Cell]]]) -> None:
        """Read rows below the header."""
        for number, cells in rows:
            self.reader.read(batch, number + self.base, cells, number)
        self.reader.end_batch()

    def finish(self) -> Batch:
        """What is known once the last row was read."""
        batch = Batch()
        self.reader.finish(batch)
        return batch


class Sheets:
    """What is understood of the sheets of one body."""

    def __init__(self, tools: Tools, *, commas: bool = False) -> None:
        """`commas`: see `TableReader`."""
        self.tools = tools
        self.read: list[str | None] = []  # the sheets that were read
        self._commas = commas
        self._nearest: list[str] = []  # the row of titles that came closest

    def whole(self, sheet: str | None, rows: Rows, merges: Merges, *, located: bool = True) -> Batch | None:
        """Read a sheet of which all rows are here; None: nothing in it is known as a table."""
        covered = merges.fill(rows, _WIDEST - 1)
        layout = self._layout(sheet, rows)
        if layout is None:
            return None
        self.read.append(sheet)
        head = rows[layout.head][0]
        below = rows[layout.head + 1 :]
        if layout.is_plain and not merges.below(head) and not any(self._is_formal(layout, cells) for _, cells in below):
            batch = Batch()
            plain = self._plain(sheet, rows, layout, located=located)
            plain.read(batch, below)
            if located:
                self.tools.locator.reached(plain.base + rows[-1][0])
            return batch
        return Form(sheet, rows, covered, layout, self.tools).read()

    def long(self, sheet: str | None, rows: Rows, merges: Merges, *, located: bool = True) -> tuple[Plain, Batch] | None:
        """Begin a sheet that is too long for a form, with its first rows; None: nothing in it is known as a table."""
        layout = self._layout(sheet, rows)
        if layout is None:
            return None
        if not layout.is_plain or merges.below(rows[layout.head][0]):
            raise Schema(
                f"超过 {FORM_ROWS} 行的表须每行写全指标、区域、月份和数值，且不含合并单元格。{accepted().zh}",
                f"A table of more than {FORM_ROWS} rows names metric, area, month and value in every row, without merged cells. "
                f"{accepted().en}",
            )
        self.read.append(sheet)
        plain = self._plain(sheet, rows, layout, located=located, running=True)
        batch = Batch()
        plain.read(batch, rows[layout.head + 1 :])
        return plain, batch

    def finish(self) -> None:
        """Raises Schema if no table was found: with what is wrong with the row that came nearest to a header."""
        if not self.read:
            if any(self._nearest):
                header_of(self._nearest)
            raise Schema(
                f"没有找到可识别的表头。{accepted().zh}；也可以街道为行、指标为列（或反之）",
                f"No row of known titles was found. {accepted().en}; or streets down and metrics across, or turned",
            )

    def _layout(self, sheet: str | None, rows: Rows) -> Layout | None:
        for index, (_, cells) in enumerate(rows[:HEADER_ROWS]):
            layout = layout_at(rows, index, self.tools.kinds, sheet)
            if layout is not None:
                return layout
            titles = [text_of(cell) for cell in cells]
            if recognised(titles) > recognised(self._nearest) or not self._nearest:
                self._nearest = titles
        return None

    def _plain(self, sheet: str | None, rows: Rows, layout: Layout, *, located: bool, running: bool = False) -> Plain:
        """`running`: totals are checked by sums, as rows come along."""
        header, notes = layout.titles.header(), self.tools.notes
        base = self.tools.locator.plain(sheet, header.places) if located else 0
        totals = RunningTotals(notes, base + rows[layout.head][0]) if running else None
        reader = TableReader(header, self.tools.names, self.tools.sender, notes, commas=self._commas, totals=totals)
        for number, cells in rows[: layout.top]:
            if not all(map(is_blank, cells)):
                notes.add(NormalisationKind.TEXT_ROW, number, next(text_of(cell) for cell in cells if not is_blank(cell)))
        return Plain(reader, base)

    def _is_formal(self, layout: Layout, cells: Sequence[Cell]) -> bool:
        """Whether a row is what only forms have: a total, a signature, a remark."""
        place = layout.keys["metric"]
        known = place < len(cells) and normalised(text_of(cells[place])) in self.tools.names.metrics
        return any(
            is_total(text) or (not known and is_signature(text))
            for cell in cells
            if (text := text_of(cell)) and not text[0].isdecimal()
        )
