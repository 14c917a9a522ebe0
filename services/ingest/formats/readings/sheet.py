"""One sheet of counts: finds its tables, and reads each row by its role. Every number is read, passed over or an error."""

from collections import deque
from collections.abc import Iterator, Sequence

from services.ingest.formats.cells.cell import CellKind, NumberedRow, SheetCell, cell_text, first_text, is_blank
from services.ingest.formats.cells.labels import is_comparison, is_signature, is_total
from services.ingest.formats.cells.number_texts import holds_number, is_name, is_without_result, unread_code
from services.ingest.formats.cells.units import is_unit
from services.ingest.formats.layout.caption import read_caption, year_of_form
from services.ingest.formats.layout.form_defaults import FormDefaults
from services.ingest.formats.layout.layout import Layout
from services.ingest.formats.layout.list_titles import column_of_title
from services.ingest.formats.layout.merged_cells import MergedCells
from services.ingest.formats.layout.nearest_header import NearestHeader, nearest_header
from services.ingest.formats.layout.read_layout import ROWS_LOOKED_BELOW, read_layout
from services.ingest.formats.locator import CellPosition
from services.ingest.formats.readings.context import TableContext
from services.ingest.formats.readings.count_columns import RowNames
from services.ingest.formats.readings.row_roles import RowRole, RowRoles
from services.ingest.formats.readings.rows_of_texts import pass_over_labelled
from services.ingest.formats.readings.table import HeaderPosition, TableReader
from services.ingest.formats.row_errors import row_error, unknown_titles_hint
from services.ingest.formats.rows import Batch, safe_excerpt
from services.ingest.formats.sheets.hidden_cells import HiddenCells
from services.ingest.formats.sheets.sheet import HEADER_ROWS, SheetRows, SheetStart
from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised
from shared.vocabulary import FieldCode, NormalisationKind, PassedOverReason, RowCode

FIRST_ROWS = 1_000  # rows that are collected before the first header is searched for
_ROWS_AHEAD = ROWS_LOOKED_BELOW + 3  # rows that are known before a row is read: it may be the first of a header of three rows
_BATCH_COUNTS = 1_000


class SheetReader:
    """Reads one sheet row by row."""

    def __init__(self, sheet: SheetStart, context: TableContext) -> None:
        self.has_table = False
        self.nearest_header: NearestHeader | None = None  # of a sheet without a table among its first rows
        self._sheet, self._context = sheet, context
        self._normalisations, self._names = context.normalisations, context.names
        self._numbers = context.locator.add_sheet(sheet.name)
        self._roles = RowRoles(sheet.name, context)
        self._merged_cells = MergedCells(sheet.merged)
        self._hidden = HiddenCells(sheet)
        self._rows: list[NumberedRow] = []  # not read yet
        self._unreadable: list[tuple[int, Bilingual]] = []  # not told yet
        self._last = 0
        self._batch = Batch()
        self._is_begun = False  # the first rows have been read
        self._defaults: FormDefaults | None = None
        self._table: TableReader | None = None  # None: outside a table, or below a header that is not understood
        self._last_table: TableReader | None = None  # the last one that was read: texts below it must agree with its counts
        self._metrics_above: set[str] = set()  # of the tables before the last one
        self._unknown_titles: list[str] = []  # of the header that is not understood
        self._named_row: tuple[int, Sequence[SheetCell]] | None = (
            None  # of a sheet without a table: the first that names anything
        )
        self._rejected = 0  # numbers and headers outside tables
        self._unread_row: NumberedRow | None = None  # the last one with numbers that were not read, since the last header
        self._is_below_header = False  # the next row is the first one below a header
        self._group = ""
        self._texts_above: deque[NumberedRow] = deque(maxlen=HEADER_ROWS)  # texts and blank rows since the last row of a table
        self._header: list[list[SheetCell]] = []  # the rows of the current table's header
        self._has_total_row = False  # the current table has had one

    def read(self, part: SheetRows) -> Iterator[Batch]:
        """Read further rows; yield what is certain without the rows after them."""
        self._merged_cells.fill(part.rows)
        self._rows += part.rows
        self._unreadable += part.unreadable
        self._last = max([self._last, *(number for number, _ in (*part.rows[-1:], *part.unreadable[-1:]))])
        if not self._is_begun and len(self._rows) + len(self._unreadable) > FIRST_ROWS:
            self._begin()
        if self._is_begun:
            yield from self._read_rows(_ROWS_AHEAD)

    def finish(self) -> Iterator[Batch]:
        """Read the remaining rows and check the remaining totals."""
        if not self._is_begun:
            self._begin()
        yield from self._read_rows(0)
        self._refuse_unreadable(self._last + 1)
        if self._unread_row and read_caption([self._unread_row], None, self._context.statements).describes_figures:
            self._texts_above.append(self._unread_row)
        self._refuse_texts_below()
        if self._table:
            self._table.end(self._batch, self._last)
        self._end()
        self._context.locator.advance_to(self._numbers.number_for(self._last + 1))
        yield self._batch

    def _end(self) -> None:
        """Name the sheet if nothing of it was read, or refuse it if it names anything; name its hidden parts."""
        log, name = self._context.passed_over, self._sheet.name
        if self._named_row and not self.has_table and not self._rejected:
            self._refuse_header(*self._named_row)
        if not self.has_table and not self._rejected and name is not None:
            log.add(PassedOverReason.SHEET if self._sheet.is_visible else PassedOverReason.HIDDEN, name, None, name)
        for text in self._hidden.ranges:
            log.add(PassedOverReason.HIDDEN, name, None, text)

    def _begin(self) -> None:
        """Read the first rows up to the first header."""
        self._is_begun = True
        self._context.title_reader.year = year_of_form(self._rows[:HEADER_ROWS], self._sheet.name, self._context.sender.month)
        layout = self._first_layout() if self._sheet.is_visible else None
        if layout is None:
            return
        self.has_table = True
        for index, (number, cells) in enumerate(self._rows[: layout.top]):
            self._refuse_unreadable(number)
            if not all(map(is_blank, cells)):
                self._read_outside(index, number, self._without_hidden(number, cells))
        self._begin_table(layout, self._rows[: layout.top])
        del self._rows[: layout.header + 1]

    def _first_layout(self) -> Layout | None:
        for index in range(min(HEADER_ROWS, len(self._rows))):
            if layout := read_layout(self._rows, index, self._context.title_reader, self._sheet.name):
                return layout
        rows = self._rows[: HEADER_ROWS + ROWS_LOOKED_BELOW]
        self.nearest_header = nearest_header(rows, HEADER_ROWS, self._sheet.name, self._context.title_reader)
        return None

    def _begin_table(self, layout: Layout, rows_above: Sequence[NumberedRow]) -> None:
        """Begin the table whose header is among the rows that are not read yet."""
        last_row, titles = self._rows[layout.header]
        header = HeaderPosition(self._rows[layout.top][0], last_row, len(titles))
        context = self._context
        header_rows = self._rows[layout.top : layout.header + 1]
        self._refuse_struck_texts((*rows_above, *header_rows))
        for number, cells in header_rows:
            for column_index in (index for index, cell in enumerate(cells) if is_without_result(cell)):
                self._reject_number(number, column_index, cells[column_index], unread_code(cells[column_index]))
        corner, groups = {*layout.name_columns.values(), *layout.checked_names}, layout.groups_of_counts
        titles_of_form = [
            (number, [cell if index in corner or cell_text(cell).strip() in groups else "" for index, cell in enumerate(cells)])
            for number, cells in header_rows
        ]
        self._defaults = self._defaults_below([*rows_above, *titles_of_form])
        self._defaults.refuse_other_counts()
        self._defaults.refuse_header(header_rows)
        self._texts_above.clear()
        self._header, self._has_total_row = [cells for _, cells in header_rows], False
        if self._last_table:
            self._metrics_above |= self._last_table.metrics
        self._table = self._last_table = TableReader(self._sheet, self._numbers, layout, header, self._defaults, context)
        self.has_table = self._is_below_header = True
        self._unknown_titles = []
        self._group = ""

    def _defaults_below(self, rows_above: Sequence[NumberedRow]) -> FormDefaults:
        context = self._context
        return FormDefaults(self._sheet.name, rows_above, context.statements, context.normalisations, self._defaults)

    def _read_rows(self, rows_ahead: int) -> Iterator[Batch]:
        index = 0
        while index < len(self._rows) - rows_ahead:
            number, cells = self._rows[index]
            self._refuse_unreadable(number)
            index += self._read_row(index, number, self._without_hidden(number, cells))
            self._merged_cells.forget(number)
            if self._batch.received + self._batch.blank >= _BATCH_COUNTS:
                yield self._batch
                self._batch = Batch()
        del self._rows[:index]

    def _refuse_unreadable(self, before_row: int) -> None:
        while self._unreadable and self._unreadable[0][0] < before_row:
            number, reason = self._unreadable.pop(0)
            self._batch.received += 1
            self._batch.errors.append(row_error(RowCode.MALFORMED_ROW, self._numbers.number_for(number), hint=reason))

    def _without_hidden(self, number: int, cells: Sequence[SheetCell]) -> list[SheetCell]:
        """Return the cells without hidden numbers, which are errors. Hidden texts are read: they may name what is shown."""
        shown = list(cells)
        for column_index in self._hidden.columns_of(number, len(shown)):
            if holds_number(shown[column_index], self._names):
                self._reject_number(number, column_index, shown[column_index], RowCode.HIDDEN_VALUE)
                shown[column_index] = ""
        return shown

    def _read_row(self, index: int, number: int, cells: list[SheetCell]) -> int:
        """Read a row, or the header that begins with it; return how many rows were read."""
        is_first, self._is_below_header = self._is_below_header, False
        if all(map(is_blank, cells)):
            if self._table:
                self._texts_above.append((number, []))
                self._normalisations.add(NormalisationKind.BLANK_ROW, number)
        elif self._table:
            return self._read_below(self._table, index, number, cells, is_first=is_first)
        elif self._sheet.is_visible and (layout := self._roles.layout_at(self._rows, index)):
            return self._read_header(index, number, layout)
        else:
            self._read_outside(index, number, cells)
        return 1

    def _read_below(self, table: TableReader, index: int, number: int, cells: list[SheetCell], *, is_first: bool) -> int:
        """Read a row below a header that is understood; return how many rows were read."""
        cells += [""] * (table.width - len(cells))
        self._join_item(table, number, cells)
        names = table.read_names(cells)
        merged = self._merged_cells.ranges_in(number)
        role = self._roles.role_below_header(table, self._rows, index, cells, names, merged, is_first=is_first)
        match role:
            case Layout():
                return self._skip_header(number) if self._repeats_header(index) else self._read_header(index, number, role)
            case RowRole.UNITS:
                table.read_units(number, cells)
            case RowRole.TOTAL:
                self._refuse_texts_below()
                self._has_total_row = True
                table.read_total_row(self._batch, number, cells, names)
            case RowRole.COUNTS:
                self._refuse_texts_below()
                table.read_row(self._batch, number, cells, names, merged)
            case RowRole.UNNAMED_COUNTS:
                self._texts_above.append((number, list(cells)))  # it may be a caption with a stray number
                table.read_row(self._batch, number, cells, names, merged)
            case _:
                self._read_texts(role, table, number, cells, names)
        return 1

    def _read_texts(self, role: RowRole, table: TableReader, number: int, cells: Sequence[SheetCell], names: RowNames) -> None:
        """Read a row below a header that has no counts."""
        match role:
            case RowRole.SECTION:
                self._end_table(number)
                self._unknown_titles = [first_text(cells)]
                self._pass_over(number, cells, PassedOverReason.CAPTION)
            case RowRole.COMPARISON:
                self._pass_over_comparison(number, cells, table.comparison_of(names))
            case RowRole.COLUMN_NUMBERS:
                self._pass_over_comparison(number, cells, first_text(cells))
            case RowRole.UNKNOWN_HEADER:
                self._end_table(number)
                self._refuse_header(number, cells)
            case RowRole.SIGNATURE:
                self._pass_over(number, cells, PassedOverReason.SIGNATURE_ROW)
            case RowRole.CAPTION:
                self._pass_over(number, cells, PassedOverReason.CAPTION)

    def _refuse_texts_below(self) -> None:
        """Ask the texts since the last row of a table, which are no caption of a further one, what they state of it."""
        while self._texts_above:
            self._refuse_below(self._texts_above.popleft())

    def _refuse_below(self, row: NumberedRow) -> None:
        if self._last_table:
            self._last_table.refuse_below(row, self._metrics_above)

    def _repeats_header(self, index: int) -> bool:
        """Return whether rows are the header of the table above them again, as on a new page: the table goes on below."""
        repeated = [cells for _, cells in self._rows[index : index + len(self._header)]]
        return repeated == self._header and not self._texts_above and not self._has_total_row

    def _skip_header(self, number: int) -> int:
        self._normalisations.add(NormalisationKind.TEXT_ROW, number, first_text(self._header[0]))
        return len(self._header)

    def _refuse_struck_texts(self, rows: Sequence[NumberedRow]) -> None:
        """Raise Schema if a caption or a header contains struck-out text: what is valid of it is not certain."""
        struck = [
            (CellPosition(number, index).name, cell.text)
            for number, cells in rows
            for index, cell in enumerate(cells)
            if not isinstance(cell, str) and cell.kind is CellKind.STRUCK
        ]
        if struck:
            code, sheet = RowCode.STRUCK_TEXT, self._sheet.name
            errors = [
                FieldError(
                    where=f"/sheets/{sheet}/{cell}", code=FieldCode.STRUCK_TEXT, message=code.title_, value=safe_excerpt(text)
                )
                for cell, text in struck
            ]
            raise Schema("表题或表头含有删除线。", "The caption or the header contains struck-out text.", errors=errors)

    def _read_outside(self, index: int, number: int, cells: Sequence[SheetCell]) -> None:
        """Read a row above the first table, or below a header that is not understood."""
        if not self._sheet.is_visible:
            return
        if not self.has_table and self._named_row is None and self._names_anything(cells):
            self._named_row = number, cells
        if any(is_signature(cell_text(cell)) for cell in cells):
            self._pass_over(number, cells, PassedOverReason.SIGNATURE_ROW)
        elif self._roles.heads_numbers(None, self._rows, index, cells):
            self._refuse_header(number, cells)
        elif not self._unknown_titles:
            self._pass_over(number, cells, PassedOverReason.CAPTION)
        elif numbers := [index for index, cell in enumerate(cells) if holds_number(cell, self._names)]:
            self._keep_unread_caption()
            hint = unknown_titles_hint(self._unknown_titles)
            self._reject_number(number, numbers[0], cells[numbers[0]], RowCode.UNREAD_NUMBER, hint)
            self._unread_row = number, ["" if holds_number(cell, self._names) else cell for cell in cells]
        else:
            if any(normalised(cell_text(cell)) in self._names.metrics for cell in cells):
                self._keep_unread_caption()
            self._texts_above.append((number, list(cells)))

    def _keep_unread_caption(self) -> None:
        """Remember the caption of rows that are not read: if it has another month than the form, the next table needs its own."""
        if self._defaults and self._texts_above:
            self._defaults = self._defaults_below(list(self._texts_above))
        if self._defaults:
            self._texts_above.clear()

    def _unread_caption(self) -> list[NumberedRow]:
        """Return the last row of numbers that were not read, if it is a caption with a stray number: 2022年7月 | 9."""
        rows = [self._unread_row] if self._unread_row else []
        self._unread_row = None
        caption = read_caption(rows, None, self._context.statements)
        return rows if caption.names_month or caption.years or caption.describes_figures else []

    def _names_anything(self, cells: Sequence[SheetCell]) -> bool:
        """Return whether a row of several texts contains the title of a column, or names a metric or an area."""
        texts = [cell_text(cell) for cell in cells if not is_blank(cell)]
        return len(texts) > 1 and any(column_of_title(text) or is_name(text, self._names) for text in texts)

    def _read_header(self, index: int, number: int, layout: Layout) -> int:
        self._end_table(number)
        self._begin_table(layout, [*self._unread_caption(), *self._texts_above])
        return layout.header - index + 1

    def _end_table(self, next_row: int) -> None:
        if self._table:
            self._table.end(self._batch, next_row - 1)
        self._table = None

    def _refuse_header(self, number: int, cells: Sequence[SheetCell]) -> None:
        """Reject a header that is not understood; nothing below it is read until the next one."""
        texts = {column_index: cell_text(cell).strip() for column_index, cell in enumerate(cells) if not is_blank(cell)}
        unknown = {
            column_index: text
            for column_index, text in texts.items()
            if not column_of_title(text) and not is_comparison(text) and normalised(text) not in self._names.metrics
        } or texts
        self._unknown_titles = list(unknown.values())
        self._keep_unread_caption()
        sender, read = self._context.sender, self._context.statements.read
        others = [index for index, text in unknown.items() if any(map(sender.is_other, read(text).organisations))]
        column_index = min(others or unknown)
        code, hint = RowCode.OTHER_ORG if others else RowCode.UNKNOWN_HEADER, unknown_titles_hint(self._unknown_titles)
        self._reject_number(number, column_index, unknown[column_index], code, hint)

    def _join_item(self, table: TableReader, number: int, cells: list[SheetCell]) -> None:
        """Join the metric's name of a row if it is in two cells; a group applies until the next one."""
        metric_column, item_column = table.layout.name_columns.get("metric"), table.layout.item_column
        if metric_column is None or item_column is None or item_column >= len(cells):
            return
        group, item = cell_text(cells[metric_column]).strip(), cell_text(cells[item_column]).strip()
        self._group = group or self._group
        if not item or item == group or is_signature(self._group):
            return
        joined = f"{self._group}{item}"
        if code := self._context.title_reader.metric_of_item(self._group, item):
            self._normalisations.add(NormalisationKind.METRIC_NAME, number, joined, code)
        elif is_total(item) or is_unit(item):
            return
        cells[metric_column], cells[item_column] = code or joined, ""

    def _pass_over(self, number: int, cells: Sequence[SheetCell], reason: PassedOverReason) -> None:
        """Pass over a row of texts. A number in it is named if a label precedes it (电话：, 填报日期), and an error otherwise."""
        if len(self._texts_above) == HEADER_ROWS:
            self._refuse_below(self._texts_above.popleft())
        if reason is PassedOverReason.CAPTION or any("单位" in cell_text(cell) for cell in cells):
            self._texts_above.append((number, list(cells)))
        elif self.has_table:
            self._refuse_below((number, list(cells)))
        log = self._context.passed_over
        for column_index in pass_over_labelled(log, reason, self._sheet.name, number, cells, self._names):
            self._reject_number(number, column_index, cells[column_index], unread_code(cells[column_index]))
        if self.has_table:
            self._normalisations.add(NormalisationKind.TEXT_ROW, number, first_text(cells))

    def _pass_over_comparison(self, number: int, cells: Sequence[SheetCell], title: str) -> None:
        """Pass over a row of shares or of other months' counts, by its title."""
        numbers = [index for index, cell in enumerate(cells) if holds_number(cell, self._names)]
        if not numbers:
            return
        position = CellPosition(number, numbers[0]).name
        if not self._context.passed_over.add(PassedOverReason.COMPARISON_ROW, self._sheet.name, position, title):
            self._reject_number(number, numbers[0], cells[numbers[0]], unread_code(cells[numbers[0]]))

    def _reject_number(
        self, number: int, column_index: int, cell: SheetCell, code: RowCode, hint: Bilingual | None = None
    ) -> None:
        self._rejected += 1
        self._batch.received += 1
        error_number = self._numbers.number_for(number, column_index)
        self._batch.errors.append(row_error(code, error_number, None, cell_text(cell), hint))
