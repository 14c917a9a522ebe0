"""Ranking of summary lines by value."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from shared.domain.summary_lines import SummaryLine
from shared.vocabulary import Comparator


class RankedLine(NamedTuple):
    """A line with its rank; None without a value."""

    rank: int | None
    tied: bool  # another line has exactly the same ratio
    line: SummaryLine


def rank_lines(lines: Iterable[SummaryLine], comparator: Comparator) -> list[RankedLine]:
    """Return the lines of one indicator and breakdown, best first: 1, 2, 2, 4. Lines without a value follow, unranked.

    `comparator` is the indicator's: the lowest ratio is best if its targets are upper limits.
    Ratios are compared exactly, never by the displayed value. Equal lines stay in the order in which they came.
    """
    ratios = [(line, _ratio(line)) for line in lines]
    occurrences = Counter(ratio for _, ratio in ratios if ratio is not None)
    ranks: dict[Fraction | None, int] = {}
    rank = 1
    for ratio in sorted(occurrences, reverse=comparator is Comparator.AT_LEAST):
        ranks[ratio] = rank
        rank += occurrences[ratio]
    ranked = [RankedLine(ranks.get(ratio), ratio is not None and occurrences[ratio] > 1, line) for line, ratio in ratios]
    return sorted(ranked, key=lambda entry: (entry.rank is None, entry.rank or 0))


def _ratio(line: SummaryLine) -> Fraction | None:
    """Return the ratio of the deciding variant if the line is complete and its denominator is not 0."""
    top, bottom = line.deciding.numerator, line.deciding.denominator
    return Fraction(top, bottom) if top is not None and bottom else None
