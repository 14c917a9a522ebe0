"""The months, quarters and years of a series."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from shared.values.months import month_range, month_text, month_zh, previous_month
from shared.vocabulary import SeriesStep

LENGTHS: Final = {SeriesStep.MONTH: 1, SeriesStep.QUARTER: 3, SeriesStep.YEAR: 12}
"""Months of a period."""
STEPS: Final = {length: step for step, length in LENGTHS.items()}


@dataclass(frozen=True, slots=True)
class Period:
    """A month, or the months of a quarter or a year."""

    months: tuple[date, ...]

    @property
    def last(self) -> date:
        """The period's last month."""
        return self.months[-1]

    @property
    def text(self) -> str:
        """The period as `2022-08`, `2022-Q3` or `2022`."""
        if len(self.months) == LENGTHS[SeriesStep.YEAR]:
            return f"{self.last.year:04}"
        return month_text(self.last) if len(self.months) == 1 else f"{self.last.year:04}-Q{self.last.month // 3}"

    @property
    def text_zh(self) -> str:
        """The period as Chinese sentences name it: 2022年8月, 2022年第三季度 or 2022年."""
        if len(self.months) == LENGTHS[SeriesStep.YEAR]:
            return f"{self.last.year}年"
        return month_zh(self.last) if len(self.months) == 1 else f"{self.last.year}年第{'一二三四'[self.last.month // 3 - 1]}季度"

    def previous(self) -> "Period":
        """Return the period before this one."""
        return period_ending(previous_month(self.months[0]), len(self.months))

    def previous_year_end(self) -> "Period":
        """Return the last period of the year before."""
        return period_ending(date(self.last.year - 1, 12, 1), len(self.months))


def period_ending(last: date, length: int) -> Period:
    """Return the period of `length` months that ends with a month."""
    months = [last]
    while len(months) < length:
        months.append(previous_month(months[-1]))
    return Period(tuple(reversed(months)))


def periods_in_range(first: date, last: date, step: SeriesStep) -> list[Period]:
    """Return the periods that lie entirely within a range of months, in order."""
    length = LENGTHS[step]
    ending = [period_ending(month, length) for month in month_range(first, last) if month.month % length == 0]
    return [period for period in ending if period.months[0] >= first]
