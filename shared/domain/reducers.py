"""The reducers of the definition: from counts to a numerator and a denominator.

If counts are missing the reducers run over those that were reported; the result is then the `partial` value, never a verdict.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from shared.domain.counts import AreaNumber, MetricCounts, OrgCounts
from shared.values.bilingual import Bilingual
from shared.vocabulary import Reducer

CAPPED_REDUCERS: Final = frozenset({Reducer.MAX_BY_AREA, Reducer.CAPPED_SUM})  # their numerator is limited to the denominator


UNEQUAL_PARTS: Final[Mapping[Reducer, Bilingual]] = {
    Reducer.MAX_BY_AREA: Bilingual(
        zh="合计按街道取数量最多的一家，不超过分母，各单位之和不等于合计",
        en="the whole takes the largest organisation of each subdistrict, limited to the denominator: the organisations' numbers"
        " do not add up to it",
    ),
    Reducer.CAPPED_SUM: Bilingual(
        zh="合计按街道不超过分母，各单位之和可能大于合计",
        en="the whole is limited to the denominator of each subdistrict, so the organisations' numbers may add up to more",
    ),
}
"""Reducers of which the organisations' numerators do not add up to the whole, with the reason."""


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
    denominators = counts_of_areas(denominator.entries)
    total = 0
    for area, counts in counts_of_areas(numerator.entries).items():
        total += sum(denominators.get(area, ())) * len(counts)
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
