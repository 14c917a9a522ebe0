"""Where the rows of a table stand: their numbers made into sheet, row and cell, for errors that are found after parsing.

Rows have numbers of their own in a push. In a plain table they are the sheet's; in a workbook with several sheets they go on
counting; in a form each count has one. JSON, NDJSON and plain CSV need no entry here, and cost nothing.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from services.ingest.formats.cells import letters
from services.ingest.formats.rows import RowError


class At(NamedTuple):
    """A cell by row, from 1, and column, from 0."""

    row: int
    column: int

    @property
    def name(self) -> str:
        """As a spreadsheet names it: D7."""
        return f"{letters(self.column)}{self.row}"


Spot = Mapping[str, At]  # the cells a count was read from, by column; `value` is always there


@dataclass(frozen=True, slots=True)
class _Plain:
    """A sheet with one observation a row."""

    sheet: str | None
    base: int
    columns: Mapping[str, int]

    def place(self, error: RowError) -> RowError:
        row = (error.row or 0) - self.base
        column = self.columns.get(error.column or "")
        return replace(error, sheet=self.sheet, row=row, cell=None if column is None else At(row, column).name)


@dataclass(frozen=True, slots=True)
class _Form:
    """A sheet with observations anywhere."""

    sheet: str | None
    base: int
    spots: list[Spot] = field(default_factory=list)

    def place(self, error: RowError) -> RowError:
        spot = self.spots[(error.row or 0) - self.base - 1]
        at = spot.get(error.column or "value", spot["value"])
        return replace(error, sheet=self.sheet, row=at.row, cell=at.name)


class Locator:
    """Gives numbers to rows, and finds the rows again."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._tables: list[_Plain | _Form] = []
        self._bases: list[int] = []
        self._last = 0  # the largest number given so far

    def plain(self, sheet: str | None, columns: Mapping[str, int]) -> int:
        """Enter a plain table; a row's number is its sheet's number plus what is returned."""
        self._enter(_Plain(sheet, self._last, columns))
        return self._bases[-1]

    def reached(self, number: int) -> None:
        """The last number that was given to a row of a plain table."""
        self._last = max(self._last, number)

    def form(self, sheet: str | None) -> None:
        """Enter a form."""
        self._enter(_Form(sheet, self._last))

    def number(self, spot: Spot) -> int:
        """A number for an observation of the form that was entered last."""
        form = self._tables[-1]
        if not isinstance(form, _Form):
            message = "a plain table's rows have their numbers"
            raise TypeError(message)
        form.spots.append(spot)
        self._last += 1
        return self._last

    def bare(self, row: int) -> int:
        """The number of a row whose cells cannot be told apart."""
        return self.number({"value": At(row, 0)}) if self._tables and isinstance(self._tables[-1], _Form) else row

    def _enter(self, table: _Plain | _Form) -> None:
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
        cell = table.spots[number - table.base - 1]["value"].name
        return f"{table.sheet}!{cell}" if table.sheet else cell
