"""The lines of some months' summaries, from the rows of `summary.sql`."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from shared.database.sql import BoundStatement, statement
from shared.domain.counts import AreaNumber, Breakdown, CountPlace, MetricCounts, MonthCounts, OrgCounts
from shared.domain.summary_lines import SummaryLine, summary_line
from shared.domain.summary_plan import MonthPlan, PlannedIndicator, SummaryCells

LATEST_VERSION: Final = 2**62
"""In place of a data version: the latest."""
CountsRow = tuple[date, int, str, date, bool, list[AreaNumber], list[int]]
"""The requested month, metric, organisation, the counts' own month, whether that month of theirs is accepted, areas, counts."""


def summary_statement(
    plans: Sequence[MonthPlan], campaign: str, version: int = LATEST_VERSION, *, past: bool = False
) -> BoundStatement:
    """Return the statement that reads the counts of some months together; a plan ignores those that it has no use for.

    `past`: the version is older than the latest.
    """
    cells = _together(dict.fromkeys([plan.cells for plan in plans]))
    months = [plan.month for plan in plans]
    sql = statement(__package__, "summary", past=past, wide=cells.wide)
    return BoundStatement(sql, {**cells.binds, "months": months, "campaign": campaign, "version": version})


def _together(cells: Collection[SummaryCells]) -> SummaryCells:
    if len(cells) == 1:
        return next(iter(cells))
    return SummaryCells(
        metrics=tuple(dict.fromkeys(metric for each in cells for metric in each.metrics)),
        orgs=tuple(dict.fromkeys(org for each in cells for org in each.orgs)),
        references=tuple(dict.fromkeys(cell for each in cells for cell in each.references)),
    )


def summarise(
    plans: Sequence[MonthPlan],
    rows: Iterable[CountsRow],
    *,
    by_area: bool,
    by_org: bool,
    is_visible: Callable[[PlannedIndicator, Breakdown], bool] = lambda _indicator, _breakdown: True,
    challenged: Collection[CountPlace] = (),
) -> Iterator[SummaryLine]:
    """Yield the visible lines of the requested breakdown, month by month."""
    counts_by = counts_by_month(plans, rows)
    for plan in plans:
        counts = counts_by[plan.month]
        for indicator in plan.indicators:
            for breakdown in indicator.breakdowns(counts, by_area=by_area, by_org=by_org):
                if is_visible(indicator, breakdown):
                    yield summary_line(plan, indicator, counts, breakdown, challenged=challenged)


def counts_by_month(plans: Iterable[MonthPlan], rows: Iterable[CountsRow]) -> Mapping[date, MonthCounts]:
    """Return the counts of each plan's month."""
    months: dict[date, dict[int, MetricCounts]] = {plan.month: defaultdict(MetricCounts) for plan in plans}
    for requested, metric, org, month, accepted, areas, counts in rows:
        months[requested][metric].add(OrgCounts(org, month, accepted, areas, counts))
    return months
