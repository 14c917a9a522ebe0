"""Sheets of a body as a stream: the start of each sheet, then its rows in portions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import product
from typing import NamedTuple

from services.ingest.formats.cells.cell import NumberedRow, SheetCell
from shared.values.bilingual import Bilingual

HEADER_ROWS = 40  # rows among which the header must be
CountKnownTitles = Callable[[Sequence[str]], int]
"""Returns how many columns a row of titles names."""


class MergedRange(NamedTuple):
    """A range of cells: indices from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def clip(self, bottom: int, right: int) -> "MergedRange | None":
        """Return the part above and left of a cell, inclusive; None if it has less than two cells."""
        clipped = self._replace(bottom=min(self.bottom, bottom), right=min(self.right, right))
        return clipped if clipped.top <= clipped.bottom and clipped.left <= clipped.right and clipped.size > 1 else None

    @property
    def first(self) -> tuple[int, int]:
        """Row and column of the cell whose content all cells show."""
        return self.top, self.left

    @property
    def size(self) -> int:
        """Number of cells."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)

    def cells(self) -> Iterator[tuple[int, int]]:
        """Yield row and column of every cell."""
        return product(range(self.top, self.bottom + 1), range(self.left, self.right + 1))


class IndexRange(NamedTuple):
    """A range of rows or columns: indices from 0, both ends included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class SheetStart:
    """The start of a sheet, with all that is known before its rows."""

    name: str | None  # None: the file has no sheets
    is_visible: bool = True
    merged: Sequence[MergedRange] = ()
    widths: Mapping[int, float] = field(default_factory=dict)  # of columns whose width is set, in characters
    hidden_columns: Sequence[IndexRange] = ()
    hidden_rows: Sequence[IndexRange] = ()
    delimiter: str | None = None  # of a CSV file
    properties: Mapping[str, str] = field(default_factory=dict)  # of the workbook, with its first sheet


@dataclass(frozen=True, slots=True)
class SheetRows:
    """Some rows of the current sheet, and the reasons why others cannot be read. Their numbers ascend."""

    rows: list[NumberedRow]
    unreadable: list[tuple[int, Bilingual]] = field(default_factory=list)

    def in_order(self) -> Iterator[tuple[int, list[SheetCell] | Bilingual]]:
        """Yield number and cells of each row, or the reason why it cannot be read."""
        rows: Sequence[tuple[int, list[SheetCell] | Bilingual]] = self.rows
        yield from merge(rows, self.unreadable, key=lambda row: row[0]) if self.unreadable else rows


SheetPart = SheetStart | SheetRows
