"""One table of a register: every value below its header is a value of a column, a total, passed over by name, or an error."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from services.ingest.formats.cells.cell import SheetCell, cell_text, is_blank, read_count
from services.ingest.formats.cells.labels import is_comparison, is_subtotal, is_total
from services.ingest.formats.cells.number_texts import holds_number, is_split_number
from services.ingest.formats.cells.units import is_unit, is_unit_label
from services.ingest.formats.cells.values import parse_month
from services.ingest.formats.layout.form_defaults import FormDefaults
from services.ingest.formats.layout.list_titles import column_of_title
from services.ingest.formats.layout.statements import StatementReader
from services.ingest.formats.locator import CellPosition, SheetNumbers
from services.ingest.formats.readings.sums import RunningTotals, StatedTotal, SumCodes, SumKey, codes_of_key
from services.ingest.formats.row_errors import SPLIT_NUMBER_HINT, UNQUOTED_HINT, row_error
from services.ingest.formats.rows import Batch, RowError
from services.ingest.formats.sender import SenderDefaults
from services.ingest.formats.sheets.sheet import MergedRange, SheetStart
from services.ingest.registers.cells import TextCell
from services.ingest.registers.pushed_register import PushedRegister, Record
from services.ingest.registers.register_header import RegisterHeader, RegisterTitles
from services.ingest.registers.template_columns import prefilled_columns
from shared.registers import Column
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised
from shared.vocabulary import ColumnKind, NormalisationKind, PassedOverReason, RowCode

_NUMBERS = {ColumnKind.INTEGER, ColumnKind.DECIMAL}
_SUMMED_FIELDS = ((0, 1, 2),)  # column, area and month: a row holds a thing, and a total of it may name all of them
_NO_TITLE_HINT = Bilingual(
    zh="该列没有列名，请补写列名，或删除该内容", en="the column has no title; add one, or remove the value"
)


class RegisterContext(NamedTuple):
    """Titles, rows, sender and reader of texts that all tables of a push share."""

    titles: RegisterTitles
    pushed: PushedRegister
    sender: SenderDefaults
    statements: StatementReader


class RegisterTable:
    """Reads the rows below one header."""

    def __init__(
        self,
        sheet: SheetStart,
        numbers: SheetNumbers,
        header: RegisterHeader,
        rows: tuple[int, int],
        defaults: FormDefaults,
        context: RegisterContext,
    ) -> None:
        """`rows`: the first and the last row of the header, from 1."""
        top, self._header_row = rows
        self.header = header
        self._sheet, self._numbers = sheet, numbers
        titles, pushed = context.titles, context.pushed
        self._titles, self._pushed, self._sender = titles, pushed, context.sender
        self._register, self._notes, self._names = pushed.register, pushed.notes, pushed.definition.names
        self._defaults = self._default_values(defaults)
        titles.check(header, sheet.name, known=tuple(self._defaults))
        self._check_units(defaults)
        self._typed_columns = {
            index: self._register.by_name[name]
            for name, index in header.columns.items()
            if self._register.by_name[name].kind not in {ColumnKind.KEY, ColumnKind.TEXT}
        }
        self._counts = {name for name in header.columns if self._register.by_name[name].kind is ColumnKind.INTEGER}
        self._organisations = [index for index, title in header.others.items() if column_of_title(title) == "org"]
        self._prefilled = prefilled_columns(self._register)
        numbers.begin_table(top, self._find_cell)
        self._totals = RunningTotals(self._notes, numbers.number_for(self._header_row), _SUMMED_FIELDS, _codes_of_rows)
        for index, title in header.others.items():
            reason = PassedOverReason.COMPARISON_COLUMN if is_comparison(title) else PassedOverReason.OTHER_COLUMN
            pushed.passed.add(reason, sheet.name, CellPosition(self._header_row, index).name, title)

    def _default_values(self, defaults: FormDefaults) -> dict[str, TextCell]:
        """Return the month and the area that all rows have."""
        values: dict[str, TextCell] = {}
        if "month" not in self.header.columns:
            defaults.require_month()
            values["month"] = TextCell(defaults.month)
        if self._register.by_area and "area" not in self.header.columns:
            area = defaults.area_or(self._pushed.definition.organisation(self._pushed.org).area, lists_parts=True)
            values |= {"area": TextCell(area)} if area else {}
        return values

    def _check_units(self, defaults: FormDefaults) -> None:
        units = dict(self.header.units)
        if defaults.unit:
            units = {column.name: defaults.unit[0] for column in self._register.columns if column.units} | units
        for name, unit in units.items():
            self._titles.check_unit(name, unit)

    def continues(self, header: RegisterHeader, defaults: FormDefaults) -> bool:
        """Return whether a further header is the same again, below a caption that gives the same month and area."""
        self._check_units(defaults)
        return header == self.header and self._default_values(defaults) == self._defaults

    def contradicts(self, text: str) -> bool:
        """Return whether a text names another area or month than the one that all rows have."""
        defaults = dict(zip(("area", "month"), self._area_and_month(self._defaults), strict=True))
        named = {"area": self._pushed.area_code(text), "month": parse_month(text)[0]}
        return any(named[name] not in {None, defaults[name]} for name in self._defaults)

    def _find_cell(self, row: int, column_index: int, column: str) -> CellPosition | None:
        """Return the cell of a column of the register, or the cell with a number of its own."""
        index = self.header.columns.get(column, column_index)
        return CellPosition(row, index) if index >= 0 else None

    def read_units(self, number: int, cells: Sequence[SheetCell]) -> bool:
        """Check the row below the header if it contains only units; return False if it does not."""
        if number != self._header_row + 1:
            return False
        texts = [cell_text(cell) for cell in cells if not is_blank(cell)]
        if not any(map(is_unit, texts)) or not all(is_unit(text) or is_unit_label(text) for text in texts):
            return False
        for name, index in self._filled(cells):
            self._titles.check_unit(name, cell_text(cells[index]))
        return True

    def _filled(self, cells: Sequence[SheetCell]) -> Iterator[tuple[str, int]]:
        """Yield the columns of the register that are not empty in a row."""
        return ((name, index) for name, index in self.header.columns.items() if index < len(cells) and not is_blank(cells[index]))

    def holds_value(self, cells: Sequence[SheetCell]) -> bool:
        """Return whether a row has a valid value in a column that accepts certain values only, such as numbers or areas."""
        return any(self._pushed.is_value(column, TextCell.of(cells[index])) for index, column in self._typed_in(cells))

    def _typed_in(self, cells: Sequence[SheetCell]) -> Iterator[tuple[int, Column]]:
        return ((index, self._register.by_name[name]) for name, index in self._filled(cells) if index in self._typed_columns)

    def has_typed_cell(self, cells: Sequence[SheetCell]) -> bool:
        """Return whether a row has anything in a column that accepts certain values only."""
        return any(True for _ in self._typed_in(cells))

    def is_complete(self, cells: Sequence[SheetCell]) -> bool:
        """Return whether a row has something in every required column."""
        return {name for name, _ in self._filled(cells)} | self._defaults.keys() >= set(self._register.required)

    def has_key(self, cells: Sequence[SheetCell]) -> bool:
        """Return whether a row has an id."""
        return any(name in self._register.key and not is_total(cell_text(cells[index])) for name, index in self._filled(cells))

    def read(
        self,
        number: int,
        cells: Sequence[SheetCell],
        merged: Mapping[int, MergedRange],
        hidden: Sequence[int],
        *,
        is_total: bool,
    ) -> Iterator[Record]:
        """Read a data row or a total row. `merged`: the range of each covered cell; `hidden`: column indices of hidden cells."""
        if hidden_columns := [(name, index) for name, index in self._filled(cells) if index in hidden]:
            position, (name, index) = self._numbers.number_for(number), hidden_columns[0]
            yield Record(position, errors=[row_error(RowCode.HIDDEN_VALUE, position, name, cell_text(cells[index]))])
        elif is_total:
            yield from self._read_total_row(number, cells)
        elif record := self._read_data_row(number, cells, merged):
            yield record

    def is_total_row(self, cells: Sequence[SheetCell]) -> bool:
        """Return whether a total is named before the first whole number, in a row that has a total or no id."""
        filled = dict(self._filled(cells))
        first = min((self.header.columns[name] for name in self._counts), default=len(cells))
        is_labelled = any(is_total(cell_text(cell)) for cell in cells[:first])
        return is_labelled and (bool(self._counts & filled.keys()) or not self.has_key(cells))

    def _read_data_row(self, number: int, cells: Sequence[SheetCell], merged: Mapping[int, MergedRange]) -> Record | None:
        """Return the record of a data row; None if it has nothing but what a template fills in."""
        values = {name: TextCell.of(cells[index]) for name, index in self._filled(cells)}
        for name, index in self._filled(cells):
            is_tall = index in merged and merged[index].top < merged[index].bottom
            if is_tall and self._register.by_name[name].kind in _NUMBERS:
                values[name] = TextCell(values[name], RowCode.MERGED_VALUE)
        errors = [*self._split_numbers(number, cells), *self._stray_values(number, cells, merged)]
        errors += self._other_organisations(number, cells)
        if not errors and self._prefilled.issuperset(values) and not any(cell.broken for cell in values.values()):
            self._pushed.blank += 1
            return None
        self._totals.add_counts(list(self._parts(values)))
        return Record(self._numbers.number_for(number), self._defaults | values, errors)

    def _stray_values(self, number: int, cells: Sequence[SheetCell], merged: Mapping[int, MergedRange]) -> Iterator[RowError]:
        """Yield an error for each value without a title above it; what a merged cell shows belongs to its column with a title."""
        titled = {*self.header.columns.values(), *self.header.others}
        for index, cell in enumerate(cells):
            if index in titled or is_blank(cell):
                continue
            if index in merged and titled & set(range(merged[index].left, merged[index].right + 1)):
                continue
            is_split = self._sheet.delimiter is not None and index >= self.header.width
            code = RowCode.UNREAD_NUMBER if holds_number(cell, self._names) else RowCode.MALFORMED_ROW
            hint = UNQUOTED_HINT if is_split else _NO_TITLE_HINT
            number_of_cell = self._numbers.number_for(number, index)
            yield row_error(RowCode.MALFORMED_ROW if is_split else code, number_of_cell, None, cell_text(cell), hint)

    def _split_numbers(self, number: int, cells: Sequence[SheetCell]) -> Iterator[RowError]:
        """Yield an error for each number of a CSV file that was split at its thousands separator: 1,032 read as 1 and 032."""
        for name in self._counts if self._sheet.delimiter == "," else ():
            index = self.header.columns[name]
            if self.header.columns.get("note") == index + 1 < len(cells) and is_split_number(*cells[index : index + 2]):
                position = self._numbers.number_for(number)
                yield row_error(RowCode.BAD_THOUSANDS, position, name, cell_text(cells[index]), SPLIT_NUMBER_HINT)

    def _other_organisations(self, number: int, cells: Sequence[SheetCell]) -> Iterator[RowError]:
        for index in self._organisations:
            spelling = normalised(cell_text(cells[index])) if index < len(cells) else ""
            if spelling and self._sender.is_other(self._names.organisations.get(spelling)):
                position = self._numbers.number_for(number, index)
                yield row_error(RowCode.OTHER_ORG, position, None, cell_text(cells[index]))

    def _parts(self, values: Mapping[str, TextCell]) -> Iterator[tuple[SumKey, int | None]]:
        """Yield the whole numbers of a row with their keys, as parts of totals."""
        for name in self._counts & values.keys():
            yield (name, *self._area_and_month({**self._defaults, **values})), read_count(values[name].cell).value

    def _area_and_month(self, values: Mapping[str, TextCell]) -> tuple[str | None, str | None]:
        """Return area and month if the row has them."""
        area, month = values.get("area", ""), values.get("month", "")
        return self._pushed.area_code(area), parse_month(month)[0]

    def _read_total_row(self, number: int, cells: Sequence[SheetCell]) -> Iterator[Record]:
        """Check the totals of a row; numbers that are no totals of a column are errors."""
        values = {name: TextCell.of(cells[index]) for name, index in self._filled(cells)}
        is_partial = any(is_subtotal(cell_text(cell)) for cell in cells)
        batch, area_and_month, position = Batch(), self._area_and_month(values), self._numbers.number_for(number)
        if not self._counts & values.keys():
            self._notes.add(NormalisationKind.TEXT_ROW, number, next(cell_text(cell) for cell in cells if not is_blank(cell)))
        for name in [name for name in values if name in self._counts]:
            count = read_count(values[name].cell)
            if count.value is not None:
                total = StatedTotal(position, number, [(name, *area_and_month)], count.value, is_partial, name)
                self._totals.add_total(batch, total)
            elif count.code is not RowCode.FORMULA_WITHOUT_VALUE:
                error = row_error(count.code or RowCode.NOT_A_COUNT, position, name, str(values[name]), count.hint)
                yield Record(position, errors=[error])
        read = {*self.header.others, *(index for name, index in self.header.columns.items() if name in {*self._counts, "month"})}
        for index, cell in enumerate(cells):
            if index not in read and holds_number(cell, self._names):
                code = RowCode.TOTAL_UNCHECKED if index < self.header.width else RowCode.UNREAD_NUMBER
                number_of_cell = self._numbers.number_for(number, index)
                yield Record(number_of_cell, errors=[row_error(code, number_of_cell, None, cell_text(cell))])
        self._totals.end_total_row(batch, position)
        yield from self._mismatches(batch)

    def end(self, last_row: int) -> Iterator[Record]:
        """End the table with this row, and yield the errors of its remaining totals."""
        batch = Batch()
        self._totals.finish(batch, self._numbers.number_for(last_row + 1))
        yield from self._mismatches(batch)

    def _mismatches(self, batch: Batch) -> Iterator[Record]:
        self._pushed.mismatched_totals += batch.mismatched_totals
        self._pushed.matched_totals += batch.matched_totals
        for error in batch.errors:
            yield Record(error.row or 0, errors=[error])


def _codes_of_rows(key: SumKey) -> SumCodes:
    """Return the area and month of a key: a row contains counts of several columns."""
    return None, *codes_of_key(key)[1:]
