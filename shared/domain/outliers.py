"""Outliers: counts unlike their own history, and ratios unlike those of the other areas.

Of a stock the month's net addition is compared with the earlier ones, since a growing stock is always the largest of its
history; of a flow the count itself. A net addition is known if the counts of both its months are. Months in which the metric was
defined differently are left out.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.campaign.blocks import Metric, Rule
from shared.domain.counts_by_area import CountsByArea, CountsByMetric
from shared.domain.median_deviation import Deviation, deviation
from shared.domain.quality import ComparedCount
from shared.values.months import previous_month
from shared.vocabulary import Compared, Grain, MetricKind, RuleKind


class SampleValue(NamedTuple):
    """A value of the sample that a value was compared with."""

    month: date
    area: int
    value: Fraction


@dataclass(frozen=True, slots=True)
class Outlier:
    """A count or ratio that deviates from its comparison sample."""

    rule: Rule
    metric: int
    area: int
    compared: Compared
    deviation: Deviation
    sample: list[SampleValue]
    values: list[tuple[str, ComparedCount]]  # with the organisation of each count


@dataclass(frozen=True, slots=True)
class HistoryCheck:
    """A count to be compared with its own history."""

    rule: Rule
    metric: int
    flow: bool
    months: tuple[date, ...]  # with the same definition of the metric: the earlier ones, oldest first, then the month itself


@cached_on_definition(512)
def history_checks(definition: AppliedDefinition, org: str, month: date) -> tuple[HistoryCheck, ...]:
    """Return the counts of an organisation's month that rules compare with their history."""
    rules = [rule for rule in definition.rules_of(month) if rule.kind is RuleKind.UNLIKE_HISTORY]
    return tuple(
        HistoryCheck(
            rule,
            definition.metric_numbers[metric.code],
            metric.kind is MetricKind.FLOW,
            _history(definition, metric, month, rule),
        )
        for rule in rules
        for metric in definition.metrics_of(month)
        if org in metric.reporters
        and not metric.derived
        and metric.kind is not MetricKind.REFERENCE
        and (not rule.named or metric.code in rule.named)
    )


def _history(definition: AppliedDefinition, metric: Metric, month: date, rule: Rule) -> tuple[date, ...]:
    """Return the months of the rule's window, back to the last change of the metric's definition."""
    months = [month]
    while len(months) <= (rule.months or 0):
        before = previous_month(months[0])
        if not any(_same_definition(metric, block) for block in definition.metrics_of(before)):
            break
        months.insert(0, before)
    return tuple(months)


def _same_definition(metric: Metric, before: Metric) -> bool:
    return (before.code, before.kind, before.grain, before.unit, before.caliber) == (
        metric.code,
        metric.kind,
        metric.grain,
        metric.unit,
        metric.caliber,
    )


def outliers_in_history(org: str, checks: Sequence[HistoryCheck], columns: Mapping[date, CountsByMetric]) -> Iterator[Outlier]:
    """Yield the counts of an organisation's month that deviate from their history."""
    for check in checks:
        *earlier, now = [columns[month].get(check.metric) for month in check.months]
        if now is None:
            continue
        for area, value in now.items():
            history = [column.get(area) if column else None for column in earlier]
            if outlier := _outlier_in_history(org, check, area, value, history):
                yield outlier


def _outlier_in_history(org: str, check: HistoryCheck, area: int, value: int, earlier: list[int | None]) -> Outlier | None:
    *before, month = check.months
    if check.flow:
        others = {at: count for at, count in zip(before, earlier, strict=True) if count is not None}
        compared_value, compared, level = value, Compared.VALUE, min(others.values(), default=0)
    else:
        if not earlier or earlier[-1] is None:
            return None
        pairs = zip(before[1:], pairwise(earlier), strict=True)
        others = {at: new - old for at, (old, new) in pairs if old is not None and new is not None}
        compared_value, compared, level = value - earlier[-1], Compared.NET_ADDITION, earlier[-1]
    if len(others) < check.rule.at_least or _all_close(compared_value, others.values(), level * (check.rule.percent or 0)):
        return None
    sample = [SampleValue(at, area, Fraction(other)) for at, other in others.items()]
    distance = deviation(Fraction(compared_value), [each.value for each in sample], Fraction(1))
    if not _is_outlier(check.rule, distance, distance.median if check.flow else Fraction(level)):
        return None
    counts = [*zip(before, earlier, strict=True), (month, value)]
    values = [(org, ComparedCount(at, check.metric, area, count)) for at, count in counts if count is not None]
    return Outlier(check.rule, check.metric, area, compared, distance, sample, values)


def _all_close(value: int, others: Collection[int], hundredfold: int) -> bool:
    """Return whether all of the others, and so their median, are within the rule's limit: most counts end here."""
    return max(abs(value - min(others)), abs(value - max(others))) * 100 <= hundredfold


def _is_outlier(rule: Rule, distance: Deviation, level: Fraction) -> bool:
    """Return whether a deviation exceeds the rule's deviations, and the rule's percentage of the level."""
    far = distance.score > Fraction(rule.deviations or 0)
    return far and abs(distance.value - distance.median) * 100 > level * (rule.percent or 0)


class RatioSide(NamedTuple):
    """Numerator or denominator of a ratio by area: the sum of some organisations' counts."""

    metric: int
    month: date
    columns: Mapping[str, CountsByArea]  # by organisation


def outliers_among_areas(rule: Rule, part: RatioSide, whole: RatioSide, areas: Sequence[int]) -> Iterator[Outlier]:
    """Yield the areas whose ratio deviates from those of all areas; an area that lacks a count, or whose whole is 0, has none."""
    ratios = {area: (top, bottom) for area in areas if (bottom := _sum(whole, area)) and (top := _sum(part, area)) is not None}
    sample = [SampleValue(part.month, area, Fraction(top, bottom)) for area, (top, bottom) in ratios.items()]
    if len(sample) < rule.at_least:
        return
    values = [each.value for each in sample]
    for ratio in sample:
        distance = deviation(ratio.value, values, Fraction(1, ratios[ratio.area][1]))
        if _is_outlier(rule, distance, distance.median):
            counts = [
                (org, ComparedCount(side.month, side.metric, ratio.area, column[ratio.area]))
                for side in (part, whole)
                for org, column in side.columns.items()
            ]
            yield Outlier(rule, part.metric, ratio.area, Compared.RATIO, distance, sample, counts)


def _sum(side: RatioSide, area: int) -> int | None:
    counts = [column[area] for column in side.columns.values() if area in column]
    return sum(counts) if counts and len(counts) == len(side.columns) else None


def rules_over_areas(definition: AppliedDefinition, month: date, *, across: bool) -> list[Rule]:
    """Return the rules that compare the ratios of areas, of each organisation or of all together."""
    counted = {metric.code for metric in definition.metrics_of(month) if metric.grain is Grain.STREET}
    return [
        rule
        for rule in definition.rules_of(month)
        if rule.kind is RuleKind.UNLIKE_AREAS and rule.across is across and {rule.part, rule.whole} <= counted
    ]
