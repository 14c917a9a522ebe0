"""A register as it was before an import, as a dataset of the engine: the import's months are replaced by what they would hold."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from psycopg import AsyncConnection

from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.push.dataset import Written
from services.ingest.push.request import Push, PushContext
from services.ingest.push.row_errors import Faults
from services.ingest.push.turn import Turn
from services.ingest.quality.standing import Standing
from services.ingest.registers.dataset import OfRegister, StagedRegister, make_stages
from services.ingest.registers.intake import Entry, RegisterIntake
from services.ingest.registers.references import check_references
from services.ingest.registers.reopened import check_reopened_rows
from services.ingest.registers.strict_values import strict_value
from services.ingest.registers.submitted_places import check_submitted_places
from services.ingest.submissions.reopened_parts import ReopenedMonths
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Later
from shared.database.sql import statement
from shared.problems import Conflict
from shared.values.months import month_text
from shared.vocabulary import PushMode

ROWS_NAMED: Final = 100  # of those in the way
_ENDED = statement(__package__, "undo_ended")
_OTHERS = statement(__package__, "undo_others")
_NEWER = statement(__package__, "undo_newer")


@dataclass(frozen=True, slots=True)
class UndoneRegister(OfRegister):
    """The rows as they were before an import."""

    version: int  # the import's
    months: list[date]

    @property
    def copies(self) -> bool:
        """Its rows are of many shapes."""
        return True

    async def stage(
        self, turn: Turn, context: PushContext, asked: Push, definition: AppliedDefinition, faults: Faults
    ) -> "StagedRegisterUndo":
        """Read what the import ended: history never changes, so this needs no lock."""
        await make_stages(turn.connection)
        binds = {
            "campaign": asked.scope.campaign,
            "org": asked.scope.org,
            "register": self.register.code.value,
            "months": self.months,
            "version": self.version,
        }
        intake = RegisterIntake(
            register=self.register,
            definition=definition,
            org=asked.principal.org,
            today=context.clock.today(definition.campaign.timezone),
            only=None,
            read=strict_value,
            by_name=False,
            faults=faults,
            notes=NormalisationLog(),
            touched=set(self.months),
        )
        rows = await (await turn.connection.execute(_ENDED, binds)).fetchall()
        for number, (month, key, area, body) in enumerate(rows, start=1):
            intake.entries[month, key] = Entry(number, month, key, area, body)
        intake.received = len(rows)
        return StagedRegisterUndo(StagedRegister(intake, asked.scope, PushMode.REPLACE), binds)


@dataclass(frozen=True, slots=True)
class StagedRegisterUndo:
    """Earlier rows, and beside them those that stay."""

    rows: StagedRegister
    binds: dict[str, Any]

    @property
    def intake(self) -> RegisterIntake:
        """What comes back."""
        return self.rows.intake

    async def judge(
        self,
        connection: AsyncConnection,
        standing: Standing,  # noqa: ARG002 - of observations
        reopened: ReopenedMonths,
    ) -> None:
        """Raise `Conflict` where something newer stands; refuse rows that name what is gone, or change what may not."""
        newer = await (await connection.execute(_NEWER, self.binds)).fetchall()
        if newer:
            rows = [{"month": month_text(month), "key": key} for month, key in newer[:ROWS_NAMED]]
            raise Conflict(
                f"{len(newer)} 行之后又有变动，不能撤销",
                f"{len(newer)} rows were changed again since: they cannot be taken back",
                extra={"rows": rows, "rows_total": len(newer)},
            )
        await check_references(connection, self.intake)
        for month, key, area, body in await (await connection.execute(_OTHERS, self.binds)).fetchall():
            self.intake.entries[month, key] = Entry(None, month, key, area, body)
        await check_submitted_places(connection, self.rows.scope, self.intake, replace=True)
        await check_reopened_rows(connection, self.rows.scope, self.intake, reopened, replace=True)
        if not self.intake.faults.rows:
            await self.rows.fill(connection)

    async def write(self, connection: AsyncConnection, version: int, *, filled: bool) -> Later[Written]:
        """Put back what the import ended, take back what it created, and count again."""
        return await self.rows.write(connection, version, filled=filled)
