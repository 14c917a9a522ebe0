"""From cells to a numerator and a denominator, by the reducers of the definition. Pure.

Where cells are missing the reducers run over what was reported: that is the `partial` figure, never a verdict.
"""

from collections.abc import Callable, Mapping, Sequence

from shared.vocabulary import Reducer

ByArea = Mapping[int, Sequence[int]]
"""The counts of a side, one for each organisation that reported, by area number."""


def _sums(numerators: ByArea, denominators: ByArea) -> tuple[int, int]:
    return sum(map(sum, numerators.values())), sum(map(sum, denominators.values()))


def _max_by_area(numerators: ByArea, denominators: ByArea) -> tuple[int, int]:
    covered = sum(min(max(counts), sum(denominators.get(area, ()))) for area, counts in numerators.items())
    return covered, sum(map(sum, denominators.values()))


def _capped_sum(numerators: ByArea, denominators: ByArea) -> tuple[int, int]:
    covered = sum(min(sum(counts), sum(denominators.get(area, ()))) for area, counts in numerators.items())
    return covered, sum(map(sum, denominators.values()))


def _each(numerators: ByArea, denominators: ByArea) -> tuple[int, int]:
    listed = sum(sum(denominators.get(area, ())) * len(counts) for area, counts in numerators.items())
    return sum(map(sum, numerators.values())), listed


# `any` and `all` are decided place by place when the register is loaded; what is left to do with their counts is to add them.
REDUCERS: Mapping[Reducer, Callable[[ByArea, ByArea], tuple[int, int]]] = {
    Reducer.SUM: _sums,
    Reducer.ANY: _sums,
    Reducer.ALL: _sums,
    Reducer.MAX_BY_AREA: _max_by_area,
    Reducer.CAPPED_SUM: _capped_sum,
    Reducer.EACH: _each,
}
