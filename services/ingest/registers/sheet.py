"""One sheet of a register, a table or a form: title rows above, units, totals, remarks and merged cells are understood."""

from collections.abc import Iterator, Sequence

from services.ingest.formats.cells.cell import CellKind, SheetCell, cell_text, is_blank, read_count
from services.ingest.formats.cells.labels import is_signature, is_subtotal, is_total
from services.ingest.formats.cells.units import is_unit, is_unit_label
from services.ingest.formats.cells.values import parse_month
from services.ingest.formats.layout.form_defaults import FormDefaults
from services.ingest.formats.layout.merged_cells import COLUMNS_MAX, MergedCells
from services.ingest.formats.readings.sums import RunningTotals, StatedTotal, SumCodes, SumKey, codes_of_key
from services.ingest.formats.row_errors import UNQUOTED_HINT, row_error
from services.ingest.formats.rows import Batch
from services.ingest.formats.sender import SenderDefaults
from services.ingest.formats.sheets.hidden_cells import HiddenCells
from services.ingest.formats.sheets.sheet import HEADER_ROWS, MergedRange, SheetStart
from services.ingest.registers.cells import TextCell
from services.ingest.registers.pushed_register import PushedRegister, Record
from services.ingest.registers.register_header import DEFAULTED_COLUMNS, RegisterHeader, RegisterTitles
from services.ingest.registers.template_columns import prefilled_columns
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised
from shared.vocabulary import ColumnKind, NormalisationKind, PassedOverReason, RowCode

_NUMBERS = {ColumnKind.INTEGER, ColumnKind.DECIMAL}
_KEPT = ((0, 1, 2),)  # column, area and month: a row holds a thing, and a total of it may name all of them
_FEWEST = 2  # known titles that make a row look like a header


class SheetReader:
    """Reads the rows of one sheet as they come."""

    def __init__(self, sheet: SheetStart, titles: RegisterTitles, pushed: PushedRegister, sender: SenderDefaults) -> None:
        self.name = sheet.name
        self._merged_cells = MergedCells(sheet.merged)
        self._hidden = HiddenCells(sheet)
        for text in self._hidden.ranges:
            pushed.passed.add(PassedOverReason.HIDDEN, sheet.name, None, text)
        self.nearest = RegisterHeader()  # the row of titles that came closest
        self._titles, self._pushed, self._sender = titles, pushed, sender
        self._register, self._notes = pushed.register, pushed.notes
        self._above: list[tuple[int, list[SheetCell]]] = []
        self._head: RegisterHeader | None = None
        self._base = self._last = 0  # the number of a row in the push − its number in the sheet; the last row
        self._said: dict[str, TextCell] = {}  # what holds for all rows
        self._nothing = prefilled_columns(self._register)

    @property
    def was_read(self) -> bool:
        """True if a header of the register was found."""
        return self._head is not None

    @property
    def looks_meant(self) -> bool:
        """True if a row names more than half of the required columns, so that a table was intended."""
        required = set(self._register.required) - DEFAULTED_COLUMNS
        found = required & self.nearest.places.keys()
        return len(found) >= _FEWEST and 2 * len(found) > len(required)

    def take(self, number: int, cells: list[SheetCell] | Bilingual) -> Iterator[Record]:
        """Yield the records that can be read now that a row has arrived, or the reason why it cannot be read."""
        self._last = number
        if isinstance(cells, Bilingual):
            yield Record(number + self._base, error=row_error(RowCode.MALFORMED_ROW, number + self._base, hint=cells))
            return
        merged = self._merged_cells.fill_row(number, cells, COLUMNS_MAX - 1)
        if self._head is not None:
            yield from self._below(number, cells, merged)
        elif len(self._above) <= HEADER_ROWS:
            self._above.append((number, cells))
            self._look(*self._heads())
            if self._head is not None and self._begins < number:
                yield from self._below(number, cells, merged)

    def _hidden_value(self, number: int, cells: Sequence[SheetCell]) -> tuple[str, str] | None:
        """Return column and text of a hidden cell that would be read, if there is one."""
        hidden = set(self._hidden.columns_of(number, len(cells)))
        return next(((name, cell_text(cells[place])) for name, place in self._places(cells) if place in hidden), None)

    def end(self) -> Iterator[Record]:
        """Yield the records that remain after the last row."""
        if self._head is None and self._above:
            last = len(self._above) - 1
            self._look((self._titles.header_of_row(self._texts(last)), last, last))
        if self._head is not None:
            batch = Batch()
            self._totals.finish(batch, self._last + self._base + 1)
            yield from self._judged(batch)
            if self.name is not None:
                self._pushed.errors.locator.advance_to(self._last + self._base)

    def _texts(self, index: int) -> list[str]:
        return [cell_text(cell).strip() for cell in self._above[index][1]]

    def _heads(self) -> Iterator[tuple[RegisterHeader, int, int]]:
        """Yield the headers that the new row may complete: with the row before as groups, or the row before alone."""
        last = len(self._above) - 1
        if last:
            before = self._texts(last - 1)
            yield self._titles.header_of_rows(before, self._texts(last)), last - 1, last
            yield self._titles.header_of_row(before), last - 1, last - 1

    def _look(self, *heads: tuple[RegisterHeader, int, int]) -> None:
        for head, first, last in heads:
            if len(head.places) > len(self.nearest.places):
                self.nearest = head
            if self._head is None and len(head.places) >= _FEWEST and self._titles.has_required(head):
                self._begin(head, self._above[:first], self._above[last][0])

    def _begin(self, head: RegisterHeader, above: Sequence[tuple[int, list[SheetCell]]], number: int) -> None:
        """Begin the table whose header ends in this row."""
        self._head, self._begins = head, number
        around = FormDefaults(self.name, above, self._pushed.definition.names, self._sender, self._notes)
        for row, cells in above:
            if first := _first(cells):
                self._notes.add(NormalisationKind.TEXT_ROW, row, first)
        for title in head.ignored:
            self._pushed.passed.add(PassedOverReason.OTHER_COLUMN, self.name, None, title)
        if "month" not in head.places:
            around.require_month()
            self._said["month"] = TextCell(around.month)
        if self._register.by_area and "area" not in head.places:
            area = around.area_or(self._pushed.definition.organisation(self._pushed.org).area)
            self._said |= {"area": TextCell(area)} if area else {}
        self._titles.check(head, self.name, known=tuple(self._said))
        units = dict(head.units)
        if around.unit:
            units = {column.name: around.unit[0] for column in self._register.columns if column.units} | units
        for name, unit in units.items():
            self._titles.check_unit(name, unit)
        if self.name is not None:
            self._base = self._pushed.errors.locator.add_plain_table(self.name, head.places)
        self._totals = RunningTotals(self._notes, number + self._base, _KEPT, _rows_of)

    def _below(self, number: int, cells: list[SheetCell], merged: Sequence[MergedRange]) -> Iterator[Record]:
        """Yield the records of a row below the header."""
        texts = [normalised(cell_text(cell)) for cell in cells if not is_blank(cell)]
        if all(map(is_blank, cells)):
            self._notes.add(NormalisationKind.BLANK_ROW, number)
        elif hidden := self._hidden_value(number, cells):
            yield Record(number + self._base, error=row_error(RowCode.HIDDEN_VALUE, number + self._base, *hidden))
        elif number == self._begins + 1 and self._is_unit_row(cells):
            for name, place in self._places(cells):
                self._titles.check_unit(name, cell_text(cells[place]))
        elif self._heads_total(cells):
            yield from self._total(number, cells)
        elif self._is_aside(cells, texts):
            self._notes.add(NormalisationKind.TEXT_ROW, number, texts[0])
        else:
            yield from self._data(number, cells, merged)

    def _places(self, cells: Sequence[SheetCell]) -> Iterator[tuple[str, int]]:
        """Return the columns that are not empty in a row."""
        places = self._head.places if self._head else {}
        return ((name, place) for name, place in places.items() if place < len(cells) and not is_blank(cells[place]))

    def _is_unit_row(self, cells: Sequence[SheetCell]) -> bool:
        """Return true if a row contains only units."""
        texts = [cell_text(cell) for cell in cells if not is_blank(cell)]
        return any(map(is_unit, texts)) and all(is_unit(text) or is_unit_label(text) for text in texts)

    def _heads_total(self, cells: Sequence[SheetCell]) -> bool:
        """Return true if a total is named before the first whole number."""
        places = self._head.places if self._head else {}
        counts = [place for name, place in places.items() if self._register.by_name[name].kind is ColumnKind.INTEGER]
        return any(is_total(cell_text(cell)) for cell in cells[: min(counts, default=len(cells))])

    def _is_aside(self, cells: Sequence[SheetCell], texts: Sequence[str]) -> bool:
        """Return true for signature rows, notes, headings and repeated headers."""
        written = {name: cell_text(cells[place]) for name, place in self._places(cells)}
        if len(texts) > 1 and len(set(texts)) == 1:
            return True
        if self._titles.count_recognised([cell_text(cell) for cell in cells]) == len(self._head.places if self._head else ()):
            return True
        return is_signature(_first(cells)) and any(
            name not in written for name in self._register.required if name not in self._said
        )

    def _data(self, number: int, cells: list[SheetCell], merged: Sequence[MergedRange]) -> Iterator[Record]:
        head, number = self._head or RegisterHeader(), number + self._base
        beyond = next((cell_text(cell) for cell in cells[head.width :] if not is_blank(cell)), None)
        if beyond is not None:
            yield Record(number, error=row_error(RowCode.MALFORMED_ROW, number, None, beyond, UNQUOTED_HINT))
            return
        values = {name: TextCell.of(cells[place]) for name, place in self._places(cells)}
        for each in merged:
            if each.top < each.bottom:
                for name, place in head.places.items():
                    if each.left <= place <= each.right and name in values and self._register.by_name[name].kind in _NUMBERS:
                        values[name] = TextCell(values[name], RowCode.MERGED_VALUE)
        if self._nothing.issuperset(values) and not any(cell.broken for cell in values.values()):
            self._pushed.blank += 1
            return
        self._totals.add_counts(list(self._parts(values)))
        yield Record(number, self._said | values)

    def _parts(self, values: dict[str, TextCell]) -> Iterator[tuple[tuple[str | None, ...], int | None]]:
        """Yield the whole numbers of a row with their keys, as parts of totals."""
        for column in self._register.columns:
            if column.kind is ColumnKind.INTEGER and column.name in values:
                yield (column.name, *self._where(self._said | values)), read_count(values[column.name].cell).value

    def _where(self, values: dict[str, TextCell]) -> tuple[str | None, str | None]:
        """Return area and month if the row has them."""
        area, month = values.get("area", ""), values.get("month", "")
        return self._pushed.definition.names.areas.get(normalised(area)), parse_month(month)[0]

    def _total(self, number: int, cells: Sequence[SheetCell]) -> Iterator[Record]:
        values = {name: TextCell.of(cells[place]) for name, place in self._places(cells)}
        partial = any(is_subtotal(cell_text(cell)) for cell in cells)
        batch, named = Batch(), self._where(values)
        counts = {name: cell for name, cell in values.items() if self._register.by_name[name].kind is ColumnKind.INTEGER}
        if not counts:
            self._notes.add(NormalisationKind.TEXT_ROW, number, _first(cells))
        for name, cell in counts.items():
            count = read_count(cell.cell)
            if count.value is not None:
                total = StatedTotal(number + self._base, number, [(name, *named)], count.value, partial, name)
                self._totals.add_total(batch, total)
            elif not (isinstance(cell.cell, tuple) and cell.cell.kind is CellKind.UNCALCULATED):
                error = row_error(count.code or RowCode.NOT_A_COUNT, number + self._base, name, str(cell), count.hint)
                yield Record(number + self._base, error=error)
        self._totals.end_total_row(batch, number + self._base)
        yield from self._judged(batch)

    def _judged(self, batch: Batch) -> Iterator[Record]:
        self._pushed.mismatched_totals += batch.mismatched_totals
        for error in batch.errors:
            yield Record(error.row or 0, error=error)


def _rows_of(key: SumKey) -> SumCodes:
    """Return the area and month of a key: a row contains counts of several columns."""
    return None, *codes_of_key(key)[1:]


def _first(cells: Sequence[SheetCell]) -> str:
    return next((cell_text(cell) for cell in cells if not is_blank(cell)), "")
