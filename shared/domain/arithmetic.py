"""Ratios of counts without floats: cut, compared and missed by integers only. Pure."""

from fractions import Fraction
from typing import Final

VALUE_DECIMALS: Final = 4


def cut(numerator: int, denominator: int, scale: int, decimals: int) -> int:
    """Numerator × scale ÷ denominator in units of 10^-decimals, cut towards zero, never rounded. The denominator is not 0."""
    scaled: int = numerator * scale * 10**decimals
    return scaled // denominator


def value_of(numerator: int, denominator: int, scale: int) -> float:
    """The ratio cut at 4 decimals, for machines; verdicts never use it."""
    return float(cut(numerator, denominator, scale, VALUE_DECIMALS) / 10**VALUE_DECIMALS)


def display_of(numerator: int, denominator: int, scale: int, decimals: int) -> str:
    """The ratio as a person reads it, cut at `decimals`, without unit: 24.958 is "24.9"."""
    whole, rest = divmod(cut(numerator, denominator, scale, decimals), 10**decimals)
    return f"{whole}.{rest:0{decimals}}" if decimals else str(whole)


def reaches(numerator: int, denominator: int, scale: int, target: Fraction) -> bool:
    """Whether numerator × scale ÷ denominator ≥ target, compared as integers."""
    return numerator * scale * target.denominator >= target.numerator * denominator


def gap_of(numerator: int, denominator: int, scale: int, target: Fraction) -> int:
    """Units of the numerator still missing to reach the target, rounded up; 0 once it is met."""
    needed = -(-target.numerator * denominator // (target.denominator * scale))
    return max(0, needed - numerator)
