"""Areas and organisations in the order of their values. Pure."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from shared.domain.summary_lines import SummaryLine


class RankedLine(NamedTuple):
    """A line and its place; None without a value."""

    rank: int | None
    tied: bool  # another line has exactly the same ratio
    line: SummaryLine


def rank_lines(lines: Iterable[SummaryLine]) -> list[RankedLine]:
    """The lines of one indicator and breakdown, best first: 1, 2, 2, 4. Lines without a value follow, unranked.

    Ratios are compared exactly, so that nothing ties by what is shown of it. Ties stay in the order in which they came.
    """
    every = [(line, _ratio(line)) for line in lines]
    times = Counter(ratio for _, ratio in every if ratio is not None)
    ranks: dict[Fraction | None, int] = {}
    place = 1
    for ratio in sorted(times, reverse=True):
        ranks[ratio] = place
        place += times[ratio]
    placed = [RankedLine(ranks.get(ratio), ratio is not None and times[ratio] > 1, line) for line, ratio in every]
    return sorted(placed, key=lambda each: (each.rank is None, each.rank or 0))


def _ratio(line: SummaryLine) -> Fraction | None:
    """The ratio of the deciding figure, where every owed count is there and the base is not empty."""
    top, bottom = line.deciding.numerator, line.deciding.denominator
    return Fraction(top, bottom) if top is not None and bottom else None
