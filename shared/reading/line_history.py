"""Summary lines over the months that pace and forecast are calculated from."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from shared.domain.counts import CASES_METRIC, Breakdown
from shared.domain.series.additions import Revision
from shared.domain.series.comparable_months import ComparableMonths, comparable_months
from shared.domain.series.period_values import PeriodValue
from shared.domain.series.periods import Period
from shared.domain.summary import CountsRow, counts_by_month
from shared.domain.summary_lines import SummaryLine
from shared.domain.summary_plan import MonthPlan
from shared.reading.reading import Reading
from shared.reading.revisions import read_revisions

LineKey = tuple[str, Breakdown]
"""An indicator's code and a breakdown."""


class LineHistory(NamedTuple):
    """Lines of several months, the requested month last, with the corrections between the months."""

    months: tuple[date, ...]
    latest_lines: tuple[SummaryLine, ...]  # the lines of the last month
    values: Mapping[LineKey, Mapping[date, PeriodValue]]
    revisions: Sequence[Revision]
    first_month: date | None  # the first month with any count

    def comparable_months(self, line: SummaryLine) -> ComparableMonths:
        """Return the months that a line of the last month can be compared with."""
        return comparable_months(self.values[line_key(line)], self.months, self.revisions, self.first_month)


def since_first_count(
    plans: tuple[MonthPlan, ...], counts: Sequence[CountsRow]
) -> tuple[tuple[MonthPlan, ...], Sequence[CountsRow]]:
    """Return plans and counts from the first month with any count, or of the last month alone: earlier months have no values."""
    first = _first_month(counts) or plans[-1].month
    return tuple([plan for plan in plans if plan.month >= first]), [row for row in counts if row[0] >= first]


async def read_line_history(
    reading: Reading, lines: Sequence[SummaryLine], plans: Sequence[MonthPlan], counts: Sequence[CountsRow]
) -> LineHistory:
    """Return the history of lines that were computed for each of the plans, with the corrections made since."""
    stored_counts = counts_by_month(plans, counts)
    by_month = {plan.month: plan for plan in plans}
    values: dict[LineKey, dict[date, PeriodValue]] = defaultdict(dict)
    for line in lines:
        month = line.month
        values[line_key(line)][month] = PeriodValue(
            Period((month,)), line, by_month[month], stored_counts[month], sums_months=False
        )
    last = plans[-1].month
    latest_lines = tuple([line for line in lines if line.month == last])
    pairs = [(plan.month, last) for plan in plans[:-1]]
    revisions = await read_revisions(reading, pairs, [values[line_key(line)][last] for line in latest_lines])
    return LineHistory(tuple(by_month), latest_lines, values, revisions, _first_month(counts))


def line_key(line: SummaryLine) -> LineKey:
    """Return the key under which the lines of all months are the same line."""
    return line.indicator.code, line.breakdown


def _first_month(counts: Sequence[CountsRow]) -> date | None:
    """Return the first month with a count of its own; cases and reference counts of earlier months do not matter."""
    return min(
        (requested for requested, metric, _, month, *_ in counts if metric != CASES_METRIC and month == requested), default=None
    )
