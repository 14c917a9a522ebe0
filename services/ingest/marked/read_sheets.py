"""Reads the cells of a kept body again, with the readers that read it when it was pushed; nothing is checked."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from typing import BinaryIO

from services.ingest.formats.cells.cell import CellKind, TypedCell
from services.ingest.formats.forms.merged_cells import MergedRange
from services.ingest.formats.media import Media
from services.ingest.formats.rows import BodyLimits, Names
from services.ingest.formats.sheets.csv_file import csv_records
from services.ingest.formats.sheets.workbook import worker_frames
from services.ingest.marked.pushed_sheets import PushedSheets
from services.ingest.marked.read_objects import read_objects
from shared.values.bilingual import Bilingual


async def read_sheets(body: BinaryIO, media: Media, names: Names, limits: BodyLimits, sheets: PushedSheets) -> None:
    """Read a body from its start and add its rows to `sheets`."""
    if media is Media.XLSX:
        await _read_workbook(body, limits, sheets)
    elif media is Media.CSV:
        records = await csv_records(body, names, limits)
        await asyncio.to_thread(_add_records, records, sheets)
    else:
        await asyncio.to_thread(read_objects, body, media, limits, sheets)


async def _read_workbook(body: BinaryIO, limits: BodyLimits, sheets: PushedSheets) -> None:
    async with aclosing(worker_frames(body, limits)) as frames:
        async for frame in frames:
            if "sheet" in frame:
                sheet = sheets.begin(frame["sheet"])
                sheet.merged = [MergedRange(*corners) for corners in frame["merged"]]
                sheet.widths = dict(frame["widths"])
            for number, cells in frame.get("rows", ()):
                if any(cells):
                    row = [cell if isinstance(cell, str) else TypedCell(CellKind(cell[0]), cell[1]) for cell in cells]
                    sheets.add(number - 1, number, row)


def _add_records(records: Iterator[list[str] | Bilingual], sheets: PushedSheets) -> None:
    sheets.begin(None)
    for number, cells in enumerate(records, start=1):
        sheets.add(number - 1, number, cells if isinstance(cells, list) else [cells.zh])
