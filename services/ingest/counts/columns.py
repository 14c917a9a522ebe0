"""The counts of a push while it is read: a column for each month and metric."""

from array import array
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from services.ingest.formats.rows import Rows
from shared.domain.rules import ABSENT

NOWHERE: Final = -1  # no area has this number


class Slot(NamedTuple):
    """Where a count belongs: month, and metric and area by number."""

    month: date
    metric: int
    area: int


@dataclass(slots=True)
class Column:
    """The counts of one month and metric by area number, and the row each came in."""

    values: "array[int]"
    rows: "array[int]"
    notes: dict[int, str] = field(default_factory=dict)
    filled: int = 0  # how many areas have a count

    @classmethod
    def empty(cls, width: int) -> "Column":
        """A column without counts."""
        return cls(array("q", [ABSENT]) * width, array("i", [0]) * width)

    def put(self, area: int, row: int, value: int, note: str | None) -> None:
        """Enter a count where none is."""
        self.values[area], self.rows[area] = value, row
        self.filled += 1
        if note is not None:
            self.notes[area] = note

    def put_all(self, areas: list[int], rows: Rows) -> bool:
        """Enter rows in one go; False, and nothing is entered, if an area is none, is named twice or has a count already."""
        values, numbers = self.values, self.rows
        first, end = areas[0], areas[0] + len(areas)
        if areas[-1] == end - 1 and areas == list(range(first, end)):  # one after the other, as most exports have them
            if first == NOWHERE or values[first:end].count(ABSENT) < len(areas):
                return False
            values[first:end], numbers[first:end] = array("q", rows.values), array("i", rows.numbers)
        else:
            distinct = set(areas)
            if len(distinct) < len(areas) or NOWHERE in distinct or set(map(values.__getitem__, areas)) != {ABSENT}:
                return False
            for area, row, value in zip(areas, rows.numbers, rows.values, strict=True):
                values[area], numbers[area] = value, row
        self.filled += len(areas)
        if rows.notes.count(None) < len(rows):
            self.notes.update((area, note) for area, note in zip(areas, rows.notes, strict=True) if note is not None)
        return True

    def drop(self, area: int) -> None:
        """Forget a count."""
        if self.values[area] != ABSENT:
            self.values[area] = ABSENT
            self.filled -= 1
