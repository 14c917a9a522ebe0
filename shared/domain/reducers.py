"""From cells to a numerator and a denominator, by the reducers of the definition. Pure.

Where cells are missing the reducers run over what was reported: that is the `partial` figure, never a verdict.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from shared.domain.counts import AreaNumber, MetricCounts, OrgCounts
from shared.vocabulary import Reducer


def counts_of_areas(reports: Sequence[OrgCounts]) -> dict[AreaNumber, tuple[int, ...]]:
    """The counts of each area, one for each organisation that reported it."""
    areas = reports[0].areas if reports else []
    if all(report.areas == areas for report in reports):
        return dict(zip(areas, _columns(reports), strict=True))
    grouped: dict[AreaNumber, tuple[int, ...]] = {}
    for report in reports:
        for area, value in zip(report.areas, report.values, strict=True):
            grouped[area] = (*grouped.get(area, ()), value)
    return grouped


def _aligned(numerator: MetricCounts, denominator: MetricCounts) -> bool:
    """Whether every report is of the same areas, as they most often are: then nothing need be looked up by area."""
    if not numerator.reports or not denominator.reports:
        return False
    areas = denominator.reports[0].areas
    return all(report.areas == areas for report in (*numerator.reports, *denominator.reports))


def _columns(reports: Sequence[OrgCounts]) -> Iterable[tuple[int, ...]]:
    return zip(*[report.values for report in reports], strict=True)


def _sums(numerator: MetricCounts, denominator: MetricCounts) -> tuple[int, int]:
    return numerator.total, denominator.total


def _capped(most: Callable[[tuple[int, ...]], int], numerator: MetricCounts, denominator: MetricCounts) -> tuple[int, int]:
    if _aligned(numerator, denominator):
        by_area = zip(_columns(numerator.reports), _columns(denominator.reports), strict=True)
        return sum([min(most(counts), sum(bases)) for counts, bases in by_area]), denominator.total
    bases_of = counts_of_areas(denominator.reports)
    by_area_counted = counts_of_areas(numerator.reports)
    covered = sum([min(most(counts), sum(bases_of.get(area, ()))) for area, counts in by_area_counted.items()])
    return covered, denominator.total


def _each(numerator: MetricCounts, denominator: MetricCounts) -> tuple[int, int]:
    if _aligned(numerator, denominator):
        return numerator.total, denominator.total * len(numerator.reports)
    bases = counts_of_areas(denominator.reports)
    listed = sum([sum(bases.get(area, ())) * len(counts) for area, counts in counts_of_areas(numerator.reports).items()])
    return numerator.total, listed


# `any` and `all` are decided place by place when the register is loaded; what is left to do with their counts is to add them.
REDUCERS: Mapping[Reducer, Callable[[MetricCounts, MetricCounts], tuple[int, int]]] = {
    Reducer.SUM: _sums,
    Reducer.ANY: _sums,
    Reducer.ALL: _sums,
    Reducer.MAX_BY_AREA: partial(_capped, max),
    Reducer.CAPPED_SUM: partial(_capped, sum),
    Reducer.EACH: _each,
}
