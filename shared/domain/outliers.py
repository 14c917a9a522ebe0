"""Counts that stand out: from their own history, or from the other areas'. Pure.

Of a stock the month's net addition is held against the earlier ones, for a stock that grows is always its history's
largest; of a flow the count. A net addition is known where both its months are. Months in which the metric was defined otherwise
are no history.
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
from shared.domain.quality import Evidence
from shared.values.months import previous_month
from shared.vocabulary import Compared, Grain, MetricKind, RuleKind


class SampleValue(NamedTuple):
    """One of the values that a value was held against."""

    month: date
    area: int
    value: Fraction


@dataclass(frozen=True, slots=True)
class Outlier:
    """A count or ratio that stands out, with what it was held against."""

    rule: Rule
    metric: int
    area: int
    compared: Compared
    deviation: Deviation
    sample: list[SampleValue]
    values: list[tuple[str, Evidence]]  # whose each count is


@dataclass(frozen=True, slots=True)
class HistoryCheck:
    """A count that is held against its own history."""

    rule: Rule
    metric: int
    flow: bool
    months: tuple[date, ...]  # in which it was defined as it is now: the earlier ones, oldest first, then the month itself


@cached_on_definition(512)
def history_checks(definition: AppliedDefinition, org: str, month: date) -> tuple[HistoryCheck, ...]:
    """The counts of an organisation that rules hold against their history; a definition version never changes."""
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
    """The months of the rule's window, back to where the metric meant something else."""
    months = [month]
    while len(months) <= (rule.months or 0):
        before = previous_month(months[0])
        if not any(_same(metric, block) for block in definition.metrics_of(before)):
            break
        months.insert(0, before)
    return tuple(months)


def _same(metric: Metric, before: Metric) -> bool:
    return (before.code, before.kind, before.grain, before.unit, before.caliber) == (
        metric.code,
        metric.kind,
        metric.grain,
        metric.unit,
        metric.caliber,
    )


def outliers_in_history(org: str, counts: Sequence[HistoryCheck], columns: Mapping[date, CountsByMetric]) -> Iterator[Outlier]:
    """The counts of an organisation's month that stand out from their history."""
    for each in counts:
        *earlier, now = [columns[month].get(each.metric) for month in each.months]
        if now is None:
            continue
        for area, value in now.items():
            history = [column.get(area) if column else None for column in earlier]
            if outlier := _outlier_in_history(org, each, area, value, history):
                yield outlier


def _outlier_in_history(org: str, each: HistoryCheck, area: int, value: int, earlier: list[int | None]) -> Outlier | None:
    *before, month = each.months
    if each.flow:
        others = {at: one for at, one in zip(before, earlier, strict=True) if one is not None}
        moved, compared, level = value, Compared.VALUE, min(others.values(), default=0)
    else:
        if not earlier or earlier[-1] is None:
            return None
        pairs = zip(before[1:], pairwise(earlier), strict=True)
        others = {at: new - old for at, (old, new) in pairs if old is not None and new is not None}
        moved, compared, level = value - earlier[-1], Compared.NET_ADDITION, earlier[-1]
    if len(others) < each.rule.at_least or _all_near(moved, others.values(), level * (each.rule.percent or 0)):
        return None
    sample = [SampleValue(at, area, Fraction(one)) for at, one in others.items()]
    found = deviation(Fraction(moved), [one.value for one in sample], Fraction(1))
    if not _stands_out(each.rule, found, found.median if each.flow else Fraction(level)):
        return None
    counts = [*zip(before, earlier, strict=True), (month, value)]
    values = [(org, Evidence(at, each.metric, area, one)) for at, one in counts if one is not None]
    return Outlier(each.rule, each.metric, area, compared, found, sample, values)


def _all_near(moved: int, others: Collection[int], hundredfold: int) -> bool:
    """Whether none of the others, and so not their median either, is further off than a rule would tell: most counts end here."""
    return max(abs(moved - min(others)), abs(moved - max(others))) * 100 <= hundredfold


def _stands_out(rule: Rule, found: Deviation, level: Fraction) -> bool:
    """Whether it lies further off than the rule's deviations, and by more than the rule's per cent of the level."""
    far = found.score > Fraction(rule.deviations or 0)
    return far and abs(found.value - found.median) * 100 > level * (rule.percent or 0)


class RatioSide(NamedTuple):
    """One side of a ratio by area: whose counts are added up."""

    metric: int
    month: date
    columns: Mapping[str, CountsByArea]  # by organisation


def outliers_among_areas(rule: Rule, part: RatioSide, whole: RatioSide, areas: Sequence[int]) -> Iterator[Outlier]:
    """The areas whose ratio stands out from all areas' ratios; an area that lacks a count, or whose whole is 0, has none."""
    ratios = {area: (top, bottom) for area in areas if (bottom := _sum(whole, area)) and (top := _sum(part, area)) is not None}
    sample = [SampleValue(part.month, area, Fraction(top, bottom)) for area, (top, bottom) in ratios.items()]
    if len(sample) < rule.at_least:
        return
    values = [one.value for one in sample]
    for one in sample:
        found = deviation(one.value, values, Fraction(1, ratios[one.area][1]))
        if _stands_out(rule, found, found.median):
            judged = [
                (org, Evidence(side.month, side.metric, one.area, column[one.area]))
                for side in (part, whole)
                for org, column in side.columns.items()
            ]
            yield Outlier(rule, part.metric, one.area, Compared.RATIO, found, sample, judged)


def _sum(side: RatioSide, area: int) -> int | None:
    counts = [column[area] for column in side.columns.values() if area in column]
    return sum(counts) if counts and len(counts) == len(side.columns) else None


def rules_over_areas(definition: AppliedDefinition, month: date, *, across: bool) -> list[Rule]:
    """The rules that hold a ratio against the other areas', of each organisation or of all together."""
    counted = {metric.code for metric in definition.metrics_of(month) if metric.grain is Grain.STREET}
    return [
        rule
        for rule in definition.rules_of(month)
        if rule.kind is RuleKind.UNLIKE_AREAS and rule.across is across and {rule.part, rule.whole} <= counted
    ]
