"""Everything that the paces and forecasts of some lines rest on: the lines of each month, and what was corrected in between."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from services.indicators.reading import Reading
from services.indicators.series.additions import Revision
from services.indicators.series.figures import PeriodFigure
from services.indicators.series.periods import Period
from services.indicators.series.revisions import revisions_of
from services.indicators.targets.basis import Basis, basis_of
from shared.domain.counts import CASES_METRIC
from shared.domain.summary import CountsRow, Judged, counts_by_month
from shared.domain.summary_lines import Breakdown
from shared.domain.summary_plan import MonthPlan

Line = tuple[str, Breakdown]


class Grounds(NamedTuple):
    """Lines over the months, the last of which is the one asked for."""

    months: tuple[date, ...]
    standing: tuple[Judged, ...]  # the lines of the last month
    figures: Mapping[Line, Mapping[date, PeriodFigure]]
    revisions: Sequence[Revision]
    begun: date | None  # the first month for which anything was counted

    def basis(self, judged: Judged) -> Basis:
        """The months that a line of the last month can be compared with."""
        return basis_of(self.figures[_what(judged)], self.months, self.revisions, self.begun)


def begun(plans: tuple[MonthPlan, ...], reports: Sequence[CountsRow]) -> tuple[tuple[MonthPlan, ...], Sequence[CountsRow]]:
    """The months from the first one for which anything was counted, or the last one alone: no line rests on those before."""
    first = _first(reports) or plans[-1].month
    return tuple([plan for plan in plans if plan.month >= first]), [row for row in reports if row[0] >= first]


async def grounds_of(read: Reading, lines: Sequence[Judged], plans: Sequence[MonthPlan], reports: Sequence[CountsRow]) -> Grounds:
    """What some lines rest on; the lines are those of every month."""
    facts = counts_by_month(plans, reports)
    by_month = {plan.month: plan for plan in plans}
    figures: dict[Line, dict[date, PeriodFigure]] = defaultdict(dict)
    for judged in lines:
        month = judged.month
        figures[_what(judged)][month] = PeriodFigure(Period((month,)), judged, by_month[month], facts[month])
    last = plans[-1].month
    standing = tuple([judged for judged in lines if judged.month == last])
    pairs = [(plan.month, last) for plan in plans[:-1]]
    revisions = await revisions_of(read, pairs, [figures[_what(judged)][last] for judged in standing])
    return Grounds(tuple(by_month), standing, figures, revisions, _first(reports))


def _first(reports: Sequence[CountsRow]) -> date | None:
    return min((asked for asked, metric, _, month, *_ in reports if metric != CASES_METRIC and month == asked), default=None)


def _what(judged: Judged) -> Line:
    return judged.line.indicator.code, judged.line.breakdown
