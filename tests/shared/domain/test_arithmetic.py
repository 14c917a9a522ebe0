"""Ratios of counts, against exact fractions."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.arithmetic import Threshold, display_of, truncate, value_of
from shared.vocabulary import Comparator

LARGEST = 2**53 - 1
counts = st.integers(0, LARGEST) | st.integers(0, 50)
bases = st.integers(1, LARGEST) | st.integers(1, 50)
scales = st.sampled_from([1, 100, 10_000])
targets = st.fractions(0, 200, max_denominator=10_000)


@given(counts, bases, scales, st.integers(0, 4))
def test_a_cut_never_rounds_up_and_never_loses_a_whole_step(numerator: int, denominator: int, scale: int, decimals: int) -> None:
    exact = Fraction(numerator * scale, denominator)

    shown = Fraction(truncate(numerator, denominator, scale, decimals), 10**decimals)

    assert shown <= exact < shown + Fraction(1, 10**decimals)


@given(counts, bases, scales, st.integers(0, 4))
def test_what_is_shown_is_the_cut_with_exactly_its_decimals(numerator: int, denominator: int, scale: int, decimals: int) -> None:
    text = display_of(numerator, denominator, scale, decimals)

    assert Fraction(Decimal(text)) == Fraction(truncate(numerator, denominator, scale, decimals), 10**decimals)
    assert len(text.partition(".")[2]) == decimals


@given(st.integers(0, 10**9), st.integers(1, 10**9), scales)
def test_the_value_is_the_cut_at_four_decimals(numerator: int, denominator: int, scale: int) -> None:
    value = value_of(numerator, denominator, scale)

    assert value == float(Fraction(truncate(numerator, denominator, scale, 4), 10_000))


@given(counts, bases, scales, targets)
def test_a_target_is_reached_exactly_when_the_fraction_reaches_it(
    numerator: int, denominator: int, scale: int, target: Fraction
) -> None:
    exact = Fraction(numerator * scale, denominator)

    assert Threshold(target, Comparator.AT_LEAST).is_reached(numerator, denominator, scale) is (exact >= target)
    assert Threshold(target, Comparator.AT_MOST).is_reached(numerator, denominator, scale) is (exact <= target)


@given(counts, bases, scales, targets, st.sampled_from(Comparator))
def test_the_gap_is_the_least_number_that_reaches_the_target(
    numerator: int, denominator: int, scale: int, target: Fraction, comparator: Comparator
) -> None:
    threshold = Threshold(target, comparator)
    gap = threshold.gap(numerator, denominator, scale)
    towards = -1 if comparator is Comparator.AT_MOST else 1

    assert gap >= 0
    assert threshold.is_reached(numerator + towards * gap, denominator, scale)
    if gap:
        assert not threshold.is_reached(numerator + towards * (gap - 1), denominator, scale)


@given(counts, bases, scales, targets)
def test_what_is_shown_never_reaches_a_target_that_is_not_met(
    numerator: int, denominator: int, scale: int, target: Fraction
) -> None:
    rounded_to_be_shown = Fraction(int(target * 10), 10)

    if not Threshold(rounded_to_be_shown, Comparator.AT_LEAST).is_reached(numerator, denominator, scale):
        assert Fraction(Decimal(display_of(numerator, denominator, scale, 1))) < rounded_to_be_shown
