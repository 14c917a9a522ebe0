"""The months and quarters of a series. Pure."""

from dataclasses import dataclass
from datetime import date

from shared.values.months import month_text, next_month, previous_month
from shared.vocabulary import SeriesStep

LENGTH = {SeriesStep.MONTH: 1, SeriesStep.QUARTER: 3}


@dataclass(frozen=True, slots=True)
class Period:
    """A month, or the three months of a quarter."""

    months: tuple[date, ...]

    @property
    def last(self) -> date:
        """The month whose end it is."""
        return self.months[-1]

    @property
    def text(self) -> str:
        """As `2022-08` or `2022-Q3`."""
        return month_text(self.last) if len(self.months) == 1 else f"{self.last.year:04}-Q{self.last.month // 3}"

    def before(self) -> "Period":
        """The period before."""
        return ending(previous_month(self.months[0]), len(self.months))

    def year_end(self) -> "Period":
        """The period that ended the year before."""
        return ending(date(self.last.year - 1, 12, 1), len(self.months))


def ending(last: date, length: int) -> Period:
    """The period of some months that ends with a month."""
    months = [last]
    while len(months) < length:
        months.append(previous_month(months[-1]))
    return Period(tuple(reversed(months)))


def periods(first: date, last: date, step: SeriesStep) -> list[Period]:
    """The periods that lie wholly within a range of months, in order."""
    found = []
    month = first
    while month <= last:
        if month.month % LENGTH[step] == 0 and (period := ending(month, LENGTH[step])).months[0] >= first:
            found.append(period)
        month = next_month(month)
    return found
