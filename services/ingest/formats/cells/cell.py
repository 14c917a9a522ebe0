"""Cells of a table: text, or what a spreadsheet knows besides."""

from enum import Enum
from typing import NamedTuple

from services.ingest.formats.cells.values import ParsedCount, parse_count
from shared.values.spelling import normalised
from shared.vocabulary import RowCode


class CellKind(Enum):
    """What a spreadsheet cell is besides text."""

    NUMBER = "n"
    DATE = "d"
    BOOLEAN = "b"
    ERROR = "e"
    UNCALCULATED = "f"
    MERGED = "m"  # one cell laid over the places of several counts


class TypedCell(NamedTuple):
    """A spreadsheet cell that is not text, written as text."""

    kind: CellKind
    text: str


SheetCell = str | TypedCell
BROKEN_CELLS = {
    CellKind.ERROR: RowCode.ERROR_CELL,
    CellKind.UNCALCULATED: RowCode.FORMULA_WITHOUT_VALUE,
    CellKind.MERGED: RowCode.MERGED_VALUE,
}


def cell_text(cell: SheetCell) -> str:
    """The cell as text."""
    return cell if isinstance(cell, str) else cell.text


def is_blank(cell: SheetCell) -> bool:
    """Whether nothing can be seen in it."""
    return isinstance(cell, str) and (not cell or not normalised(cell))


def read_count(cell: SheetCell) -> ParsedCount:
    """The count a cell holds, or why it holds none."""
    if isinstance(cell, str):
        return parse_count(cell)
    if cell.kind in BROKEN_CELLS:
        return ParsedCount(None, BROKEN_CELLS[cell.kind])
    if cell.kind is CellKind.NUMBER:
        return parse_count(cell.text)
    return ParsedCount(None, RowCode.NOT_A_COUNT)
