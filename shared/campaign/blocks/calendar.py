"""When a campaign's months take counts and are due."""

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field, StrictInt

from shared.campaign.blocks.block import Block, Month, within
from shared.values.bilingual import Bilingual
from shared.values.months import month_text, next_month


class Calendar(Block):
    """Which months take counts, when one opens, is due and how much grace there is, in the campaign's timezone."""

    opens: Literal["month_start", "always"]
    due_day: Annotated[StrictInt, Field(ge=1, le=28)]  # of the next month
    grace_days: Annotated[StrictInt, Field(ge=0, le=60)] = 0  # after the due day: forgives a late report
    first_month: Month | None = None  # earlier ones take references only; None: any month takes every count

    def has_begun(self, month: date) -> bool:
        """Whether the campaign counts anything in a month but references."""
        return within(month, self.first_month, None)

    def is_open(self, month: date, today: date) -> bool:
        """Whether counts of a month are accepted on a business date: the running month is, a future one is not."""
        return self.opens == "always" or month <= today

    def hint(self, month: date, today: date) -> Bilingual:
        """What to tell a sender whose month takes no counts on a business date."""
        if self.first_month is not None and not self.has_begun(month):
            first = month_text(self.first_month)
            return Bilingual(zh=f"最早可报 {first}（基准数除外）", en=f"the first month is {first}, but for reference counts")
        return Bilingual(zh=f"最晚可报 {today:%Y-%m}", en=f"the latest month so far is {today:%Y-%m}")

    def due(self, month: date) -> date:
        """The last day on which a month's counts are in time."""
        return next_month(month).replace(day=self.due_day)

    def grace_until(self, month: date) -> date:
        """The last day on which being late is forgiven."""
        return self.due(month) + timedelta(days=self.grace_days)

    def late_days(self, month: date, day: date) -> int:
        """How many days after the due day a day is; 0 while the grace lasts, which forgives and does not move the due day."""
        return (day - self.due(month)).days if day > self.grace_until(month) else 0

    def latest_due(self, today: date) -> date:
        """The latest month whose due day is past."""
        running = today.replace(day=1)
        before = (running - timedelta(days=1)).replace(day=1)
        return before if today > self.due(before) else (before - timedelta(days=1)).replace(day=1)
