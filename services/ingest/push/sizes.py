"""Execution of pushes by size: a small one at once, a large one without holding up other requests."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import Final, ParamSpec, TypeVar

import psycopg
from psycopg import AsyncConnection

from services.ingest.push.request import PushRequest
from services.ingest.service import IngestService
from shared.database.sql import statement
from shared.problems import Overloaded, UnknownOutcome

_P = ParamSpec("_P")
_R = TypeVar("_R")

LARGE_BYTES: Final = 1 << 20
PLACES: Final = 2  # large pushes at once, over all processes: more would only slow each other down
WAIT_S: Final = 1.0  # longest wait for a place
_RETRY_S = 0.05  # between two attempts to take a place
_PROGRESS_S = 1.0  # between two records of progress

_LOST = (psycopg.OperationalError, UnknownOutcome)  # a push does not fail because its progress cannot be recorded

_TAKE_PLACE = "SELECT pg_try_advisory_xact_lock(hashtext('gigacity bulk push'), %s)"
_RECORD_PROGRESS = statement(__package__, "record_progress")
_DELETE_PROGRESS = "DELETE FROM running_import WHERE campaign = %s AND org = %s AND id = %s"


class SmallPush:
    """A push of few rows, carried out at once: other requests hardly wait for it."""

    async def begin(self, connection: AsyncConnection) -> None:
        """Wait until the push may be carried out."""

    async def rows_read(self, rows: int) -> None:
        """Record how many rows have been read."""

    async def compute(self, function: Callable[_P, _R], *args: _P.args, **named: _P.kwargs) -> _R:
        """Call a function that may take long for many rows."""
        return function(*args, **named)

    async def end(self, connection: AsyncConnection) -> None:
        """Delete what was recorded for the time of the push, in its transaction."""


class LargePush(SmallPush):
    """A push that waits for one of few places, computes on a thread, and lets its sender read its progress."""

    def __init__(self, service: IngestService, request: PushRequest) -> None:
        self._service = service
        self._request = request
        self._recorded_at = float("-inf")

    async def begin(self, connection: AsyncConnection) -> None:
        """Take a place until the transaction ends. Raises `Overloaded` if none becomes free within a second."""
        until = monotonic() + WAIT_S
        while True:
            for place in range(PLACES):
                row = await (await connection.execute(_TAKE_PLACE, [place])).fetchone()
                if row and row[0]:
                    return
            if monotonic() > until:
                raise Overloaded(
                    f"已有 {PLACES} 个大批量导入正在处理，请稍后重试。",
                    f"{PLACES} large pushes are being processed; try again in 5 seconds.",
                    headers={"Retry-After": "5"},
                )
            await asyncio.sleep(_RETRY_S)

    async def rows_read(self, rows: int) -> None:
        """Record the progress, in a transaction of its own, at most once a second."""
        if monotonic() - self._recorded_at < _PROGRESS_S:
            return
        self._recorded_at = monotonic()
        with suppress(*_LOST):
            async with self._service.database.write(self._request.scope) as connection:
                await connection.execute(_RECORD_PROGRESS, self._progress(rows))

    async def compute(self, function: Callable[_P, _R], *args: _P.args, **named: _P.kwargs) -> _R:
        """Call the function on a thread: on the event loop it would hold up all other requests."""
        return await asyncio.to_thread(function, *args, **named)

    async def end(self, connection: AsyncConnection) -> None:
        """Delete the progress."""
        scope = self._request.scope
        await connection.execute(_DELETE_PROGRESS, [scope.campaign, scope.org, self._request.import_id])

    def _progress(self, rows: int) -> dict[str, object]:
        request, clock = self._request, self._service.clock
        return {
            "campaign": request.scope.campaign,
            "org": request.scope.org,
            "id": request.import_id,
            "dataset": request.dataset,
            "mode": request.mode.value,
            "dry_run": request.dry_run,
            "reason": request.reason,
            "media_type": request.media.value,
            "body_bytes": request.body.size,
            "body_sha256": request.body.sha256,
            "idempotency_key": request.key,
            "actor": request.principal.client_id,
            "at": clock.now(),
            "rows_done": rows,
            "beat_at": clock.real_now(),
        }


@asynccontextmanager
async def push_execution(service: IngestService, request: PushRequest) -> AsyncIterator[SmallPush]:
    """Choose how a push is carried out, by the size of its body; delete the progress of a large one that fails."""
    if request.body.size <= LARGE_BYTES:
        yield SmallPush()
        return
    large = LargePush(service, request)
    try:
        await large.rows_read(0)
        yield large
    except BaseException:
        with suppress(*_LOST):  # then it is shown until its sign of life is too old
            async with service.database.write(request.scope) as connection:
                await large.end(connection)
        raise
