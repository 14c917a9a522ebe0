"""Positions of rows in sheets: row numbers of a push are turned into sheet, row and cell for errors that are found after parsing.

In a push, every row has a number of its own. In a plain table it is the row's number in the sheet; in a workbook with several
sheets the numbers continue from sheet to sheet; in a form every cell that may hold a count has a number, so that nothing has to
be stored for a count. JSON, NDJSON and plain CSV need no entry here.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.ingest.formats.rows import RowError
from shared.problems import Schema

LARGEST_NUMBER = (1 << 31) - 1  # row numbers are stored in four bytes


class CellPosition(NamedTuple):
    """Position of a cell: row from 1, column from 0."""

    row: int
    column: int

    @property
    def name(self) -> str:
        """Name of the cell in a spreadsheet, such as D7."""
        return f"{column_letters(self.column)}{self.row}"


FindCell = Callable[[int, int, str], CellPosition]
"""Returns the cell that a field of a count was read from, given the count's row, its column index and the field."""


@dataclass(frozen=True, slots=True)
class _PlainTable:
    """A table with one count a row; `base` is added to the sheet's row numbers."""

    sheet: str | None
    base: int
    columns: Mapping[str, int]

    def locate(self, error: RowError) -> RowError:
        row = (error.row or 0) - self.base
        column_index = self.columns.get(error.column or "")
        return error._replace(
            sheet=self.sheet, row=row, cell=None if column_index is None else CellPosition(row, column_index).name
        )


class FormGrid:
    """Row numbers of a form: one for each row, and one for each of its cells that may hold a count."""

    def __init__(self, sheet: str | None, base: int, top: int, column_indices: Sequence[int], find_cell: FindCell) -> None:
        """`top`: the first row, from 1; `base`: the largest number given before; `column_indices`: columns that hold counts."""
        self.sheet, self.top = sheet, top
        self._base, self._column_indices, self._find_cell = base, sorted(column_indices), find_cell
        self._offsets = {column_index: offset for offset, column_index in enumerate(self._column_indices, 1)}

    def number_for(self, row: int, column_index: int | None = None) -> int:
        """Return the number of a count, or of a row if no column is given."""
        offset = self._offsets[column_index] if column_index is not None else 0
        number = self._base + 1 + (row - self.top) * (len(self._column_indices) + 1) + offset
        if number > LARGEST_NUMBER:
            raise Schema(
                "表过宽或空行过多，请拆分为多个文件。", "The table is too wide or has too many empty rows; split the file."
            )
        return number

    def find_cell(self, number: int, column: str | None) -> CellPosition:
        """Return the cell that a field of a count was read from, by the count's number."""
        rows, offset = divmod(number - self._base - 1, len(self._column_indices) + 1)
        row = self.top + rows
        return self._find_cell(row, self._column_indices[offset - 1], column or "value") if offset else CellPosition(row, 0)

    def locate(self, error: RowError) -> RowError:
        """Return the error with sheet, row and cell as the sender sees them."""
        cell = self.find_cell(error.row or 0, error.column)
        return error._replace(sheet=self.sheet, row=cell.row, cell=cell.name)


class Locator:
    """Numbers the rows of all tables of a body, and finds the position of a number."""

    def __init__(self) -> None:
        self._tables: list[_PlainTable | FormGrid] = []
        self._bases: list[int] = []
        self._last = 0  # the largest number given so far

    def add_plain_table(self, sheet: str | None, columns: Mapping[str, int]) -> int:
        """Add a plain table and return its base: a row's number is its number in the sheet plus the base."""
        self._add(_PlainTable(sheet, self._last, columns))
        return self._bases[-1]

    def add_form(self, sheet: str | None, top: int, column_indices: Sequence[int], find_cell: FindCell) -> FormGrid:
        """Add a table of a form and return the grid that numbers its counts."""
        grid = FormGrid(sheet, self._last, top, column_indices, find_cell)
        self._add(grid)
        return grid

    def advance_to(self, number: int) -> None:
        """Record the last number that the current table uses."""
        self._last = max(self._last, number)

    def _add(self, table: _PlainTable | FormGrid) -> None:
        self._tables.append(table)
        self._bases.append(self._last)

    def locate(self, error: RowError) -> RowError:
        """Return the error with sheet, row and cell as the sender sees them."""
        if not self._tables or error.row is None:
            return error
        return self._tables[bisect_right(self._bases, error.row - 1) - 1].locate(error)

    def label(self, number: int) -> str:
        """Return how a text refers to a row: by its number, or by the cell of its count."""
        if not self._tables:
            return str(number)
        table = self._tables[bisect_right(self._bases, number - 1) - 1]
        if isinstance(table, _PlainTable):
            return str(number) if len(self._tables) == 1 else f"{table.sheet}!{number - table.base}"
        cell = table.find_cell(number, None).name
        return f"{table.sheet}!{cell}" if table.sheet else cell


def column_letters(column_index: int) -> str:
    """Return the letters of a column, given its index from 0."""
    letters = ""
    column_index += 1
    while column_index:
        column_index, remainder = divmod(column_index - 1, 26)
        letters = chr(65 + remainder) + letters
    return letters
