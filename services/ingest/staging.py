"""Moves rows into Postgres: streamed into a temporary table while they are parsed, then written by set."""

from contextlib import aclosing
from datetime import date

from psycopg import AsyncConnection

from services.ingest.asked import Desk, Push
from services.ingest.formats.reading import batches
from services.ingest.intake import COPY_HEADER, COPY_TRAILER, Intake
from shared.campaign.loaded import LoadedDefinition
from shared.campaign.months import month_text
from shared.db import Scope
from shared.problems import MonthClosed
from shared.sql import statement
from shared.vocabulary import SubmissionState

_STAGE = statement(__package__, "stage")
_COPY = "COPY stage (row_number, month, metric, area, value, note) FROM STDIN (FORMAT binary)"
_TOUCHED = statement(__package__, "touched_months")
_KEEP_REPLACED = statement(__package__, "keep_replaced")
_WRITE_CHANGED = statement(__package__, "write_changed")
_WRITE_NEW = statement(__package__, "write_new")
_CLOSED = frozenset({SubmissionState.SUBMITTED.value, SubmissionState.ACCEPTED.value})


async def stage(connection: AsyncConnection, desk: Desk, asked: Push, loaded: LoadedDefinition, intake: Intake) -> None:
    """Parse the body and copy its good rows into the temporary table; what is wrong is in the intake's faults."""
    await connection.execute(_STAGE)
    async with connection.cursor().copy(_COPY) as copy:
        await copy.write(COPY_HEADER)
        async with aclosing(batches(asked.spool.file, asked.media, loaded.names, desk.limits)) as read:
            async for batch in read:
                await copy.write(intake.take(batch))
        await copy.write(COPY_TRAILER)


async def months_with_counts(connection: AsyncConnection, scope: Scope, months: list[date]) -> set[date]:
    """The months among these in which the organisation has counts. Raises `MonthClosed` where one takes none any more."""
    binds = {"campaign": scope.campaign, "org": scope.org, "months": months}
    rows = await (await connection.execute(_TOUCHED, binds)).fetchall()
    closed = [(month, state) for month, state, _ in rows if state in _CLOSED]
    if closed:
        listed = ", ".join(month_text(month) for month, _ in sorted(closed))
        raise MonthClosed(
            f"{listed} 已报送或已接收：请业务主管部门退回，或请工作专班重新打开后再报",
            f"{listed}: submitted or accepted; ask the bureau to return it or the task force to reopen it, then push again",
        )
    return {month for month, _, filled in rows if filled}


async def write(connection: AsyncConnection, scope: Scope, version: int, *, filled: bool) -> tuple[int, int]:
    """Write the staged rows under a version; returns how many were created and updated. Unchanged rows write nothing.

    `filled`: whether the organisation has counts in any of the months already.
    """
    binds = {"campaign": scope.campaign, "org": scope.org, "version": version}
    if not filled:
        return (await connection.execute(_WRITE_NEW, binds)).rowcount, 0
    async with connection.pipeline():
        replaced = await connection.execute(_KEEP_REPLACED, binds)
        written = await connection.execute(_WRITE_CHANGED, binds)
    return written.rowcount - replaced.rowcount, replaced.rowcount
