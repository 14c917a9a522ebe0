"""Where the rows of a table stand: their numbers made into sheet, row and cell, for errors that are found after parsing.

Rows have numbers of their own in a push. In a plain table they are the sheet's; in a workbook with several sheets they go on
counting; in a form each place has one, so that nothing is kept of any count. JSON, NDJSON and plain CSV need no entry here.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from services.ingest.formats.rows import RowError
from shared.problems import Schema

LARGEST_NUMBER = (1 << 31) - 1  # what four bytes hold


class CellPosition(NamedTuple):
    """A cell by row, from 1, and column, from 0."""

    row: int
    column: int

    @property
    def name(self) -> str:
        """As a spreadsheet names it: D7."""
        return f"{column_letters(self.column)}{self.row}"


FindCell = Callable[[int, int, str], CellPosition]
"""The cell that a column of a count was read from, by the count's row and place."""


@dataclass(frozen=True, slots=True)
class _Plain:
    """A sheet with one observation a row."""

    sheet: str | None
    base: int
    columns: Mapping[str, int]

    def place(self, error: RowError) -> RowError:
        row = (error.row or 0) - self.base
        column = self.columns.get(error.column or "")
        return replace(error, sheet=self.sheet, row=row, cell=None if column is None else CellPosition(row, column).name)


class FormGrid:
    """A table with counts anywhere: every row has a number for itself and one for each place that may hold a count."""

    def __init__(self, sheet: str | None, base: int, top: int, places: Sequence[int], where: FindCell) -> None:
        """`top`: the first row, from 1; `base`: the largest number given before it."""
        self.sheet, self.top = sheet, top
        self._base, self._places, self._where = base, sorted(places), where
        self._steps = {place: step for step, place in enumerate(self._places, 1)}

    def number(self, row: int, place: int | None = None) -> int:
        """The number of a count, or of a row as such."""
        step = self._steps[place] if place is not None else 0
        number = self._base + 1 + (row - self.top) * (len(self._places) + 1) + step
        if number > LARGEST_NUMBER:
            raise Schema("表过宽或空行过多，请分成几个文件", "the table is too wide, or has too many empty rows; split it")
        return number

    def at(self, number: int, column: str | None) -> CellPosition:
        """The cell that holds a column of the count of this number."""
        rows, step = divmod(number - self._base - 1, len(self._places) + 1)
        row = self.top + rows
        return self._where(row, self._places[step - 1], column or "value") if step else CellPosition(row, 0)

    def place(self, error: RowError) -> RowError:
        """The error with the cell it is about."""
        at = self.at(error.row or 0, error.column)
        return replace(error, sheet=self.sheet, row=at.row, cell=at.name)


class Locator:
    """Gives numbers to rows, and finds the rows again."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._tables: list[_Plain | FormGrid] = []
        self._bases: list[int] = []
        self._last = 0  # the largest number given so far

    def plain(self, sheet: str | None, columns: Mapping[str, int]) -> int:
        """Enter a plain table; a row's number is its sheet's number plus what is returned."""
        self._enter(_Plain(sheet, self._last, columns))
        return self._bases[-1]

    def reached(self, number: int) -> None:
        """The last number that was given."""
        self._last = max(self._last, number)

    def grid(self, sheet: str | None, top: int, places: Sequence[int], where: FindCell) -> FormGrid:
        """Enter a table of a form, which gives its counts their numbers."""
        grid = FormGrid(sheet, self._last, top, places, where)
        self._enter(grid)
        return grid

    def _enter(self, table: _Plain | FormGrid) -> None:
        self._tables.append(table)
        self._bases.append(self._last)

    def place(self, error: RowError) -> RowError:
        """The error with sheet, row and cell as the sender sees them."""
        if not self._tables or error.row is None:
            return error
        return self._tables[bisect_right(self._bases, error.row - 1) - 1].place(error)

    def label(self, number: int) -> str:
        """What to call a row in a text: its number, or the cell of its count."""
        if not self._tables:
            return str(number)
        table = self._tables[bisect_right(self._bases, number - 1) - 1]
        if isinstance(table, _Plain):
            return str(number) if len(self._tables) == 1 else f"{table.sheet}!{number - table.base}"
        cell = table.at(number, None).name
        return f"{table.sheet}!{cell}" if table.sheet else cell


def column_letters(column: int) -> str:
    """A column's name, from its place from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
