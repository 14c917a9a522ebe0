"""The counts as a push would leave them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from shared.domain.counts_by_area import CountsByArea, CountsByMetric


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """The changes that a push would make to its sender's counts."""

    org: str
    columns: Mapping[date, CountsByMetric]  # written, by month and metric
    removed: Mapping[date, Mapping[int, Collection[int]]]  # retracted: areas by month and metric
    replaced: Collection[int] = ()  # metrics of which nothing else stays in the months of `columns`

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
