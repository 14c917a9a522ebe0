"""A hidden sheet of a register's workbook: it may hold lists of choices, but nothing that looks meant."""

from collections.abc import Iterator

from services.ingest.formats.cells.cell import CellKind, SheetCell, cell_text, is_blank
from services.ingest.formats.row_errors import row_error
from services.ingest.formats.sheets.sheet import SheetStart
from services.ingest.registers.pushed_register import PushedRegister, Record
from services.ingest.registers.register_header import RegisterTitles
from shared.values.bilingual import Bilingual
from shared.vocabulary import PassedOverReason, RowCode

_NUMBERS = {CellKind.NUMBER, CellKind.PERCENT, CellKind.DATE}
_FEWEST = 2  # known titles that make a row look like a header


class HiddenSheet:
    """Looks for numbers and headers; the first row that has any is an error."""

    def __init__(self, sheet: SheetStart, titles: RegisterTitles, pushed: PushedRegister) -> None:
        self._titles = titles
        self._locator = pushed.errors.locator
        self._base = self._locator.add_plain_table(sheet.name, {})
        self._last = 0
        self._is_reported = False
        pushed.passed.add(PassedOverReason.HIDDEN, sheet.name, None, sheet.name or "")

    def take(self, number: int, cells: list[SheetCell] | Bilingual) -> Iterator[Record]:
        """Yield the error of the first row that must not be hidden."""
        self._last = number
        if self._is_reported or isinstance(cells, Bilingual):
            return
        numbers = (cell for cell in cells if not isinstance(cell, str) and cell.kind in _NUMBERS)
        is_header = self._titles.count_recognised(list(map(cell_text, cells))) >= _FEWEST
        found = next(numbers, None) or next((cell for cell in cells if is_header and not is_blank(cell)), None)
        if found is not None:
            self._is_reported = True
            number += self._base
            yield Record(number, error=row_error(RowCode.HIDDEN_VALUE, number, None, cell_text(found)))

    def end(self) -> Iterator[Record]:
        """Keep the numbers of the sheet's rows from being given again."""
        self._locator.advance_to(self._base + self._last)
        return iter(())
