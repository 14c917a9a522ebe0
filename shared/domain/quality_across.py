"""Quality rules across organisations; only bureaus and the task force see their findings."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from operator import gt, ne
from typing import Final, NamedTuple

from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY, Rule
from shared.domain.counts_by_area import CountsByMetric, common_counts
from shared.domain.quality import ComparedCount, is_near
from shared.domain.summary_lines import SummaryLine
from shared.vocabulary import RuleKind


@dataclass(frozen=True, slots=True)
class RuleAcross:
    """A rule that compares organisations' counts, with its metrics by number."""

    rule: Rule
    part: int
    whole: int

    @property
    def whole_by(self) -> tuple[str, ...]:
        """The organisations whose wholes are added up; counts derived from several registers belong to no single one."""
        return (EVERYBODY,) if self.rule.kind is RuleKind.DECLARED_DIFFERS else self.rule.whole_by


class BreachAcross(NamedTuple):
    """A broken rule across organisations, with the counts that it compared."""

    rule: Rule
    metric: int
    area: int
    values: list[tuple[str, ComparedCount]]


_BROKEN: Final[Mapping[RuleKind, Callable[[int, int], bool]]] = {RuleKind.PART_OF: gt, RuleKind.DECLARED_DIFFERS: ne}


def comparing_rules(definition: AppliedDefinition, month: date) -> list[RuleAcross]:
    """Return the rules that compare organisations' counts in a month."""
    numbers = definition.metric_numbers
    metrics = {metric.code for metric in definition.metrics_of(month)}
    return [
        RuleAcross(rule, numbers[rule.part], numbers[rule.whole])
        for rule in definition.rules_of(month)
        if rule.across and rule.kind in _BROKEN and rule.part in metrics and rule.whole in metrics
    ]


def metrics_by_org(rules: Iterable[RuleAcross]) -> Mapping[str, set[int]]:
    """Return the metrics that the rules read of each organisation."""
    metrics: dict[str, set[int]] = {}
    for planned in rules:
        for orgs, metric in ((planned.rule.part_by, planned.part), (planned.whole_by, planned.whole)):
            for org in orgs:
                metrics.setdefault(org, set()).add(metric)
    return metrics


def find_disagreements(rules: Iterable[RuleAcross], month: date, columns: Mapping[str, CountsByMetric]) -> Iterator[BreachAcross]:
    """Yield the areas where all counts are known and the parts together exceed the wholes, or differ where they must be equal."""
    for planned in rules:
        cells = [
            *((org, planned.part) for org in planned.rule.part_by),
            *((org, planned.whole) for org in planned.whole_by),
        ]
        if any(metric not in columns.get(org, {}) for org, metric in cells):
            continue
        parts = len(planned.rule.part_by)
        for area, counts in common_counts([columns[org][metric] for org, metric in cells]):
            if _BROKEN[planned.rule.kind](sum(counts[:parts]), sum(counts[parts:])):
                line = zip(cells, counts, strict=True)
                values = [(org, ComparedCount(month, metric, area, count)) for (org, metric), count in line]
                yield BreachAcross(planned.rule, planned.part, area, values)


def find_near_targets(
    definition: AppliedDefinition, month: date, lines: Iterable[SummaryLine], everybody: str
) -> Iterator[BreachAcross]:
    """Yield the lines of the whole campaign whose deciding value is within a rule's margin of its target."""
    rules = [r for r in definition.rules_of(month) if r.across and r.kind is RuleKind.NEAR_THRESHOLD]
    by_indicator = {line.indicator.code: line for line in lines}
    root = definition.area_numbers[definition.campaign.area]
    for rule in rules:
        line = by_indicator.get(rule.indicator or "")
        if line is None or line.target is None:
            continue
        deciding, indicator = line.deciding, line.indicator
        counted, base = indicator.deciding.numerator, indicator.deciding.denominator
        if not deciding.denominator or deciding.numerator is None or counted is None or base is None:
            continue
        margin = Fraction(rule.margin or 0)
        if is_near(deciding.numerator, deciding.denominator, indicator.scale, line.target.ratio, margin):
            sides = ((counted.metric, deciding.numerator), (base.metric, deciding.denominator))
            values = [(everybody, ComparedCount(month, metric, root, value)) for metric, value in sides]
            yield BreachAcross(rule, counted.metric, root, values)
