"""Selection of the months that pace and forecast are calculated from: those that a series would subtract from each other."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from shared.campaign.definition import Definition
from shared.domain.counts import ExpectedMetric
from shared.domain.pace import Point, RatioShape
from shared.domain.series.additions import Revision, find_breaks
from shared.domain.series.period_values import PeriodValue
from shared.domain.summary_lines import SummaryLine
from shared.values.bilingual import Bilingual
from shared.values.months import month_text, month_zh
from shared.vocabulary import MetricKind, Reducer, RuleKind, SeriesBreak

_BOUNDED_REDUCERS = frozenset({Reducer.MAX_BY_AREA, Reducer.CAPPED_SUM, Reducer.EACH, Reducer.ANY, Reducer.ALL})
_IGNORED_BREAKS = frozenset({SeriesBreak.FLOW, SeriesBreak.GAP})  # a flow has a pace; an empty denominator is checked by month


class ExcludedMonth(NamedTuple):
    """A month that cannot be compared with the requested one, and the reason."""

    month: date
    reason: SeriesBreak
    text: Bilingual


class ComparableMonths(NamedTuple):
    """The months that a pace and a forecast are calculated from, and the excluded months between them."""

    points: tuple[Point, ...]
    excluded: tuple[ExcludedMonth, ...]


def comparable_months(
    values: Mapping[date, PeriodValue], months: Sequence[date], revisions: Sequence[Revision], first_month: date | None
) -> ComparableMonths:
    """Compare each of some consecutive months with the last, for one line that exists in the last month.

    Months before the line's first count are neither compared nor excluded. For a line that is calculated from no counts,
    `first_month` is the first month.
    """
    requested = values[months[-1]]
    counted = (month for month, value in values.items() if value.line.reported + value.line.zero)
    first = min(counted, default=None) if requested.line.indicator.inputs else first_month
    points: list[Point] = []
    excluded: list[ExcludedMonth] = []
    for month in months:
        if first is not None and month >= first:
            result = _compare(month, values.get(month), requested, revisions)
            if isinstance(result, Point):
                points.append(result)
            else:
                excluded.append(result)
    return ComparableMonths(tuple(points), tuple(excluded))


def _compare(
    month: date, value: PeriodValue | None, requested: PeriodValue, revisions: Sequence[Revision]
) -> Point | ExcludedMonth:
    numerator = None if value is None else value.line.deciding.numerator
    if value is None or numerator is None:
        text = Bilingual(zh=f"{month_zh(month)}没有数值", en=f"no value for {month_text(month)}")
        return ExcludedMonth(month, SeriesBreak.GAP, text)
    for series_break in find_breaks(value, requested, revisions):
        if series_break.withholds and series_break.kind not in _IGNORED_BREAKS:
            return ExcludedMonth(month, series_break.kind, series_break.text)
    denominator = value.line.deciding.denominator
    if not denominator:
        text = Bilingual(zh=f"{month_zh(month)}的分母为0", en=f"the denominator of {month_text(month)} is 0")
        return ExcludedMonth(month, SeriesBreak.GAP, text)
    return Point(month, numerator, denominator)


def pace_ratio(line: SummaryLine, definition: Definition, month: date) -> RatioShape:
    """Return how the numerator and the denominator of a line develop from month to month."""
    indicator = line.indicator
    numerator, denominator = indicator.deciding.numerator, indicator.deciding.denominator
    kinds = {metric.code: metric.kind for metric in definition.metrics_of(month)}
    return RatioShape(
        indicator.scale,
        indicator.decimals,
        moving_base=denominator is not None and kinds[denominator.code] is not MetricKind.REFERENCE,
        bounded=indicator.deciding.reducer in _BOUNDED_REDUCERS or _is_part(numerator, denominator, definition, month),
    )


def _is_part(numerator: ExpectedMetric | None, denominator: ExpectedMetric | None, definition: Definition, month: date) -> bool:
    """Return true if a rule that rejects rows keeps the numerator within the denominator."""
    if numerator is None or denominator is None:
        return False
    return any(
        rule.kind is RuleKind.PART_OF and rule.refuses and (rule.part, rule.whole) == (numerator.code, denominator.code)
        for rule in definition.rules_of(month)
    )
