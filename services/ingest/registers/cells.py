"""Cells of a register's table."""

from typing import Self

from services.ingest.formats.cells.cell import BROKEN_CELLS, SheetCell, cell_text
from services.ingest.registers.strict_values import Value
from shared.vocabulary import RowCode


class TextCell(str):
    """The text of a cell, with the reason if the cell cannot be read."""

    __slots__ = ("broken", "cell")
    broken: Value | None
    cell: SheetCell

    def __new__(cls, text: str, broken: RowCode | None = None) -> Self:
        """Create the text of a cell; `broken` is the reason why it cannot be read."""
        made = super().__new__(cls, text)
        made.broken = Value(None, broken) if broken else None
        made.cell = str(text)
        return made

    @classmethod
    def of(cls, cell: SheetCell) -> Self:
        """Return the text of a cell of a sheet."""
        made = cls(cell_text(cell), None if isinstance(cell, str) else BROKEN_CELLS.get(cell.kind))
        made.cell = cell
        return made
