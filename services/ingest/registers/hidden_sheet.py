"""A hidden sheet of a register's workbook: it may hold lists of choices, but nothing that looks meant."""

from collections.abc import Iterator

from services.ingest.formats.cells.cell import CellKind, SheetCell, cell_text, is_blank
from services.ingest.formats.row_errors import row_error
from services.ingest.formats.sheets.sheet import SheetRows, SheetStart
from services.ingest.registers.pushed_register import PushedRegister, Record
from services.ingest.registers.register_header import RegisterTitles
from services.ingest.registers.sheet import FEWEST_TITLES
from shared.vocabulary import PassedOverReason, RowCode

_NUMBERS = {CellKind.NUMBER, CellKind.PERCENT, CellKind.DATE}


class HiddenSheet:
    """Looks for numbers and tables; every row that has any is an error."""

    def __init__(self, sheet: SheetStart, titles: RegisterTitles, pushed: PushedRegister) -> None:
        self._titles, self._locator = titles, pushed.errors.locator
        self._numbers = self._locator.add_sheet(sheet.name)
        self._last = 0
        self._is_below_header = False
        pushed.passed.add(PassedOverReason.HIDDEN, sheet.name, None, sheet.name or "")

    def read(self, part: SheetRows) -> Iterator[Record]:
        """Yield the errors of the rows that must not be hidden."""
        for number, cells in part.rows:
            self._last = number
            self._is_below_header |= self._titles.count_recognised(list(map(cell_text, cells))) >= FEWEST_TITLES
            meant = [index for index, cell in enumerate(cells) if self._is_meant(cell)]
            if meant:
                position = self._numbers.number_for(number, meant[0])
                error = row_error(RowCode.HIDDEN_VALUE, position, None, cell_text(cells[meant[0]]))
                yield Record(position, errors=[error])

    def _is_meant(self, cell: SheetCell) -> bool:
        return not is_blank(cell) and (self._is_below_header or (not isinstance(cell, str) and cell.kind in _NUMBERS))

    def finish(self) -> Iterator[Record]:
        """Keep the numbers of the sheet's rows from being given again."""
        self._locator.advance_to(self._numbers.number_for(self._last + 1))
        return iter(())
