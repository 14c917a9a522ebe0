"""The rows of every sheet as cells, whatever the columns mean: for datasets that have columns of their own."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import BinaryIO, NamedTuple

from services.ingest.formats.cells.cell import Cell, Kind, Odd
from services.ingest.formats.forms.merged_cells import WIDEST, Merges, Range
from services.ingest.formats.media import Media
from services.ingest.formats.normalisations import Notes
from services.ingest.formats.rows import Limits
from services.ingest.formats.sheets.csv_text import Lines, delimiter_of, encoding_of, records_of
from services.ingest.formats.sheets.workbook import frames, unreadable
from shared.values.bilingual import Bilingual
from shared.vocabulary import NormalisationKind

Recognised = Callable[[Sequence[str]], int]
"""How many columns a row of titles names."""
_ZIP = b"PK\x03\x04"


class GridRow(NamedTuple):
    """One row; what merged cells show stands in each of them."""

    sheet: str | None
    number: int  # as a spreadsheet numbers it
    cells: list[Cell] | Bilingual  # or why it cannot be read
    merged: Sequence[Range] = ()  # that reach into it


def grid_rows(body: BinaryIO, media: Media, limits: Limits, notes: Notes, recognised: Recognised) -> AsyncGenerator[GridRow]:
    """Every row of a CSV, or of the visible sheets of a workbook, one sheet after another."""
    return _csv_rows(body, limits, notes, recognised) if media is Media.CSV else _xlsx_rows(body, limits)


async def _csv_rows(body: BinaryIO, limits: Limits, notes: Notes, recognised: Recognised) -> AsyncGenerator[GridRow]:
    lines = Lines(body, await encoding_of(body, notes), limits)
    delimiter = delimiter_of(lines.ahead(), recognised)
    if delimiter != ",":
        notes.add(NormalisationKind.DELIMITER, 1, delimiter, ",")
    for number, cells in enumerate(records_of(lines, delimiter), 1):
        yield GridRow(None, number, cells if isinstance(cells, Bilingual) else list(cells))


async def _xlsx_rows(body: BinaryIO, limits: Limits) -> AsyncGenerator[GridRow]:
    magic = body.read(len(_ZIP))
    body.seek(0)
    if magic != _ZIP:
        raise unreadable("no_workbook")
    sheet, merges = "", Merges()
    async with aclosing(frames(body, limits)) as found:
        async for frame in found:
            if "sheet" in frame:
                sheet, merges = frame["sheet"], Merges(frame["merged"])
            for number, raw in frame.get("rows", []):
                cells = [cell if isinstance(cell, str) else Odd(Kind(cell[0]), cell[1]) for cell in raw]
                merged = merges.fill_row(number, cells, WIDEST - 1)
                yield GridRow(sheet, number, cells, merged)
