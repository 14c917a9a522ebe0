"""Counts of one metric by area number, stored as an array: 8 bytes a count, however many areas a campaign has."""

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import gt
from typing import Final

_ABSENT: Final = -1  # in place of a count that there is not
_ABSENT_BYTES: Final = array("q", [_ABSENT]).tobytes()  # eight times the same byte, which no count ends with


def assign(column: "array[int]", areas: Sequence[int], numbers: Iterable[int]) -> None:
    """Set the numbers of some areas in an array that is indexed by area."""
    first, end = areas[0], areas[0] + len(areas)
    if areas[-1] == end - 1 and areas == list(range(first, end)):  # one after the other, as most files have them
        column[first:end] = array(column.typecode, numbers)
    else:
        for area, number in zip(areas, numbers, strict=True):
            column[area] = number


class CountsByArea:
    """Counts by area number; an area without a count is absent, which is not 0. Columns of one campaign have the same width."""

    __slots__ = ("_values",)

    def __init__(self, width: int) -> None:
        """Start without counts; `width` is the largest area number + 1."""
        self._values = array("q", [_ABSENT]) * width

    @classmethod
    def of(cls, width: int, areas: Sequence[int], counts: Sequence[int]) -> "CountsByArea":
        """Return the counts of some areas, each of which appears once."""
        column = cls(width)
        if areas:
            assign(column._values, areas, counts)
        return column

    def __getitem__(self, area: int) -> int:
        if (count := self._values[area]) == _ABSENT:
            raise KeyError(area)
        return count

    def __setitem__(self, area: int, count: int) -> None:
        self._values[area] = count

    def __delitem__(self, area: int) -> None:
        self._values[area] = _ABSENT

    def __contains__(self, area: int) -> bool:
        return self._values[area] != _ABSENT

    def __len__(self) -> int:
        return len(self._values) - self._values.count(_ABSENT)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CountsByArea) and self._values == other._values

    __hash__ = None  # type: ignore[assignment] # it changes

    def get(self, area: int) -> int | None:
        """Return an area's count, or None."""
        count = self._values[area]
        return None if count == _ABSENT else count

    def areas(self) -> list[int]:
        """Return the areas that have a count, in order."""
        return [area for area, count in enumerate(self._values) if count != _ABSENT]

    def counts(self) -> list[int]:
        """Return the counts in the order of their areas."""
        return [count for count in self._values if count != _ABSENT]

    def items(self) -> Iterator[tuple[int, int]]:
        """Yield area and count in the order of the areas."""
        return ((area, count) for area, count in enumerate(self._values) if count != _ABSENT)

    def add_all(self, areas: Sequence[int], counts: Iterable[int]) -> bool:
        """Add counts of areas that have none; return False and add nothing if an area has one already or appears twice."""
        if len(set(areas)) < len(areas) or set(map(self._values.__getitem__, areas)) != {_ABSENT}:
            return False
        assign(self._values, areas, counts)
        return True

    def copy(self) -> "CountsByArea":
        """Return a copy that can be changed."""
        column = CountsByArea(0)
        column._values = self._values[:]
        return column

    def without(self, areas: Collection[int]) -> "CountsByArea":
        """Return the counts of all areas but these."""
        column = self.copy()
        for area in areas:
            del column[area]
        return column

    def updated(self, newer: "CountsByArea") -> "CountsByArea":
        """Return the newer count of each area, or else the one here."""
        column = CountsByArea(0)
        pairs = zip(newer._values, self._values, strict=True)
        column._values = array("q", [old if new == _ABSENT else new for new, old in pairs])
        return column

    def has_areas_of(self, other: "CountsByArea") -> bool:
        """Return whether both have counts of the same areas."""
        return list(map(_ABSENT.__lt__, self._values)) == list(map(_ABSENT.__lt__, other._values))

    def areas_above(self, other: "CountsByArea") -> list[int]:
        """Return the areas whose count is larger than the other one, where there are both."""
        if not any(map(gt, self._values, other._values)):  # as most often
            return []
        pairs = enumerate(zip(self._values, other._values, strict=True))
        return [area for area, (count, limit) in pairs if count > limit > _ABSENT]

    def to_bytes(self) -> bytes:
        """Return the counts as bytes; areas without a count at the end, such as later ones, make no difference."""
        return self._values.tobytes().rstrip(_ABSENT_BYTES)


CountsByMetric = Mapping[int, CountsByArea]
"""By metric number; a metric without counts may be left out."""


def common_counts(columns: Sequence[CountsByArea]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield each area that has a count in every column, with those counts."""
    for area, counts in enumerate(zip(*(column._values for column in columns), strict=True)):
        if min(counts) > _ABSENT:
            yield area, counts
