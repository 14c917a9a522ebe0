"""Rules between the counts of one organisation, month and area.

A rule is checked only where every count that it compares is present: a missing count contradicts nothing.
"""

from dataclasses import dataclass

from shared.domain.counts_by_area import CountsByMetric, common_counts
from shared.vocabulary import RuleKind


@dataclass(frozen=True, slots=True)
class CountRule:
    """`part_of`: the one part is at most the whole; `sum_equals`: the parts add up to the whole. Metrics by number."""

    code: str
    kind: RuleKind
    parts: tuple[int, ...]
    whole: int

    @property
    def metrics(self) -> tuple[int, ...]:
        """Every metric it compares."""
        return (*self.parts, self.whole)


def broken_areas(rule: CountRule, columns: CountsByMetric) -> list[int]:
    """Return the areas that break the rule; none if a metric of it has no counts."""
    if any(metric not in columns for metric in rule.metrics):
        return []
    whole = columns[rule.whole]
    parts = [columns[metric] for metric in rule.parts]
    if rule.kind is RuleKind.PART_OF:
        return parts[0].areas_above(whole)
    return [area for area, (total, *counts) in common_counts([whole, *parts]) if sum(counts) != total]


def has_gaps(rule: CountRule, columns: CountsByMetric) -> bool:
    """Return whether some area has a count of the rule but not all of them, so that stored counts decide."""
    present = [columns[metric] for metric in rule.metrics if metric in columns]
    if not present:
        return False
    return len(present) < len(rule.metrics) or not all(present[0].has_areas_of(column) for column in present[1:])
