"""Pace, required pace and straight line, against numbers worked out by hand and against a second telling."""

from calendar import monthrange
from datetime import date
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.arithmetic import Threshold
from shared.domain.pace import Forecast, Goal, Pace, Point, RatioShape, average_pace, forecast, months_left, required_pace
from shared.vocabulary import LARGEST_COUNT, Comparator, ForecastState


def at_least(value: int) -> Threshold:
    """The usual target."""
    return Threshold(Fraction(value), Comparator.AT_LEAST)


MAY, JUNE, JULY, AUGUST = (date(2022, month, 1) for month in (5, 6, 7, 8))
SHARE = RatioShape(scale=100, decimals=1, moving_base=True, bounded=True)
OVER_PEOPLE = RatioShape(scale=10_000, decimals=1, moving_base=False, bounded=False)
CASES = RatioShape(scale=1, decimals=0, moving_base=False, bounded=False)
QUARTER = Goal(at_least(25), date(2022, 9, 30))
TWELVE = Goal(at_least(12), date(2022, 9, 30))
NOTHING = (None, None, None, None, None)


@pytest.mark.parametrize(
    ("month", "due", "left"),
    [
        (AUGUST, date(2022, 9, 30), Fraction(1)),
        (JULY, date(2022, 9, 30), Fraction(2)),
        (AUGUST, date(2022, 9, 15), Fraction(15, 30)),
        (JULY, date(2022, 8, 30), Fraction(30, 31)),
        (AUGUST, date(2022, 8, 31), Fraction(0)),
        (AUGUST, date(2022, 8, 30), Fraction(-1, 31)),
        (date(2022, 12, 1), date(2023, 2, 28), Fraction(2)),
        (date(2023, 12, 1), date(2024, 2, 28), 1 + Fraction(28, 29)),
    ],
)
def test_the_time_left_runs_from_the_months_end_and_counts_days_within_the_due_month(
    month: date, due: date, left: Fraction
) -> None:
    assert months_left(month, due) == left


@pytest.mark.parametrize(
    ("gap", "left", "pace"),
    [
        (16, Fraction(1), 16),
        (15, Fraction(2), 8),
        (16, Fraction(15, 30), 32),
        (1, Fraction(30, 31), 2),
        (0, Fraction(1), 0),
        (1, Fraction(0), None),
        (0, Fraction(-1), None),
        (LARGEST_COUNT, Fraction(1), LARGEST_COUNT),
        (LARGEST_COUNT, Fraction(1, 31), None),
    ],
)
def test_the_required_pace_is_rounded_up_and_there_is_none_once_no_time_is_left(
    gap: int, left: Fraction, pace: int | None
) -> None:
    assert required_pace(gap, left) == pace


def test_the_pace_is_what_was_added_between_the_first_and_the_last_month_even_over_a_gap() -> None:
    points = [Point(MAY, 100, 1_000), Point(JUNE, 170, 1_000), Point(AUGUST, 200, 1_100)]

    assert average_pace(points) == Pace(MAY, AUGUST, added=100, over_months=3)
    assert Pace(MAY, AUGUST, 100, 3).per_month == Fraction(100, 3)
    assert average_pace([Point(MAY, 100, 1), Point(JUNE, 90, 1)]) == Pace(MAY, JUNE, added=-10, over_months=1)
    assert average_pace(points[:1]) is average_pace([]) is None


def test_a_share_goes_on_along_both_of_its_counts() -> None:
    points = [Point(JUNE, 200, 1_000), Point(JULY, 215, 1_020), Point(AUGUST, 240, 1_040)]

    assert forecast(points, AUGUST, SHARE, QUARTER) == Forecast(  # 260 / 1 060
        ForecastState.WILL_MISS, 260, 1_060, 24.5283, "24.5", 5
    )
    assert forecast(points, AUGUST, SHARE, Goal(at_least(25), date(2022, 10, 31))) == Forecast(  # 280 / 1 080
        ForecastState.WILL_MEET, 280, 1_080, 25.9259, "25.9", 0
    )


def test_a_reference_stands_as_it_is_and_half_a_unit_short_is_a_gap_of_one() -> None:
    points = [Point(MAY, 69, 50_000), Point(JUNE, 70, 60_456), Point(JULY, 71, 60_456)]

    assert forecast(points, JULY, OVER_PEOPLE, TWELVE) == Forecast(  # 73 / 60 456
        ForecastState.WILL_MEET, 73, 60_456, 12.0748, "12.0", 0
    )
    assert forecast(points, JULY, OVER_PEOPLE, Goal(at_least(12), date(2022, 9, 15))) == Forecast(  # 72.5 / 60 456 of 72.5472
        ForecastState.WILL_MISS, 72, 60_456, 11.9921, "11.9", 1
    )


def test_a_line_that_just_reaches_its_target_meets_it() -> None:
    points = [Point(JUNE, 0, 1), Point(JULY, 1, 1), Point(AUGUST, 4, 1)]

    assert forecast(points, AUGUST, CASES, Goal(at_least(6), TWELVE.due)).state is ForecastState.WILL_MEET
    missed = forecast(points, AUGUST, CASES, Goal(at_least(7), TWELVE.due))
    assert (missed.state, missed.numerator, missed.display, missed.gap) == (ForecastState.WILL_MISS, 6, "6", 1)


def test_a_part_is_at_most_its_whole_and_no_count_is_negative() -> None:
    rising = [Point(JUNE, 500, 1_000), Point(JULY, 700, 1_000), Point(AUGUST, 900, 1_000)]
    falling = [Point(JUNE, 900, 1_000), Point(JULY, 500, 1_000), Point(AUGUST, 100, 1_000)]
    vanishing = [Point(JUNE, 90, 900), Point(JULY, 50, 500), Point(AUGUST, 10, 100)]
    unbounded = SHARE._replace(bounded=False)

    assert forecast(rising, AUGUST, SHARE, QUARTER)[1:4] == (1_000, 1_000, 100.0)
    assert forecast(rising, AUGUST, unbounded, QUARTER)[1:4] == (1_100, 1_000, 110.0)
    assert forecast(falling, AUGUST, SHARE, QUARTER) == Forecast(ForecastState.WILL_MISS, 0, 1_000, 0.0, "0.0", 250)
    assert forecast(vanishing, AUGUST, SHARE, QUARTER) == (ForecastState.NOT_APPLICABLE, *NOTHING)


def test_below_three_months_or_after_the_due_day_there_is_no_line() -> None:
    points = [Point(JULY, 1, 10), Point(AUGUST, 2, 10)]

    assert forecast(points, AUGUST, SHARE, QUARTER) == (ForecastState.INSUFFICIENT_DATA, *NOTHING)
    assert forecast([], AUGUST, SHARE, QUARTER).state is ForecastState.INSUFFICIENT_DATA
    over = [Point(JUNE, 1, 10), *points]
    assert forecast(over, AUGUST, SHARE, Goal(at_least(25), date(2022, 8, 31))) == (ForecastState.DUE_PASSED, *NOTHING)


def test_a_line_starts_where_the_last_comparable_month_ends() -> None:
    points = [Point(MAY, 100, 1_000), Point(JUNE, 110, 1_000), Point(JULY, 120, 1_000)]

    assert forecast(points, AUGUST, SHARE, QUARTER).numerator == 140  # two months after July, though August is asked


counts = st.integers(0, 9) | st.integers(0, LARGEST_COUNT)
following = st.lists(st.tuples(st.integers(0, 23), counts, counts), max_size=5, unique_by=lambda each: each[0]).map(sorted)
days = st.dates(date(2020, 1, 1), date(2025, 12, 31))
targets = st.fractions(0, 100, max_denominator=1_000)
ratios = st.builds(RatioShape, st.sampled_from([1, 100, 10_000]), st.integers(0, 4), st.booleans(), st.booleans())


def end(month: date) -> Fraction:
    """The end of a month, in months."""
    return Fraction(month.year * 12 + month.month)


@settings(max_examples=150, deadline=None)
@given(following, days, targets, ratios, st.sampled_from(Comparator))
def test_any_line_is_the_one_that_a_second_telling_draws(
    found: list[tuple[int, int, int]], due: date, target: Fraction, ratio: RatioShape, comparator: Comparator
) -> None:
    points = [Point(date(2022 + after // 12, after % 12 + 1, 1), top, bottom) for after, top, bottom in found]
    asked = points[-1].month if points else AUGUST
    at = end(due) - 1 + Fraction(due.day, monthrange(due.year, due.month)[1])

    told = forecast(points, asked, ratio, Goal(Threshold(target, comparator), due))

    def drawn(first: int, last: int) -> Fraction:
        start, stop = end(points[0].month), end(points[-1].month)
        return max(Fraction(0), (first * (stop - at) + last * (at - start)) / (stop - start))

    if at <= end(asked):
        assert told == (ForecastState.DUE_PASSED, *NOTHING)
        return
    if len(points) < 3:
        assert told == (ForecastState.INSUFFICIENT_DATA, *NOTHING)
        return
    base = drawn(points[0].denominator, points[-1].denominator) if ratio.moving_base else Fraction(points[-1].denominator)
    top = drawn(points[0].numerator, points[-1].numerator)
    top = min(top, base) if ratio.bounded else top
    if base == 0:
        assert told == (ForecastState.NOT_APPLICABLE, *NOTHING)
        return
    value = top * ratio.scale / base
    lower = comparator is Comparator.AT_MOST
    difference = target * base / ratio.scale - top
    short = max(0, ceil(-difference if lower else difference))
    will_meet = value <= target if lower else value >= target
    assert told.state is (ForecastState.WILL_MEET if will_meet else ForecastState.WILL_MISS)
    assert (told.gap == 0) is (told.state is ForecastState.WILL_MEET)
    for shown, exact in ((told.numerator, floor(top)), (told.denominator, floor(base)), (told.gap, short)):
        assert shown == (exact if exact <= LARGEST_COUNT else None)
    assert told.value == floor(value * 10_000) / 10_000
    assert Fraction(told.display or "") == Fraction(floor(value * 10**ratio.decimals), 10**ratio.decimals)
