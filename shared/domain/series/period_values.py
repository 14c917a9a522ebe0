"""The value of each period of a series: a stock's last month, a flow's sum. Gaps are never filled."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.campaign.blocks import Indicator, Metric
from shared.domain.counts import AreasByOrg, Breakdown, CountPlace, ExpectedMetric, MetricCounts, MonthCounts, OrgCounts
from shared.domain.series.periods import STEPS, Period
from shared.domain.summary_lines import MissingCell, SummaryLine, summary_line
from shared.domain.summary_plan import MonthPlan, PlannedIndicator
from shared.vocabulary import MetricKind, SeriesGap, SeriesStep, Status

_GAPS = {
    Status.INCOMPLETE: SeriesGap.INCOMPLETE,
    Status.NOT_APPLICABLE: SeriesGap.NOT_APPLICABLE,
    Status.NOT_REPORTED: SeriesGap.NOT_REPORTED,
}


class PeriodValue(NamedTuple):
    """The line of one period, with the plan and counts that it was computed from."""

    period: Period
    line: SummaryLine
    plan: MonthPlan  # of the period's last month
    counts: MonthCounts
    sums_months: bool  # a flow was added up over several months

    @property
    def gap(self) -> SeriesGap | None:
        """The reason why there is no value, None if there is one."""
        deciding = self.line.deciding
        return _GAPS[deciding.status] if deciding.value is None else None


class Meaning(NamedTuple):
    """The meaning of an indicator in a month; if it differs between two months, their values cannot be compared."""

    indicator: Mapping[str, object]
    metrics: Mapping[str, object]


@cached_on_definition(2_048)
def meaning_in_month(definition: AppliedDefinition, month: date, code: str) -> Meaning:
    """Return the meaning of an indicator's deciding value in a month."""
    block = indicator_block(definition, month, code)
    numerator, denominator = block.numerator_of(block.deciding), block.denominator_of(block.deciding)
    metrics = {metric for metric in (numerator, denominator) if metric}
    own = block.model_dump(include={"scale", "unit", "caliber", "decides"})
    compared = {"unit", "kind", "grain", "derived", "caliber"}
    return Meaning(
        {**own, "numerator": numerator, "denominator": denominator, "reducer": block.deciding.reducer},
        {metric.code: metric.model_dump(include=compared) for metric in metric_blocks(definition, month, metrics)},
    )


def indicator_block(definition: AppliedDefinition, month: date, code: str) -> Indicator:
    """Return the block of an indicator that is in force in a month."""
    return next(block for block in definition.indicators_of(month) if block.code == code)


def metric_blocks(definition: AppliedDefinition, month: date, codes: Iterable[str]) -> list[Metric]:
    """Return the blocks of some metrics that are in force in a month."""
    metrics = _metrics_by_code(definition, month)
    return [metrics[code] for code in codes if code in metrics]


@cached_on_definition(512)
def _metrics_by_code(definition: AppliedDefinition, month: date) -> Mapping[str, Metric]:
    return {metric.code: metric for metric in definition.metrics_of(month)}


def period_value(
    period: Period,
    plans: Mapping[date, MonthPlan],
    counts: Mapping[date, MonthCounts],
    breakdown: Breakdown,
    challenged: Collection[CountPlace] = (),
) -> PeriodValue | SeriesGap:
    """Compute a period's line from the plans and counts of its months, or return why there is no such line."""
    plan = plans[period.last]
    if not plan.indicators:
        return SeriesGap.NOT_DEFINED
    (indicator,) = plan.indicators
    period_counts: MonthCounts = counts[period.last]
    flows = _flows(plan, indicator) if len(period.months) > 1 else {}
    target_period = SeriesStep.MONTH
    if flows:
        if not _same_throughout([plans[month] for month in period.months], flows.values()):
            return SeriesGap.DEFINITION
        period_counts = {**period_counts, **{number: _sum_of_months(number, period, counts) for number in flows}}
        target_period = STEPS[len(period.months)]
        challenged = [_in_sum(place, flows, period) for place in challenged]
    if (gap := _missing_line(indicator, period_counts, breakdown)) is not None:
        return gap
    line = summary_line(plan, indicator, period_counts, breakdown, target_period, challenged)
    if flows and line.missing:
        line = line._replace(missing=tuple(_by_month(line.missing, flows, period, counts)))
    return PeriodValue(period, line, plan, period_counts, sums_months=bool(flows))


def _in_sum(place: CountPlace, flows: Collection[int], period: Period) -> CountPlace:
    """Return the place that a count of a period's month has in the sum of the period, whose entries are of its last month."""
    return place._replace(month=period.last) if place.metric in flows and place.month in period.months else place


def _by_month(
    missing: Iterable[MissingCell], flows: Mapping[int, ExpectedMetric], period: Period, counts: Mapping[date, MonthCounts]
) -> Iterator[MissingCell]:
    """Yield missing counts; those of a flow once for each month of the period without a count."""
    numbers = {flow.code: flow.metric for flow in flows.values()}
    for cell in missing:
        if cell.metric not in numbers:
            yield cell
            continue
        for month in period.months:
            entries = counts[month][numbers[cell.metric]].entries if numbers[cell.metric] in counts[month] else ()
            if not any(entry.org == cell.org and cell.area in entry.areas for entry in entries):
                yield cell._replace(month=month)


def _missing_line(indicator: PlannedIndicator, counts: MonthCounts, breakdown: Breakdown) -> SeriesGap | None:
    """Return why a month has no line of a breakdown, None if it has one."""
    if breakdown.area is not None and breakdown.area not in indicator.areas:
        return SeriesGap.NOT_DEFINED
    numerator = indicator.deciding.numerator
    if breakdown.org is None or numerator is None:
        return None
    if breakdown.org in numerator.expected_areas(counts, indicator.inputs):
        return None
    return SeriesGap.NOT_REPORTED if breakdown.org in numerator.voluntary else SeriesGap.NOT_DEFINED


def _inputs_by_code(indicator: PlannedIndicator) -> dict[str, ExpectedMetric]:
    inputs = [metric for variant in indicator.variants for metric in (variant.numerator, variant.denominator)]
    return {metric.code: metric for metric in inputs if metric is not None}


def _flows(plan: MonthPlan, indicator: PlannedIndicator) -> dict[int, ExpectedMetric]:
    """Return the flows among the inputs of an indicator, by metric number."""
    inputs = _inputs_by_code(indicator)
    blocks = metric_blocks(plan.definition, plan.month, inputs)
    flows = [inputs[block.code] for block in blocks if block.kind is MetricKind.FLOW]
    return {flow.metric: flow for flow in flows}


def _same_throughout(plans: list[MonthPlan], flows: Iterable[ExpectedMetric]) -> bool:
    """Tell whether the months of a quarter have one meaning and expect their flows from the same organisations and areas."""
    if not all(plan.indicators for plan in plans):
        return False
    codes, last = [flow.code for flow in flows], plans[-1]
    code = last.indicators[0].code

    def meaning(plan: MonthPlan) -> Meaning:
        return meaning_in_month(plan.definition, plan.month, code)

    def expected(plan: MonthPlan) -> list[tuple[AreasByOrg, AreasByOrg] | None]:
        inputs = _inputs_by_code(plan.indicators[0])
        return [(inputs[flow].required, inputs[flow].voluntary) if flow in inputs else None for flow in codes]

    return all(meaning(plan) == meaning(last) and expected(plan) == expected(last) for plan in plans)


def _sum_of_months(metric: int, period: Period, counts: Mapping[date, MonthCounts]) -> MetricCounts:
    """Add up a flow over a quarter, for the areas that were reported in each of its months.

    An organisation that reported only some of them keeps an entry, so that the others count as missing.
    """
    entries_by_org: dict[str, list[OrgCounts]] = defaultdict(list)
    for month in period.months:
        for entry in counts[month][metric].entries if metric in counts[month] else ():
            entries_by_org[entry.org].append(entry)
    sums = MetricCounts()
    for org, entries in entries_by_org.items():
        by_area = [dict(zip(entry.areas, entry.counts, strict=True)) for entry in entries]
        areas = sorted(set.intersection(*map(set, by_area))) if len(entries) == len(period.months) else []
        totals = [sum(month_counts[area] for month_counts in by_area) for area in areas]
        sums.add(OrgCounts(org, period.last, all(entry.accepted for entry in entries), areas, totals))
    return sums
