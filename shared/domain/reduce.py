"""From cells to a numerator and a denominator, by the reducers of the definition. Pure.

Where cells are missing the reducers run over what was reported: that is the `partial` figure, never a verdict.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from shared.vocabulary import Reducer


class Counts(NamedTuple):
    """The counts of one metric: one for each organisation and area that reported, and the area each is of."""

    values: Sequence[int]
    areas: Sequence[int]

    def by_area(self) -> dict[int, list[int]]:
        """The counts of each area."""
        grouped: dict[int, list[int]] = {}
        for area, value in zip(self.areas, self.values, strict=True):
            grouped.setdefault(area, []).append(value)
        return grouped


NOTHING = Counts((), ())


def _sums(numerator: Counts, denominator: Counts) -> tuple[int, int]:
    return sum(numerator.values), sum(denominator.values)


def _capped(most: Callable[[list[int]], int], numerator: Counts, denominator: Counts) -> tuple[int, int]:
    bases = {area: sum(counts) for area, counts in denominator.by_area().items()}
    covered = sum(min(most(counts), bases.get(area, 0)) for area, counts in numerator.by_area().items())
    return covered, sum(denominator.values)


def _max_by_area(numerator: Counts, denominator: Counts) -> tuple[int, int]:
    return _capped(max, numerator, denominator)


def _capped_sum(numerator: Counts, denominator: Counts) -> tuple[int, int]:
    return _capped(sum, numerator, denominator)


def _each(numerator: Counts, denominator: Counts) -> tuple[int, int]:
    bases = {area: sum(counts) for area, counts in denominator.by_area().items()}
    return sum(numerator.values), sum(bases.get(area, 0) for area in numerator.areas)


# `any` and `all` are decided place by place when the register is loaded; what is left to do with their counts is to add them.
REDUCERS: Mapping[Reducer, Callable[[Counts, Counts], tuple[int, int]]] = {
    Reducer.SUM: _sums,
    Reducer.ANY: _sums,
    Reducer.ALL: _sums,
    Reducer.MAX_BY_AREA: _max_by_area,
    Reducer.CAPPED_SUM: _capped_sum,
    Reducer.EACH: _each,
}
