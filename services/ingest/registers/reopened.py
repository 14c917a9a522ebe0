"""Rejecting rows of a register that their month was not reopened for."""

from collections.abc import Sequence
from datetime import date

from psycopg import AsyncConnection

from services.ingest.registers.pushed_register import Entry, PushedRegister
from services.ingest.registers.submitted_places import StoredEntries, read_stored_rows
from services.ingest.submissions.reopened_parts import ReopenedMonths
from shared.database.database import Scope
from shared.problem_members import CountsAndRows, RowKey
from shared.problems import NotReopened
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import RowCode

ROWS_LISTED = 100  # rows that a problem lists


async def reject_unopened_rows(
    connection: AsyncConnection, scope: Scope, pushed: PushedRegister, reopened: ReopenedMonths, *, replaces: bool
) -> None:
    """Reject the rows that change what was not reopened. Raises `NotReopened` if such rows would be retracted."""
    retracted: list[tuple[date, str]] = []
    for month, parts in reopened.items():
        stored = await read_stored_rows(connection, scope, pushed.register.code, month)
        hint, writable = parts.hint(pushed.definition), parts.areas(pushed.register, pushed.definition)
        if replaces:
            retracted += [
                (month, key)
                for key, (area, _) in sorted(stored.items())
                if (month, key) not in pushed.entries and area not in writable
            ]
        for entry in [entry for entry in pushed.entries.values() if entry.month == month]:
            if not _areas_of_change(entry, stored) <= set(writable):
                column = pushed.register.key[-1]
                pushed.reject(entry, [pushed.error(entry, RowCode.NOT_REOPENED, column, hint=hint)])
    if retracted and not pushed.errors.rows:  # else a rejected row may be that of a key which only seems to be retracted
        raise _not_reopened(retracted, reopened[retracted[0][0]].hint(pushed.definition))


def _areas_of_change(entry: Entry, stored: StoredEntries) -> set[int | None]:
    """Return the areas in which a row changes the register, the old and the new one; none if it equals the stored row."""
    old = stored.get(entry.key)
    if old == (entry.area, entry.body):
        return set()
    return {entry.area} | ({old[0]} if old else set())


def _not_reopened(retracted: Sequence[tuple[date, str]], hint: Bilingual) -> NotReopened:
    rows = [RowKey(month=month_text(month), key=key) for month, key in retracted[:ROWS_LISTED]]
    return NotReopened(
        f"{len(retracted)} 行将被撤回，但未重新开放。{hint.zh}。",
        f"{len(retracted)} rows that were not reopened would be retracted; {hint.en}.",
        members=CountsAndRows(rows=rows, rows_total=len(retracted)),
    )
