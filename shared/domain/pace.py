"""How fast a count grows, how fast it would have to, and where a straight line leads. Pure; fractions throughout."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final, NamedTuple

from shared.domain.arithmetic import display_of, reaches_target, value_of
from shared.vocabulary import LARGEST_COUNT, ForecastState

FORECAST_MONTHS_MIN: Final = 3  # that a forecast rests on


class Point(NamedTuple):
    """The counts of one month: the state at its end."""

    month: date
    numerator: int
    denominator: int


class Pace(NamedTuple):
    """What was added to the numerator between two months."""

    first: date
    last: date
    added: int  # negative where it fell
    over_months: int

    @property
    def per_month(self) -> Fraction:
        """Net additions a month, on average."""
        return Fraction(self.added, self.over_months)


class Goal(NamedTuple):
    """What a line is to reach: numerator × scale ÷ denominator ≥ ratio, by the end of a day."""

    ratio: Fraction
    due: date


class RatioShape(NamedTuple):
    """How a line's counts become its value."""

    scale: int
    decimals: int
    moving_base: bool  # the denominator is counted month by month; otherwise it is a reference, which stands until a newer one
    bounded: bool  # the numerator is part of the denominator


class Forecast(NamedTuple):
    """Where the straight line stands at the end of the due day; the numbers are None without one, or above the largest count."""

    state: ForecastState
    numerator: int | None = None  # cut to whole units
    denominator: int | None = None
    value: float | None = None
    display: str | None = None
    gap: int | None = None  # units of the numerator that will be missing, rounded up


def months_between(first: date, last: date) -> int:
    """How many months later `last` is."""
    return (last.year - first.year) * 12 + last.month - first.month


def months_left(month: date, due: date) -> Fraction:
    """Months from the end of a month to the end of the due day, whose own month counts by its days; negative once it is past.

    From August to 30 September: 1; to 15 September: 15/30.
    """
    days = monthrange(due.year, due.month)[1]
    return months_between(month, due) - 1 + Fraction(due.day, days)


def average_pace(points: Sequence[Point]) -> Pace | None:
    """The pace over some months, in order; None where there are fewer than two."""
    if len(points) < 2:
        return None
    first, last = points[0], points[-1]
    return Pace(first.month, last.month, last.numerator - first.numerator, months_between(first.month, last.month))


def required_pace(gap: int, left: Fraction) -> int | None:
    """Units a month that close a gap in the time that is left, rounded up; None without time or above the largest count."""
    return _countable(-(-gap // left)) if left > 0 else None


def forecast(points: Sequence[Point], month: date, ratio: RatioShape, goal: Goal) -> Forecast:
    """Where the line from the first point through the last one stands on the due day, asked at a month's end.

    Counts of this kind pile up: what is known of the future is the present plus the average of what was added. So the line
    ends in the last point instead of passing between the points, and agrees with the pace.
    """
    if months_left(month, goal.due) <= 0:
        return Forecast(ForecastState.DUE_PASSED)
    if len(points) < FORECAST_MONTHS_MIN:
        return Forecast(ForecastState.INSUFFICIENT_DATA)
    top, bottom = _ends(points, ratio, goal.due)
    if bottom <= 0:
        return Forecast(ForecastState.NOT_APPLICABLE)
    over, under = (top / bottom).as_integer_ratio()
    met = reaches_target(over, under, ratio.scale, goal.ratio)
    return Forecast(
        ForecastState.WILL_MEET if met else ForecastState.WILL_MISS,
        _countable(top // 1),
        _countable(bottom // 1),
        value_of(over, under, ratio.scale),
        display_of(over, under, ratio.scale, ratio.decimals),
        _countable(max(0, -((top - goal.ratio * bottom / ratio.scale) // 1))),
    )


def _ends(points: Sequence[Point], ratio: RatioShape, due: date) -> tuple[Fraction, Fraction]:
    """Numerator and denominator on the due day. A count is not negative, and a part is at most its whole."""
    first, last = points[0], points[-1]
    steps = months_left(last.month, due) / months_between(first.month, last.month)
    top = max(Fraction(0), last.numerator + (last.numerator - first.numerator) * steps)
    grown = (last.denominator - first.denominator) * steps if ratio.moving_base else Fraction(0)
    bottom = max(Fraction(0), last.denominator + grown)
    return min(top, bottom) if ratio.bounded else top, bottom


def _countable(units: int) -> int | None:
    """A line through absurd counts leads to numbers that no reader keeps exact."""
    return units if units <= LARGEST_COUNT else None
