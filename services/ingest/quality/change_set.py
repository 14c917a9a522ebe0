"""The counts as a push would leave them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from shared.domain.counts_by_area import CountsByArea, CountsByMetric
from shared.domain.quality import RuleInput
from shared.values.months import previous_month


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """The changes that a push would make to its sender's counts."""

    org: str
    columns: Mapping[date, CountsByMetric]  # written, by month and metric
    removed: Mapping[date, Mapping[int, Collection[int]]]  # retracted: areas by month and metric
    replaced: Collection[int] = ()  # metrics of which nothing else stays in the months of `columns`

    @property
    def months(self) -> Collection[date]:
        """The months in which counts may change."""
        return self.columns.keys() | self.removed.keys()

    def apply_to(self, month: date, stored: CountsByMetric) -> CountsByMetric:
        """Return the sender's counts of a month after the push."""
        pushed, removed = self.columns.get(month), self.removed.get(month, {})
        if pushed is None and not removed:
            return stored
        after: dict[int, CountsByArea] = dict(pushed or {})
        for metric, column in stored.items():
            if pushed is None or metric not in self.replaced:
                kept = column.without(removed[metric]) if metric in removed else column
                after[metric] = kept.updated(after[metric]) if metric in after else kept
        return after

    def rule_input_after(self, month: date, stored: RuleInput) -> RuleInput:
        """Return the counts that the rules of a month read after the push. References are as stored."""
        before = self.apply_to(previous_month(month), stored.before)
        return RuleInput(self.apply_to(month, stored.now), before, stored.references)
