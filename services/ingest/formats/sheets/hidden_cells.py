"""Hidden rows and columns of a sheet."""

from bisect import bisect_right
from collections.abc import Sequence

from services.ingest.formats.locator import column_letters
from services.ingest.formats.sheets.sheet import IndexRange, SheetStart


class HiddenCells:
    """The hidden rows and columns of a sheet, or all of its cells."""

    def __init__(self, sheet: SheetStart) -> None:
        self._is_whole = not sheet.is_visible
        self._rows, self._columns = sorted(sheet.hidden_rows), sorted(sheet.hidden_columns)

    @property
    def ranges(self) -> list[str]:
        """The hidden rows and columns as a spreadsheet names them: 5:9, C:D."""
        rows = [f"{first + 1}:{last + 1}" for first, last in self._rows]
        return rows + [f"{column_letters(first)}:{column_letters(last)}" for first, last in self._columns]

    def columns_of(self, number: int, width: int) -> Sequence[int]:
        """Return the column indices of the hidden cells of a row, from 1."""
        if self._is_whole or self.has_row(number - 1):
            return range(width)
        return list(filter(self.has_column, range(width))) if self._columns else ()

    def has_row(self, index: int) -> bool:
        """Return whether a row is hidden; `index` from 0."""
        return _includes(self._rows, index)

    def has_column(self, index: int) -> bool:
        """Return whether a column is hidden; `index` from 0."""
        return _includes(self._columns, index)


def _includes(ranges: Sequence[IndexRange], index: int) -> bool:
    """Return whether sorted ranges include an index; a filtered sheet has thousands of them."""
    position = bisect_right(ranges, (index, index + 1)) - 1
    return position >= 0 and ranges[position].last >= index
