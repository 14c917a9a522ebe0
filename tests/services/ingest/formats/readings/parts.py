"""Reads parts of sheets without a file: what follows the reading of bytes."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

import pytest

from services.ingest.formats import read_tables
from services.ingest.formats.cells.cell import CellKind, SheetCell, TypedCell
from services.ingest.formats.media import Media
from services.ingest.formats.rows import BodyLimits, Names
from services.ingest.formats.sender import SenderDefaults
from services.ingest.formats.sheets.sheet import SheetPart, SheetRows, SheetStart
from tests.services.ingest.formats.forms_read import FORMS_READ
from tests.services.ingest.formats.pushed import NAMES, Pushed
from tests.services.ingest.formats.sheets_of import SENDER, Grid


def sheet_parts(start: SheetStart, grid: Grid) -> list[SheetPart]:
    """Return a sheet as a workbook's worker returns it: numbers are cells of their own kind."""
    rows = [(number, [_cell(value) for value in row]) for number, row in enumerate(grid, 1)]
    return [start, SheetRows(rows)]


def _cell(value: object) -> SheetCell:
    return value if isinstance(value, str) else TypedCell(CellKind.NUMBER, str(value))


def read_parts(parts: Sequence[SheetPart], sender: SenderDefaults = SENDER, names: Names = NAMES) -> Pushed:
    """Read sheets; errors have their positions. Rows of mismatched totals are kept."""
    FORMS_READ["laid out by chance"] += 1

    async def sheets(*_: object) -> AsyncGenerator[SheetPart]:
        for part in parts:
            yield part

    async def reading() -> Pushed:
        pushed = Pushed()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(read_tables, "read_sheets", sheets)
            batches = read_tables.table_batches(None, Media.CSV, names, BodyLimits(), sender, pushed.locator)  # type: ignore[arg-type]
            async for batch in batches:
                pushed.rows += batch.rows
                pushed.errors += map(pushed.locator.locate, batch.errors)
                pushed.received += batch.received
                pushed.blank += batch.blank
                pushed.passed_over += batch.passed_over
                pushed.normalisations += batch.normalisations
        return pushed

    return asyncio.run(reading())
