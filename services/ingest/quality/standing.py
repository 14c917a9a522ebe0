"""Counts as they stand, read as columns: once each, however many look at them."""

from collections.abc import Iterable, Mapping
from datetime import date

from psycopg import AsyncConnection

from shared.campaign.applied import AppliedDefinition
from shared.database.connection import AnyCursor
from shared.database.database import Scope
from shared.database.sql import array_of, statement, text_array
from shared.domain.counts_by_area import CountsByArea, CountsByMetric

_COUNTS = statement(__package__, "counts")

OrgMonth = tuple[str, date]
Wanted = Mapping[OrgMonth, Iterable[int]]
"""Metrics of organisations' months."""


class Standing:
    """Counts as a transaction found them: while the head is locked nobody else moves them, and its own writes are not in them."""

    def __init__(self, connection: AsyncConnection, scope: Scope, definition: AppliedDefinition) -> None:
        """Nothing is read before it is asked for."""
        self.connection = connection
        self.scope = scope
        self.definition = definition
        self._width = width_of(definition)
        self._asked: dict[OrgMonth, set[int]] = {}
        self._coming: list[AnyCursor] = []
        self._columns: dict[OrgMonth, dict[int, CountsByArea]] = {}

    async def ask(self, wanted: Wanted) -> None:
        """Ask for what was not asked for before; in a pipeline the question is only on its way."""
        new = [(place, metrics) for place, each in wanted.items() if (metrics := set(each) - self._asked.get(place, set()))]
        if not new:
            return
        for place, metrics in new:
            self._asked.setdefault(place, set()).update(metrics)
        binds = {
            "campaign": self.scope.campaign,
            "orgs": text_array(org for (org, _), _ in new),
            "months": array_of(month for (_, month), _ in new),
            "metrics": text_array(array_of(metrics) for _, metrics in new),
        }
        self._coming.append(await self.connection.execute(_COUNTS, binds, binary=True))

    async def columns(self, wanted: Wanted) -> dict[OrgMonth, CountsByMetric]:
        """What is wanted, as far as there are counts."""
        await self.ask(wanted)
        while self._coming:
            for org, month, metric, areas, counts in await self._coming.pop().fetchall():
                self._columns.setdefault((org, month), {})[metric] = CountsByArea.of(self._width, areas, counts)
        return {place: _some(self._columns.get(place, {}), metrics) for place, metrics in wanted.items()}


def _some(columns: CountsByMetric, metrics: Iterable[int]) -> CountsByMetric:
    return {metric: columns[metric] for metric in metrics if metric in columns}


def width_of(definition: AppliedDefinition) -> int:
    """How many places a column has."""
    return max(definition.area_numbers.values()) + 1
