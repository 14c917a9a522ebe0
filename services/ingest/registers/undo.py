"""Undoing an import of a register: its months are replaced by the rows as they were before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.passed_over import PassedOverLog
from services.ingest.push.dataset import PushRun, Written
from services.ingest.push.repeated_undo import refuse_repeated_undo
from services.ingest.registers.dataset import ParsedRegister, RegisterName, make_stages
from services.ingest.registers.pushed_register import Entry, PushedRegister
from services.ingest.registers.references import check_references
from services.ingest.registers.reopened import ROWS_LISTED, reject_unopened_rows
from services.ingest.registers.strict_values import strict_value
from services.ingest.registers.submitted_places import check_submitted_places
from services.ingest.submissions.reopened_parts import ReopenedMonths
from shared.database.sql import statement
from shared.domain.quality import RuleInput
from shared.problem_members import CountsAndRows, RowKey
from shared.problems import ChangedSince
from shared.reading.stored_counts import OrgMonth
from shared.values.months import month_text

_ENDED = statement(__package__, "undo_ended")
_OTHERS = statement(__package__, "undo_others")
_NEWER = statement(__package__, "undo_newer")


@dataclass(frozen=True, slots=True)
class RegisterUndo(RegisterName):
    """The rows of a register as they were before an import."""

    version: int  # the import's
    months: list[date]

    async def parse(self, run: PushRun) -> "ParsedRegisterUndo":
        """Read the rows that the import ended: history never changes, so this needs no lock."""
        connection, scope = run.connection, run.request.scope
        await make_stages(connection)
        binds = {
            "campaign": scope.campaign,
            "org": scope.org,
            "register": self.register.code.value,
            "months": self.months,
            "version": self.version,
        }
        rows = PushedRegister(
            register=self.register,
            definition=run.definition,
            org=scope.org,
            today=run.today,
            only=None,
            read=strict_value,
            by_name=False,
            errors=run.errors,
            notes=NormalisationLog(),
            passed=PassedOverLog(),
            touched=set(self.months),
        )
        ended = await (await connection.execute(_ENDED, binds)).fetchall()
        for number, (month, key, area, body) in enumerate(ended, start=1):
            rows.entries[month, key] = Entry(number, month, key, area, body)
        rows.received = len(ended)
        return ParsedRegisterUndo(ParsedRegister(rows, replaces=True), binds)


@dataclass(frozen=True, slots=True)
class ParsedRegisterUndo:
    """Earlier rows of a register, written in place of the months' present ones, with those that stay."""

    replacement: ParsedRegister
    binds: dict[str, Any]
    metrics: None = None

    @property
    def rows(self) -> PushedRegister:
        """The rows that are restored."""
        return self.replacement.rows

    async def check(self, run: PushRun, reopened: ReopenedMonths, _stored: Mapping[OrgMonth, RuleInput]) -> None:
        """Raise `ChangedSince` if rows were changed; reject rows that name something unknown, or change what may not change."""
        connection, scope, rows = run.connection, run.request.scope, self.rows
        newer = await (await connection.execute(_NEWER, self.binds)).fetchall()
        if newer:
            await refuse_repeated_undo(run)
            listed = [RowKey(month=month_text(month), key=key) for month, key in newer[:ROWS_LISTED]]
            raise ChangedSince(
                f"{len(newer)} 行此后又有变动，不能撤销本次导入。",
                f"{len(newer)} rows have changed since this import and cannot be restored.",
                members=CountsAndRows(rows=listed, rows_total=len(newer)),
            )
        await check_references(connection, scope, rows)
        for month, key, area, body in await (await connection.execute(_OTHERS, self.binds)).fetchall():
            rows.entries[month, key] = Entry(None, month, key, area, body)
        await check_submitted_places(connection, scope, rows, replaces=True)
        await reject_unopened_rows(connection, scope, rows, reopened, replaces=True)
        if not run.refused:
            await self.replacement.fill_stage(connection)

    def change_set(self) -> None:
        """The counts that registers derive are computed by the database."""

    async def write(self, run: PushRun, version: int, *, onto_stored: bool) -> Written:
        """Restore the rows that the import ended, remove those that it created, and derive the counts again."""
        return await self.replacement.write(run, version, onto_stored=onto_stored)
