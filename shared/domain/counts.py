"""The cells that indicators read: what was reported for a month, and what was owed. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

AreaNumber = int
"""An area's number."""
AreasByOrg = Mapping[str, list[AreaNumber]]
"""Where a metric's counts stand within a month: areas by organisation, in order."""

CASES_METRIC: Final = 0
"""Where approved cases stand among the metrics: no metric has this number, and they have neither organisation nor area."""
NO_ORG: Final = "*"


class OrgCounts(NamedTuple):
    """An organisation's counts of one metric and month."""

    org: str
    month: date  # their own; older than the month asked for references only
    accepted: bool  # the organisation's month was accepted
    areas: list[AreaNumber]  # in order
    values: list[int]  # the count of each area

    def of(self, areas: list[AreaNumber]) -> "OrgCounts":
        """The counts of some areas."""
        if self.areas == areas:
            return self
        if len(areas) == 1:
            place = bisect_left(self.areas, areas[0])
            if self.areas[place : place + 1] == areas:
                return OrgCounts(self.org, self.month, self.accepted, areas, [self.values[place]])
        wanted = frozenset(areas)
        picked = [(area, value) for area, value in zip(self.areas, self.values, strict=True) if area in wanted]
        return OrgCounts(self.org, self.month, self.accepted, [area for area, _ in picked], [value for _, value in picked])


class MetricCounts:
    """What was reported of one metric: one report an organisation, or several where areas were counted in different months."""

    __slots__ = ("accepted", "cells", "lacking", "places", "reports", "total", "zero")

    def __init__(self) -> None:
        """Nothing yet."""
        self.reports: list[OrgCounts] = []
        self.places: dict[str, list[AreaNumber]] = {}  # the areas of each organisation's last report
        self.lacking: dict[
            str, list[AreaNumber]
        ] = {}  # where an organisation's counts do not fill places that were asked for: these
        self.cells = 0
        self.total = 0
        self.zero = 0  # cells
        self.accepted = True  # the month of every report

    def add(self, report: OrgCounts) -> None:
        """Take one more report."""
        org, _, accepted, areas, values = report
        self.reports.append(report)
        self.places[org] = areas
        self.cells += len(values)
        self.total += sum(values)
        self.zero += values.count(0)
        if not accepted:
            self.accepted = False

    def within(self, places: AreasByOrg) -> "MetricCounts":
        """What was reported of some places, and which of them lack a count."""
        if self.places == places and len(self.reports) == len(places):
            return self
        found = MetricCounts()
        for org, areas in places.items():
            there = 0
            for report in self.reports:
                if report.org == org and (part := report.of(areas)).areas:
                    found.add(part)
                    there += len(part.areas)
            if there < len(areas):
                found.lacking[org] = areas
        return found


MonthCounts = Mapping[int, MetricCounts]
"""By metric number."""


@dataclass(frozen=True, slots=True, eq=False)  # one object for each metric of a plan
class ExpectedMetric:
    """Where one metric is expected in a month.

    `voluntary` places are expected only of organisations that reported another input of the same indicator.
    """

    metric: int
    code: str
    places: AreasByOrg
    voluntary: AreasByOrg
    by_area: bool  # counted by street, not once for the campaign's area
    derived: bool  # written from registers, by no organisation

    def expected(self, facts: MonthCounts, inputs: Iterable[int]) -> AreasByOrg:
        """The places that must hold a count for a figure over `inputs` (metric numbers) to be complete."""
        if not self.voluntary:
            return self.places
        active = {org for metric in inputs if metric in facts for org in facts[metric].places}
        return {**self.places, **{org: areas for org, areas in self.voluntary.items() if org in active}}

    def cells(self) -> Iterator[tuple[int, str, AreaNumber]]:
        """Every cell that may be expected: metric, organisation, area."""
        for org, areas in (*self.places.items(), *self.voluntary.items()):
            for area in areas:
                yield self.metric, org, area
