"""A register as a dataset of the engine of pushes."""

from dataclasses import dataclass

import orjson
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from services.ingest.push.dataset import Written
from services.ingest.push.request import Push, PushContext
from services.ingest.push.row_errors import Faults
from services.ingest.push.turn import Turn
from services.ingest.quality.standing import Standing
from services.ingest.registers.copy_from import copy_rows, drop_rows_already_stored
from services.ingest.registers.derive import derive, keepers_ever
from services.ingest.registers.intake import RegisterIntake
from services.ingest.registers.reading import read_into
from services.ingest.registers.references import REFERRED_REGISTER, check_references
from services.ingest.registers.reopened import check_reopened_rows
from services.ingest.registers.submitted_places import check_submitted_places
from services.ingest.submissions.reopened_parts import ReopenedMonths
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Later, Scope
from shared.database.sql import statement
from shared.problems import Forbidden
from shared.registers import Register
from shared.vocabulary import PushMode

_TOUCH = statement(__package__, "touch")
_STAGE = statement(__package__, "stage_rows")
_COPY = "COPY register_stage (month, key, area, body) FROM STDIN (FORMAT binary)"
_TOUCH_CHANGED = statement(__package__, "touch_changed")
_KEEP_CHANGED = statement(__package__, "keep_changed_rows")
_KEEP_RETRACTED = statement(__package__, "keep_retracted_rows")
_RETRACT = statement(__package__, "retract_rows")
_WRITE = statement(__package__, "write_rows")


async def make_stages(connection: AsyncConnection) -> None:
    """Make the temporary tables of a push, where the connection has none yet."""
    await connection.execute(_STAGE)
    await connection.execute(_TOUCH)


@dataclass(frozen=True, slots=True)
class OfRegister:
    """What datasets of a register have in common."""

    register: Register

    @property
    def name(self) -> str:
        """As imports name it."""
        return self.register.dataset

    @property
    def refers(self) -> bool:
        """Tests name places of others' lists, coverage their buildings."""
        return self.register.code in REFERRED_REGISTER


@dataclass(frozen=True, slots=True)
class RegisterDataset(OfRegister):
    """A register as it is pushed."""

    @property
    def copies(self) -> bool:
        """Its rows are of many shapes."""
        return True

    async def stage(
        self, turn: Turn, context: PushContext, asked: Push, definition: AppliedDefinition, faults: Faults
    ) -> "StagedRegister":
        """Read the body. Rows of a register are few enough to stand in memory until they were judged."""
        if asked.principal.org not in keepers_ever(definition, self.register.code):
            raise Forbidden("贵单位不填报该登记表", "your organisation does not keep this register")
        await make_stages(turn.connection)
        intake = await read_into(self.register, context, asked, definition, faults)
        intake.finish()
        await copy_rows(turn.connection, asked, intake)
        return StagedRegister(intake, asked.scope, asked.mode)


@dataclass(frozen=True, slots=True)
class StagedRegister:
    """A push of a register whose rows were read."""

    intake: RegisterIntake
    scope: Scope
    mode: PushMode

    @property
    def _replaces(self) -> bool:
        return self.mode is PushMode.REPLACE

    async def judge(
        self,
        connection: AsyncConnection,
        standing: Standing,  # noqa: ARG002 - of observations
        reopened: ReopenedMonths,
    ) -> None:
        """Hold the rows against the other registers, against what was submitted, and to what may change."""
        if not self._replaces:
            await drop_rows_already_stored(connection, self.scope, self.intake)
        await check_references(connection, self.intake)
        await check_submitted_places(connection, self.scope, self.intake, replace=self._replaces)
        await check_reopened_rows(connection, self.scope, self.intake, reopened, replace=self._replaces)
        if self.mode is PushMode.PARTIAL or not self.intake.faults.rows:
            await self.fill(connection)

    async def fill(self, connection: AsyncConnection) -> None:
        """Put the rows into the temporary table."""
        async with connection.cursor().copy(_COPY) as copy:
            copy.set_types(["date", "text", "int4", "jsonb"])
            for entry in self.intake.entries.values():
                await copy.write_row((entry.month, entry.key, entry.area, Jsonb(entry.body, orjson.dumps)))

    async def write(
        self,
        connection: AsyncConnection,
        version: int,
        *,
        filled: bool,  # noqa: ARG002 - of observations
    ) -> Later[Written]:
        """Write the rows, and the counts that they change."""
        months = self.intake.months
        binds = {
            "campaign": self.scope.campaign,
            "org": self.scope.org,
            "register": self.intake.register.code.value,
            "months": months,
            "version": version,
            "replace": self._replaces,
        }
        async with connection.pipeline():  # its end gives the counts
            await connection.execute(_TOUCH_CHANGED, binds)
            kept = await connection.execute(_KEEP_CHANGED, binds)
            gone = await connection.execute(_KEEP_RETRACTED, binds) if self._replaces else None
            if gone is not None:
                await connection.execute(_RETRACT, binds)
            wrote = await connection.execute(_WRITE, binds)
        updated, written, retracted = kept.rowcount, wrote.rowcount, gone.rowcount if gone is not None else 0
        if written or retracted:
            await derive(connection, self.scope, self.intake.definition, self.intake.register.code, months, version)

        async def counted() -> Written:
            return Written(written - updated, updated, retracted)

        return counted
