"""The lines of some months' summaries, from the rows of `summary.sql`."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from shared.database.sql import NOTHING, array_of, statement, text_array
from shared.domain.counts import AreaNumber, Breakdown, MetricCounts, MonthCounts, OrgCounts
from shared.domain.summary_lines import SummaryLine, summary_line
from shared.domain.summary_plan import MonthPlan, PlannedIndicator, SummaryCells

REFERENCE_CELLS_MAX: Final = 1_000  # that are looked up one by one
LATEST_VERSION: Final = 2**62
"""In place of a data version: the latest."""
CountsRow = tuple[date, int, str, date, bool, list[AreaNumber], list[int]]
"""The requested month, metric, organisation, the counts' own month, whether that month of theirs is accepted, areas, counts."""


class SummaryStatement(NamedTuple):
    """`summary.sql` with its binds."""

    sql: str
    binds: Mapping[str, object]


def summary_statement(
    plans: Sequence[MonthPlan], campaign: str, version: int = LATEST_VERSION, *, past: bool = False, in_force: bool = True
) -> SummaryStatement:
    """Return the statement that reads the counts of some months together; a plan ignores those that it has no use for.

    `past`: the version is older than the latest. Of plans that are not in force nothing is cached.
    """
    cells = tuple(dict.fromkeys([plan.cells for plan in plans]))
    binds = _remembered(cells) if in_force else _of(cells)
    months = array_of(plan.month for plan in plans)
    sql = _statement(past=past, wide=binds["wide_orgs"] != NOTHING)
    return SummaryStatement(sql, {**binds, "months": months, "campaign": campaign, "version": version})


@lru_cache(maxsize=4)
def _statement(*, past: bool, wide: bool) -> str:
    """With constants, so that each is planned without what it does not read."""
    sql = statement(__package__, "summary")
    return sql.replace("%(past)s", str(past).lower()).replace("%(wide)s", str(wide).lower())


@lru_cache(maxsize=128)
def _remembered(cells: tuple[SummaryCells, ...]) -> Mapping[str, str]:
    return _of(cells)


def _of(cells: tuple[SummaryCells, ...]) -> Mapping[str, str]:
    counted = dict.fromkeys(metric for each in cells for metric in each.metrics)
    counting = dict.fromkeys(org for each in cells for org in each.orgs)
    referred = dict.fromkeys(cell for each in cells for cell in each.references)
    wide = len(referred) > REFERENCE_CELLS_MAX
    one_by_one = () if wide else tuple(referred)
    return {
        "counted": array_of(counted),
        "counting": text_array(counting),
        "ref_metrics": array_of(metric for metric, _, _ in one_by_one),
        "ref_orgs": text_array(org for _, org, _ in one_by_one),
        "ref_areas": array_of(area for _, _, area in one_by_one),
        "wide_metrics": array_of({metric: None for metric, _, _ in referred} if wide else ()),
        "wide_orgs": text_array({org: None for _, org, _ in referred} if wide else ()),
    }


def summarise(
    plans: Sequence[MonthPlan],
    rows: Iterable[CountsRow],
    *,
    by_area: bool,
    by_org: bool,
    is_visible: Callable[[PlannedIndicator, Breakdown], bool] = lambda _indicator, _breakdown: True,
) -> Iterator[SummaryLine]:
    """Yield the visible lines of the requested breakdown, month by month."""
    counts_by = counts_by_month(plans, rows)
    for plan in plans:
        counts = counts_by[plan.month]
        for indicator in plan.indicators:
            for breakdown in indicator.breakdowns(counts, by_area=by_area, by_org=by_org):
                if is_visible(indicator, breakdown):
                    yield summary_line(plan, indicator, counts, breakdown)


def counts_by_month(plans: Iterable[MonthPlan], rows: Iterable[CountsRow]) -> Mapping[date, MonthCounts]:
    """Return the counts of each plan's month."""
    months: dict[date, dict[int, MetricCounts]] = {plan.month: defaultdict(MetricCounts) for plan in plans}
    for requested, metric, org, month, accepted, areas, counts in rows:
        months[requested][metric].add(OrgCounts(org, month, accepted, areas, counts))
    return months
