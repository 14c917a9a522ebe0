"""One sheet of a register: finds its tables and the role of each row. Every value is read, passed over by name, or an error."""

import re
from collections.abc import Iterator, Sequence

from services.ingest.formats.cells.cell import NumberedRow, SheetCell, cell_text, first_text, is_blank
from services.ingest.formats.cells.labels import bare_name, code_named, is_signature
from services.ingest.formats.cells.number_texts import holds_number, is_title
from services.ingest.formats.cells.units import is_unit
from services.ingest.formats.cells.values import parse_month
from services.ingest.formats.layout.form_defaults import FormDefaults
from services.ingest.formats.layout.merged_cells import MergedCells
from services.ingest.formats.locator import CellPosition
from services.ingest.formats.readings.rows_of_texts import pass_over_labelled
from services.ingest.formats.row_errors import row_error, unknown_titles_hint
from services.ingest.formats.sheets.hidden_cells import HiddenCells
from services.ingest.formats.sheets.sheet import HEADER_ROWS, SheetRows, SheetStart
from services.ingest.registers.pushed_register import Record
from services.ingest.registers.register_header import DEFAULTED_COLUMNS, RegisterHeader
from services.ingest.registers.table import RegisterContext, RegisterTable
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised
from shared.vocabulary import NormalisationKind, PassedOverReason, RowCode

FEWEST_TITLES = 2  # known titles that make a row look like a header
_FEWEST_VALUES = 3  # texts that make a row outside tables look like a row of the register
_CAPTION_ROWS = 3  # of a further table
_ROWS_AHEAD = _CAPTION_ROWS + 2  # rows that are known before a row is read: it may begin a caption above a header of two rows
_TABLES_MAX = 200  # of a sheet; the same header again, as on every page of a printed list, is no further table
_GENERATION_OR_RATE = re.compile(r"(?<![0-9])[0-9]++[gm]", re.IGNORECASE)  # digits that titles contain: 5G是否通达, 500M


class RegisterSheetReader:
    """Reads one sheet row by row."""

    def __init__(self, sheet: SheetStart, context: RegisterContext) -> None:
        self.name = sheet.name
        self.has_table = False
        self.rejected_rows = 0  # rows outside tables with errors
        self.nearest_header = RegisterHeader()  # the row of titles that names the most columns
        self._sheet, self._context = sheet, context
        pushed = context.pushed
        self._titles, self._pushed = context.titles, pushed
        self._register, self._notes, self._names = pushed.register, pushed.notes, pushed.definition.names
        self._numbers = pushed.errors.locator.add_sheet(sheet.name)
        self._merged_cells = MergedCells(sheet.merged)
        self._hidden = HiddenCells(sheet)
        for text in self._hidden.ranges:
            pushed.passed.add(PassedOverReason.HIDDEN, sheet.name, None, text)
        self._rows: list[NumberedRow] = []  # not read yet
        self._unreadable: list[tuple[int, Bilingual]] = []  # not told yet
        self._last = 0
        self._rows_read = 0
        self._captions: list[NumberedRow] = []  # the rows above the first header
        self._caption_texts: set[tuple[str, ...]] = set()  # of all captions
        self._new_captions: list[NumberedRow] = []  # above the next header, if they differ from earlier ones
        self._defaults: FormDefaults | None = None  # of the first caption
        self._table: RegisterTable | None = None  # None: above the first table, or below a header that is not understood
        self._tables = 0
        self._unknown_titles: list[str] = []  # of the header that is not understood
        self._header_end = 0  # the last row of the last header
        self._named_row: NumberedRow | None = None  # of a sheet without a table: the first that names anything

    @property
    def looks_meant(self) -> bool:
        """True if a row names more than half of the required columns, so that a table was intended."""
        required = set(self._register.required) - DEFAULTED_COLUMNS
        found = required & self.nearest_header.columns.keys()
        return len(found) >= FEWEST_TITLES and 2 * len(found) > len(required)

    def read(self, part: SheetRows) -> Iterator[Record]:
        """Read further rows; yield what is certain without the rows after them."""
        self._merged_cells.fill(part.rows)
        self._rows += part.rows
        self._unreadable += part.unreadable
        self._last = max([self._last, *(number for number, _ in (*part.rows[-1:], *part.unreadable[-1:]))])
        yield from self._read_rows(_ROWS_AHEAD)

    def finish(self) -> Iterator[Record]:
        """Read the remaining rows and check the remaining totals."""
        yield from self._read_rows(0)
        yield from self._reject_unreadable(self._last + 1)
        yield from self._end_table(self._last)
        if self._named_row and not self.has_table and not self.rejected_rows:
            yield self._reject_header(*self._named_row)
        self._pushed.errors.locator.advance_to(self._numbers.number_for(self._last + 1))

    def _read_rows(self, rows_ahead: int) -> Iterator[Record]:
        count = max(len(self._rows) - rows_ahead, 0)
        for index in range(count):
            number, cells = self._rows[index]
            yield from self._reject_unreadable(number)
            self._rows_read += 1
            if not all(map(is_blank, cells)):
                yield from self._read_row(index, number, cells)
            elif self._table:
                self._notes.add(NormalisationKind.BLANK_ROW, number)
            self._merged_cells.forget(number)
        del self._rows[:count]

    def _reject_unreadable(self, before_row: int) -> Iterator[Record]:
        while self._unreadable and self._unreadable[0][0] < before_row:
            number, reason = self._unreadable.pop(0)
            position = self._numbers.number_for(number)
            yield Record(position, errors=[row_error(RowCode.MALFORMED_ROW, position, hint=reason)])

    def _read_row(self, index: int, number: int, cells: list[SheetCell]) -> Iterator[Record]:
        if number <= self._header_end:
            return
        table = self._table
        if table is None:
            yield from self._read_texts(index, number, cells)
        elif self._is_heading(number, cells) and not self._is_caption(index, cells):
            yield from self._read_heading(table, number, cells)
        elif table.read_units(number, cells):
            return
        elif not (is_total := table.is_total_row(cells)) and self._is_text_row(index, cells):
            yield from self._read_texts(index, number, cells)
        else:
            merged, hidden = self._merged_cells.ranges_in(number), self._hidden.columns_of(number, len(cells))
            yield from table.read(number, cells, merged, hidden, is_total=is_total)

    def _is_text_row(self, index: int, cells: Sequence[SheetCell]) -> bool:
        """Return whether a row below a header is another header, a signature or a caption."""
        if self._holds_values(cells):
            return self._is_signature_row(cells)
        is_header = self._header_at(index)[0] is not None or self._is_unknown_header(cells)
        return is_header or self._is_signature_row(cells) or self._is_caption(index, cells)

    def _read_texts(self, index: int, number: int, cells: list[SheetCell]) -> Iterator[Record]:
        """Read a row that is no data of a table."""
        header, last = self._header_at(index)
        if header:
            yield from self._begin_table(header, number, last)
        elif self._is_unknown_header(cells):
            yield from self._end_table(number - 1)
            yield self._reject_header(number, cells)
        elif self._is_caption(index, cells):
            yield from self._read_caption(number, cells)
        elif self._is_signature_row(cells):
            self._keep_first_caption(number, cells)
            if self.has_table and self._defaults:
                self._defaults.refuse_below((number, cells))
            yield from self._pass_over(PassedOverReason.SIGNATURE_ROW, number, cells)
        else:
            self._keep_first_caption(number, cells)
            yield from self._read_outside(number, cells)

    def _header_at(self, index: int) -> tuple[RegisterHeader | None, int]:
        """Return the header that begins with a row, and its last row; None if no complete header begins there."""
        number, cells = self._rows[index]
        if self._holds_values(cells) or (not self.has_table and self._rows_read > HEADER_ROWS):
            return None, number
        texts = _texts(cells)
        candidates = [(self._titles.header_of_row(texts), number)]
        if index + 1 < len(self._rows):
            below, cells_below = self._rows[index + 1]
            if not self._holds_values(cells_below):
                candidates.insert(0, (self._titles.header_of_rows(texts, _texts(cells_below)), below))
        for header, last in candidates:
            if len(header.columns) > len(self.nearest_header.columns):
                self.nearest_header = header
            if len(header.columns) >= FEWEST_TITLES and self._titles.has_required(header) and self._tables < _TABLES_MAX:
                return header, last
        return None, number

    def _holds_values(self, cells: Sequence[SheetCell]) -> bool:
        """Return whether a row has values of the current table and not several titles, so that it is no header."""
        return bool(self._table and self._table.holds_value(cells)) and not self._names_columns(cells)

    def _names_columns(self, cells: Sequence[SheetCell]) -> bool:
        return self._titles.count_recognised(list(map(cell_text, cells))) >= FEWEST_TITLES

    def _begin_table(self, header: RegisterHeader, top: int, last: int) -> Iterator[Record]:
        """Begin a table, unless the header is that of the current one again."""
        self._header_end = last
        defaults = self._defaults
        if defaults is None or self._new_captions:
            rows = self._captions + self._new_captions
            defaults = FormDefaults(self.name, rows, self._context.statements, self._notes)
            defaults.refuse_other_organisation()
        self._defaults = self._defaults or defaults
        self._new_captions, self._unknown_titles = [], []
        if self._table and self._table.continues(header, defaults):
            self._notes.add(NormalisationKind.TEXT_ROW, top)
            return
        yield from self._end_table(top - 1)
        self._table = RegisterTable(self._sheet, self._numbers, header, (top, last), defaults, self._context)
        self._tables += 1
        self.has_table = True

    def _end_table(self, last_row: int) -> Iterator[Record]:
        if self._table:
            yield from self._table.end(last_row)
        self._table = None

    def _is_unknown_header(self, cells: Sequence[SheetCell]) -> bool:
        """Return whether a row is a header that is not understood: it has titles where values should be.

        In a table, several known titles, or texts that cannot be meant as values where numbers, areas and the like are;
        elsewhere, known titles among texts.
        """
        filled = [cell for cell in cells if not is_blank(cell)]
        are_titles = len(set(filled)) >= FEWEST_TITLES and all(map(_is_title_of_column, filled))
        if self._table:
            if self._names_columns(cells):
                return True
            has_place = self._table.has_typed_cell(cells) or len(filled) >= _FEWEST_VALUES
            return are_titles and has_place and not self._holds_values(cells) and not self._is_signature_row(cells)
        if any(self._names_value(cell) for cell in filled):
            return False
        names_column = self._titles.count_recognised(list(map(cell_text, filled))) > 0
        return self._names_columns(cells) or (names_column and are_titles and len(filled) >= _FEWEST_VALUES)

    def _names_value(self, cell: SheetCell) -> bool:
        """Return whether a cell names an area, a month or a term of the register."""
        text = cell_text(cell)
        return code_named(self._names.areas, text) is not None or parse_month(text)[0] is not None or self._pushed.is_term(text)

    def _reject_header(self, number: int, cells: Sequence[SheetCell]) -> Record:
        """Reject a header that is not understood; nothing below it is read until the next one."""
        self._unknown_titles = self._titles.unknown_titles(_texts(cells))
        unknown = set(self._unknown_titles)
        index = next(index for index, cell in enumerate(cells) if cell_text(cell).strip() in unknown)
        return self._reject_cell(RowCode.UNKNOWN_HEADER, number, cells, index)

    def _reject_cell(self, code: RowCode, number: int, cells: Sequence[SheetCell], index: int) -> Record:
        self.rejected_rows += 1
        hint = unknown_titles_hint(self._unknown_titles) if self._unknown_titles else None
        position = self._numbers.number_for(number, index)
        return Record(position, errors=[row_error(code, position, None, cell_text(cells[index]), hint)])

    def _is_signature_row(self, cells: Sequence[SheetCell]) -> bool:
        """Return whether a row begins with 填表人 or the like; without a colon it may be a row of the register."""
        text = first_text(cells)
        return is_signature(text) and (_is_labelled([text]) or not (self._table and self._table.is_complete(cells)))

    def _pass_over(self, reason: PassedOverReason, number: int, cells: Sequence[SheetCell]) -> Iterator[Record]:
        """Pass over a row of texts. A number in it is named if a label precedes it (电话：, 填报日期), and an error otherwise."""
        for index in pass_over_labelled(self._pushed.passed, reason, self.name, number, cells, self._names):
            yield self._reject_cell(RowCode.UNREAD_NUMBER, number, cells, index)
        if self.has_table or reason is PassedOverReason.CAPTION:
            self._notes.add(NormalisationKind.TEXT_ROW, number, first_text(cells))

    def _is_caption(self, index: int, cells: Sequence[SheetCell]) -> bool:
        """Return whether a row is the caption of a further table: a text that is no id, or labels, above its header."""
        first = first_text(cells)
        if first.isascii() and any(map(str.isdigit, first)):
            return False
        texts = {normalised(cell_text(cell)) for cell in cells if not is_blank(cell)}
        if not self.has_table or (len(texts) > 1 and not _is_labelled([first])) or self._holds_values(cells):
            return False
        for ahead in range(index + 1, min(index + 1 + _CAPTION_ROWS, len(self._rows))):
            if self._header_at(ahead)[0]:
                return True
            if self._holds_values(self._rows[ahead][1]):
                return False
        return False

    def _read_caption(self, number: int, cells: list[SheetCell]) -> Iterator[Record]:
        """Keep the caption of a further table; it is named, because a row with a single text may have been meant as data."""
        texts = tuple(map(cell_text, cells))
        if texts not in self._caption_texts:
            index = next(index for index, cell in enumerate(cells) if not is_blank(cell))
            position = CellPosition(number, index).name
            if not self._pushed.passed.add(PassedOverReason.CAPTION, self.name, position, cell_text(cells[index])):
                yield self._reject_cell(RowCode.MALFORMED_ROW, number, cells, index)
                return
            self._caption_texts.add(texts)
            self._new_captions.append((number, cells))
        yield from self._pass_over(PassedOverReason.CAPTION, number, cells)

    def _is_heading(self, number: int, cells: Sequence[SheetCell]) -> bool:
        """Return whether one text, no number, spans several columns."""
        filled = [index for index, cell in enumerate(cells) if not is_blank(cell)]
        ranges = self._merged_cells.ranges_in(number)
        is_merged = all(index in ranges for index in filled) and len({ranges[index] for index in filled}) == 1
        return len(filled) > 1 and is_merged and not holds_number(cells[filled[0]], self._names)

    def _read_heading(self, table: RegisterTable, number: int, cells: Sequence[SheetCell]) -> Iterator[Record]:
        """Pass over a heading inside a table; nothing is read below one that names another area or month than the table's."""
        if table.contradicts(first_text(cells)):
            yield from self._end_table(number - 1)
            yield self._reject_header(number, cells)
        else:
            self._notes.add(NormalisationKind.TEXT_ROW, number, first_text(cells))

    def _read_outside(self, number: int, cells: list[SheetCell]) -> Iterator[Record]:
        """Read a row above the first table, or below a header that is not understood."""
        filled = [index for index, cell in enumerate(cells) if not is_blank(cell)]
        names_value = any(self._names_value(cells[index]) for index in filled)
        if self._unknown_titles or (len(filled) >= self._record_length and names_value and not _is_labelled(cells)):
            numbers = [index for index in filled if holds_number(cells[index], self._names)]
            code = RowCode.UNREAD_NUMBER if numbers else RowCode.MALFORMED_ROW
            yield self._reject_cell(code, number, cells, (numbers or filled)[0])
            return
        is_named = names_value or self._titles.count_recognised(_texts(cells))
        if self._named_row is None and len(filled) > 1 and is_named:
            self._named_row = number, cells
        yield from self._pass_over(PassedOverReason.CAPTION, number, cells)

    def _keep_first_caption(self, number: int, cells: list[SheetCell]) -> None:
        """Keep a row above the first table; month, area and unit of the table may be in it."""
        if not self.has_table and len(self._captions) < HEADER_ROWS:
            self._captions.append((number, cells))
            self._caption_texts.add(tuple(map(cell_text, cells)))

    @property
    def _record_length(self) -> int:
        """Number of texts that a row of the register has at least."""
        return max(_FEWEST_VALUES, len(set(self._register.required) - DEFAULTED_COLUMNS))


def _is_title_of_column(cell: SheetCell) -> bool:
    """Return whether a cell may be a column's title: a text of some length without digits, which ids and values have."""
    text = _GENERATION_OR_RATE.sub("", bare_name(normalised(cell_text(cell))))
    return is_title(cell) and (len(text) > 1 or is_unit(text)) and not any(map(str.isdigit, text))


def _is_labelled(cells: Sequence[SheetCell]) -> bool:
    return any(mark in cell_text(cell) for cell in cells for mark in ":：")


def _texts(cells: Sequence[SheetCell]) -> list[str]:
    return [cell_text(cell).strip() for cell in cells]
