"""Observations as a dataset: parsed into columns, judged, then written by set."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

from psycopg import AsyncConnection

from services.ingest.counts.ahead import CountsAhead
from services.ingest.counts.entitlement import Entitlement
from services.ingest.counts.intake import Intake
from services.ingest.counts.reopened import check_reopened_counts
from services.ingest.counts.rules import judge
from services.ingest.counts.write_batches import named
from services.ingest.counts.writes import Writes
from services.ingest.formats.read_body import read_batches
from services.ingest.push.dataset import Written
from services.ingest.push.request import Push, PushContext
from services.ingest.push.row_errors import Faults
from services.ingest.push.sender import sender_of
from services.ingest.push.turn import Turn
from services.ingest.quality.standing import Standing, width_of
from services.ingest.submissions.reopened_parts import ReopenedMonths
from shared.campaign.applied import AppliedDefinition
from shared.database.connection import AnyCursor
from shared.database.database import Later
from shared.database.sql import statement
from shared.vocabulary import PushMode

_RETRACT = statement(__package__, "retract")


@dataclass(frozen=True, slots=True)
class StagedCounts:
    """Counts that were read."""

    asked: Push
    definition: AppliedDefinition
    intake: Intake
    writes: Writes | None = None  # of those that were written ahead

    async def judge(self, connection: AsyncConnection, standing: Standing, reopened: ReopenedMonths) -> None:
        """Refuse cells that may not change, then groups that would break a rule."""
        await check_reopened_counts(connection, self.asked.scope, self.definition, self.intake, reopened)
        await judge(standing, self.asked, self.intake)

    async def write(self, connection: AsyncConnection, version: int, *, filled: bool) -> Later[Written]:
        """Write the counts under a version; a replacing push takes back what it does not name."""
        writes, retracted = self.writes or Writes(connection, self.asked.scope, version), list[AnyCursor]()
        for portion in self.intake.portions() if self.writes is None else ():
            await (writes.over if filled else writes.new)(portion)
        if filled and self.asked.mode is PushMode.REPLACE:
            retracted.append(await self._retract(connection, version))

        async def written() -> Written:
            return Written(*await writes.told(), sum(each.rowcount for each in retracted))

        return written

    async def _retract(self, connection: AsyncConnection, version: int) -> AnyCursor:
        definition, numbers = self.definition, self.definition.metric_numbers
        month, derived = self.asked.month, [numbers[metric.code] for metric in definition.metrics if metric.derived]
        pushed = named(self.intake.columns.get(month, {}) if month else {})
        binds: dict[str, Any] = {"campaign": self.asked.scope.campaign, "org": self.asked.scope.org, "version": version}
        return await connection.execute(_RETRACT, binds | pushed | {"month": month, "derived": derived})


class Observations:
    """The counts of metrics that organisations report."""

    name: Final = "observations"
    refers: Final = False
    copies: Final = False

    async def stage(
        self, turn: Turn, context: PushContext, asked: Push, definition: AppliedDefinition, faults: Faults
    ) -> StagedCounts:
        """Parse the body; what is wrong is in the faults. A reference holds for later months too, so it is not written ahead."""
        today = context.clock.today(definition.campaign.timezone)
        entitlement = Entitlement(definition, asked.principal.org, today, asked.month)
        replaces = asked.mode is PushMode.REPLACE
        intake = Intake(entitlement, faults, width_of(definition), asked.month, replaces)
        foreseen = not entitlement.declared(references=True)
        writing = CountsAhead(turn, asked.scope, intake) if asked.bulk and foreseen else None
        if asked.spool.size:
            sender = sender_of(asked, definition)
            body = read_batches(asked.spool.file, asked.media, definition.names, context.limits, sender, faults.locator)
            async with aclosing(body) as read:
                async for batch in read:
                    intake.take(batch)
                    if writing:
                        await writing.follow()
                    await asked.tell(intake.received + intake.blank)
        if asked.bulk:  # contradictions by the million take seconds; nobody waits for them, and no lock is held
            await asyncio.to_thread(intake.finish)
        else:
            intake.finish()
        return StagedCounts(asked, definition, intake, await writing.finish() if writing else None)
