"""Cells of a sheet that are not what the workbook reader returns: few or very many, in eight bytes each."""

from array import array
from collections.abc import Iterator
from itertools import groupby

from services.ingest.workbooks.refused import refuse
from services.ingest.workbooks.styles import CellStyle

TypedText = tuple[str, str]
"""Kind and text of a cell, instead of what the workbook reader returns."""
CellMark = TypedText | CellStyle
_MARKS_MAX = 1 << 16


class CellMarks:
    """Marks of cells, by row and column from 0."""

    def __init__(self) -> None:
        self._cells = array("Q")  # row, column in 16 bits, index of the mark in 16 bits
        self._marks: list[CellMark] = []
        self._indices: dict[CellMark, int] = {}
        self._is_sorted = True

    def add(self, row: int, column: int, mark: CellMark) -> None:
        """Mark a cell."""
        index = self._indices.setdefault(mark, len(self._marks))
        if index == len(self._marks):
            self._marks.append(mark)
        if index >= _MARKS_MAX:
            refuse("broken")
        cell = row << 32 | column << 16 | index
        self._is_sorted = self._is_sorted and (not self._cells or self._cells[-1] < cell)
        self._cells.append(cell)

    def by_row(self) -> Iterator[tuple[int, list[tuple[int, CellMark]]]]:
        """Yield the marked cells of each row that has any, by ascending row."""
        cells = self._cells if self._is_sorted else sorted(self._cells)
        for row, group in groupby(cells, key=lambda cell: cell >> 32):
            yield row, [((cell >> 16) & 0xFFFF, self._marks[cell & 0xFFFF]) for cell in group]
