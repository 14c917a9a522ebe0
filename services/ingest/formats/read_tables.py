"""Reads the tables of counts in all sheets of a CSV file or workbook."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from functools import partial
from typing import BinaryIO

from services.ingest.formats.layout.list_titles import count_known_titles
from services.ingest.formats.layout.nearest_header import NearestHeader, refuse_without_header
from services.ingest.formats.locator import Locator
from services.ingest.formats.media import Media
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.passed_over import PassedOverLog
from services.ingest.formats.readings.context import TableContext
from services.ingest.formats.readings.sheet import SheetReader
from services.ingest.formats.rows import Batch, BodyLimits, Names
from services.ingest.formats.sender import SenderDefaults
from services.ingest.formats.sheets.origin import check_origin
from services.ingest.formats.sheets.read_sheets import read_sheets
from services.ingest.formats.sheets.sheet import SheetPart, SheetStart
from shared.values.spelling import normalised


async def table_batches(
    body: BinaryIO, media: Media, names: Names, limits: BodyLimits, sender: SenderDefaults, locator: Locator
) -> AsyncGenerator[Batch]:
    """Read all sheets. The last batch names what was passed over and what was normalised."""
    normalisations, passed_over = NormalisationLog(), PassedOverLog()
    tables = _Sheets(TableContext(names, sender, normalisations, passed_over, locator))
    parts = read_sheets(body, media, limits, normalisations, partial(count_known_names, names))
    async with aclosing(parts):
        async for part in parts:
            for batch in await asyncio.to_thread(list, tables.read(part)):  # a portion takes longer than others should wait
                yield batch
    for batch in await asyncio.to_thread(list, tables.finish()):
        yield batch
    yield Batch(normalisations=normalisations.to_list(), passed_over=passed_over.to_list())


def count_known_names(names: Names, cells: Sequence[str]) -> int:
    """Return how many columns, metrics and areas a row names."""
    texts = {normalised(cell) for cell in cells} if len(cells) > 1 else set()
    return count_known_titles(cells) * len(texts) + len(texts & names.metrics.keys()) + len(texts & names.areas.keys())


class _Sheets:
    """Reads the sheets of a body one after another."""

    def __init__(self, context: TableContext) -> None:
        self._context = context
        self._current: SheetReader | None = None
        self._has_table = False
        self._nearest: NearestHeader | None = None  # of all sheets

    def read(self, part: SheetPart) -> Iterator[Batch]:
        """Read rows, or begin the next sheet."""
        if isinstance(part, SheetStart):
            yield from self._end_sheet()
            check_origin(part.properties, self._context.sender, self._context.normalisations)
            self._current = SheetReader(part, self._context)
        elif self._current:
            yield from self._current.read(part)

    def _end_sheet(self) -> Iterator[Batch]:
        if self._current is None:
            return
        yield from self._current.finish()
        self._has_table = self._has_table or self._current.has_table
        nearest = self._current.nearest_header
        if nearest and (self._nearest is None or nearest.likeness > self._nearest.likeness):
            self._nearest = nearest

    def finish(self) -> Iterator[Batch]:
        """Read the rest of the last sheet; raises Schema if no sheet contains a table, with the errors of the nearest header."""
        yield from self._end_sheet()
        if not self._has_table:
            if self._nearest:
                self._nearest.refuse()
            refuse_without_header()
