"""Reads what quality rules look at: columns of the month and of the one before, and the bureau's references."""

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from psycopg import AsyncConnection

from services.ingest.quality.overlay import Overlay
from shared.campaign.loaded import LoadedDefinition
from shared.db import Later, Scope, whole_campaign
from shared.domain.quality import Columns, State
from shared.domain.quality_plan import QualityPlan
from shared.domain.rules import ABSENT
from shared.months import previous_month
from shared.sql import statement

_COUNTS = statement(__package__, "counts")
_REFERENCES = statement(__package__, "references")

References = Mapping[date, Columns]
"""Reference metrics as they hold in months."""
OrgMonth = tuple[str, date]


async def states(
    connection: AsyncConnection,
    scope: Scope,
    loaded: LoadedDefinition,
    plans: Mapping[OrgMonth, QualityPlan],
    overlay: Overlay | None = None,
) -> dict[OrgMonth, State]:
    """What each organisation's month is judged on; `overlay`: as its only organisation's push would leave it."""
    async with whole_campaign(connection, scope):
        found = await ask_states(connection, scope, loaded, plans, overlay)
    return await found()


async def ask_states(
    connection: AsyncConnection,
    scope: Scope,
    loaded: LoadedDefinition,
    plans: Mapping[OrgMonth, QualityPlan],
    overlay: Overlay | None,
    referred: Later[References] | None = None,
) -> Later[dict[OrgMonth, State]]:
    """Ask what `states` answers, with the campaign in reach: a reference is the bureau's, and every reporter may see it.

    `referred`: the references of every month, where they are read for another purpose.
    """
    wanted: dict[OrgMonth, set[int]] = {}
    for (org, month), plan in plans.items():
        for which, asked in ((month, plan.now), (previous_month(month), plan.before)):
            wanted.setdefault((org, which), set()).update(overlay.unread(which, asked) if overlay else asked)
    columns_read = await _ask_columns(connection, scope, loaded, wanted)
    metrics = {metric for plan in plans.values() for metric in plan.references}
    owners = {org for metric in metrics for org in loaded.definition.metric(loaded.metric_codes[metric]).reporters}
    months = {month for _, month in plans}
    references_read = referred or await _ask_references(connection, scope, loaded, months, owners, metrics)

    async def found() -> dict[OrgMonth, State]:
        standing, latest = await columns_read(), await references_read()
        columns = {
            (org, month): overlay.laid_over(month, counts) if overlay else counts for (org, month), counts in standing.items()
        }
        return {
            (org, month): State(columns[org, month], columns[org, previous_month(month)], latest.get(month, {}))
            for org, month in plans
        }

    return found


async def read_columns(
    connection: AsyncConnection, scope: Scope, loaded: LoadedDefinition, wanted: Mapping[OrgMonth, Iterable[int]]
) -> dict[OrgMonth, dict[int, "array[int]"]]:
    """The columns that are wanted, as far as there are counts."""
    return await (await _ask_columns(connection, scope, loaded, wanted))()


async def _ask_columns(
    connection: AsyncConnection, scope: Scope, loaded: LoadedDefinition, wanted: Mapping[OrgMonth, Iterable[int]]
) -> Later[dict[OrgMonth, dict[int, "array[int]"]]]:
    asked = [(org, month, metrics) for (org, month), metrics in wanted.items() if metrics]
    binds = {
        "campaign": scope.campaign,
        "orgs": [org for org, _, _ in asked],
        "months": [month for _, month, _ in asked],
        "metrics": ["{" + ",".join(map(str, metrics)) + "}" for _, _, metrics in asked],
    }
    rows = await connection.execute(_COUNTS, binds, binary=True) if asked else None

    async def found() -> dict[OrgMonth, dict[int, "array[int]"]]:
        columns: dict[OrgMonth, dict[int, array[int]]] = {place: {} for place in wanted}
        width = _width(loaded)
        for org, month, metric, areas, counts in await rows.fetchall() if rows else ():
            columns[org, month][metric] = _column(width, areas, counts)
        return columns

    return found


def _width(loaded: LoadedDefinition) -> int:
    return max(loaded.area_numbers.values()) + 1


def _column(width: int, areas: Sequence[int], counts: Sequence[int]) -> "array[int]":
    column = array("q", [ABSENT]) * width
    first, end = areas[0], areas[0] + len(areas)
    if areas == list(range(first, end)):  # most often they are all there, in order
        column[first:end] = array("q", counts)
        return column
    for area, count in zip(areas, counts, strict=True):
        column[area] = count
    return column


async def references(
    connection: AsyncConnection,
    scope: Scope,
    loaded: LoadedDefinition,
    months: Iterable[date],
    owners: Iterable[str],
    metrics: Collection[int],
) -> dict[date, Columns]:
    """For each month the latest counts not after it of the references that rules hold counts against."""
    return await (await _ask_references(connection, scope, loaded, months, owners, metrics))()


async def _ask_references(
    connection: AsyncConnection,
    scope: Scope,
    loaded: LoadedDefinition,
    months: Iterable[date],
    owners: Iterable[str],
    metrics: Collection[int],
) -> Later[dict[date, Columns]]:
    waiting = sorted(months) if metrics else []
    rows = None
    if waiting:
        binds = {"campaign": scope.campaign, "orgs": list(owners), "last": waiting[-1], "metrics": list(metrics)}
        rows = await connection.execute(_REFERENCES, binds, binary=True)

    async def found() -> dict[date, Columns]:
        columns = {metric: array("q", [ABSENT]) * _width(loaded) for metric in metrics}
        latest: dict[date, Columns] = {}
        for month, metric, areas, counts in await rows.fetchall() if rows else ():
            while waiting[0] < month:
                latest[waiting.pop(0)] = {each: column[:] for each, column in columns.items()}
            for area, count in zip(areas, counts, strict=True):
                columns[metric][area] = count
        return latest | dict.fromkeys(waiting, columns)

    return found
