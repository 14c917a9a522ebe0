"""The figure of each period of a series: of a stock the last month's, of a flow the sum. Gaps stay gaps. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from services.indicators.series.periods import Period
from shared.campaign.blocks import Indicator, Metric
from shared.domain.counts import AreasByOrg, Breakdown, ExpectedMetric, MetricCounts, MonthCounts, OrgCounts
from shared.domain.summary_lines import SummaryLine, summary_line
from shared.domain.summary_plan import MonthPlan, PlannedIndicator
from shared.vocabulary import MetricKind, SeriesGap, Status

_GAPS = {Status.INCOMPLETE: SeriesGap.INCOMPLETE, Status.NOT_APPLICABLE: SeriesGap.NOT_APPLICABLE}


class PeriodFigure(NamedTuple):
    """What one period of a series came to, and what it was computed from."""

    period: Period
    line: SummaryLine
    plan: MonthPlan  # of the period's last month
    facts: MonthCounts

    @property
    def gap(self) -> SeriesGap | None:
        """Why there is no value, where there is none."""
        deciding = self.line.deciding
        return _GAPS[deciding.status] if deciding.value is None else None


class Meaning(NamedTuple):
    """What a month's figure means: two months that differ in this are two different indicators under one code."""

    indicator: Mapping[str, object]
    metrics: Mapping[str, object]


@lru_cache(maxsize=2_048)
def meaning_of(plan: MonthPlan, code: str) -> Meaning:
    """What an indicator's deciding figure means in a plan's month."""
    block = block_of(plan, code)
    numerator, denominator = block.numerator_of(block.deciding), block.denominator_of(block.deciding)
    read = {side for side in (numerator, denominator) if side}
    own = block.model_dump(include={"scale", "unit", "caliber", "decides"})
    kept = {"unit", "kind", "grain", "derived", "caliber"}
    return Meaning(
        {**own, "numerator": numerator, "denominator": denominator, "reducer": block.deciding.reducer},
        {metric.code: metric.model_dump(include=kept) for metric in metrics_of(plan, read)},
    )


def block_of(plan: MonthPlan, code: str) -> Indicator:
    """An indicator's block as it is in force in a plan's month."""
    return next(block for block in plan.definition.indicators_of(plan.month) if block.code == code)


def metrics_of(plan: MonthPlan, codes: Iterable[str]) -> list[Metric]:
    """The blocks of some metrics as they are in force in a plan's month."""
    return [_metrics(plan)[code] for code in codes if code in _metrics(plan)]


@lru_cache(maxsize=512)
def _metrics(plan: MonthPlan) -> Mapping[str, Metric]:
    return {metric.code: metric for metric in plan.definition.metrics_of(plan.month)}


def figure_of(
    period: Period, plans: Mapping[date, MonthPlan], facts: Mapping[date, MonthCounts], within: Breakdown
) -> PeriodFigure | SeriesGap:
    """A period's figure, from the plans and counts of its months; why there is none where it has no line at all."""
    plan = plans[period.last]
    if not plan.indicators:
        return SeriesGap.NOT_DEFINED
    (indicator,) = plan.indicators
    known: MonthCounts = facts[period.last]
    flows = _flows(plan, indicator) if len(period.months) > 1 else {}
    if flows:
        if not _same_throughout([plans[month] for month in period.months], flows.values()):
            return SeriesGap.DEFINITION
        known = {**known, **{number: _summed(number, period, facts) for number in flows}}
    if (absent := _absent(indicator, known, within)) is not None:
        return absent
    return PeriodFigure(period, summary_line(plan, indicator, known, within), plan, known)


def _absent(indicator: PlannedIndicator, known: MonthCounts, within: Breakdown) -> SeriesGap | None:
    """Why a month has no line for a breakdown."""
    if within.area is not None and within.area not in indicator.areas:
        return SeriesGap.NOT_DEFINED
    counted = indicator.deciding.numerator
    if within.org is None or counted is None:
        return None
    if within.org in counted.expected_areas(known, indicator.inputs):
        return None
    return SeriesGap.NOT_REPORTED if within.org in counted.voluntary else SeriesGap.NOT_DEFINED


def _owed(indicator: PlannedIndicator) -> dict[str, ExpectedMetric]:
    """Every metric that an indicator reads, by code."""
    read = [side for variant in indicator.variants for side in (variant.numerator, variant.denominator)]
    return {owed.code: owed for owed in read if owed is not None}


def _flows(plan: MonthPlan, indicator: PlannedIndicator) -> dict[int, ExpectedMetric]:
    """The flows that an indicator reads, by metric number."""
    owed = _owed(indicator)
    return {owed[each.code].metric: owed[each.code] for each in metrics_of(plan, owed) if each.kind is MetricKind.FLOW}


def _same_throughout(plans: list[MonthPlan], flows: Iterable[ExpectedMetric]) -> bool:
    """Whether the months of a quarter mean the same and want their flows from the same organisations and areas."""
    if not all(plan.indicators for plan in plans):
        return False
    codes, last = [owed.code for owed in flows], plans[-1]
    code = last.indicators[0].code

    def wanted(plan: MonthPlan) -> list[tuple[AreasByOrg, AreasByOrg] | None]:
        owed = _owed(plan.indicators[0])
        return [(owed[each].required, owed[each].voluntary) if each in owed else None for each in codes]

    return all(meaning_of(plan, code) == meaning_of(last, code) and wanted(plan) == wanted(last) for plan in plans)


def _summed(metric: int, period: Period, facts: Mapping[date, MonthCounts]) -> MetricCounts:
    """A flow over a quarter: cells that were reported in each of its months.

    Whoever reported any of it stands among the places, so that what it left out is missing.
    """
    found: dict[str, list[OrgCounts]] = defaultdict(list)
    for month in period.months:
        for report in facts[month][metric].entries if metric in facts[month] else ():
            found[report.org].append(report)
    whole = MetricCounts()
    for org, reports in found.items():
        counts = [dict(zip(report.areas, report.counts, strict=True)) for report in reports]
        areas = sorted(set.intersection(*map(set, counts))) if len(reports) == len(period.months) else []
        values = [sum(each[area] for each in counts) for area in areas]
        accepted = all(report.accepted for report in reports)
        whole.add(OrgCounts(org, period.last, accepted, areas, values))
    return whole
