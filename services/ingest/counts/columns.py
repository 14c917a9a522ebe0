"""The counts of a push while it is read: a column for each month and metric."""

from array import array
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from services.ingest.formats.rows import Rows
from shared.domain.counts_by_area import CountsByArea, assign

NOWHERE: Final = -1  # no area has this number


class Slot(NamedTuple):
    """Where a count belongs: month, and metric and area by number."""

    month: date
    metric: int
    area: int


@dataclass(slots=True)
class Column:
    """The counts of one month and metric by area number, and the row each came in."""

    counts: CountsByArea
    rows: "array[int]"
    notes: dict[int, str] = field(default_factory=dict)
    filled: int = 0  # how many areas have a count

    @classmethod
    def empty(cls, width: int) -> "Column":
        """A column without counts."""
        return cls(CountsByArea(width), array("i", [0]) * width)

    def put(self, area: int, row: int, value: int, note: str | None) -> None:
        """Enter a count where none is."""
        self.counts[area], self.rows[area] = value, row
        self.filled += 1
        if note is not None:
            self.notes[area] = note

    def put_all(self, areas: list[int], rows: Rows) -> bool:
        """Enter rows in one go; False, and nothing is entered, if an area is none, is named twice or has a count already."""
        if NOWHERE in areas or not self.counts.add_all(areas, rows.values):
            return False
        assign(self.rows, areas, rows.numbers)
        self.filled += len(areas)
        if rows.notes.count(None) < len(rows):
            self.notes.update((area, note) for area, note in zip(areas, rows.notes, strict=True) if note is not None)
        return True

    def drop(self, area: int) -> None:
        """Forget a count."""
        if area in self.counts:
            del self.counts[area]
            self.filled -= 1
