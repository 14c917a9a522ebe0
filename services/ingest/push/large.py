"""Large pushes: a place in the queue, and how far they are, for their senders to read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from time import monotonic
from typing import Final

import psycopg
from psycopg import AsyncConnection

from services.ingest.push.request import Push
from shared.clock import Clock
from shared.database.database import Database
from shared.database.sql import statement
from shared.problems import Overloaded

PLACES: Final = 2  # bulk pushes at once, over all processes: more would only slow each other down
PATIENCE_S: Final = 1.0
_ASK_S = 0.05  # between two looks for a place
_TELL_S = 1.0  # between two signs of life

_TAKE_PLACE = "SELECT pg_try_advisory_xact_lock(hashtext('gigacity bulk push'), %s)"
_TELL = statement(__package__, "tell_progress")
_FORGET = "DELETE FROM running_import WHERE campaign = %s AND org = %s AND id = %s"


async def take_place(connection: AsyncConnection) -> None:
    """Take a place until the transaction ends. Raises `Overloaded` where none becomes free within a second."""
    until = monotonic() + PATIENCE_S
    while True:
        for place in range(PLACES):
            row = await (await connection.execute(_TAKE_PLACE, [place])).fetchone()
            if row and row[0]:
                return
        if monotonic() > until:
            raise Overloaded(
                f"已有 {PLACES} 个大批量报送在处理，请稍后重试",
                f"{PLACES} large pushes are being applied; try again",
                headers={"Retry-After": "5"},
            )
        await asyncio.sleep(_ASK_S)


@asynccontextmanager
async def shown(database: Database, clock: Clock, asked: Push) -> AsyncIterator[Push]:
    """Let the sender read how far a large push is, until `forget` is committed with it or it fails."""
    if not asked.bulk:
        yield asked
        return
    told_at = float("-inf")

    async def tell(rows: int) -> None:
        nonlocal told_at
        if monotonic() - told_at < _TELL_S:
            return
        told_at = monotonic()
        with suppress(psycopg.OperationalError):  # a push does not fail because nobody can see how far it is
            async with database.write(asked.scope) as connection:
                await connection.execute(_TELL, _row(asked, clock, rows))

    await tell(0)
    try:
        yield replace(asked, tell=tell)
    except BaseException:
        with suppress(psycopg.OperationalError):  # then it is forgotten for want of signs of life
            async with database.write(asked.scope) as connection:
                await forget(connection, asked)
        raise


async def forget(connection: AsyncConnection, asked: Push) -> None:
    """Stop showing a large push, in the transaction that ends it."""
    await connection.execute(_FORGET, [asked.scope.campaign, asked.scope.org, asked.import_id])


def _row(asked: Push, clock: Clock, rows: int) -> dict[str, object]:
    return {
        "campaign": asked.scope.campaign,
        "org": asked.scope.org,
        "id": asked.import_id,
        "dataset": asked.dataset,
        "mode": asked.mode.value,
        "dry_run": asked.dry_run,
        "reason": asked.reason,
        "media_type": asked.media.value,
        "body_bytes": asked.spool.size,
        "body_sha256": asked.spool.sha256,
        "idempotency_key": asked.key,
        "actor": asked.principal.client_id,
        "at": clock.now(),
        "rows_done": rows,
        "beat_at": clock.real_now(),
    }
