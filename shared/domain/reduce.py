"""From cells to a numerator and a denominator, by the reducers of the definition. Pure.

Where cells are missing the reducers run over what was reported: that is the `partial` figure, never a verdict.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from shared.domain.facts import Area, Report
from shared.vocabulary import Reducer


class Counts(NamedTuple):
    """The counts of one metric, by organisation."""

    reports: Sequence[Report]

    @property
    def total(self) -> int:
        """All of them."""
        return sum([report.total for report in self.reports])

    def by_area(self) -> dict[Area, list[int]]:
        """The counts of each area, one for each organisation that reported."""
        grouped: dict[Area, list[int]] = {}
        for report in self.reports:
            for area, value in zip(report.areas, report.values, strict=True):
                grouped.setdefault(area, []).append(value)
        return grouped


NOTHING = Counts(())


def _sums(numerator: Counts, denominator: Counts) -> tuple[int, int]:
    return numerator.total, denominator.total


def _capped(most: Callable[[list[int]], int], numerator: Counts, denominator: Counts) -> tuple[int, int]:
    bases = {area: sum(counts) for area, counts in denominator.by_area().items()}
    covered = sum(min(most(counts), bases.get(area, 0)) for area, counts in numerator.by_area().items())
    return covered, denominator.total


def _max_by_area(numerator: Counts, denominator: Counts) -> tuple[int, int]:
    return _capped(max, numerator, denominator)


def _capped_sum(numerator: Counts, denominator: Counts) -> tuple[int, int]:
    return _capped(sum, numerator, denominator)


def _each(numerator: Counts, denominator: Counts) -> tuple[int, int]:
    bases = {area: sum(counts) for area, counts in denominator.by_area().items()}
    listed = sum(bases.get(area, 0) * len(counts) for area, counts in numerator.by_area().items())
    return numerator.total, listed


# `any` and `all` are decided place by place when the register is loaded; what is left to do with their counts is to add them.
REDUCERS: Mapping[Reducer, Callable[[Counts, Counts], tuple[int, int]]] = {
    Reducer.SUM: _sums,
    Reducer.ANY: _sums,
    Reducer.ALL: _sums,
    Reducer.MAX_BY_AREA: _max_by_area,
    Reducer.CAPPED_SUM: _capped_sum,
    Reducer.EACH: _each,
}
