"""Entry point of the formats: reads a body of any media type as batches of rows."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from time import monotonic
from typing import BinaryIO, Final

from services.ingest.formats.json_rows.counts import json_batches
from services.ingest.formats.json_rows.lines import ndjson_batches
from services.ingest.formats.locator import Locator
from services.ingest.formats.media import TABLES, Media
from services.ingest.formats.read_tables import table_batches
from services.ingest.formats.rows import Batch, BodyLimits, Names, too_many_rows
from services.ingest.formats.sender import NO_DEFAULTS, SenderDefaults

_PAUSE_AFTER_S: Final = 0.001  # of reading without a pause for other tasks


async def read_batches(
    body: BinaryIO,
    media: Media,
    names: Names,
    limits: BodyLimits,
    sender: SenderDefaults = NO_DEFAULTS,
    locator: Locator | None = None,
) -> AsyncGenerator[Batch]:
    """Read a body from its start in batches that take a few milliseconds each; other tasks run between them.

    Raises Malformed, Schema or TooLarge if the document as a whole cannot be read. That may happen after some batches: the caller
    must undo what it did with them. A batch may be empty. Close the generator (`contextlib.aclosing`) when leaving early.
    `sender` completes forms; `locator` is given the positions of the rows in their sheets.
    """
    locator = locator or Locator()
    if media in TABLES:
        batches = table_batches(body, media, names, limits, sender, locator)
    else:
        batches = _with_pauses(ndjson_batches(body, limits) if media is Media.NDJSON else json_batches(body, limits))
    rows = 0
    async with aclosing(batches):
        async for batch in batches:
            rows += batch.received + batch.blank
            if rows > limits.max_rows:
                raise too_many_rows(limits)
            yield batch


async def _with_pauses(batches: Iterator[Batch]) -> AsyncGenerator[Batch]:
    since = monotonic()
    for batch in batches:
        yield batch
        if monotonic() - since > _PAUSE_AFTER_S:
            await asyncio.sleep(0)
            since = monotonic()
