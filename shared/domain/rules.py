"""Rules across the counts of one organisation, month and area. Pure.

Counts stand in columns: one array a metric, indexed by area, with ABSENT where nothing is known. A rule is judged only where
every count it compares is present: a missing count contradicts nothing.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import gt
from typing import Final

from shared.vocabulary import RuleKind

ABSENT: Final = -1

Column = Sequence[int]


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


def broken_areas(rule: CountRule, columns: Mapping[int, Column]) -> list[int]:
    """The areas where the rule does not hold; none where a metric of it has no column."""
    if any(metric not in columns for metric in rule.metrics):
        return []
    whole = columns[rule.whole]
    parts = [columns[metric] for metric in rule.parts]
    if rule.kind is RuleKind.PART_OF:
        if not any(map(gt, parts[0], whole)):  # as most often
            return []
        return [area for area, (part, total) in enumerate(zip(parts[0], whole, strict=True)) if part > total > ABSENT]
    return [
        area
        for area, (total, *counts) in enumerate(zip(whole, *parts, strict=True))
        if sum(counts) != total and total > ABSENT and min(counts) > ABSENT  # in the order that settles most areas first
    ]


def has_gaps(rule: CountRule, columns: Mapping[int, Column]) -> bool:
    """Whether some area has a count of the rule but not all of them: what is stored then decides."""
    present = [columns[metric] for metric in rule.metrics if metric in columns]
    if not present:
        return False
    if len(present) < len(rule.metrics):
        return True
    first, *others = [list(map(ABSENT.__lt__, column)) for column in present]
    return any(there != first for there in others)


def overlaid(new: Column | None, old: Column) -> Column:
    """The counts as they would be: the new one where there is one, else the old one."""
    if new is None:
        return old
    return array("q", [fresh if fresh > ABSENT else stored for fresh, stored in zip(new, old, strict=True)])
