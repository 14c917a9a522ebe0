"""Cells of a table: text, or a value with the type that the spreadsheet gives it."""

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from services.ingest.formats.cells.values import ParsedCount, parse_count
from services.ingest.formats.row_errors import DATE_HINT
from shared.values.spelling import normalised
from shared.vocabulary import NormalisationKind, RowCode


class CellKind(Enum):
    """Types of spreadsheet cells other than text, by their letter in the worker's frames."""

    NUMBER = "n"
    PERCENT = "p"  # a number that is shown with a percent sign
    DATE = "d"
    BOOLEAN = "b"
    STRUCK = "s"  # text or number, of which all or some characters are struck out
    ERROR = "e"
    UNCALCULATED = "f"
    MERGED = "m"  # a merged cell that covers several counts


class TypedCell(NamedTuple):
    """A spreadsheet cell of another type than text, with its value as text."""

    kind: CellKind
    text: str
    shown: str | None = None  # of a number: the text that its format shows, such as 0001 or 2022.10; None if it is the same
    stored: str | None = None  # of a number: its digits before it was rounded to 15; None if they are the same


SheetCell = str | TypedCell
NumberedRow = tuple[int, list[SheetCell]]
"""A row of a sheet with its number, from 1."""
BROKEN_CELLS = {
    CellKind.PERCENT: RowCode.PERCENT,
    CellKind.STRUCK: RowCode.STRUCK_TEXT,
    CellKind.ERROR: RowCode.ERROR_CELL,
    CellKind.UNCALCULATED: RowCode.FORMULA_WITHOUT_VALUE,
    CellKind.MERGED: RowCode.MERGED_VALUE,
}


def cell_text(cell: SheetCell) -> str:
    """Return the text of a cell, whatever its type."""
    return cell if isinstance(cell, str) else cell.text


def shown_text(cell: SheetCell) -> str:
    """Return the text that the sheet shows for a cell: 2022.10 and 0001, where the number is 2022.1 and 1."""
    return cell if isinstance(cell, str) else cell.shown or cell.text


def stored_text(cell: SheetCell) -> str:
    """Return the text of a cell before its number was rounded."""
    return cell if isinstance(cell, str) else cell.stored or cell.text


def is_blank(cell: SheetCell) -> bool:
    """Return whether a cell shows nothing."""
    return isinstance(cell, str) and (not cell or not (cell[0].isalnum() or normalised(cell)))


def is_number_cell(cell: SheetCell) -> bool:
    """Return whether a cell of a workbook has a number; in a CSV all cells are texts."""
    return not isinstance(cell, str) and cell.kind is CellKind.NUMBER


def first_text(cells: Sequence[SheetCell]) -> str:
    """Return the text of the first cell that shows anything; empty if none does."""
    return next((cell_text(cell) for cell in cells if not is_blank(cell)), "")


def read_count(cell: SheetCell) -> ParsedCount:
    """Read a cell as a count."""
    if isinstance(cell, str):
        return parse_count(cell)
    if cell.kind in BROKEN_CELLS:
        return ParsedCount(None, BROKEN_CELLS[cell.kind])
    if cell.kind is not CellKind.NUMBER:
        return ParsedCount(None, RowCode.NOT_A_COUNT, (), DATE_HINT if cell.kind is CellKind.DATE else None)
    count = parse_count(cell.text)
    return count._replace(normalisations=(NormalisationKind.ROUNDED,)) if cell.stored and count.value is not None else count
