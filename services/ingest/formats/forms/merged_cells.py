"""Merged cells of a sheet: what stands in the first of them holds for all."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from services.ingest.formats.cells.cell import SheetCell
from shared.problems import Schema

WIDEST = 256  # columns of a form
COVERED_MOST = 100_000  # cells of a form that merged ranges may cover


class MergedRange(NamedTuple):
    """Places from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def within(self, bottom: int, right: int) -> "MergedRange | None":
        """As far as it reaches down and right; None where that is less than two cells."""
        cut = self._replace(bottom=min(self.bottom, bottom), right=min(self.right, right))
        return cut if cut.top <= cut.bottom and cut.left <= cut.right and cut.cells > 1 else None

    @property
    def first(self) -> tuple[int, int]:
        """Row and column of the cell that shows what all show."""
        return self.top, self.left

    @property
    def cells(self) -> int:
        """How many there are."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)

    def places(self) -> Iterator[tuple[int, int]]:
        """Row and column of every cell."""
        return product(range(self.top, self.bottom + 1), range(self.left, self.right + 1))


class MergedCells:
    """The merged ranges of one sheet, whose rows come along one after another."""

    def __init__(self, ranges: Sequence[Sequence[int]] = ()) -> None:
        """As the worker sends them."""
        self._ranges = [MergedRange(*each) for each in ranges]
        self._ahead = sorted(self._ranges, reverse=True)
        self._open: list[tuple[MergedRange, SheetCell]] = []  # that reach into the row, and what they show
        self._covered = 0
        self._by_row: dict[int, dict[int, MergedRange]] = {}

    def below(self, row: int) -> bool:
        """Whether any range reaches below a row, from 1."""
        return any(each.bottom >= row for each in self._ranges)

    def fill(self, rows: Iterable[tuple[int, list[SheetCell]]]) -> None:
        """Write what each range shows into all its cells, and remember which cells these are."""
        if not self._ranges:
            return
        for number, cells in rows:
            found = self.fill_row(number, cells, WIDEST - 1)
            if found:
                self._by_row[number] = {
                    column: each for each in found for column in range(each.left, min(each.right, WIDEST - 1) + 1)
                }

    def of(self, row: int) -> Mapping[int, MergedRange]:
        """The range over each covered cell of a row that was filled, by column."""
        return self._by_row.get(row, {})

    def forget(self, row: int) -> None:
        """The row was read."""
        self._by_row.pop(row, None)

    def fill_row(self, number: int, cells: list[SheetCell], width: int) -> list[MergedRange]:
        """The same for one row, from 1; returns the ranges that reach into it."""
        while self._ahead and self._ahead[-1].top < number:
            each = self._ahead.pop()
            shows = each.top + 1 == number and each.left < len(cells)
            self._open.append((each, cells[each.left] if shows else ""))
        self._open = [(each, shown) for each, shown in self._open if each.bottom + 1 >= number]
        for each, shown in self._open:
            right = min(each.right, width) + 1
            self._covered += max(right - each.left, 0)
            if self._covered > COVERED_MOST:
                raise Schema("合并单元格过多，请取消合并", "too many merged cells; unmerge them")
            cells += [""] * (right - len(cells))
            cells[each.left : right] = [shown] * (right - each.left)
        return [each for each, _ in self._open]
