"""Columns of counts: one for each month and metric, by area."""

from array import array
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from services.ingest.formats.rows import Rows
from shared.domain.counts_by_area import CountsByArea, assign

NOWHERE: Final = -1  # no area has this number


class Slot(NamedTuple):
    """The place of one count: month, and metric and area by number."""

    month: date
    metric: int
    area: int


@dataclass(slots=True)
class Column:
    """The counts of one month and metric by area number, with the row of each and its note."""

    counts: CountsByArea
    rows: "array[int]"
    notes: dict[int, str] = field(default_factory=dict)

    @classmethod
    def empty(cls, width: int) -> "Column":
        """Return a column without counts."""
        return cls(CountsByArea(width), array("i", [0]) * width)

    def put(self, area: int, row: int, value: int, note: str | None) -> None:
        """Enter a count into an empty place."""
        self.counts[area], self.rows[area] = value, row
        if note is not None:
            self.notes[area] = note

    def put_all(self, areas: list[int], rows: Rows) -> bool:
        """Enter rows at once; return False, and enter nothing, if an area is unknown, appears twice or has a count already."""
        if NOWHERE in areas or not self.counts.add_all(areas, rows.values):
            return False
        assign(self.rows, areas, rows.numbers)
        if rows.notes.count(None) < len(rows):
            self.notes.update((area, note) for area, note in zip(areas, rows.notes, strict=True) if note is not None)
        return True
