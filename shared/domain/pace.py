"""Current pace, required pace and linear forecast of a count, in fractions throughout."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final, NamedTuple

from shared.domain.arithmetic import Threshold, display_of, exact_in_json, value_of
from shared.vocabulary import ForecastState

FORECAST_MONTHS_MIN: Final = 3


class Point(NamedTuple):
    """The counts at the end of a month."""

    month: date
    numerator: int
    denominator: int


class Pace(NamedTuple):
    """The net addition to the numerator between two months."""

    first: date
    last: date
    added: int  # negative if it fell
    over_months: int

    @property
    def per_month(self) -> Fraction:
        """The average net addition per month."""
        return Fraction(self.added, self.over_months)


class Goal(NamedTuple):
    """Target of a line, to be reached by the end of the due date."""

    threshold: Threshold
    due: date


class RatioShape(NamedTuple):
    """The way from a line's counts to its value."""

    scale: int
    decimals: int
    moving_base: bool  # the denominator is counted month by month; otherwise it is a reference, which applies until a newer one
    bounded: bool  # the numerator is part of the denominator


class Forecast(NamedTuple):
    """The forecast for the end of the due date; numbers are None if there is no forecast, or above the largest count."""

    state: ForecastState
    numerator: int | None = None  # truncated to whole units
    denominator: int | None = None
    value: float | None = None
    display: str | None = None
    gap: int | None = None  # units of the numerator that will be missing, or too many if lower is better, rounded up


def months_between(first: date, last: date) -> int:
    """Return how many months later `last` is."""
    return (last.year - first.year) * 12 + last.month - first.month


def months_left(month: date, due: date) -> Fraction:
    """Return the months from the end of a month to the end of the due date; its own month counts by days; negative if past.

    From August to 30 September: 1; to 15 September: 15/30.
    """
    days = monthrange(due.year, due.month)[1]
    return months_between(month, due) - 1 + Fraction(due.day, days)


def average_pace(points: Sequence[Point]) -> Pace | None:
    """Return the pace over some months, in order; None if there are fewer than two."""
    if len(points) < 2:
        return None
    first, last = points[0], points[-1]
    return Pace(first.month, last.month, last.numerator - first.numerator, months_between(first.month, last.month))


def required_pace(gap: int, left: Fraction) -> int | None:
    """Return the units a month that close a gap in the months left, rounded up; None without time or above the largest count."""
    return exact_in_json(-(-gap // left)) if left > 0 else None


def forecast(points: Sequence[Point], month: date, ratio: RatioShape, goal: Goal) -> Forecast:
    """Return the value on the due date of the line from the first point through the last one, as of a month's end.

    Counts of this kind accumulate: the best estimate is the present plus the average net addition. So the line goes through the
    last point instead of between the points, and agrees with the pace.
    """
    if months_left(month, goal.due) <= 0:
        return Forecast(ForecastState.DUE_PASSED)
    if len(points) < FORECAST_MONTHS_MIN:
        return Forecast(ForecastState.INSUFFICIENT_DATA)
    top, bottom = _ends(points, ratio, goal.due)
    if bottom <= 0:
        return Forecast(ForecastState.NOT_APPLICABLE)
    over, under = (top / bottom).as_integer_ratio()
    met = goal.threshold.is_reached(over, under, ratio.scale)
    return Forecast(
        ForecastState.WILL_MEET if met else ForecastState.WILL_MISS,
        exact_in_json(top // 1),
        exact_in_json(bottom // 1),
        value_of(over, under, ratio.scale),
        display_of(over, under, ratio.scale, ratio.decimals),
        exact_in_json(goal.threshold.gap(top, bottom, ratio.scale)),
    )


def _ends(points: Sequence[Point], ratio: RatioShape, due: date) -> tuple[Fraction, Fraction]:
    """Return numerator and denominator on the due date. A count is not negative, and a part is at most its whole."""
    first, last = points[0], points[-1]
    steps = months_left(last.month, due) / months_between(first.month, last.month)
    top = max(Fraction(0), last.numerator + (last.numerator - first.numerator) * steps)
    grown = (last.denominator - first.denominator) * steps if ratio.moving_base else Fraction(0)
    bottom = max(Fraction(0), last.denominator + grown)
    return min(top, bottom) if ratio.bounded else top, bottom
