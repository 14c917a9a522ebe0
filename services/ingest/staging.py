"""Observations as a dataset: streamed into a temporary table while they are parsed, then written by set."""

from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from psycopg import AsyncConnection

from services.ingest.asked import Desk, Push
from services.ingest.dataset import Written
from services.ingest.entitlement import Entitlement
from services.ingest.faults import Faults
from services.ingest.formats.reading import batches
from services.ingest.intake import COPY_HEADER, COPY_TRAILER, Intake
from services.ingest.judge import judge
from services.ingest.sender import sender_of
from shared.campaign.loaded import LoadedDefinition
from shared.sql import statement
from shared.vocabulary import PushMode

_STAGE = statement(__package__, "stage")
_COPY = "COPY stage (row_number, month, metric, area, value, note) FROM STDIN (FORMAT binary)"
_DROP = statement(__package__, "drop_staged")
_KEEP_REPLACED = statement(__package__, "keep_replaced")
_WRITE_CHANGED = statement(__package__, "write_changed")
_WRITE_NEW = statement(__package__, "write_new")
_KEEP_RETRACTED = statement(__package__, "keep_retracted")
_RETRACT = statement(__package__, "retract")


@dataclass(frozen=True, slots=True)
class StagedCounts:
    """Counts in the temporary table, and beside it what the intake knows of them."""

    asked: Push
    loaded: LoadedDefinition
    intake: Intake

    async def judge(self, connection: AsyncConnection) -> None:
        """Refuse cells that the push names with different values, then the groups that would break a rule."""
        self.intake.finish()
        await judge(connection, self.asked, self.loaded, self.intake)

    async def write(self, connection: AsyncConnection, version: int, *, filled: bool) -> Written:
        """Write the staged counts under a version; a replacing push takes back what it does not name."""
        binds = {"campaign": self.asked.scope.campaign, "org": self.asked.scope.org, "version": version}
        if self.intake.dropped:
            months, metrics, areas = zip(*self.intake.dropped, strict=True)
            await connection.execute(_DROP, {"months": list(months), "metrics": list(metrics), "areas": list(areas)})
        if not filled:
            return Written((await connection.execute(_WRITE_NEW, binds)).rowcount, 0, 0)
        async with connection.pipeline():
            replaced = await connection.execute(_KEEP_REPLACED, binds)
            written = await connection.execute(_WRITE_CHANGED, binds)
        created, updated = written.rowcount - replaced.rowcount, replaced.rowcount
        return Written(created, updated, await self._retract(connection, binds))

    async def _retract(self, connection: AsyncConnection, binds: dict[str, object]) -> int:
        if self.asked.mode is not PushMode.REPLACE:
            return 0
        definition, numbers = self.loaded.definition, self.loaded.metric_numbers
        binds |= {
            "month": self.asked.month,
            "derived": [numbers[metric.code] for metric in definition.metrics if metric.derived],
        }
        await connection.execute(_KEEP_RETRACTED, binds)
        return (await connection.execute(_RETRACT, binds)).rowcount


class Observations:
    """The counts of metrics that organisations report."""

    name: Final = "observations"

    async def stage(
        self, connection: AsyncConnection, desk: Desk, asked: Push, loaded: LoadedDefinition, faults: Faults
    ) -> StagedCounts:
        """Parse the body and copy its good rows into the temporary table; what is wrong is in the faults."""
        today = desk.clock.today(loaded.definition.campaign.timezone)
        entitlement = Entitlement(loaded, asked.principal.org, today, asked.month)
        intake = Intake(entitlement, faults, max(loaded.area_numbers.values()) + 1, asked.month)
        await connection.execute(_STAGE)
        if asked.spool.size == 0:
            return StagedCounts(asked, loaded, intake)
        async with connection.cursor().copy(_COPY) as copy:
            await copy.write(COPY_HEADER)
            sender = sender_of(asked, loaded)
            body = batches(asked.spool.file, asked.media, loaded.names, desk.limits, sender, faults.locator)
            async with aclosing(body) as read:
                async for batch in read:
                    await copy.write(intake.take(batch))
                    await asked.tell(intake.received + intake.blank)
            await copy.write(COPY_TRAILER)
        return StagedCounts(asked, loaded, intake)
