"""The counts that indicators read: those that organisations reported for a month, and those that they are expected to report."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache, partial
from typing import Final, NamedTuple

AreaNumber = int
AreasByOrg = Mapping[str, list[AreaNumber]]
"""Areas in order, by organisation."""

AreaParts = Mapping[AreaNumber, frozenset[AreaNumber]]
"""The subdistricts below each area between them and the whole area."""

CASES_METRIC: Final = 0
"""The number under which approved cases are counted: no metric has it. They have neither organisation nor area."""
NO_ORG: Final = "*"


class CellKey(NamedTuple):
    """The place of a count within a month: metric and area by number."""

    metric: int
    org: str
    area: AreaNumber


class CountPlace(NamedTuple):
    """The place of a count: metric and area by number, and the month of its own."""

    metric: int
    org: str
    month: date
    area: AreaNumber


class Breakdown(NamedTuple):
    """The area and organisation of a line; None if the line is not broken down by it."""

    area: AreaNumber | None
    org: str | None


WHOLE: Final = Breakdown(None, None)


class OrgCounts(NamedTuple):
    """Counts of one organisation, metric and month, by area."""

    org: str
    month: date  # of the counts; earlier than the requested month for reference counts only
    accepted: bool  # the state of the organisation's month
    areas: list[AreaNumber]  # in order
    counts: list[int]  # one for each area

    def restricted_to(self, areas: list[AreaNumber]) -> "OrgCounts":
        """Return the counts of some areas."""
        if self.areas == areas:
            return self
        if len(areas) == 1:
            index = bisect_left(self.areas, areas[0])
            if self.areas[index : index + 1] == areas:
                return OrgCounts(self.org, self.month, self.accepted, areas, [self.counts[index]])
        wanted = frozenset(areas)
        pairs = [(area, count) for area, count in zip(self.areas, self.counts, strict=True) if area in wanted]
        return OrgCounts(self.org, self.month, self.accepted, [area for area, _ in pairs], [count for _, count in pairs])


class MetricCounts:
    """Counts of one metric: one entry for each organisation, or several if its areas were counted in different months."""

    __slots__ = ("accepted", "areas_by_org", "entries", "missing", "size", "total", "zeros")

    def __init__(self) -> None:
        self.entries: list[OrgCounts] = []
        self.areas_by_org: dict[str, list[AreaNumber]] = {}  # of each organisation's last entry
        self.missing: dict[str, list[AreaNumber]] = {}  # the expected areas without a count, of organisations that have any
        self.size = 0  # counts in all entries, of which
        self.zeros = 0  # are 0
        self.total = 0
        self.accepted = True  # in every entry

    def add(self, entry: OrgCounts) -> None:
        """Add an entry."""
        org, _, accepted, areas, counts = entry
        self.entries.append(entry)
        self.areas_by_org[org] = areas
        self.size += len(counts)
        self.total += sum(counts)
        self.zeros += counts.count(0)
        if not accepted:
            self.accepted = False

    def includes(self, place: CountPlace) -> bool:
        """Return whether a count of the metric is among them."""
        return any(entry.org == place.org and entry.month == place.month and place.area in entry.areas for entry in self.entries)

    def restricted_to(self, expected: AreasByOrg) -> "MetricCounts":
        """Return the counts of the expected areas, and note which of these have none."""
        if self.areas_by_org == expected and len(self.entries) == len(expected):
            return self
        restricted = MetricCounts()
        for org, areas in expected.items():
            counted: list[AreaNumber] = []
            for entry in self.entries:
                if entry.org == org and (part := entry.restricted_to(areas)).areas:
                    restricted.add(part)
                    counted += part.areas
            if len(counted) < len(areas):
                present = frozenset(counted)
                restricted.missing[org] = [area for area in areas if area not in present]
        return restricted


MonthCounts = Mapping[int, MetricCounts]
"""By metric number."""


@dataclass(frozen=True, eq=False)  # one object for each metric of a plan
class ExpectedMetric:
    """A metric with the areas that organisations are expected to count in a month."""

    metric: int
    code: str
    required: AreasByOrg
    voluntary: AreasByOrg  # expected only from organisations that reported another input of the same indicator
    by_area: bool  # counted by street, not once for the campaign's area
    derived: bool  # computed from registers, reported by no organisation
    parts: AreaParts  # empty if it is not counted by street

    def expected_areas(self, counts: MonthCounts, inputs: Iterable[int], breakdown: Breakdown = WHOLE) -> AreasByOrg:
        """Return the areas that must have a count for a line over `inputs` (metric numbers) to be complete."""
        if not self.voluntary:
            return self._required_in(breakdown)
        active = {org for metric in inputs if metric in counts for org in counts[metric].areas_by_org}
        return self._restrict(
            {**self.required, **{org: self.voluntary[org] for org in self.voluntary if org in active}}, breakdown
        )

    @cached_property
    def _required_in(self) -> Callable[[Breakdown], AreasByOrg]:
        return lru_cache(maxsize=1_024)(partial(self._restrict, self.required))

    def _restrict(self, expected: AreasByOrg, breakdown: Breakdown) -> AreasByOrg:
        area, org = breakdown
        if org is not None and org in expected:  # a denominator that others report is not broken down by organisation
            expected = {org: expected[org]}
        if area is not None and self.by_area:
            expected = {org: own for org, areas in expected.items() if (own := self._within(area, areas))}
        return expected

    def _within(self, area: AreaNumber, areas: list[AreaNumber]) -> list[AreaNumber]:
        if area in self.parts:
            return [place for place in areas if place in self.parts[area]]
        return [area] if area in areas else []

    def includes(self, area: AreaNumber, place: AreaNumber | None) -> bool:
        """Return whether the lines of an area read the counts of another: of itself, or of a subdistrict below it."""
        return place == area or place in self.parts.get(area, ())

    def cells(self) -> Iterator[CellKey]:
        """Yield every cell that may be expected."""
        for org, areas in (*self.required.items(), *self.voluntary.items()):
            for area in areas:
                yield CellKey(self.metric, org, area)
