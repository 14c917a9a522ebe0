"""Robust statistics of counts, exactly: the distance of a value from the median, in units of the spread around it.

The spread is the median of the absolute deviations from the median (MAD). Of numbers that are normally distributed, 1.4826 times
the MAD is the standard deviation; unlike the standard deviation, it does not grow with the outlier that it should reveal.
"""

from collections.abc import Sequence
from fractions import Fraction
from statistics import median
from typing import Final, NamedTuple

CONSISTENT: Final = Fraction(14_826, 10_000)


class Deviation(NamedTuple):
    """The distance of a value from a sample."""

    value: Fraction
    median: Fraction
    mad: Fraction
    score: Fraction  # standard deviations from the median, estimated from the MAD; never negative


def deviation(value: Fraction, others: Sequence[Fraction], unit: Fraction) -> Deviation:
    """Return the deviation of a value from others; the spread is at least one `unit`, since counts change by whole units."""
    centre = median(others)
    mad = median([abs(other - centre) for other in others])
    return Deviation(value, centre, mad, abs(value - centre) / max(CONSISTENT * mad, unit))
