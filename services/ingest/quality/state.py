"""Reads what quality rules look at: columns of the month and of the one before, and the bureau's references."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from psycopg import AsyncConnection

from services.ingest.quality.overlay import Overlay
from services.ingest.quality.standing import OrgMonth, Standing, width_of
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Later, Scope, whole_campaign
from shared.database.sql import statement
from shared.domain.counts_by_area import CountsByArea, CountsByMetric
from shared.domain.quality import RuleInput
from shared.domain.quality_plan import QualityPlan
from shared.values.months import previous_month

_REFERENCES = statement(__package__, "references")

Plans = Mapping[OrgMonth, QualityPlan]
References = Mapping[date, CountsByMetric]
"""Reference metrics as they hold in months."""


@dataclass(frozen=True, slots=True)
class AskedStates:
    """What months are judged on, asked for."""

    plans: Plans
    standing: Standing
    references: Later[References]

    async def read(self, overlay: Overlay | None) -> dict[OrgMonth, RuleInput]:
        """The state of each month. The overlay may have lost rows since it was asked with it: they were refused meanwhile."""
        stood, latest = await self.standing.columns(_wanted(self.plans, overlay)), await self.references()
        left = {(org, month): overlay.laid_over(month, counts) if overlay else counts for (org, month), counts in stood.items()}
        return {
            (org, month): RuleInput(left[org, month], left[org, previous_month(month)], latest.get(month, {}))
            for org, month in self.plans
        }


def references_of(plans: Plans) -> frozenset[int]:
    """The reference metrics that rules hold counts against."""
    return frozenset([metric for plan in plans.values() for metric in plan.references])


async def states(standing: Standing, plans: Plans, overlay: Overlay | None = None) -> dict[OrgMonth, RuleInput]:
    """What each organisation's month is judged on; `overlay`: as its only organisation's push would leave it."""
    async with whole_campaign(standing.connection, standing.scope):
        asked = await ask_states(standing, plans, overlay)
        return await asked.read(overlay)


async def ask_states(
    standing: Standing, plans: Plans, overlay: Overlay | None, referred: Later[References] | None = None
) -> AskedStates:
    """Ask what `states` answers, with the campaign in reach: a reference is the bureau's, and every reporter may see it.

    `referred`: the references of every month, where they are read for another purpose.
    """
    await ask_counts(standing, plans, overlay)
    connection, scope, definition = standing.connection, standing.scope, standing.definition
    metrics = references_of(plans)
    owners = {org for metric in metrics for org in definition.metric(definition.metric_codes[metric]).reporters}
    months = {month for _, month in plans}
    return AskedStates(plans, standing, referred or await _ask_references(connection, scope, definition, months, owners, metrics))


async def ask_counts(standing: Standing, plans: Plans, overlay: Overlay | None) -> None:
    """Ask for the organisations' own part of it, for which the campaign need not be in reach."""
    await standing.ask(_wanted(plans, overlay))


def _wanted(plans: Plans, overlay: Overlay | None) -> dict[OrgMonth, set[int]]:
    wanted: dict[OrgMonth, set[int]] = {}
    for (org, month), plan in plans.items():
        for which, metrics in ((month, plan.now), (previous_month(month), plan.before)):
            wanted.setdefault((org, which), set()).update(overlay.unread(which, metrics) if overlay else metrics)
    return wanted


async def references(
    connection: AsyncConnection,
    scope: Scope,
    definition: AppliedDefinition,
    months: Iterable[date],
    owners: Iterable[str],
    metrics: Collection[int],
) -> dict[date, CountsByMetric]:
    """For each month the latest counts not after it of the references that rules hold counts against."""
    return await (await _ask_references(connection, scope, definition, months, owners, metrics))()


async def _ask_references(
    connection: AsyncConnection,
    scope: Scope,
    definition: AppliedDefinition,
    months: Iterable[date],
    owners: Iterable[str],
    metrics: Collection[int],
) -> Later[dict[date, CountsByMetric]]:
    waiting = sorted(months) if metrics else []
    rows = None
    if waiting:
        binds = {"campaign": scope.campaign, "orgs": list(owners), "last": waiting[-1], "metrics": list(metrics)}
        rows = await connection.execute(_REFERENCES, binds, binary=True)

    async def found() -> dict[date, CountsByMetric]:
        columns = {metric: CountsByArea(width_of(definition)) for metric in metrics}
        latest: dict[date, CountsByMetric] = {}
        for month, metric, areas, counts in await rows.fetchall() if rows else ():
            while waiting[0] < month:
                latest[waiting.pop(0)] = {each: column.copy() for each, column in columns.items()}
            for area, count in zip(areas, counts, strict=True):
                columns[metric][area] = count
        return latest | dict.fromkeys(waiting, columns)

    return found
