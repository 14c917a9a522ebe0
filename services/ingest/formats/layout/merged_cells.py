"""Merged cells of a sheet: the content of the first cell applies to all."""

from collections.abc import Iterable, Mapping, Sequence

from services.ingest.formats.cells.cell import NumberedRow, SheetCell
from services.ingest.formats.sheets.sheet import MergedRange
from shared.problems import Schema

_COLUMNS_MAX = 256  # of a form
COVERED_MAX = 100_000  # cells of a form that merged ranges may cover


class MergedCells:
    """The merged ranges of one sheet, whose rows are read one after another."""

    def __init__(self, ranges: Sequence[MergedRange] = ()) -> None:
        self._ranges = ranges
        self._upcoming = sorted(self._ranges, reverse=True)
        self._open: list[tuple[MergedRange, SheetCell]] = []  # that reach into the current row, and the cell that they show
        self._covered = 0
        self._by_row: dict[int, dict[int, MergedRange]] = {}

    def reach_below(self, row: int) -> bool:
        """Return whether any range reaches below a row, from 1."""
        return any(merged.bottom >= row for merged in self._ranges)

    def fill(self, rows: Iterable[NumberedRow]) -> None:
        """Copy the content of each range into all of its cells, and remember these cells."""
        if not self._ranges:
            return
        for number, cells in rows:
            ranges = self.fill_row(number, cells, _COLUMNS_MAX - 1)
            if ranges:
                self._by_row[number] = {
                    column: merged for merged in ranges for column in range(merged.left, min(merged.right, _COLUMNS_MAX - 1) + 1)
                }

    def ranges_in(self, row: int) -> Mapping[int, MergedRange]:
        """Return the range of each covered cell of a filled row, by column."""
        return self._by_row.get(row, {})

    def forget(self, row: int) -> None:
        """Drop the covered cells of a row that was read."""
        self._by_row.pop(row, None)

    def fill_row(self, number: int, cells: list[SheetCell], last_column: int) -> list[MergedRange]:
        """Fill one row, from 1, and return the ranges that reach into it."""
        while self._upcoming and self._upcoming[-1].top < number:
            merged = self._upcoming.pop()
            has_cell = merged.top + 1 == number and merged.left < len(cells)
            self._open.append((merged, cells[merged.left] if has_cell else ""))
        self._open = [(merged, cell) for merged, cell in self._open if merged.bottom + 1 >= number]
        for merged, cell in self._open:
            right = min(merged.right, last_column) + 1
            self._covered += max(right - merged.left, 0)
            if self._covered > COVERED_MAX:
                raise Schema("合并单元格过多，请取消合并。", "The sheet has too many merged cells; unmerge them.")
            cells += [""] * (right - len(cells))
            cells[merged.left : right] = [cell] * (right - merged.left)
        return [merged for merged, _ in self._open]
