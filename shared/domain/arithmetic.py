"""Ratios of counts without floats: truncated and compared with integers only."""

from fractions import Fraction
from typing import Final

VALUE_DECIMALS: Final = 4


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


def reaches_target(numerator: int, denominator: int, scale: int, target: Fraction) -> bool:
    """Return whether numerator × scale ÷ denominator ≥ target, compared as integers."""
    return numerator * scale * target.denominator >= target.numerator * denominator


def gap_of(numerator: int, denominator: int, scale: int, target: Fraction) -> int:
    """Return the units of the numerator still missing to reach the target, rounded up; 0 once it is met."""
    needed = -(-target.numerator * denominator // (target.denominator * scale))
    return max(0, needed - numerator)


def change_value(change: Fraction) -> float:
    """Return the difference of two ratios truncated to 4 decimals, for machines."""
    return float(int(change * 10**VALUE_DECIMALS) / 10**VALUE_DECIMALS)


def change_display(change: Fraction, decimals: int) -> str:
    """Return the displayed difference of two ratios, truncated to `decimals`: "+1.4", "-0.3", "0.0"."""
    whole, rest = divmod(abs(int(change * 10**decimals)), 10**decimals)
    digits = f"{whole}.{rest:0{decimals}}" if decimals else str(whole)
    sign = "" if not (whole or rest) else "+" if change > 0 else "-"
    return sign + digits
