"""Robust statistics of counts, exactly: how far a value lies from the median, in units of the spread around it. Pure.

The spread is the median of the absolute deviations from the median (MAD). Of numbers that are normally distributed, 1.4826 times
the MAD is the standard deviation; unlike that, it does not grow with the very value that is looked for.
"""

from collections.abc import Sequence
from fractions import Fraction
from statistics import median
from typing import Final, NamedTuple

CONSISTENT: Final = Fraction(14_826, 10_000)


class Deviation(NamedTuple):
    """A value against others."""

    value: Fraction
    median: Fraction
    mad: Fraction
    score: Fraction  # standard deviations from the median, as the MAD estimates them; never negative


def deviation(value: Fraction, others: Sequence[Fraction], unit: Fraction) -> Deviation:
    """How far a value lies from others. Counts move by whole units: the spread is one `unit` at least, so a constant has one."""
    centre = median(others)
    mad = median([abs(other - centre) for other in others])
    return Deviation(value, centre, mad, abs(value - centre) / max(CONSISTENT * mad, unit))
