"""The calendar block: the months that take counts, and their due dates."""

from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, StrictInt, model_validator

from shared.campaign.blocks.block import Block, Month, within
from shared.values.bilingual import Bilingual
from shared.values.field_error import FieldValueError
from shared.values.months import month_text, next_month, previous_month


class Calendar(Block):
    """The months that take counts, their opening, due date and grace period, in the campaign's timezone."""

    opens: Literal["month_start", "always"]
    due_day: Annotated[StrictInt, Field(ge=1, le=28)]  # of the next month
    grace_days: Annotated[StrictInt, Field(ge=0, le=60)] = 0  # after the due day: forgives a late report
    first_month: Month | None = None  # earlier ones take references only; None: any month takes every count
    holidays: tuple[date, ...] = ()  # that the Chinese calendar does not have
    working_days: tuple[date, ...] = ()  # on which offices work although the Chinese calendar has a day off

    @model_validator(mode="after")
    def _refuse_contradictions(self) -> Self:
        if both := sorted({*self.holidays} & {*self.working_days}):
            raise FieldValueError(
                f"{both[0]} 同时列为休息日和工作日", f"{both[0]} is a holiday and a working day", "working_days"
            )
        return self

    def has_begun(self, month: date) -> bool:
        """Return whether the campaign takes other counts than reference counts in a month."""
        return within(month, self.first_month, None)

    def is_open(self, month: date, today: date) -> bool:
        """Return whether counts of a month are accepted on a business date: the current month is open, a future one is not."""
        return self.opens == "always" or month <= today

    def hint(self, month: date, today: date) -> Bilingual:
        """Return the hint for a month that takes no counts on a business date."""
        if self.first_month is not None and not self.has_begun(month):
            first = month_text(self.first_month)
            return Bilingual(
                zh=f"最早可填报 {first} 的数据（基准数除外）", en=f"send months from {first} on, except for reference counts"
            )
        return Bilingual(zh=f"最晚可填报 {today:%Y-%m} 的数据", en=f"send months up to {today:%Y-%m}")

    def due(self, month: date) -> date:
        """Return the due date of a month's counts, the last day on time."""
        return next_month(month).replace(day=self.due_day)

    def grace_until(self, month: date) -> date:
        """Return the last day of the grace period."""
        return self.due(month) + timedelta(days=self.grace_days)

    def late_days(self, month: date, day: date) -> int:
        """Return the days from the due date to a day; 0 within the grace period, which does not move the due date."""
        return (day - self.due(month)).days if day > self.grace_until(month) else 0

    def latest_due(self, today: date) -> date:
        """Return the latest month whose due date has passed, or the first month if none has."""
        latest = previous_month(today.replace(day=1))
        if today <= self.due(latest):
            latest = previous_month(latest)
        return max(latest, self.first_month or latest)
