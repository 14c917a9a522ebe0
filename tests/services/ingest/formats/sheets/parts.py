"""Reads the sheets of a file as the first stage of reading tables does."""

import asyncio
import io
from dataclasses import dataclass, field

from services.ingest.formats.cells.cell import SheetCell
from services.ingest.formats.layout.list_titles import count_known_titles
from services.ingest.formats.media import Media
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.rows import BodyLimits
from services.ingest.formats.sheets.read_sheets import read_sheets
from services.ingest.formats.sheets.sheet import SheetStart
from shared.values.bilingual import Bilingual


@dataclass
class ReadSheet:
    """A sheet with all of its rows that are not empty, by number."""

    start: SheetStart
    rows: dict[int, list[SheetCell] | Bilingual] = field(default_factory=dict)
    portions: list[int] = field(default_factory=list)  # rows in each


def read_parts(body: bytes, media: Media, **limits: int) -> list[ReadSheet]:
    """Return all sheets of a file."""
    return asyncio.run(parts_of(body, media, **limits))


async def parts_of(body: bytes, media: Media, **limits: int) -> list[ReadSheet]:
    """Return all sheets of a file, where a loop runs already."""
    sheets: list[ReadSheet] = []
    async for part in read_sheets(io.BytesIO(body), media, BodyLimits(**limits), NormalisationLog(), count_known_titles):
        if isinstance(part, SheetStart):
            sheets.append(ReadSheet(part))
        else:
            sheets[-1].rows |= {number: cells for number, cells in part.in_order() if cells}
            sheets[-1].portions.append(len(part.rows) + len(part.unreadable))
    return sheets
