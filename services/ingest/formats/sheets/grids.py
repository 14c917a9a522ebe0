"""Rows of all sheets as cells, whatever their columns: for datasets that have columns of their own."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import BinaryIO, NamedTuple

from services.ingest.formats.cells.cell import CellKind, SheetCell, TypedCell
from services.ingest.formats.forms.merged_cells import COLUMNS_MAX, MergedCells, MergedRange
from services.ingest.formats.media import Media
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.rows import BodyLimits
from services.ingest.formats.sheets.csv_file import CsvLines, detect_delimiter, detect_encoding, read_records
from services.ingest.formats.sheets.workbook import unreadable_workbook, worker_frames
from shared.values.bilingual import Bilingual
from shared.vocabulary import NormalisationKind

CountKnownTitles = Callable[[Sequence[str]], int]
"""Returns how many columns a row of titles names."""
_ZIP = b"PK\x03\x04"


class GridRow(NamedTuple):
    """One row, with the content of merged cells in each of them."""

    sheet: str | None
    number: int  # as in a spreadsheet
    cells: list[SheetCell] | Bilingual  # or the reason why it cannot be read
    merged: Sequence[MergedRange] = ()  # the ranges that reach into it


def read_grid_rows(
    body: BinaryIO, media: Media, limits: BodyLimits, normalisations: NormalisationLog, count_known_titles: CountKnownTitles
) -> AsyncGenerator[GridRow]:
    """Yield the rows of a CSV, or of the visible sheets of a workbook, one sheet after another."""
    return _csv_rows(body, limits, normalisations, count_known_titles) if media is Media.CSV else _xlsx_rows(body, limits)


async def _csv_rows(
    body: BinaryIO, limits: BodyLimits, normalisations: NormalisationLog, count_known_titles: CountKnownTitles
) -> AsyncGenerator[GridRow]:
    lines = CsvLines(body, await detect_encoding(body, normalisations), limits)
    delimiter = detect_delimiter(lines.peek(), count_known_titles)
    if delimiter != ",":
        normalisations.add(NormalisationKind.DELIMITER, 1, delimiter, ",")
    for number, cells in enumerate(read_records(lines, delimiter, limits.cell_chars), 1):
        yield GridRow(None, number, cells if isinstance(cells, Bilingual) else list(cells))


async def _xlsx_rows(body: BinaryIO, limits: BodyLimits) -> AsyncGenerator[GridRow]:
    signature = body.read(len(_ZIP))
    body.seek(0)
    if signature != _ZIP:
        raise unreadable_workbook("no_workbook")
    sheet, merged_cells = "", MergedCells()
    async with aclosing(worker_frames(body, limits)) as frames:
        async for frame in frames:
            if "sheet" in frame:
                sheet, merged_cells = frame["sheet"], MergedCells(frame["merged"])
            for number, raw in frame.get("rows", []):
                cells = [cell if isinstance(cell, str) else TypedCell(CellKind(cell[0]), cell[1]) for cell in raw]
                merged = merged_cells.fill_row(number, cells, COLUMNS_MAX - 1)
                yield GridRow(sheet, number, cells, merged)
