"""Reads the cells of a kept body again, with the readers that read it when it was pushed; nothing is checked."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import BinaryIO

from services.ingest.formats.media import TABLES, Media
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.read_tables import count_known_names
from services.ingest.formats.rows import BodyLimits, Names
from services.ingest.formats.sheets.read_sheets import read_sheets
from services.ingest.formats.sheets.sheet import SheetRows, SheetStart
from services.ingest.marked.pushed_sheets import PushedSheets
from services.ingest.marked.read_objects import read_objects


async def read_pushed_sheets(body: BinaryIO, media: Media, names: Names, limits: BodyLimits, sheets: PushedSheets) -> None:
    """Read a body from its start and add its rows to `sheets`."""
    if media not in TABLES:
        await asyncio.to_thread(read_objects, body, media, limits, sheets)
        return
    whole_cells = replace(limits, cell_chars=limits.line_bytes)
    parts = read_sheets(body, media, whole_cells, NormalisationLog(), partial(count_known_names, names))
    async with aclosing(parts):
        async for part in parts:
            if isinstance(part, SheetStart):
                sheets.begin(part)
            else:
                await asyncio.to_thread(_add_rows, part, sheets)


def _add_rows(part: SheetRows, sheets: PushedSheets) -> None:
    for number, cells in part.in_order():
        if not isinstance(cells, list):
            sheets.add(number - 1, number, [cells.zh])
        elif cells or sheets.sheets[-1].name is None:  # a workbook may have a million empty rows
            sheets.add(number - 1, number, cells)
