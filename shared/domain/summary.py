"""The lines of some months' summaries, from the rows of `summary.sql`. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from shared.campaign.blocks import Target
from shared.database.sql import NOTHING, array_of, statement, text_array
from shared.domain.counts import AreaNumber, MetricCounts, MonthCounts, OrgCounts
from shared.domain.summary_lines import Breakdown, PlannedIndicator, SummaryLine, breakdowns, line
from shared.domain.summary_plan import MonthPlan, SummaryCells

REFERENCE_CELLS_MAX: Final = 1_000  # of references that are looked up one by one
LATEST_VERSION: Final = 2**62
"""In place of a data version: the newest there is."""
CountsRow = tuple[date, int, str, date, bool, list[AreaNumber], list[int]]
"""The month asked, metric, organisation, the counts' own month, whether that month of theirs is accepted, areas, values."""


class Judged(NamedTuple):
    """A line, its month and the target it was judged by."""

    month: date
    line: SummaryLine
    target: Target | None


class SummaryStatement(NamedTuple):
    """`summary.sql` as it is asked: the statement and its binds."""

    sql: str
    binds: Mapping[str, object]


def summary_statement(
    plans: Sequence[MonthPlan], campaign: str, version: int = LATEST_VERSION, *, past: bool = False, in_force: bool = True
) -> SummaryStatement:
    """For the cells that some months read together; a plan ignores what it has no use for.

    `past`: the version is older than the head. Of plans that are not in force nothing is remembered.
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
    counted = dict.fromkeys(metric for each in cells for metric in each.counted)
    counting = dict.fromkeys(org for each in cells for org in each.counting)
    referred = dict.fromkeys(cell for each in cells for cell in each.referred)
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
    reports: Iterable[CountsRow],
    *,
    by_area: bool,
    by_org: bool,
    seen: Callable[[PlannedIndicator, Breakdown], bool] = lambda _indicator, _within: True,
) -> Iterator[Judged]:
    """Every line of the breakdown asked for that is seen, month by month."""
    facts = counts_by_month(plans, reports)
    for plan in plans:
        known = facts[plan.month]
        for indicator in plan.indicators:
            for within in breakdowns(indicator, known, by_area=by_area, by_org=by_org):
                if seen(indicator, within):
                    yield judged(plan, indicator, known, within)


def counts_by_month(plans: Iterable[MonthPlan], reports: Iterable[CountsRow]) -> Mapping[date, MonthCounts]:
    """The counts of each plan's month."""
    facts: dict[date, dict[int, MetricCounts]] = {plan.month: defaultdict(MetricCounts) for plan in plans}
    for asked, metric, org, month, accepted, areas, values in reports:
        facts[asked][metric].add(OrgCounts(org, month, accepted, areas, values))
    return facts


def judged(plan: MonthPlan, indicator: PlannedIndicator, facts: MonthCounts, within: Breakdown) -> Judged:
    """One line of a plan's month."""
    target = plan.target(indicator, within)
    return Judged(plan.month, line(indicator, facts, plan.month, within, target.ratio if target else None), target)
