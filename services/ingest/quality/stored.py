"""Stored counts as rules look at them: columns of the month and of the month before, and the references."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import AsyncConnection, AsyncCursor

from shared.campaign.applied import AppliedDefinition
from shared.database.database import Scope
from shared.database.sql import array_of, statement, text_array
from shared.domain.counts_by_area import CountsByArea, CountsByMetric
from shared.domain.quality import RuleInput
from shared.domain.quality_plan import QualityPlan
from shared.values.months import previous_month

_COUNTS = statement(__package__, "counts")
_REFERENCES = statement(__package__, "references")

OrgMonth = tuple[str, date]
MetricsByOrgMonth = Mapping[OrgMonth, Collection[int]]
Plans = Mapping[OrgMonth, QualityPlan]
_MANY_AREAS = 1_000


@dataclass(frozen=True, slots=True)
class StoredCounts:
    """The counts that a transaction finds."""

    connection: AsyncConnection
    scope: Scope
    definition: AppliedDefinition

    async def columns(self, metrics: MetricsByOrgMonth) -> dict[OrgMonth, CountsByMetric]:
        """Return the columns of some metrics of organisations' months; a metric without counts has none."""
        width = width_of(self.definition)
        binds = {
            "campaign": self.scope.campaign,
            "orgs": text_array([org for org, _ in metrics]),
            "months": array_of([month for _, month in metrics]),
            "metrics": text_array([array_of(wanted) for wanted in metrics.values()]),
        }
        columns: dict[OrgMonth, dict[int, CountsByArea]] = {org_month: {} for org_month in metrics}
        if any(metrics.values()):
            cursor = await self.connection.execute(_COUNTS, binds, binary=True)
            for org, month, metric, areas, counts in await fetch_with_pauses(cursor):
                columns[org, month][metric] = CountsByArea.of(width, areas, counts)
        return dict(columns)

    async def rule_inputs(self, plans: Plans) -> dict[OrgMonth, RuleInput]:
        """Return the counts that the rules of organisations' months read. The reach must be the campaign."""
        wanted: dict[OrgMonth, set[int]] = {}
        for (org, month), plan in plans.items():
            wanted.setdefault((org, month), set()).update(plan.now)
            wanted.setdefault((org, previous_month(month)), set()).update(plan.before)
        columns = await self.columns(wanted)
        latest = await self.references(
            [month for _, month in plans], {each for plan in plans.values() for each in plan.references}
        )
        return {
            (org, month): RuleInput(columns[org, month], columns[org, previous_month(month)], latest.get(month, {}))
            for org, month in plans
        }

    async def references(
        self, months: Iterable[date], metrics: Collection[int], orgs: Iterable[str] | None = None
    ) -> dict[date, CountsByMetric]:
        """Return the latest counts of reference metrics in each month, by default of all that report them.

        The reach must be the campaign.
        """
        if not metrics:
            return {}
        definition, ordered = self.definition, sorted(months)
        if orgs is None:
            orgs = {org for metric in metrics for org in definition.metric(definition.metric_codes[metric]).reporters}
        binds = {
            "campaign": self.scope.campaign,
            "orgs": list(orgs),
            "first": ordered[0],
            "last": ordered[-1],
            "metrics": list(metrics),
        }
        rows = await (await self.connection.execute(_REFERENCES, binds, binary=True)).fetchall()
        columns = {metric: CountsByArea(width_of(definition)) for metric in metrics}
        latest: dict[date, CountsByMetric] = {}
        for month, metric, areas, counts in rows:  # the oldest first
            while ordered[0] < month:
                latest[ordered.pop(0)] = {number: column.copy() for number, column in columns.items()}
            for area, count in zip(areas, counts, strict=True):
                columns[metric][area] = count
        return latest | dict.fromkeys(ordered, columns)


async def fetch_with_pauses(cursor: AsyncCursor[Any]) -> list[Any]:
    """Return all rows; their last column is an array of counts by area. Other requests go on between large rows."""
    rows = []
    async for row in cursor:  # decoded one by one
        rows.append(row)
        if len(row[-1]) >= _MANY_AREAS:
            await asyncio.sleep(0)
    return rows


def width_of(definition: AppliedDefinition) -> int:
    """Return how many areas a column has room for."""
    return max(definition.area_numbers.values()) + 1
