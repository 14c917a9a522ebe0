"""Stored counts as rules look at them: columns of the month and of the month before, and the references."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from psycopg import AsyncConnection

from services.ingest.quality.change_set import ChangeSet
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Scope, campaign_reach
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


class StoredCounts:
    """The counts that a transaction finds, each read once: while the campaign is locked, no other transaction changes them."""

    def __init__(self, connection: AsyncConnection, scope: Scope, definition: AppliedDefinition) -> None:
        self.definition = definition
        self._connection = connection
        self._scope = scope
        self._columns: dict[OrgMonth, dict[int, CountsByArea | None]] = {}  # None: no counts of this metric

    async def columns(self, metrics: MetricsByOrgMonth) -> dict[OrgMonth, CountsByMetric]:
        """Return the columns of some metrics of organisations' months; a metric without counts has none."""
        unread = {
            org_month: new
            for org_month, wanted in metrics.items()
            if (new := [metric for metric in wanted if metric not in self._columns.get(org_month, {})])
        }
        if unread:
            await self._read(unread)
        return {
            org_month: {metric: column for metric in wanted if (column := self._columns[org_month][metric]) is not None}
            for org_month, wanted in metrics.items()
        }

    async def _read(self, unread: MetricsByOrgMonth) -> None:
        width = width_of(self.definition)
        for org_month, metrics in unread.items():
            self._columns.setdefault(org_month, {}).update(dict.fromkeys(metrics))
        binds = {
            "campaign": self._scope.campaign,
            "orgs": text_array([org for org, _ in unread]),
            "months": array_of([month for _, month in unread]),
            "metrics": text_array([array_of(metrics) for metrics in unread.values()]),
        }
        rows = await self._connection.execute(_COUNTS, binds, binary=True)
        async for org, month, metric, areas, counts in rows:  # decoded one by one: a row may have a count for each area
            self._columns[org, month][metric] = CountsByArea.of(width, areas, counts)
            if len(areas) >= _MANY_AREAS:
                await asyncio.sleep(0)  # other requests go on between large rows

    async def states(self, plans: Plans, change_set: ChangeSet | None = None) -> dict[OrgMonth, RuleInput]:
        """Return what each organisation's month is checked on; `change_set`: as a push of that organisation would leave it."""
        wanted: dict[OrgMonth, set[int]] = {}
        for (org, month), plan in plans.items():
            wanted.setdefault((org, month), set()).update(plan.now)
            wanted.setdefault((org, previous_month(month)), set()).update(plan.before)
        references = {metric for plan in plans.values() for metric in plan.references}
        async with campaign_reach(self._connection, self._scope):  # references are a bureau's, and every sender may see them
            stored = await self.columns(wanted)
            latest = await self.references([month for _, month in plans], references)
        counts = {
            (org, month): change_set.apply_to(month, columns) if change_set else columns
            for (org, month), columns in stored.items()
        }
        return {
            (org, month): RuleInput(counts[org, month], counts[org, previous_month(month)], latest.get(month, {}))
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
        binds = {"campaign": self._scope.campaign, "orgs": list(orgs), "last": ordered[-1], "metrics": list(metrics)}
        rows = await (await self._connection.execute(_REFERENCES, binds, binary=True)).fetchall()
        columns = {metric: CountsByArea(width_of(definition)) for metric in metrics}
        latest: dict[date, CountsByMetric] = {}
        for month, metric, areas, counts in rows:  # the oldest first
            while ordered[0] < month:
                latest[ordered.pop(0)] = {number: column.copy() for number, column in columns.items()}
            for area, count in zip(areas, counts, strict=True):
                columns[metric][area] = count
        return latest | dict.fromkeys(ordered, columns)


def width_of(definition: AppliedDefinition) -> int:
    """Return how many areas a column has room for."""
    return max(definition.area_numbers.values()) + 1
