"""Quality rules over one organisation's month, whether stored or as a push would leave it.

A rule is checked only where every count that it compares is present.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from shared.domain.counts_by_area import CountsByArea, CountsByMetric, common_counts
from shared.domain.quality_plan import QualityPlan, QualityRule
from shared.values.months import previous_month
from shared.vocabulary import RuleKind


@dataclass(frozen=True, slots=True)
class RuleInput:
    """The counts that the rules read."""

    now: CountsByMetric
    before: CountsByMetric  # last month's
    references: CountsByMetric  # the latest not after the month


class RuleBreach(NamedTuple):
    """A broken rule with the areas of a metric; metric or area is None if the rule compares more than one."""

    rule: QualityRule
    metric: int | None
    areas: list[int | None]


class ComparedCount(NamedTuple):
    """A count that a rule compared; metric and area are None for a number of counts."""

    month: date
    metric: int | None
    area: int | None
    value: int


def find_breaches(plan: QualityPlan, state: RuleInput) -> Iterator[RuleBreach]:
    """Yield the breaches of each rule, in the order of the definition."""
    for planned in plan.rules:
        match planned.rule.kind:
            case RuleKind.PART_OF | RuleKind.SUM_EQUALS:
                yield from _rule_between_counts(plan, planned, state.now)
            case RuleKind.CHANGE_LIMIT:
                yield from _over_time(planned, state, _large_changes)
            case RuleKind.STOCK_FALL:
                yield from _over_time(planned, state, _falls)
            case RuleKind.COPIED_REPORT:
                yield from _copied(planned, state)
            case RuleKind.NEAR_THRESHOLD:
                yield from _near_target(plan, planned, state.now)
            case RuleKind.ABOVE_REFERENCE:
                yield from _above_reference(planned, state)
            case RuleKind.DECLARED_DIFFERS:
                yield from _differs_from_register(planned, state.now)


def _rule_between_counts(plan: QualityPlan, planned: QualityRule, now: CountsByMetric) -> Iterator[RuleBreach]:
    *parts, whole = planned.metrics
    if any(metric not in now for metric in planned.metrics):
        return
    if planned.streets:
        yield from _total_of_streets(plan, planned, now)
    elif planned.rule.kind is RuleKind.PART_OF:
        if above := now[parts[0]].areas_above(now[whole]):
            yield RuleBreach(planned, parts[0], list(above))
    else:
        columns = [now[whole], *(now[part] for part in parts)]
        areas: list[int | None] = [area for area, (total, *counts) in common_counts(columns) if sum(counts) != total]
        if areas:
            yield RuleBreach(planned, whole, areas)


def _total_of_streets(plan: QualityPlan, planned: QualityRule, now: CountsByMetric) -> Iterator[RuleBreach]:
    """Compare one count of the whole area with the sum over its streets."""
    *parts, whole = planned.metrics
    total = now[whole].get(plan.root)
    counts = [now[part].get(street) for part in parts for street in planned.streets]
    present = [count for count in counts if count is not None]
    if total is not None and len(present) == len(counts) and sum(present) != total:
        yield RuleBreach(planned, whole, [plan.root])


def _over_time(
    planned: QualityRule, state: RuleInput, broken: Callable[[CountsByArea, CountsByArea, int], list[int]]
) -> Iterator[RuleBreach]:
    for metric in planned.metrics:
        now, previous = state.now.get(metric), state.before.get(metric)
        if now is None or previous is None or now == previous:
            continue
        if areas := broken(now, previous, planned.rule.percent or 0):
            yield RuleBreach(planned, metric, list(areas))


def _large_changes(now: CountsByArea, previous: CountsByArea, percent: int) -> list[int]:
    """Return the areas whose change exceeds a percentage of the previous count; from zero, any change does."""
    return [area for area, (new, old) in common_counts((now, previous)) if new != old and abs(new - old) * 100 > percent * old]


def _falls(now: CountsByArea, previous: CountsByArea, _percent: int) -> list[int]:
    return previous.areas_above(now)


def _copied(planned: QualityRule, state: RuleInput) -> Iterator[RuleBreach]:
    """Find a month whose counts all equal those of the previous month."""
    counts = 0
    for metric in planned.metrics:
        now, previous = state.now.get(metric), state.before.get(metric)
        if now != previous and (now or previous):
            return
        counts += len(now) if now else 0
    if counts >= planned.rule.at_least:
        yield RuleBreach(planned, None, [None])


def _near_target(plan: QualityPlan, planned: QualityRule, now: CountsByMetric) -> Iterator[RuleBreach]:
    near_target = planned.near_target
    if near_target is None or near_target.numerator not in now or near_target.denominator not in now:
        return
    tops, bottoms = now[near_target.numerator], now[near_target.denominator]
    if any(area not in tops or area not in bottoms for area in near_target.areas):
        return
    top, bottom = sum(tops[area] for area in near_target.areas), sum(bottoms[area] for area in near_target.areas)
    if bottom and is_near(top, bottom, near_target.scale, near_target.target, near_target.margin):
        yield RuleBreach(planned, near_target.numerator, [plan.root])


def is_near(numerator: int, denominator: int, scale: int, target: Fraction, margin: Fraction) -> bool:
    """Return whether numerator × scale ÷ denominator is within the margin of the target, its ends included."""
    distance = abs(numerator * scale * target.denominator - target.numerator * denominator)
    return distance * margin.denominator <= margin.numerator * denominator * target.denominator


def _above_reference(planned: QualityRule, state: RuleInput) -> Iterator[RuleBreach]:
    part, whole = planned.metrics
    counts, limits = state.now.get(part), state.references.get(whole)
    if counts is not None and limits is not None and (areas := counts.areas_above(limits)):
        yield RuleBreach(planned, part, list(areas))


def _differs_from_register(planned: QualityRule, now: CountsByMetric) -> Iterator[RuleBreach]:
    declared, derived = planned.metrics
    if declared in now and derived in now:
        pairs = common_counts((now[declared], now[derived]))
        areas: list[int | None] = [area for area, (reported, registered) in pairs if reported != registered]
        if areas:
            yield RuleBreach(planned, declared, areas)


def evidence_of(plan: QualityPlan, breach: RuleBreach, area: int | None, state: RuleInput) -> list[ComparedCount]:
    """Return the counts that the rule compared in an area."""
    rule, month = breach.rule, plan.month
    match rule.rule.kind:
        case RuleKind.CHANGE_LIMIT | RuleKind.STOCK_FALL:
            metric, place = breach.metric or 0, area or 0
            return [
                ComparedCount(previous_month(month), metric, area, state.before[metric][place]),
                ComparedCount(month, metric, area, state.now[metric][place]),
            ]
        case RuleKind.COPIED_REPORT:
            return [
                ComparedCount(month, None, None, sum(len(state.now[metric]) for metric in rule.metrics if metric in state.now))
            ]
        case RuleKind.NEAR_THRESHOLD if rule.near_target:
            return [
                ComparedCount(month, m, area, sum(state.now[m][place] for place in rule.near_target.areas)) for m in rule.metrics
            ]
        case RuleKind.ABOVE_REFERENCE:
            part, whole = rule.metrics
            return [
                ComparedCount(month, part, area, state.now[part][area or 0]),
                ComparedCount(month, whole, area, state.references[whole][area or 0]),
            ]
        case _:
            *parts, whole = rule.metrics
            places = rule.streets or (area or 0,)
            return [
                *(ComparedCount(month, part, place, state.now[part][place]) for part in parts for place in places),
                ComparedCount(month, whole, area, state.now[whole][area or 0]),
            ]


def breach_fingerprint(plan: QualityPlan, breach: RuleBreach, state: RuleInput, compared: list[ComparedCount]) -> str:
    """Return a text that identifies the finding: every value that was compared."""
    if breach.rule.rule.kind is not RuleKind.COPIED_REPORT:
        return " ".join(f"{count.month:%Y-%m} {count.metric} {count.area} {count.value}" for count in compared)
    digest = hashlib.sha256()
    for metric in breach.rule.metrics:
        column = state.now.get(metric)
        if column:
            cells = column.to_bytes()
            digest.update(f"{metric} {len(cells)} ".encode() + cells)
    return f"{plan.month:%Y-%m} {digest.hexdigest()}"
