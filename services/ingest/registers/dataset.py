"""A register as a dataset that organisations push."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from services.ingest.push.dataset import PushRun, Written
from services.ingest.registers.copy_from import copy_earlier_rows, drop_copies_of_stored
from services.ingest.registers.derive import derive, keepers_ever
from services.ingest.registers.identifiers import reject_respelled_keys
from services.ingest.registers.pushed_register import PushedRegister
from services.ingest.registers.reading import read_register
from services.ingest.registers.references import check_references
from services.ingest.registers.reopened import reject_unopened_rows
from services.ingest.registers.submitted_places import check_submitted_places
from services.ingest.registers.template_columns import REFERENCED_REGISTERS
from services.ingest.submissions.reopened_parts import ReopenedMonths
from shared.database.sql import statement
from shared.domain.quality import RuleInput
from shared.problems import Forbidden
from shared.reading.stored_counts import OrgMonth
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
_NO_NESTED_LOOPS = "SET LOCAL enable_nestloop = off"
_NESTED_LOOPS = "SET LOCAL enable_nestloop = on"
"""Around statements that join the rows of a push with stored ones. The planner has no statistics of temporary tables, nor of rows
that were just written: it expects one row and compares each with each, which took 30 s for a list of 10 000 rows."""


async def make_stages(connection: AsyncConnection) -> None:
    """Create the temporary tables of a push if the connection has none yet."""
    await connection.execute(_STAGE)
    await connection.execute(_TOUCH)


@dataclass(frozen=True, slots=True)
class RegisterName:
    """The name of a register as a dataset."""

    register: Register

    @property
    def name(self) -> str:
        """The name that imports record."""
        return self.register.dataset

    @property
    def refers(self) -> bool:
        """True if the rows refer to those of other organisations: tests to places, coverage to buildings."""
        return self.register.code in REFERENCED_REGISTERS


@dataclass(frozen=True, slots=True)
class RegisterDataset(RegisterName):
    """A register as it is pushed."""

    async def parse(self, run: PushRun) -> "ParsedRegister":
        """Read the body. The rows of a register are few enough to be kept in memory until they are checked."""
        if run.request.principal.org not in keepers_ever(run.definition, self.register.code):
            raise Forbidden("该登记表不由贵单位填报。", "Your organisation does not keep this register.")
        await make_stages(run.connection)
        rows = await read_register(self.register, run)
        rows.finish()
        await copy_earlier_rows(run, rows)
        return ParsedRegister(rows, replaces=run.request.mode is PushMode.REPLACE)


@dataclass(frozen=True, slots=True)
class ParsedRegister:
    """Rows of a register that were read."""

    rows: PushedRegister
    replaces: bool
    metrics: None = None  # the counts that registers derive may be of any metric

    async def check(self, run: PushRun, reopened: ReopenedMonths, _stored: Mapping[OrgMonth, RuleInput]) -> None:
        """Compare the rows with the other registers, with what was submitted, and with what may change."""
        connection, scope = run.connection, run.request.scope
        if not self.replaces:
            await drop_copies_of_stored(connection, scope, self.rows)
        await reject_respelled_keys(connection, scope, self.rows, replaces=self.replaces)
        await check_references(connection, scope, self.rows)
        await check_submitted_places(connection, scope, self.rows, replaces=self.replaces)
        await reject_unopened_rows(connection, scope, self.rows, reopened, replaces=self.replaces)
        if not run.refused:
            await self.fill_stage(connection)

    async def fill_stage(self, connection: AsyncConnection) -> None:
        """Copy the rows into the temporary table."""
        async with connection.cursor().copy(_COPY) as copy:
            copy.set_types(["date", "text", "int4", "jsonb"])
            for entry in self.rows.entries.values():
                await copy.write_row((entry.month, entry.key, entry.area, Jsonb(entry.body, orjson.dumps)))

    def change_set(self) -> None:
        """The counts that registers derive are computed by the database."""

    async def write(self, run: PushRun, version: int, *, onto_stored: bool) -> Written:  # noqa: ARG002 - of observations
        """Write the rows, and the counts that they change."""
        connection, scope, months = run.connection, run.request.scope, self.rows.months
        binds = {
            "campaign": scope.campaign,
            "org": scope.org,
            "register": self.rows.register.code.value,
            "months": months,
            "version": version,
            "replace": self.replaces,
        }
        async with connection.pipeline():
            await connection.execute(_NO_NESTED_LOOPS)
            await connection.execute(_TOUCH_CHANGED, binds)
            kept = await connection.execute(_KEEP_CHANGED, binds)
            removed = await connection.execute(_KEEP_RETRACTED, binds) if self.replaces else None
            if self.replaces:
                await connection.execute(_RETRACT, binds)
            wrote = await connection.execute(_WRITE, binds)
        updated, written, retracted = kept.rowcount, wrote.rowcount, removed.rowcount if removed else 0
        if written or retracted:
            await derive(connection, scope, run.definition, self.rows.register.code, months, version)
        await connection.execute(_NESTED_LOOPS)
        return Written(written - updated, updated, retracted)
