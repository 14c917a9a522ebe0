"""Holds the rows of a register to what their month was opened again for."""

from collections.abc import Sequence
from datetime import date

from psycopg import AsyncConnection

from services.ingest.registers.intake import Entry, RegisterIntake
from services.ingest.registers.submitted_places import StoredRows, read_stored_rows
from services.ingest.submissions.reopened_parts import ReopenedMonths
from shared.database.database import Scope
from shared.problems import NotReopened
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import RowCode

ROWS_NAMED = 100  # of those that would be taken back


async def check_reopened_rows(
    connection: AsyncConnection, scope: Scope, intake: RegisterIntake, reopened: ReopenedMonths, *, replace: bool
) -> None:
    """Refuse the rows that would change a list elsewhere than named. Raises `NotReopened` where others would be taken back."""
    gone: list[tuple[date, str]] = []
    for month, named in reopened.items():
        standing = await read_stored_rows(connection, scope, intake.register.code, month)
        hint, may_change = named.hint(intake.definition), named.areas(intake.register, intake.definition)
        if replace:
            gone += [
                (month, key)
                for key, (area, _) in sorted(standing.items())
                if (month, key) not in intake.entries and area not in may_change
            ]
        for entry in [entry for entry in intake.entries.values() if entry.month == month]:
            if not _areas_of_change(entry, standing) <= set(may_change):
                column = intake.register.key[-1]
                intake.refuse(entry, [intake.error(entry, RowCode.NOT_REOPENED, column, hint=hint)])
    if gone and not intake.faults.rows:  # else the rows say what is wrong, and may be those of what seems to be gone
        raise _taken_back(gone, reopened[gone[0][0]].hint(intake.definition))


def _areas_of_change(entry: Entry, standing: StoredRows) -> set[int | None]:
    """Where a row changes what a list says: where it stood and where it stands; nowhere if it says the same."""
    stood = standing.get(entry.key)
    if stood == (entry.area, entry.body):
        return set()
    return {entry.area} | ({stood[0]} if stood else set())


def _taken_back(gone: Sequence[tuple[date, str]], hint: Bilingual) -> NotReopened:
    rows = [{"month": month_text(month), "key": key} for month, key in gone[:ROWS_NAMED]]
    return NotReopened(
        f"{len(gone)} 行将被删除，但未重新打开。{hint.zh}",
        f"{len(gone)} rows would be taken back that were not opened again. {hint.en}",
        extra={"rows": rows, "rows_total": len(gone)},
    )
