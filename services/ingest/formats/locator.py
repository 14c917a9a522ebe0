"""Positions of rows in sheets: row numbers of a push are turned into sheet, row and cell for errors that are found after parsing.

In a push, every row has a number of its own. In a sheet every row and every cell has a number, so that nothing has to be
stored for a count; the numbers continue from sheet to sheet. JSON and NDJSON need no entry here.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

from services.ingest.formats.rows import RowError
from shared.problems import Schema
from shared.values.bilingual import Bilingual

LARGEST_NUMBER = (1 << 31) - 1  # row numbers are stored in four bytes
_COLUMNS_MAX = 256  # columns of a sheet whose cells have numbers


class CellPosition(NamedTuple):
    """Position of a cell: row from 1, column from 0."""

    row: int
    column: int

    @property
    def name(self) -> str:
        """Name of the cell in a spreadsheet, such as D7."""
        return f"{column_letters(self.column)}{self.row}"

    def pointer(self, sheet: str | None) -> str:
        """Return where the cell is, as errors of a whole file refer to it."""
        return f"/sheets/{sheet}/{self.name}" if sheet else f"/{self.name}"


FindCell = Callable[[int, int, str], CellPosition | None]
"""Returns the cell that a field was read from, given the row, the column index of the count and the field.

The column index is -1 in a table whose rows have several fields instead of counts; None: the row has no cell for the field."""


class SheetNumbers:
    """Row numbers of one sheet: one for each row, and one for each cell, so that nothing is stored for a count."""

    def __init__(self, sheet: str | None, base: int) -> None:
        """`base`: the largest number given before."""
        self.sheet = sheet
        self._base = base
        self._table_rows: list[int] = []  # the first row of each table
        self._find_cells: list[FindCell] = []

    def begin_table(self, row: int, find_cell: FindCell) -> None:
        """Begin the next table; the fields of its counts may be in other cells than the counts, such as the header's."""
        self._table_rows.append(row)
        self._find_cells.append(find_cell)

    def number_for(self, row: int, column_index: int | None = None) -> int:
        """Return the number of a cell, or of a row if no column is given."""
        offset = 0 if column_index is None else column_index + 1
        number = self._base + row * (_COLUMNS_MAX + 1) + offset
        if offset > _COLUMNS_MAX or number > LARGEST_NUMBER:
            raise Schema(
                "表过宽或空行过多，请拆分为多个文件。", "The table is too wide or has too many empty rows; split the file."
            )
        return number

    def locate(self, error: RowError) -> RowError:
        """Return the error with sheet, row and cell as the sender sees them."""
        row, cell = self._find((error.row or 0), error.column)
        return error._replace(sheet=self.sheet, row=row, cell=cell.name if cell else None)

    def row_of(self, number: int) -> int:
        """Return the row of a number in the sheet."""
        return self._find(number, None)[0]

    def label(self, number: int) -> str:
        """Return the row or cell of a number as texts refer to it."""
        row, cell = self._find(number, None)
        place = cell.name if cell else str(row)
        return f"{self.sheet}!{place}" if self.sheet else place

    def _find(self, number: int, column: str | None) -> tuple[int, CellPosition | None]:
        """Return row and cell of a number; if it is of a count, the cell that the given field was read from."""
        row, offset = divmod(number - self._base, _COLUMNS_MAX + 1)
        table = bisect_right(self._table_rows, row) - 1
        if table < 0 or column is None:
            return row, CellPosition(row, offset - 1) if offset else None
        cell = self._find_cells[table](row, offset - 1, column)
        return cell.row if cell else row, cell


class Locator:
    """Numbers the rows of all tables of a body, and finds the position of a number."""

    def __init__(self) -> None:
        self._sheets: list[SheetNumbers] = []
        self._bases: list[int] = []
        self._last = 0  # the largest number given so far

    def add_sheet(self, sheet: str | None) -> SheetNumbers:
        """Add a sheet, and return its numbers."""
        self._sheets.append(SheetNumbers(sheet, self._last))
        self._bases.append(self._last)
        return self._sheets[-1]

    def advance_to(self, number: int) -> None:
        """Record the last number that the current sheet uses."""
        self._last = max(self._last, number)

    def locate(self, error: RowError) -> RowError:
        """Return the error with sheet, row and cell as the sender sees them."""
        return self._sheet_of(error.row).locate(error) if self._sheets and error.row is not None else error

    def row_of(self, number: int) -> int:
        """Return the row of a number in its sheet."""
        return self._sheet_of(number).row_of(number) if self._sheets else number

    def label(self, number: int) -> str:
        """Return how a text refers to a row: by its number, or by the cell of its count."""
        return self._sheet_of(number).label(number) if self._sheets else str(number)

    def _sheet_of(self, number: int) -> SheetNumbers:
        return self._sheets[bisect_right(self._bases, number - 1) - 1]

    def describe(self, numbers: Sequence[int]) -> Bilingual:
        """Return the rows or cells with these numbers as texts refer to them."""
        labels = [self.label(number) for number in numbers]
        listed = ", ".join(labels)
        if all(map(str.isdecimal, labels)):
            return Bilingual(zh=f"涉及第 {listed} 行", en=f"see rows {listed}")
        return Bilingual(zh=f"涉及 {listed}", en=f"see {listed}")


def column_letters(column_index: int) -> str:
    """Return the letters of a column, given its index from 0."""
    letters = ""
    column_index += 1
    while column_index:
        column_index, remainder = divmod(column_index - 1, 26)
        letters = chr(65 + remainder) + letters
    return letters
