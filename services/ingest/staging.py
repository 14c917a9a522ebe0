"""Observations as a dataset: parsed, a large body streamed into a temporary table meanwhile, then written by set."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from psycopg import AsyncConnection, AsyncCursor

from services.ingest.asked import Desk, Push
from services.ingest.dataset import Written
from services.ingest.entitlement import Entitlement
from services.ingest.faults import Faults
from services.ingest.formats.reading import batches
from services.ingest.formats.rows import Batch
from services.ingest.intake import COPY_HEADER, COPY_TRAILER, Intake
from services.ingest.judge import judge
from services.ingest.reopened.counts import hold_counts
from services.ingest.reopened.named import Reopened
from services.ingest.sender import sender_of
from shared.campaign.loaded import LoadedDefinition
from shared.sql import statement
from shared.vocabulary import PushMode

_TABLE: Final = "stage s"  # as the statements name it
_ARRAYS: Final = (
    "unnest(%(rows)s::int[], %(months)s::date[], %(metrics)s::int[], %(areas)s::int[], %(values)s::bigint[], %(notes)s::text[])"
    " AS s (row_number, month, metric, area, value, note)"
)
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
    """Counts that were read, those of a large push into the temporary table."""

    asked: Push
    loaded: LoadedDefinition
    intake: Intake

    async def judge(self, connection: AsyncConnection, reopened: Reopened) -> None:
        """Refuse cells that the push names with different values, or that may not change, then groups that would break a rule."""
        self.intake.finish()
        await hold_counts(connection, self.asked.scope, self.loaded, self.intake, reopened)
        await judge(connection, self.asked, self.loaded, self.intake)

    async def write(self, connection: AsyncConnection, version: int, *, filled: bool) -> Callable[[], Written]:
        """Write the staged counts under a version; a replacing push takes back what it does not name."""
        binds = {"campaign": self.asked.scope.campaign, "org": self.asked.scope.org, "version": version}
        if not self.asked.bulk:
            binds |= self.intake.arrays()
        elif self.intake.dropped:
            months, metrics, areas = zip(*self.intake.dropped, strict=True)
            await connection.execute(_DROP, {"months": list(months), "metrics": list(metrics), "areas": list(areas)})
        if not filled:
            new = await connection.execute(self._from(_WRITE_NEW), binds)
            return lambda: Written(new.rowcount, 0, 0)
        replaced = await connection.execute(self._from(_KEEP_REPLACED), binds)
        written = await connection.execute(self._from(_WRITE_CHANGED), binds)
        retracted = await self._retract(connection, binds)
        return lambda: Written(written.rowcount - replaced.rowcount, replaced.rowcount, retracted.rowcount if retracted else 0)

    def _from(self, sql: str) -> str:
        """A statement that reads the stage: a small push needs no table for that, its rows travel with the statement."""
        return sql if self.asked.bulk else sql.replace(_TABLE, _ARRAYS)

    async def _retract(self, connection: AsyncConnection, binds: dict[str, object]) -> AsyncCursor | None:
        if self.asked.mode is not PushMode.REPLACE:
            return None
        definition, numbers = self.loaded.definition, self.loaded.metric_numbers
        binds |= {
            "month": self.asked.month,
            "derived": [numbers[metric.code] for metric in definition.metrics if metric.derived],
        }
        await connection.execute(self._from(_KEEP_RETRACTED), binds)
        return await connection.execute(self._from(_RETRACT), binds)


class Observations:
    """The counts of metrics that organisations report."""

    name: Final = "observations"
    refers: Final = False
    copies: Final = False

    async def stage(
        self, connection: AsyncConnection, desk: Desk, asked: Push, loaded: LoadedDefinition, faults: Faults
    ) -> StagedCounts:
        """Parse the body; what is wrong is in the faults. The good rows of a large one are in the temporary table then."""
        today = desk.clock.today(loaded.definition.campaign.timezone)
        entitlement = Entitlement(loaded, asked.principal.org, today, asked.month)
        replaces = asked.mode is PushMode.REPLACE
        intake = Intake(entitlement, faults, max(loaded.area_numbers.values()) + 1, asked.month, replaces)
        if asked.spool.size:
            sender = sender_of(asked, loaded)
            body = batches(asked.spool.file, asked.media, loaded.names, desk.limits, sender, faults.locator)
            async with aclosing(body) as read:
                if asked.bulk:
                    await _copy(connection, asked, read, intake)
                else:
                    async for batch in read:
                        intake.take(batch)
        return StagedCounts(asked, loaded, intake)


async def _copy(connection: AsyncConnection, asked: Push, read: AsyncGenerator[Batch], intake: Intake) -> None:
    """Stream the good rows of a large push into the temporary table while they are parsed."""
    await connection.execute(_STAGE)
    async with connection.cursor().copy(_COPY) as copy:
        await copy.write(COPY_HEADER)
        async for batch in read:
            await copy.write(intake.take(batch))
            await asked.tell(intake.received + intake.blank)
        await copy.write(COPY_TRAILER)
