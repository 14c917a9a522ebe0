"""The lines of a summary: one indicator and month, and if broken down one area and organisation."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from shared.campaign.blocks import Target
from shared.domain.arithmetic import Threshold, display_of, exact_in_json, value_of
from shared.domain.counts import CASES_METRIC, Breakdown, CountPlace, ExpectedMetric, MetricCounts, MonthCounts
from shared.domain.reducers import CAPPED_REDUCERS, REDUCERS
from shared.domain.summary_plan import MonthPlan, PlannedIndicator, PlannedVariant
from shared.vocabulary import Reducer, SeriesStep, Status


class MissingCell(NamedTuple):
    """An expected count that was not reported."""

    org: str
    metric: str
    area: int
    month: date


class VariantValue(NamedTuple):
    """One variant of a line. The numbers are None if an expected count is missing."""

    variant: str
    decides: bool
    status: Status
    numerator: int | None
    denominator: int | None
    value: float | None
    display: str | None
    gap: int | None
    partial: tuple[int | None, int | None] | None  # numerator and denominator of the reported counts, if incomplete

    def document(self) -> dict[str, Any]:
        """Return the value as responses show it."""
        return {
            "numerator": exact_in_json(self.numerator),
            "denominator": exact_in_json(self.denominator),
            "value": self.value,
            "display": self.display,
            "status": self.status,
            "gap": exact_in_json(self.gap),
        }


class CountsRead(NamedTuple):
    """The counts that a variant of a line reads."""

    numerator: MetricCounts
    denominator: MetricCounts

    @property
    def missing(self) -> int:
        """The number of expected counts that were not reported."""
        return sum(len(areas) for side in self for areas in side.missing.values())


class SummaryLine(NamedTuple):
    """A line with the target that it is compared with, and the state of the counts that its deciding variant reads."""

    month: date
    indicator: PlannedIndicator
    breakdown: Breakdown
    target: Target | None
    values: tuple[VariantValue, ...]
    deciding: VariantValue
    reported: int  # counts above 0
    zero: int
    missing: tuple[MissingCell, ...]
    provisional: bool
    references: tuple[tuple[str, date], ...]  # metric and month of each denominator that is older than the line's month
    challenged: int = 0  # counts of any variant that have an open challenge which the reader may know of

    @property
    def missing_cells(self) -> int:
        """The number of missing counts; one that is missing in several months of a sum is one."""
        return len({cell[:3] for cell in self.missing})


_NO_COUNTS: Final = MetricCounts()


def summary_line(
    plan: MonthPlan,
    indicator: PlannedIndicator,
    counts: MonthCounts,
    breakdown: Breakdown,
    period: SeriesStep = SeriesStep.MONTH,
    challenged: Collection[CountPlace] = (),
) -> SummaryLine:
    """Compute one line of a plan's month; `period`: of a longer period that ends with it, whose counts are sums."""
    target = plan.target(indicator, breakdown, period)
    metric_counts = {metric: counts_read(metric, counts, indicator, breakdown) for metric in indicator.metrics}
    variants = indicator.variants if breakdown.org is None else indicator.variants_by_org
    threshold = indicator.threshold(target)
    values = []
    for variant in variants:
        sides = CountsRead(metric_counts[variant.numerator], metric_counts[variant.denominator])
        values.append(_variant_value(indicator, variant, sides, counts, threshold))
    decides = indicator.deciding
    top, bottom = metric_counts[decides.numerator], metric_counts[decides.denominator]
    zero = top.zeros + bottom.zeros
    older = {entry.month for entry in bottom.entries if entry.month < plan.month}
    return SummaryLine(
        month=plan.month,
        indicator=indicator,
        breakdown=breakdown,
        target=target,
        values=tuple(values),
        deciding=values[variants.index(decides)],
        reported=top.size + bottom.size - zero,
        zero=zero,
        missing=(*missing_cells(decides.numerator, top, plan.month), *missing_cells(decides.denominator, bottom, plan.month)),
        provisional=bool(top.missing or bottom.missing) or not (top.accepted and bottom.accepted),
        references=tuple([(decides.denominator.code, month) for month in sorted(older)]) if decides.denominator else (),
        challenged=sum(_reads(metric_counts, place) for place in challenged),
    )


def _reads(counts_by_metric: Mapping[ExpectedMetric | None, MetricCounts], place: CountPlace) -> bool:
    return any(metric and metric.metric == place.metric and counts.includes(place) for metric, counts in counts_by_metric.items())


def counts_read(
    metric: ExpectedMetric | None, counts: MonthCounts, indicator: PlannedIndicator, breakdown: Breakdown
) -> MetricCounts:
    """Return the counts of one metric that a line of an indicator reads."""
    if metric is None:
        return _NO_COUNTS
    return counts.get(metric.metric, _NO_COUNTS).restricted_to(metric.expected_areas(counts, indicator.inputs, breakdown))


def missing_cells(metric: ExpectedMetric | None, counts: MetricCounts, month: date) -> list[MissingCell]:
    """Return a month's expected cells without a count; there may be as many as areas."""
    if metric is None:
        return []
    return [MissingCell(org, metric.code, area, month) for org, areas in counts.missing.items() for area in areas]


def deciding_counts(indicator: PlannedIndicator, counts: MonthCounts, breakdown: Breakdown) -> CountsRead:
    """Return the counts that the deciding variant of a line reads."""
    numerator, denominator = indicator.deciding.numerator, indicator.deciding.denominator
    return CountsRead(
        counts_read(numerator, counts, indicator, breakdown), counts_read(denominator, counts, indicator, breakdown)
    )


def deciding_value(
    indicator: PlannedIndicator, read: CountsRead, counts: MonthCounts, threshold: Threshold | None
) -> VariantValue:
    """Compute the deciding variant of a line alone; of an incomplete one not even the partial numbers."""
    variant = indicator.deciding
    if read.numerator.missing or read.denominator.missing:
        return VariantValue(variant.code, variant.decides, Status.INCOMPLETE, None, None, None, None, None, None)
    return _variant_value(indicator, variant, read, counts, threshold)


def _variant_value(
    indicator: PlannedIndicator,
    variant: PlannedVariant,
    read: CountsRead,
    counts: MonthCounts,
    threshold: Threshold | None,
) -> VariantValue:
    code, decides, scale = variant.code, variant.decides, indicator.scale
    top, bottom = read
    incomplete = bool(top.missing or bottom.missing)
    if not incomplete and variant.numerator and not (top.size and (bottom.size or variant.denominator is None)):
        return VariantValue(code, decides, Status.NOT_REPORTED, None, None, None, None, None, None)
    if variant.numerator is None:
        numerator, denominator = counts[CASES_METRIC].total, 1
    else:
        numerator, denominator = REDUCERS[variant.reducer](top, bottom)
        if variant.denominator is None:  # a plain number
            denominator = 1
    if incomplete:
        partial = partial_counts(variant, read, (numerator, denominator))
        return VariantValue(code, decides, Status.INCOMPLETE, None, None, None, None, None, partial)
    if denominator == 0:
        return VariantValue(code, decides, Status.NOT_APPLICABLE, numerator, denominator, None, None, None, None)
    status, gap = Status.NO_TARGET, None
    if threshold is not None:
        status = Status.MET if threshold.is_reached(numerator, denominator, scale) else Status.NOT_MET
        gap = threshold.gap(numerator, denominator, scale)
    value = value_of(numerator, denominator, scale)
    display = display_of(numerator, denominator, scale, indicator.decimals)
    return VariantValue(code, decides, status, numerator, denominator, value, display, gap, None)


def partial_counts(variant: PlannedVariant, read: CountsRead, reduced: tuple[int, int]) -> tuple[int | None, int | None]:
    """Return numerator and denominator of the reported counts; None for a side of which nothing was reported.

    A capped numerator also needs a denominator, and the denominator of `each` a numerator.
    """
    numerator, denominator = reduced
    top, bottom = read.numerator.size > 0, read.denominator.size > 0 or variant.denominator is None
    return (
        numerator if top and (bottom or variant.reducer not in CAPPED_REDUCERS) else None,
        denominator if bottom and (top or variant.reducer is not Reducer.EACH) else None,
    )
