"""Reads parts of sheets without a file: what follows the reading of bytes."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

import pytest

from services.ingest.formats import read_tables
from services.ingest.formats.media import Media
from services.ingest.formats.rows import BodyLimits, Names
from services.ingest.formats.sender import SenderDefaults
from services.ingest.formats.sheets.sheet import SheetPart
from tests.services.ingest.formats.pushed import NAMES, Pushed
from tests.services.ingest.formats.sheets_of import SENDER


def read_parts(parts: Sequence[SheetPart], sender: SenderDefaults = SENDER, names: Names = NAMES) -> Pushed:
    """Read sheets; errors have their positions. Rows of mismatched totals are kept."""

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
                pushed.passed_over += batch.passed_over
                pushed.normalisations += batch.normalisations
        return pushed

    return asyncio.run(reading())
