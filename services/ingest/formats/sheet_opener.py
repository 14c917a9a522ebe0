"""Finds the first table of each sheet, and its reader.

Plain tables are read while their rows arrive, forms once enough rows below are known.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from services.ingest.formats.cells.cell import NumberedRow, SheetCell, cell_text, is_blank
from services.ingest.formats.cells.labels import is_signature, is_total
from services.ingest.formats.forms.context import SheetContext
from services.ingest.formats.forms.form import FormReader, UnreadableRows
from services.ingest.formats.forms.layout import Layout, read_layout
from services.ingest.formats.forms.merged_cells import MergedCells
from services.ingest.formats.locator import Locator
from services.ingest.formats.row_errors import row_error
from services.ingest.formats.rows import Batch
from services.ingest.formats.sheets.sheet import HEADER_ROWS, SheetStart
from services.ingest.formats.tables.header import accepted_titles, count_known_titles, read_header
from services.ingest.formats.tables.reader import TableReader
from services.ingest.formats.totals.table_totals import TableTotals
from shared.problems import Schema
from shared.values.spelling import normalised
from shared.vocabulary import NormalisationKind, RowCode


class OpenedSheet(Protocol):
    """Reads one sheet."""

    def read(self, rows: Sequence[NumberedRow], unreadable: UnreadableRows = ()) -> Iterator[Batch]:
        """Read further rows, and rows without cells; yield what is certain so far."""

    def finish(self) -> Iterator[Batch]:
        """Yield the rest after the last row."""


class PlainSheetReader:
    """Reads a plain table."""

    def __init__(self, reader: TableReader, base: int, locator: Locator | None) -> None:
        """`base`: the number of a row in the push minus its number in the sheet. `locator`: is told the table's last row."""
        self._reader, self._base, self._locator = reader, base, locator
        self._last = 0

    def read(self, rows: Sequence[NumberedRow], unreadable: UnreadableRows = ()) -> Iterator[Batch]:
        """Read rows below the header."""
        batch = Batch()
        for number, cells in rows:
            self._reader.read(batch, number + self._base, cells, number)
            self._last = number
        if rows:
            self._reader.end_batch()
        batch.received += len(unreadable)
        batch.errors += [row_error(RowCode.MALFORMED_ROW, number + self._base, hint=reason) for number, reason in unreadable]
        batch.errors.sort(key=lambda error: error.row or 0)
        yield batch

    def finish(self) -> Iterator[Batch]:
        """Check the totals that could not be checked before the last row."""
        if self._locator:
            self._locator.advance_to(self._base + self._last)
        batch = Batch()
        self._reader.finish(batch)
        yield batch


class SheetOpener:
    """Finds the reader of each sheet of a body."""

    def __init__(self, context: SheetContext) -> None:
        self.context = context
        self.opened: list[str | None] = []  # names of the sheets that contain a table
        self._nearest_header: list[str] = []  # the row with the most known titles

    def open(
        self,
        start: SheetStart,
        rows: list[NumberedRow],
        merged_cells: MergedCells,
        *,
        has_more: bool,
    ) -> tuple[OpenedSheet, list[NumberedRow]] | None:
        """Return the reader of a sheet, and the rows that it must read first; None if the sheet contains no table.

        `rows`: the first rows of the sheet, or all of them unless it `has_more`.
        """
        merged_cells.fill(rows)
        layout = self._layout(start.name, rows)
        if layout is None:
            return None
        self.opened.append(start.name)
        header_row, rows_below = rows[layout.header][0], rows[layout.header + 1 :]
        if (
            not layout.is_plain
            or merged_cells.reach_below(header_row)
            or (not has_more and any(self._is_form_row(layout, cells) for _, cells in rows_below))
        ):
            return FormReader(start.name, rows, merged_cells, layout, self.context), []
        return self._plain_reader(start, rows, layout, has_more=has_more), rows_below

    def refuse_none_read(self) -> None:
        """Raise Schema if no sheet contains a table, with the errors of the row that is most like a header."""
        if not self.opened:
            if any(self._nearest_header):
                read_header(self._nearest_header)
            raise Schema(
                f"没有找到可识别的表头。{accepted_titles().zh}；也可用街道作行、指标作列（或反之）。",
                f"No header row was found. {accepted_titles().en}; or subdistricts as rows, metrics as columns, or the reverse.",
            )

    def _layout(self, sheet: str | None, rows: Sequence[NumberedRow]) -> Layout | None:
        for index, (_, cells) in enumerate(rows[:HEADER_ROWS]):
            layout = read_layout(rows, index, self.context.title_reader, sheet)
            if layout is not None:
                return layout
            titles = [cell_text(cell) for cell in cells]
            if count_known_titles(titles) > count_known_titles(self._nearest_header) or not self._nearest_header:
                self._nearest_header = titles
        return None

    def _plain_reader(
        self, sheet: SheetStart, rows: Sequence[NumberedRow], layout: Layout, *, has_more: bool
    ) -> PlainSheetReader:
        header, context = layout.titles.header(), self.context
        names, sender, normalisations = context.names, context.sender, context.normalisations
        locator = context.locator if sheet.name is not None else None  # in a CSV a row's number is its position
        base = locator.add_plain_table(sheet.name, header.columns) if locator else 0
        start = base + rows[layout.header][0]
        totals = TableTotals(header.columns, names, sender, normalisations, start) if has_more else None
        reader = TableReader(header, names, sender, normalisations, comma_delimited=sheet.delimiter == ",", totals=totals)
        for number, cells in rows[: layout.top]:
            if not all(map(is_blank, cells)):
                text = next(cell_text(cell) for cell in cells if not is_blank(cell))
                normalisations.add(NormalisationKind.TEXT_ROW, number, text)
        return PlainSheetReader(reader, base, locator)

    def _is_form_row(self, layout: Layout, cells: Sequence[SheetCell]) -> bool:
        """Return whether a row is one that only forms have: a total, a signature, a remark."""
        metric_column = layout.name_columns["metric"]
        metrics = self.context.names.metrics
        is_metric = metric_column < len(cells) and normalised(cell_text(cells[metric_column])) in metrics
        return any(
            is_total(text) or (not is_metric and is_signature(text))
            for cell in cells
            if (text := cell_text(cell)) and not text[0].isdecimal()
        )
