"""From cells to a numerator and a denominator, by the reducers of the definition. Pure.

Where cells are missing the reducers run over what was reported: that is the `partial` figure, never a verdict.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from shared.domain.facts import Area, Report
from shared.vocabulary import Reducer


def _total(reports: Sequence[Report]) -> int:
    return sum([report.total for report in reports])


def counts_by_area(reports: Sequence[Report]) -> dict[Area, tuple[int, ...]]:
    """The counts of each area, one for each organisation that reported it."""
    areas = reports[0].areas if reports else []
    if all(report.areas == areas for report in reports):
        return dict(zip(areas, _columns(reports), strict=True))
    grouped: dict[Area, tuple[int, ...]] = {}
    for report in reports:
        for area, value in zip(report.areas, report.values, strict=True):
            grouped[area] = (*grouped.get(area, ()), value)
    return grouped


def _aligned(numerator: Sequence[Report], denominator: Sequence[Report]) -> bool:
    """Whether every report is of the same areas, as they most often are: then nothing need be looked up by area."""
    if not numerator or not denominator:
        return False
    areas = denominator[0].areas
    return all(report.areas == areas for report in (*numerator, *denominator))


def _columns(reports: Sequence[Report]) -> Iterable[tuple[int, ...]]:
    return zip(*[report.values for report in reports], strict=True)


def _sums(numerator: Sequence[Report], denominator: Sequence[Report]) -> tuple[int, int]:
    return _total(numerator), _total(denominator)


def _capped(
    most: Callable[[tuple[int, ...]], int], numerator: Sequence[Report], denominator: Sequence[Report]
) -> tuple[int, int]:
    if _aligned(numerator, denominator):
        by_area = zip(_columns(numerator), _columns(denominator), strict=True)
        return sum([min(most(counts), sum(bases)) for counts, bases in by_area]), _total(denominator)
    bases_of = counts_by_area(denominator)
    covered = sum([min(most(counts), sum(bases_of.get(area, ()))) for area, counts in counts_by_area(numerator).items()])
    return covered, _total(denominator)


def _each(numerator: Sequence[Report], denominator: Sequence[Report]) -> tuple[int, int]:
    if _aligned(numerator, denominator):
        return _total(numerator), _total(denominator) * len(numerator)
    bases = counts_by_area(denominator)
    listed = sum([sum(bases.get(area, ())) * len(counts) for area, counts in counts_by_area(numerator).items()])
    return _total(numerator), listed


# `any` and `all` are decided place by place when the register is loaded; what is left to do with their counts is to add them.
REDUCERS: Mapping[Reducer, Callable[[Sequence[Report], Sequence[Report]], tuple[int, int]]] = {
    Reducer.SUM: _sums,
    Reducer.ANY: _sums,
    Reducer.ALL: _sums,
    Reducer.MAX_BY_AREA: partial(_capped, max),
    Reducer.CAPPED_SUM: partial(_capped, sum),
    Reducer.EACH: _each,
}
