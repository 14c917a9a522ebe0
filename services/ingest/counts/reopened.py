"""Rejecting counts that a month was not reopened for."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from psycopg import AsyncConnection

from services.ingest.counts.pushed_counts import PushedCounts, Slot
from services.ingest.formats.row_errors import row_error
from services.ingest.submissions.reopened_parts import ReopenedMonths
from shared.campaign.applied import AppliedDefinition
from shared.campaign.count_keys import count_key
from shared.database.database import Scope
from shared.database.sql import statement
from shared.problem_members import CountsAndRows
from shared.problems import NotReopened
from shared.vocabulary import RowCode

CELLS_LISTED = 100  # counts that a problem lists
_STORED = statement(__package__, "stored_notes")
_Stored = Mapping[tuple[int, int], tuple[int, str | None]]
"""Value and note by metric and area, by number."""


async def reject_unopened(
    connection: AsyncConnection,
    scope: Scope,
    definition: AppliedDefinition,
    pushed: PushedCounts,
    reopened: ReopenedMonths,
    *,
    keeps_equal: bool = True,
) -> None:
    """Reject the rows that would change counts for which the month was not reopened.

    Raises `NotReopened` if such counts would be retracted. `keeps_equal`: a row that is equal to the
    stored count changes nothing.
    """
    retracted: list[Slot] = []
    for month, parts in reopened.items():
        hint = parts.hint(definition)
        writable, stored = parts.counts(definition), await _stored_counts(connection, scope, definition, month)
        for slot in list(_changed(pushed, month, stored if keeps_equal else {})):
            if (slot.metric, slot.area) not in writable:
                column = pushed.columns[month][slot.metric]
                error = row_error(RowCode.NOT_REOPENED, column.rows[slot.area], "value", column.counts[slot.area], hint)
                pushed.errors.reject_rows(1, [error])
                pushed.drop(slot)
        retracted += [slot for slot in _retracted(pushed, month, stored) if (slot.metric, slot.area) not in writable]
    if retracted and not pushed.errors.rows:  # else a rejected row may be that of a count which only seems to be retracted
        raise _not_reopened(scope.org, retracted, definition, reopened)


async def _stored_counts(connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, month: date) -> _Stored:
    derived = [definition.metric_numbers[metric.code] for metric in definition.metrics if metric.derived]
    binds = {"campaign": scope.campaign, "org": scope.org, "month": month, "derived": derived}
    rows = await (await connection.execute(_STORED, binds)).fetchall()
    return {(metric, area): (value, note) for metric, area, value, note in rows}


def _changed(pushed: PushedCounts, month: date, stored: _Stored) -> Iterator[Slot]:
    """Yield the slots whose count or note would change."""
    for metric, column in pushed.columns.get(month, {}).items():
        for area, value in column.counts.items():
            old_value, old_note = stored.get((metric, area), (None, None))
            if value != old_value or column.notes.get(area, old_note) != old_note:
                yield Slot(month, metric, area)


def _retracted(pushed: PushedCounts, month: date, stored: _Stored) -> Iterator[Slot]:
    """Yield the slots whose count would be retracted."""
    yield from sorted(slot for slot in pushed.removed if slot.month == month)
    columns = pushed.columns.get(month, {})
    for metric, area in sorted(stored) if pushed.replaces else ():
        if metric not in columns or area not in columns[metric].counts:
            yield Slot(month, metric, area)


def _not_reopened(org: str, retracted: Collection[Slot], definition: AppliedDefinition, reopened: ReopenedMonths) -> NotReopened:
    cells = [count_key(definition, org, *slot) for slot in list(retracted)[:CELLS_LISTED]]
    hint = reopened[next(iter(retracted)).month].hint(definition)
    return NotReopened(
        f"{len(retracted)} 项数据将被撤回，但未重新开放。{hint.zh}。",
        f"{len(retracted)} counts that were not reopened would be retracted; {hint.en}.",
        members=CountsAndRows(cells=cells, cells_total=len(retracted)),
    )
