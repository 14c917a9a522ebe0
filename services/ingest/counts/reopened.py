"""Holds pushed counts to what their month was opened again for."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from psycopg import AsyncConnection

from services.ingest.counts.columns import Slot
from services.ingest.counts.intake import Intake
from services.ingest.formats.row_errors import row_error
from services.ingest.submissions.reopened_parts import ReopenedMonths
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Scope
from shared.database.sql import statement
from shared.problems import NotReopened
from shared.values.months import month_text
from shared.vocabulary import RowCode

CELLS_NAMED = 100  # of those that would be taken back
_STANDING = statement(__package__, "standing_notes")
_Which = tuple[int, int]
"""Metric and area, by number."""
_Standing = Mapping[_Which, tuple[int, str | None]]


async def check_reopened_counts(
    connection: AsyncConnection,
    scope: Scope,
    definition: AppliedDefinition,
    intake: Intake,
    reopened: ReopenedMonths,
    *,
    unchanged_stay: bool = True,
) -> None:
    """Refuse the rows that would change other counts than those named. Raises `NotReopened` where others would be taken back.

    Where rows that say what stands do not stay as they are, each changes something.
    """
    gone: list[Slot] = []
    for month, named in reopened.items():
        hint = named.hint(definition)
        may_change, standing = named.counts(definition), await _standing(connection, scope, definition, month)
        for slot in list(_changed(intake, month, standing if unchanged_stay else {})):
            if (slot.metric, slot.area) not in may_change:
                column = intake.columns[month][slot.metric]
                error = row_error(RowCode.NOT_REOPENED, column.rows[slot.area], "value", column.counts[slot.area], hint)
                intake.faults.refuse_rows(1, [error])
                intake.drop(slot)
        gone += [slot for slot in _gone(intake, month, standing) if (slot.metric, slot.area) not in may_change]
    if gone and not intake.faults.rows:  # else the rows say what is wrong, and may be those of what seems to be gone
        raise _taken_back(gone, definition, reopened)


async def _standing(connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, month: date) -> _Standing:
    derived = [definition.metric_numbers[metric.code] for metric in definition.metrics if metric.derived]
    binds = {"campaign": scope.campaign, "org": scope.org, "month": month, "derived": derived}
    rows = await (await connection.execute(_STANDING, binds)).fetchall()
    return {(metric, area): (value, note) for metric, area, value, note in rows}


def _changed(intake: Intake, month: date, standing: _Standing) -> Iterator[Slot]:
    """The cells that a push gives another count, or another note."""
    for metric, column in intake.columns.get(month, {}).items():
        for area, value in column.counts.items():
            stored, noted = standing.get((metric, area), (None, None))
            if value != stored or column.notes.get(area, noted) != noted:
                yield Slot(month, metric, area)


def _gone(intake: Intake, month: date, standing: _Standing) -> Iterator[Slot]:
    """The cells that a push takes back."""
    yield from sorted(slot for slot in intake.gone if slot.month == month)
    columns = intake.columns.get(month, {})
    for metric, area in sorted(standing) if intake.replaces else ():
        if metric not in columns or area not in columns[metric].counts:
            yield Slot(month, metric, area)


def _taken_back(gone: Collection[Slot], definition: AppliedDefinition, reopened: ReopenedMonths) -> NotReopened:
    cells = [
        {"month": month_text(month), "metric": definition.metric_codes[metric], "area": definition.area_codes[area]}
        for month, metric, area in list(gone)[:CELLS_NAMED]
    ]
    hint = next(named.hint(definition) for month, named in reopened.items() if month == next(iter(gone)).month)
    return NotReopened(
        f"{len(gone)} 个单元格将被清空，但未重新打开。{hint.zh}",
        f"{len(gone)} cells would be taken back that were not opened again. {hint.en}",
        extra={"cells": cells, "cells_total": len(gone)},
    )
