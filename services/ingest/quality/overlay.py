"""The counts as a push leaves them, computed from what stood before: lines and rules need not be read again."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from shared.domain.counts_by_area import CountsByArea, CountsByMetric
from shared.domain.summary import CountsRow

_Which = tuple[int, date]
"""Metric and month of some of the sender's counts."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """What a push does to its sender's counts of the months themselves; references may hold for later months too."""

    org: str
    columns: Mapping[date, CountsByMetric]  # what it writes
    gone: Mapping[date, Mapping[int, Collection[int]]]  # what it takes back: areas by metric
    replaced: Collection[int] = ()  # metrics of which nothing else stays in its months
    whole: Mapping[date, Collection[int]] = field(default_factory=dict)  # of these it writes everything there is

    @property
    def metrics(self) -> frozenset[int]:
        """The metrics of which it may change a count."""
        return frozenset(self.replaced).union(*self.columns.values(), *self.gone.values())

    def unread(self, month: date, metrics: Collection[int]) -> set[int]:
        """The metrics among these whose standing counts of a month make a difference."""
        settled = {*self.whole.get(month, ()), *(self.replaced if month in self.columns else ())}
        return set(metrics) - settled

    def laid_over(self, month: date, standing: CountsByMetric) -> CountsByMetric:
        """The sender's columns of a month after the push, from those that stand and make a difference."""
        pushed, gone = self.columns.get(month), self.gone.get(month, {})
        if pushed is None and not gone:
            return standing
        left: dict[int, CountsByArea] = dict(pushed or {})
        for metric, column in standing.items():
            stays = column.without(gone[metric]) if gone.get(metric) else column
            left[metric] = stays.updated(left[metric]) if metric in left else stays
        return left

    def over(self, before: Iterable[CountsRow]) -> list[CountsRow]:
        """The rows as they would be read after the push."""
        rows, standing = [], dict[_Which, tuple[list[int], list[int]]]()
        asked_months = set[date]()
        for row in before:
            asked, metric, org, month, _, areas, values = row
            asked_months.add(asked)
            if org == self.org and asked == month and (month in self.columns or month in self.gone):
                standing[metric, month] = (areas, values)
            else:
                rows.append(row)
        touched = {(metric, month) for month, columns in self.columns.items() for metric in columns if month in asked_months}
        for metric, month in sorted({*standing, *touched}, key=lambda which: (which[1], which[0])):
            areas, values = self._left(metric, month, *standing.get((metric, month), ([], [])))
            if areas:
                rows.append((month, metric, self.org, month, False, areas, values))  # a month that takes counts is not accepted
        return rows

    def _left(self, metric: int, month: date, areas: list[int], values: list[int]) -> tuple[list[int], list[int]]:
        column = self.columns.get(month, {}).get(metric)
        gone = self.gone.get(month, {}).get(metric, ())
        if metric in self.replaced:
            areas, values = [], []
        if column is None and not gone:
            return areas, values
        if column is not None and not areas:  # nothing stood: the column as it is
            return column.areas(), column.counts()
        counts = {area: value for area, value in zip(areas, values, strict=True) if area not in gone}
        counts.update(column.items() if column else ())
        listed = sorted(counts)
        return listed, [counts[area] for area in listed]
