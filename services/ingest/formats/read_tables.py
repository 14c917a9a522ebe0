"""Reads the tables of all sheets of a CSV file or workbook."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from functools import partial
from typing import BinaryIO

from services.ingest.formats.cells.cell import NumberedRow
from services.ingest.formats.forms.context import SheetContext
from services.ingest.formats.forms.merged_cells import MergedCells
from services.ingest.formats.locator import Locator
from services.ingest.formats.media import Media
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.rows import Batch, BodyLimits, Names
from services.ingest.formats.sender import SenderDefaults
from services.ingest.formats.sheet_opener import OpenedSheet, SheetOpener
from services.ingest.formats.sheets.read_sheets import read_sheets
from services.ingest.formats.sheets.sheet import SheetPart, SheetRows, SheetStart
from services.ingest.formats.tables.header import count_known_titles
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised
from shared.vocabulary import NormalisationKind

FORM_ROWS = 1_000  # rows of a sheet that are collected before its table is searched for


async def table_batches(
    body: BinaryIO, media: Media, names: Names, limits: BodyLimits, sender: SenderDefaults, locator: Locator
) -> AsyncGenerator[Batch]:
    """Read the visible sheets that contain a table or a form; other sheets are listed as normalisations."""
    normalisations = NormalisationLog()
    tables = _Tables(SheetOpener(SheetContext(names, sender, normalisations, locator)))
    parts = read_sheets(body, media, limits, normalisations, partial(count_known_names, names))
    async with aclosing(parts):
        async for part in parts:
            for batch in tables.read(part):
                yield batch
                await asyncio.sleep(0)
    for batch in tables.finish():
        yield batch
    yield Batch(normalisations=normalisations.to_list())


def count_known_names(names: Names, cells: Sequence[str]) -> int:
    """Return how many columns, metrics and areas a row names."""
    texts = {normalised(cell) for cell in cells} if len(cells) > 1 else set()
    return count_known_titles(cells) * len(texts) + len(texts & names.metrics.keys()) + len(texts & names.areas.keys())


class _Tables:
    """Reads the parts of sheets. The rows of a sheet are collected until it ends or is too long to be a form."""

    def __init__(self, opener: SheetOpener) -> None:
        self._opener = opener
        self._sheet: SheetStart | None = None  # that is being read
        self._merged_cells = MergedCells()
        self._collected: list[NumberedRow] = []
        self._unreadable: list[tuple[int, Bilingual]] = []
        self._reader: OpenedSheet | None = None
        self._is_ignored = False  # the current sheet contains no table

    def read(self, part: SheetPart) -> Iterator[Batch]:
        """Read rows, or begin the next sheet."""
        if isinstance(part, SheetStart):
            yield from self._end_sheet()
            self._sheet = part if part.is_visible else None
            self._merged_cells = MergedCells(part.merged)
        elif self._sheet is not None and not self._is_ignored:
            yield from self._read_rows(self._sheet, part)

    def _read_rows(self, sheet: SheetStart, part: SheetRows) -> Iterator[Batch]:
        if self._reader:
            yield from self._reader.read(part.rows, part.unreadable)
            return
        self._collected += part.rows
        self._unreadable += part.unreadable
        if len(self._collected) + len(self._unreadable) > FORM_ROWS:
            yield from self._open(sheet, has_more=True)

    def _open(self, sheet: SheetStart, *, has_more: bool) -> Iterator[Batch]:
        opened = self._opener.open(sheet, self._collected, self._merged_cells, has_more=has_more)
        unreadable = self._unreadable
        self._collected, self._unreadable = [], []
        if opened is not None:
            self._reader, rows_below = opened
            yield from self._reader.read(rows_below, unreadable)
            return
        self._is_ignored = True
        if sheet.name is None:
            self._opener.refuse_none_read()
        else:
            self._opener.context.normalisations.add(NormalisationKind.SHEET_IGNORED, None, sheet.name)

    def _end_sheet(self) -> Iterator[Batch]:
        if self._sheet is not None and not self._reader and not self._is_ignored:
            yield from self._open(self._sheet, has_more=False)
        if self._reader:
            yield from self._reader.finish()
        self._sheet, self._reader, self._is_ignored = None, None, False

    def finish(self) -> Iterator[Batch]:
        """Read the rest of the last sheet; raises Schema if no sheet contains a table."""
        yield from self._end_sheet()
        self._opener.refuse_none_read()
