"""Stored counts as rules look at them: columns of the month and of the month before, and the references."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

from psycopg import AsyncConnection, AsyncCursor

from shared.campaign.applied import AppliedDefinition
from shared.database.database import Scope
from shared.database.sql import array_of, statement, text_array
from shared.domain.counts_by_area import CountsByArea, CountsByMetric
from shared.domain.quality import RuleInput
from shared.domain.quality_plan import QualityPlan
from shared.values.months import previous_month

OrgMonth = tuple[str, date]
MetricsByOrgMonth = Mapping[OrgMonth, Collection[int]]
Plans = Mapping[OrgMonth, QualityPlan]
_Row = tuple[str | None, date, int, list[int], list[int]]
"""Organisation, None for references; month, metric, areas and their counts."""
_MANY_AREAS = 1_000
_ROWS_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class StoredCounts:
    """The counts that a transaction finds, or those of an earlier data version."""

    connection: AsyncConnection
    scope: Scope
    definition: AppliedDefinition
    version: int | None = None  # None: the current ones

    @property
    def _counts(self) -> str:
        return statement(__package__, "stored_counts", past=self.version is not None)

    @property
    def _references(self) -> str:
        return statement(__package__, "stored_references", past=self.version is not None)

    async def columns(self, metrics: MetricsByOrgMonth) -> dict[OrgMonth, CountsByMetric]:
        """Return the columns of some metrics of organisations' months; a metric without counts has none."""
        return self._columns(metrics, await self._rows(self._counts, self._count_binds(metrics)) if any(metrics.values()) else ())

    async def references(
        self, months: Collection[date], metrics: Collection[int], orgs: Collection[str] | None = None
    ) -> dict[date, CountsByMetric]:
        """Return the latest counts of reference metrics in each month, by default of all that report them.

        The reach must be the campaign.
        """
        rows = await self._rows(self._references, self._reference_binds(months, metrics, orgs)) if metrics else ()
        return self._latest(months, metrics, rows)

    async def rule_inputs(self, plans: Plans) -> dict[OrgMonth, RuleInput]:
        """Return the counts that the rules of organisations' months read. The reach must be the campaign."""
        if not plans:
            return {}
        months = [month for _, month in plans]
        references = {metric for plan in plans.values() for metric in plan.references}
        wanted: dict[OrgMonth, set[int]] = {}
        for (org, month), plan in plans.items():
            wanted.setdefault((org, month), set()).update(plan.now)
            wanted.setdefault((org, previous_month(month)), set()).update(plan.before)
        binds = self._count_binds(wanted) | self._reference_binds(months, references)
        rows = await self._rows(f"{self._counts} UNION ALL {self._references}", binds)
        columns = self._columns(wanted, [row for row in rows if row[0] is not None])
        latest = self._latest(months, references, [row for row in rows if row[0] is None])
        return {
            (org, month): RuleInput(columns[org, month], columns[org, previous_month(month)], latest[month])
            for org, month in plans
        }

    async def _rows(self, sql: str, binds: dict[str, object]) -> list[_Row]:
        binds |= {"campaign": self.scope.campaign, "version": self.version}
        return await fetch_with_pauses(await self.connection.execute(sql, binds, binary=True))

    def _count_binds(self, metrics: MetricsByOrgMonth) -> dict[str, object]:
        return {
            "orgs": text_array([org for org, _ in metrics]),
            "months": array_of([month for _, month in metrics]),
            "metrics": text_array([array_of(wanted) for wanted in metrics.values()]),
        }

    def _columns(self, metrics: MetricsByOrgMonth, rows: Iterable[_Row]) -> dict[OrgMonth, CountsByMetric]:
        columns: dict[OrgMonth, dict[int, CountsByArea]] = {org_month: {} for org_month in metrics}
        for org, month, metric, areas, counts in rows:
            columns[org or "", month][metric] = CountsByArea.of(self.definition.area_numbers_end, areas, counts)
        return dict(columns)

    def _reference_binds(
        self, months: Collection[date], metrics: Collection[int], orgs: Collection[str] | None = None
    ) -> dict[str, object]:
        definition = self.definition
        if orgs is None:
            orgs = {org for metric in metrics for org in definition.metric(definition.metric_codes[metric]).reporters}
        return {
            "first": min(months),
            "last": max(months),
            "reference_metrics": array_of(metrics),
            "reference_orgs": text_array(orgs),
        }

    def _latest(self, months: Collection[date], metrics: Collection[int], rows: Iterable[_Row]) -> dict[date, CountsByMetric]:
        columns = {metric: CountsByArea(self.definition.area_numbers_end) for metric in metrics}
        latest: dict[date, CountsByMetric] = {}
        ordered = sorted(set(months))
        for _, month, metric, areas, counts in sorted(rows, key=itemgetter(1)):
            while ordered[0] < month:
                latest[ordered.pop(0)] = {number: column.copy() for number, column in columns.items()}
            for area, count in zip(areas, counts, strict=True):
                columns[metric][area] = count
        return latest | dict.fromkeys(ordered, columns)


async def fetch_with_pauses(cursor: AsyncCursor[Any]) -> list[Any]:
    """Return all rows; their last column is an array of counts by area. Other requests go on while large rows are decoded."""
    rows = []
    while batch := await cursor.fetchmany(_ROWS_AT_ONCE):
        rows += batch
        if len(batch[0][-1]) >= _MANY_AREAS:
            await asyncio.sleep(0)
    return rows
