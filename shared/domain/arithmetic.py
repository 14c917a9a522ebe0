"""Ratios of counts without floats: cut, compared and missed by integers only. Pure."""

from fractions import Fraction
from typing import Final

VALUE_DECIMALS: Final = 4


def truncate(numerator: int, denominator: int, scale: int, decimals: int) -> int:
    """Numerator × scale ÷ denominator in units of 10^-decimals, cut towards zero, never rounded. The denominator is not 0."""
    scaled: int = numerator * scale * 10**decimals
    return scaled // denominator


def value_of(numerator: int, denominator: int, scale: int) -> float:
    """The ratio cut at 4 decimals, for machines; verdicts never use it."""
    return float(truncate(numerator, denominator, scale, VALUE_DECIMALS) / 10**VALUE_DECIMALS)


def display_of(numerator: int, denominator: int, scale: int, decimals: int) -> str:
    """The ratio as a person reads it, cut at `decimals`, without unit: 24.958 is "24.9"."""
    digits = str(truncate(numerator, denominator, scale, decimals)).zfill(decimals + 1)
    return f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits


def reaches_target(numerator: int, denominator: int, scale: int, target: Fraction) -> bool:
    """Whether numerator × scale ÷ denominator ≥ target, compared as integers."""
    return numerator * scale * target.denominator >= target.numerator * denominator


def gap_of(numerator: int, denominator: int, scale: int, target: Fraction) -> int:
    """Units of the numerator still missing to reach the target, rounded up; 0 once it is met."""
    needed = -(-target.numerator * denominator // (target.denominator * scale))
    return max(0, needed - numerator)


def change_value(change: Fraction) -> float:
    """The difference of two ratios cut at 4 decimals towards zero, for machines."""
    return float(int(change * 10**VALUE_DECIMALS) / 10**VALUE_DECIMALS)


def change_display(change: Fraction, decimals: int) -> str:
    """The difference of two ratios as a person reads it, cut at `decimals` towards zero: "+1.4", "-0.3", "0.0"."""
    whole, rest = divmod(abs(int(change * 10**decimals)), 10**decimals)
    digits = f"{whole}.{rest:0{decimals}}" if decimals else str(whole)
    sign = "" if not (whole or rest) else "+" if change > 0 else "-"
    return sign + digits
