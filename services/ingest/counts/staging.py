"""Observations as a dataset: parsed into columns, judged, then written by set."""

import asyncio
from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

from psycopg import AsyncConnection, AsyncCursor

from services.ingest.counts.entitlement import Entitlement
from services.ingest.counts.intake import Intake
from services.ingest.counts.judge import judge
from services.ingest.counts.portions import named, reading_cells
from services.ingest.counts.reopened import hold_counts
from services.ingest.formats.reading import batches
from services.ingest.push.asked import Desk, Push
from services.ingest.push.dataset import Written
from services.ingest.push.faults import Faults
from services.ingest.push.sender import sender_of
from services.ingest.quality.standing import Standing, width_of
from services.ingest.submissions.reopened import Reopened
from shared.campaign.loaded import LoadedDefinition
from shared.db import Later
from shared.sql import statement
from shared.vocabulary import PushMode

_WRITE_OVER = reading_cells(statement(__package__, "write_over"))
_WRITE_NEW = reading_cells(statement(__package__, "write_new"))
_RETRACT = statement(__package__, "retract")


@dataclass(frozen=True, slots=True)
class StagedCounts:
    """Counts that were read."""

    asked: Push
    loaded: LoadedDefinition
    intake: Intake

    async def judge(self, connection: AsyncConnection, standing: Standing, reopened: Reopened) -> None:
        """Refuse cells that may not change, then groups that would break a rule."""
        await hold_counts(connection, self.asked.scope, self.loaded, self.intake, reopened)
        await judge(standing, self.asked, self.intake)

    async def write(self, connection: AsyncConnection, version: int, *, filled: bool) -> Later[Written]:
        """Write the counts under a version; a replacing push takes back what it does not name."""
        binds: dict[str, Any] = {"campaign": self.asked.scope.campaign, "org": self.asked.scope.org, "version": version}
        new, over, retracted = list[AsyncCursor](), list[AsyncCursor](), list[AsyncCursor]()
        if filled:
            over = [await connection.execute(_WRITE_OVER, binds | portion.binds) for portion in self.intake.portions()]
            retracted = [await self._retract(connection, binds)] if self.asked.mode is PushMode.REPLACE else []
        else:
            new = await write_new(connection, binds, self.intake)

        async def counted() -> Written:
            told = [row for each in over for row in await each.fetchall()]
            created, updated = (sum(column) for column in zip((0, 0), *told, strict=True))
            return Written(rows_of(new) + created, updated, rows_of(retracted))

        return counted

    async def _retract(self, connection: AsyncConnection, binds: dict[str, Any]) -> AsyncCursor:
        definition, numbers = self.loaded.definition, self.loaded.metric_numbers
        month, derived = self.asked.month, [numbers[metric.code] for metric in definition.metrics if metric.derived]
        pushed = named(self.intake.columns.get(month, {}) if month else {})
        return await connection.execute(_RETRACT, binds | pushed | {"month": month, "derived": derived})


async def write_new(connection: AsyncConnection, binds: dict[str, Any], intake: Intake) -> list[AsyncCursor]:
    """Write counts where none stand. `binds`: campaign, org and version."""
    return [await connection.execute(_WRITE_NEW, binds | portion.binds) for portion in intake.portions()]


def rows_of(told: Iterable[AsyncCursor]) -> int:
    """How many rows some statements wrote, all together."""
    return sum(each.rowcount for each in told)


class Observations:
    """The counts of metrics that organisations report."""

    name: Final = "observations"
    refers: Final = False
    copies: Final = False

    async def stage(
        self,
        connection: AsyncConnection,  # noqa: ARG002 - the counts stand in memory until they are written
        desk: Desk,
        asked: Push,
        loaded: LoadedDefinition,
        faults: Faults,
    ) -> StagedCounts:
        """Parse the body; what is wrong is in the faults."""
        today = desk.clock.today(loaded.definition.campaign.timezone)
        entitlement = Entitlement(loaded, asked.principal.org, today, asked.month)
        replaces = asked.mode is PushMode.REPLACE
        intake = Intake(entitlement, faults, width_of(loaded), asked.month, replaces)
        if asked.spool.size:
            sender = sender_of(asked, loaded)
            body = batches(asked.spool.file, asked.media, loaded.names, desk.limits, sender, faults.locator)
            async with aclosing(body) as read:
                async for batch in read:
                    intake.take(batch)
                    await asked.tell(intake.received + intake.blank)
        if asked.bulk:  # contradictions by the million take seconds; nobody waits for them, and no lock is held
            await asyncio.to_thread(intake.finish)
        else:
            intake.finish()
        return StagedCounts(asked, loaded, intake)
