"""Merged cells of a sheet: what stands in the first of them holds for all."""

from collections.abc import Sequence
from typing import NamedTuple

from services.ingest.formats.cells import Cell
from shared.problems import Schema

_COVERED = 100_000  # cells of a form that merged ranges may cover


class Range(NamedTuple):
    """Places from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


class Merges:
    """The merged ranges of one sheet."""

    def __init__(self, ranges: Sequence[Sequence[int]] = ()) -> None:
        """As the worker sends them."""
        self._ranges = [Range(*each) for each in ranges]

    def below(self, row: int) -> bool:
        """Whether any range reaches below a row, from 1."""
        return any(each.bottom >= row for each in self._ranges)

    def fill(self, rows: list[tuple[int, list[Cell]]], width: int) -> dict[tuple[int, int], Range]:
        """Write what each range shows into all its cells; returns the range of every covered place, by row from 1 and column."""
        if not rows or not self._ranges:
            return {}
        last = rows[-1][0]
        by_number = dict(rows)
        covered: dict[tuple[int, int], Range] = {}
        for each in self._ranges:
            if len(covered) + (min(each.bottom, last) - each.top + 1) * (min(each.right, width) - each.left + 1) > _COVERED:
                raise Schema("合并单元格过多，请取消合并", "too many merged cells; unmerge them")
            first = by_number.get(each.top + 1, [])
            shown: Cell = first[each.left] if each.left < len(first) else ""
            for number in range(each.top + 1, min(each.bottom + 1, last) + 1):
                cells = by_number.get(number)
                if cells is None:
                    continue
                cells += [""] * (min(each.right, width) + 1 - len(cells))
                for column in range(each.left, min(each.right, width) + 1):
                    covered[number, column] = each
                    cells[column] = shown
        return covered
