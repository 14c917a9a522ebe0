"""Cells of a table: text, or what a spreadsheet knows besides."""

from enum import Enum
from typing import NamedTuple

from services.ingest.formats.cells.values import Count, count_of
from shared.values.spelling import normalised
from shared.vocabulary import RowCode


class Kind(Enum):
    """What a spreadsheet cell is besides text."""

    NUMBER = "n"
    DATE = "d"
    BOOLEAN = "b"
    ERROR = "e"
    UNCALCULATED = "f"
    MERGED = "m"  # one cell laid over the places of several counts


class Odd(NamedTuple):
    """A spreadsheet cell that is not text, written as text."""

    kind: Kind
    text: str


Cell = str | Odd
BROKEN = {
    Kind.ERROR: RowCode.ERROR_CELL,
    Kind.UNCALCULATED: RowCode.FORMULA_WITHOUT_VALUE,
    Kind.MERGED: RowCode.MERGED_VALUE,
}


def text_of(cell: Cell) -> str:
    """The cell as text."""
    return cell if isinstance(cell, str) else cell.text


def is_blank(cell: Cell) -> bool:
    """Whether nothing can be seen in it."""
    return isinstance(cell, str) and (not cell or not normalised(cell))


def count_in(cell: Cell) -> Count:
    """The count a cell holds, or why it holds none."""
    if isinstance(cell, str):
        return count_of(cell)
    if cell.kind in BROKEN:
        return Count(None, BROKEN[cell.kind])
    if cell.kind is Kind.NUMBER:
        return count_of(cell.text)
    return Count(None, RowCode.NOT_A_COUNT)
