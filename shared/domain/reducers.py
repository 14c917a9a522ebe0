"""The reducers of the definition: from counts to a numerator and a denominator.

If counts are missing the reducers run over those that were reported; the result is then the `partial` value, never a verdict.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from shared.domain.counts import AreaNumber, MetricCounts, OrgCounts
from shared.vocabulary import Reducer


def counts_of_areas(entries: Sequence[OrgCounts]) -> dict[AreaNumber, tuple[int, ...]]:
    """Return the counts of each area, one for each organisation that reported it."""
    grouped: dict[AreaNumber, tuple[int, ...]] = {}
    for entry in entries:
        for area, count in zip(entry.areas, entry.counts, strict=True):
            grouped[area] = (*grouped.get(area, ()), count)
    return grouped


def _sums(numerator: MetricCounts, denominator: MetricCounts) -> tuple[int, int]:
    return numerator.total, denominator.total


def _capped(reduce: Callable[[tuple[int, ...]], int], numerator: MetricCounts, denominator: MetricCounts) -> tuple[int, int]:
    limits = counts_of_areas(denominator.entries)
    covered = 0
    for area, counts in counts_of_areas(numerator.entries).items():
        covered += min(reduce(counts), sum(limits.get(area, ())))
    return covered, denominator.total


def _each(numerator: MetricCounts, denominator: MetricCounts) -> tuple[int, int]:
    listed = counts_of_areas(denominator.entries)
    total = 0
    for area, counts in counts_of_areas(numerator.entries).items():
        total += sum(listed.get(area, ())) * len(counts)
    return numerator.total, total


# `any` and `all` are decided place by place when the register is loaded; what is left to do with their counts is to add them.
REDUCERS: Mapping[Reducer, Callable[[MetricCounts, MetricCounts], tuple[int, int]]] = {
    Reducer.SUM: _sums,
    Reducer.ANY: _sums,
    Reducer.ALL: _sums,
    Reducer.MAX_BY_AREA: partial(_capped, max),
    Reducer.CAPPED_SUM: partial(_capped, sum),
    Reducer.EACH: _each,
}
