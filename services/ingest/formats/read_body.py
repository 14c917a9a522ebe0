"""The one way in: a body of any format → batches of rows."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from time import monotonic
from typing import BinaryIO, Final

from services.ingest.formats.json_rows.document import json_batches
from services.ingest.formats.json_rows.lines import ndjson_batches
from services.ingest.formats.locator import Locator
from services.ingest.formats.media import Media
from services.ingest.formats.rows import Batch, BodyLimits, Names
from services.ingest.formats.sender import NO_DEFAULTS, SenderDefaults
from services.ingest.formats.sheets.csv_file import csv_batches
from services.ingest.formats.sheets.workbook import xlsx_batches
from services.ingest.formats.too_large import too_many_rows

_TURN_S: Final = 0.001  # of reading, then other tasks run


async def read_batches(
    body: BinaryIO,
    media: Media,
    names: Names,
    limits: BodyLimits,
    sender: SenderDefaults = NO_DEFAULTS,
    locator: Locator | None = None,
) -> AsyncGenerator[Batch]:
    """Read a body, which stands at its start, in batches that take a few milliseconds each; other tasks run between them.

    Raises Malformed, Schema or TooLarge when the document as a whole cannot be read. That may be after some batches: what the
    caller did with those must be undone. A batch may be empty. Close it (`contextlib.aclosing`)
    when leaving early. `sender` completes forms; `locator` learns where rows stand.
    """
    rows = 0
    async with aclosing(_read(body, media, names, limits, sender, locator or Locator())) as found:
        async for batch in found:
            rows += batch.received + batch.blank
            if rows > limits.max_rows:
                raise too_many_rows(limits)
            yield batch


def _read(
    body: BinaryIO, media: Media, names: Names, limits: BodyLimits, sender: SenderDefaults, locator: Locator
) -> AsyncGenerator[Batch]:
    if media is Media.CSV:
        return csv_batches(body, names, limits, sender, locator)
    if media is Media.XLSX:
        return xlsx_batches(body, names, limits, sender, locator)
    return _in_turns((ndjson_batches if media is Media.NDJSON else json_batches)(body, limits))


async def _in_turns(found: Iterator[Batch]) -> AsyncGenerator[Batch]:
    since = monotonic()
    for batch in found:
        yield batch
        if monotonic() - since > _TURN_S:
            await asyncio.sleep(0)
            since = monotonic()
