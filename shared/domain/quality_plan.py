"""The quality rules of one organisation's month, prepared once for each definition version."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.campaign.blocks import OF_STORED_MONTHS, Rule
from shared.vocabulary import MetricKind, RuleKind


@dataclass(frozen=True, slots=True)
class NearTarget:
    """A ratio of an organisation's own counts, with its target and the margin around it."""

    numerator: int  # metrics by number
    denominator: int
    areas: tuple[int, ...]  # in which both must be known
    scale: int
    target: Fraction
    margin: Fraction


@dataclass(frozen=True, slots=True)
class QualityRule:
    """A rule of one organisation's month with its metrics by number."""

    rule: Rule
    metrics: tuple[int, ...]
    streets: tuple[int, ...] = ()  # of sum_equals whose total is one count of the whole area: the areas of its parts
    near_target: NearTarget | None = None


@dataclass(frozen=True, slots=True, eq=False)  # one object for each definition version, organisation and month
class QualityPlan:
    """The rules of an organisation's month, and the metrics that they read."""

    month: date
    rules: tuple[QualityRule, ...]
    now: frozenset[int]  # the metrics they read of the month,
    before: frozenset[int]  # of the one before,
    references: frozenset[int]  # and as references
    root: int  # the whole area


@cached_on_definition(512)
def quality_plan(definition: AppliedDefinition, org: str, month: date) -> QualityPlan:
    """Return the rules that apply to the counts that an organisation reports for a month."""
    metrics = {metric.code: metric for metric in definition.metrics_of(month) if metric.derived or org in metric.reporters}
    counted = tuple(
        definition.metric_numbers[metric.code]
        for metric in metrics.values()
        if metric.kind is not MetricKind.REFERENCE and not metric.derived
    )
    rules = []
    for rule in definition.rules_of(month) if any(not metric.derived for metric in metrics.values()) else ():
        if rule.across or rule.kind in OF_STORED_MONTHS:
            continue
        codes = rule.metrics
        if rule.kind in (RuleKind.CHANGE_LIMIT, RuleKind.STOCK_FALL):
            stocks = [m.code for m in metrics.values() if m.kind is MetricKind.STOCK and not m.derived]
            codes = tuple(code for code in rule.named or stocks if code in metrics)
        near_target = _near_target(definition, rule, org, month) if rule.kind is RuleKind.NEAR_THRESHOLD else None
        if near_target:
            numbers: tuple[int, ...] = (near_target.numerator, near_target.denominator)
        elif rule.kind is RuleKind.COPIED_REPORT:
            numbers = counted
        else:
            own = codes[:1] if rule.kind is RuleKind.ABOVE_REFERENCE else codes
            numbers = tuple(definition.metric_numbers[code] for code in codes) if all(code in metrics for code in own) else ()
        if numbers:
            rules.append(QualityRule(rule, numbers, _streets(definition, rule, org, month), near_target))
    return QualityPlan(month, tuple(rules), *_read(rules), definition.area_numbers[definition.campaign.area])


def _read(rules: list[QualityRule]) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
    now, before, references = set[int](), set[int](), set[int]()
    for planned in rules:
        if planned.rule.kind is RuleKind.ABOVE_REFERENCE:
            now.add(planned.metrics[0])
            references.add(planned.metrics[1])
            continue
        now.update(planned.metrics)
        if planned.rule.kind in (RuleKind.CHANGE_LIMIT, RuleKind.STOCK_FALL, RuleKind.COPIED_REPORT):
            before.update(planned.metrics)
    return frozenset(now), frozenset(before), frozenset(references)


def _streets(definition: AppliedDefinition, rule: Rule, org: str, month: date) -> tuple[int, ...]:
    if rule.kind is not RuleKind.SUM_EQUALS:
        return ()
    part, total = (definition.metric(code) for code in (rule.metrics[0], rule.metrics[-1]))
    if part.grain is total.grain:
        return ()
    return tuple(definition.area_numbers[area.code] for area in definition.areas_for(part, org, month))


def _near_target(definition: AppliedDefinition, rule: Rule, org: str, month: date) -> NearTarget | None:
    block = next((indicator for indicator in definition.indicators_of(month) if indicator.code == rule.indicator), None)
    target = definition.target_of(rule.indicator or "", month)
    metrics = {metric.code: metric for metric in definition.metrics_of(month) if org in metric.reporters}
    if block is None or target is None:
        return None
    sides = [metrics[code] for code in block.sides_of(block.deciding) if code in metrics]
    if len(sides) < 2:
        return None
    areas = {area.code for side in sides for area in definition.areas_for(side, org, month)}
    top, bottom = (definition.metric_numbers[side.code] for side in sides)
    places = tuple(sorted(definition.area_numbers[area] for area in areas))
    return NearTarget(top, bottom, places, block.scale, target.ratio, Fraction(rule.margin or 0))
