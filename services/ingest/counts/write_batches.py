"""Columns of counts as the statements that write them take them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from services.ingest.counts.columns import Column
from shared.database.sql import array_of, text_array

CELLS: Final = 8_192
"""Written at once, about: the server works on them while the next are read or put into words."""

_NAMED: Final = "pushed s"  # as the statements name what they read
_READ: Final = (
    "(SELECT p.month, p.metric, c.area, c.value, c.note"
    " FROM unnest(%(months)s::date[], %(metrics)s::int[], %(areas)s::text[], %(counts)s::text[], %(notes)s::text[])"
    " AS p (month, metric, areas, counts, notes)"
    " CROSS JOIN LATERAL unnest(p.areas::int[], p.counts::bigint[], p.notes::text[]) AS c (area, value, note)) s"
)


def reading_cells(sql: str) -> str:
    """A statement that reads the cells of a portion, named `pushed` in its text, from the portion's binds."""
    return sql.replace(_NAMED, _READ)


@dataclass(slots=True)
class Portion:
    """Some columns or parts of them: an entry for each in every list, what it holds as array literals."""

    months: list[date] = field(default_factory=list)
    metrics: list[int] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    counts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cells: int = 0

    def add(self, month: date, metric: int, areas: Sequence[int], counts: Sequence[int], notes: Mapping[int, str]) -> None:
        """Add counts of a column, by area."""
        self.cells += len(areas)
        self.months.append(month)
        self.metrics.append(metric)
        self.areas.append(array_of(areas))
        self.counts.append(array_of(counts))
        self.notes.append(text_array(notes.get(area) for area in areas) if notes else "{}")

    @property
    def binds(self) -> dict[str, object]:
        """As the statements name them."""
        return {
            "months": array_of(self.months),
            "metrics": array_of(self.metrics),
            "areas": text_array(self.areas),
            "counts": text_array(self.counts),
            "notes": text_array(self.notes),
        }


def portions(columns: Mapping[date, Mapping[int, Column]]) -> Iterator[Portion]:
    """The counts in the order of the table's key."""
    portion = Portion()
    for month, by_metric in sorted(columns.items()):
        for metric, column in sorted(by_metric.items()):
            areas, counts = column.counts.areas(), column.counts.counts()
            for start in range(0, len(areas), CELLS):
                end = start + CELLS
                portion.add(month, metric, areas[start:end], counts[start:end], column.notes)
                if portion.cells >= CELLS:
                    yield portion
                    portion = Portion()
    if portion.cells:
        yield portion


def named(by_metric: Mapping[int, Column]) -> dict[str, object]:
    """The cells of a month, for the statement that takes back all others."""
    areas = [array_of(column.counts.areas()) for column in by_metric.values()]
    return {"metrics": array_of(by_metric), "areas": text_array(areas)}
