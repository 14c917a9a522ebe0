"""Places in a ranking, whatever the counts: ties share a place and the next one skips."""

from fractions import Fraction
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.ranking import rank_lines
from shared.domain.summary_lines import SummaryLine
from shared.vocabulary import Comparator

counts = st.tuples(st.none() | st.integers(0, 6), st.integers(0, 6)) | st.tuples(
    st.integers(2**53 - 3, 2**53 - 1), st.integers(2**53 - 3, 2**53 - 1)
)


def line(name: int, numerator: int | None, denominator: int) -> SummaryLine:
    """As much of a line as a ranking looks at."""
    figure = SimpleNamespace(numerator=numerator, denominator=denominator)
    return cast("SummaryLine", SimpleNamespace(deciding=figure, name=name))


@settings(max_examples=100, deadline=None)
@given(st.lists(counts, max_size=8), st.sampled_from(Comparator))
def test_a_rank_is_one_more_than_the_lines_that_are_better(found: list[tuple[int | None, int]], comparator: Comparator) -> None:
    ratios = [Fraction(top, bottom) if top is not None and bottom else None for top, bottom in found]

    placed: Any = rank_lines((line(name, *each) for name, each in enumerate(found)), comparator)

    assert sorted(each.line.name for each in placed) == list(range(len(found)))
    for each in placed:
        own = ratios[each.line.name]
        others = [ratio for ratio in ratios if ratio is not None]
        better = [ratio for ratio in others if own is not None and (ratio < own if comparator == "<=" else ratio > own)]
        assert each.rank == (None if own is None else 1 + len(better))
        assert each.tied is (own is not None and others.count(own) > 1)
    ranks = [each.rank for each in placed]
    known = [rank for rank in ranks if rank is not None]
    assert known == sorted(known)
    assert ranks[len(known) :] == [None] * (len(ranks) - len(known))
    for one, next_one in pairwise(placed):
        assert one.rank != next_one.rank or one.line.name < next_one.line.name


def test_values_that_look_alike_are_not_tied_and_equal_ratios_of_other_counts_are() -> None:
    alike = [line(0, 2_499, 10_000), line(1, 24_991, 100_000), line(2, 1, 2), line(3, 50, 100), line(4, None, 1)]

    assert [(each.rank, each.tied, cast("Any", each.line).name) for each in rank_lines(alike, Comparator.AT_LEAST)] == [
        (1, True, 2),
        (1, True, 3),
        (3, False, 1),
        (4, False, 0),
        (None, False, 4),
    ]
