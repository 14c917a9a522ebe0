"""The state of a target against its due date at a month's end: computed from the months' values, never from the clock."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from shared.domain.arithmetic import Threshold, value_of
from shared.domain.pace import months_between
from shared.values.months import next_month, previous_month
from shared.vocabulary import DeadlineState


class MonthValue(NamedTuple):
    """The counts of a line at a month's end."""

    month: date
    numerator: int | None  # None: a count is missing
    denominator: int | None
    scale: int

    def reaches(self, threshold: Threshold) -> bool:
        """Return whether the value reaches a target; a month without a value does not."""
        return self.has_value and threshold.is_reached(self.numerator or 0, self.denominator or 0, self.scale)

    @property
    def has_value(self) -> bool:
        """True if no count is missing and the denominator is not 0."""
        return self.numerator is not None and bool(self.denominator)


class Deadline(NamedTuple):
    """A target's due date with what the months up to the last one show."""

    due: date
    state: DeadlineState | None  # None: the due date has passed, and the last month has no value
    first_met_month: date | None
    value_at_due: float | None  # in the last month that ended by the due date; None: not reached yet, or without a value


def last_month_ended_by(due: date) -> date:
    """Return the last month whose last day is not after a date."""
    following = next_month(due.replace(day=1))
    return due.replace(day=1) if (following - due).days == 1 else previous_month(due.replace(day=1))


def deadline_of(due: date, threshold: Threshold, values: Sequence[MonthValue], length: int = 1) -> Deadline:
    """Return the state of a target at the end of the last of some months, which are in order.

    `length`: of periods of several months, how many; their values are given by their last months.
    """
    last, due_month = values[-1], last_month_ended_by(due)
    first_met = next((value.month for value in values if value.reaches(threshold)), None)
    at_due = next((value for value in values if 0 <= months_between(value.month, due_month) < length and value.has_value), None)
    return Deadline(
        due=due,
        state=_state(last, threshold, due, met_in_time=first_met is not None and first_met <= due_month),
        first_met_month=first_met,
        value_at_due=value_of(at_due.numerator or 0, at_due.denominator or 1, at_due.scale) if at_due else None,
    )


def _state(last: MonthValue, threshold: Threshold, due: date, *, met_in_time: bool) -> DeadlineState | None:
    if due >= next_month(last.month):
        return DeadlineState.OPEN
    if not last.has_value:
        return None
    if last.reaches(threshold):
        return DeadlineState.ON_TIME if met_in_time else DeadlineState.LATE
    return DeadlineState.LAPSED if met_in_time else DeadlineState.MISSED
