"""Ratios of counts without floats: truncated and compared with integers only."""

from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from shared.vocabulary import LARGEST_COUNT, Comparator

VALUE_DECIMALS: Final = 4


def exact_in_json(number: int | None) -> int | None:
    """Return a sum of counts, or None if it is larger than what JSON readers keep exact."""
    return None if number is None or abs(number) > LARGEST_COUNT else number


def truncate(numerator: int, denominator: int, scale: int, decimals: int) -> int:
    """Return numerator × scale ÷ denominator in units of 10^-decimals, truncated. The denominator is not 0."""
    scaled: int = numerator * scale * 10**decimals
    return scaled // denominator


def value_of(numerator: int, denominator: int, scale: int) -> float:
    """Return the ratio truncated to 4 decimals, for machines; verdicts never use it."""
    return float(truncate(numerator, denominator, scale, VALUE_DECIMALS) / 10**VALUE_DECIMALS)


def display_of(numerator: int, denominator: int, scale: int, decimals: int) -> str:
    """Return the displayed ratio, truncated to `decimals`, without unit: 24.958 is "24.9"."""
    digits = str(truncate(numerator, denominator, scale, decimals)).zfill(decimals + 1)
    return f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits


class Threshold(NamedTuple):
    """The exact value that a ratio must reach, in the unit of the ratio."""

    ratio: Fraction
    comparator: Comparator

    def is_reached(self, numerator: int, denominator: int, scale: int) -> bool:
        """Return whether numerator × scale ÷ denominator reaches the value, compared as integers."""
        actual, required = numerator * scale * self.ratio.denominator, self.ratio.numerator * denominator
        return actual <= required if self.comparator is Comparator.AT_MOST else actual >= required

    def gap(self, numerator: int | Fraction, denominator: int | Fraction, scale: int) -> int:
        """Return the units by which the numerator is below the value, or above it if lower is better; rounded up, at least 0."""
        parts = self.ratio.denominator * scale
        missing = self.ratio.numerator * denominator - numerator * parts  # in parts of a unit
        return max(0, int(-(missing // parts) if self.comparator is Comparator.AT_MOST else -(-missing // parts)))


def change_value(change: Fraction) -> float:
    """Return the difference of two ratios truncated to 4 decimals, for machines."""
    return float(int(change * 10**VALUE_DECIMALS) / 10**VALUE_DECIMALS)


def displayed_change(before: str, after: str) -> str:
    """Return the difference of two displayed values, as a reader subtracts them: "+1.4", "-0.3", "0.0"."""
    change = Decimal(after) - Decimal(before)
    return f"{change:+}" if change else str(abs(change))
