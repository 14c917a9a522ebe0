"""Writes the pushed rows as XLSX: the layout is kept, also what is hidden, and cells with errors are coloured and commented."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

import xlsxwriter  # type: ignore[import-untyped]

from services.ingest.formats.cells.cell import CellKind, SheetCell, cell_text
from services.ingest.formats.layout.merged_cells import COVERED_MAX
from services.ingest.formats.sheets.errors_column import ERRORS_TITLE
from services.ingest.formats.sheets.hidden_cells import HiddenCells
from services.ingest.formats.sheets.origin import TEMPLATE_PREFIX
from services.ingest.formats.sheets.sheet import MergedRange
from services.ingest.marked.marks import Mark, Marks, SheetMarks
from services.ingest.marked.pushed_sheets import PushedSheet, PushedSheets
from shared.vocabulary import LARGEST_COUNT

_CREATED = datetime(2022, 1, 1)  # noqa: DTZ001 - equal rows are equal bytes; the file format has no time zone
_COMMENTS_MAX = 500  # in a sheet: each is a drawing
_ERROR_FILL, _ERROR_TEXT = "#FFC7CE", "#9C0006"
_WIDTH, _ERRORS_WIDTH = 16, 80  # characters
_CHARACTER_PIXELS = 7  # as XLSX calculates widths
_DIGITS = re.compile(r'[0-9][0-9.]*+|[^0-9"]++')
_FORMATS_MAX = 1_000  # of numbers; spreadsheet programs allow 64 000 styles
_NEW_LINE = "\n"
_CellPosition = tuple[int, int]
"""Row and column, from 0."""


def write_workbook(sheets: PushedSheets, marks: Marks, out: BinaryIO, folder: str | None) -> None:
    """Write the file and rewind it. Rows are kept in `folder` while they are written, so that memory stays small."""
    with xlsxwriter.Workbook(out, {"constant_memory": True, "tmpdir": folder}) as book:
        book.set_properties({"created": _CREATED, "author": "gigacity"})
        for name, text in sheets.properties.items():
            if name.startswith(TEMPLATE_PREFIX):
                book.set_custom_property(name, text, "text")
        book.set_calc_mode("manual")
        styles = _Styles(book)
        names: list[str] = []
        first_visible = next((sheet for sheet in sheets.sheets if sheet.layout.is_visible), None)
        for sheet in sheets.sheets:
            names.append(_unique_name(sheet, names))
            writer = _SheetWriter(book, styles, sheet, names[-1])
            if sheet is first_visible:
                writer.show_first()
            hidden_errors = _hidden_errors(sheets, marks) if sheet is first_visible else []
            writer.write(sheets, marks.for_sheet(sheet.name), hidden_errors)
    out.seek(0)


def _hidden_errors(sheets: PushedSheets, marks: Marks) -> list[str]:
    """Return the errors of hidden sheets, to be shown on the first visible one."""
    hidden = [sheet for sheet in sheets.sheets if not sheet.layout.is_visible]
    marked = ((sheet, mark) for sheet in hidden for mark in marks.for_sheet(sheet.name).remaining())
    return [f"{sheet.name}!{sheet.text_of(mark, _NEW_LINE)}" for sheet, mark in marked]


class _Styles:
    """The cell styles of a workbook."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
        # A text stays a text when its cell is edited, whatever it starts with.
        text, date_format = {"num_format": "@", "quote_prefix": True}, {"num_format": "yyyy-mm-dd"}
        error = {"bg_color": _ERROR_FILL, "font_color": _ERROR_TEXT}
        self.text, self.error_text = book.add_format(text), book.add_format(text | error)
        self.date, self.error_date = book.add_format(date_format), book.add_format(error | date_format)
        self.number, self.error_number = book.add_format(), book.add_format(error)
        self._book, self._error = book, error
        self._shown: dict[tuple[str, bool], Any] = {}  # styles of numbers by their format
        self.merged_text = book.add_format(text | {"align": "center", "valign": "vcenter", "text_wrap": True})
        self.errors = book.add_format({"font_color": _ERROR_TEXT, **text})
        self.errors_title = book.add_format({"bold": True, "font_color": _ERROR_TEXT})

    def number_format(self, shown: str | None, *, is_error: bool) -> Any:  # noqa: ANN401
        """Return the style of a number; `shown`: what its format showed, if that is not its digits, such as 0001."""
        if shown is None:
            return self.error_number if is_error else self.number
        parts = _DIGITS.findall(shown)
        code = "".join(re.sub("[0-9]", "0", part) if part[0].isdigit() else f'"{part}"' for part in parts)
        key = code, is_error
        if key not in self._shown and len(self._shown) < _FORMATS_MAX:
            self._shown[key] = self._book.add_format({"num_format": code} | (self._error if is_error else {}))
        return self._shown.get(key, self.number)


class _SheetWriter:
    """Writes one sheet, row by row: rows that have been written cannot be changed any more."""

    def __init__(self, book: Any, styles: _Styles, sheet: PushedSheet, name: str) -> None:  # noqa: ANN401
        self._out = book.add_worksheet(name)
        self._styles = styles
        self._sheet = sheet
        self._hidden = HiddenCells(sheet.layout)
        self._waiting: list[str] = []  # errors of hidden rows, for the next visible one
        self._is_titled = False  # the column of errors
        self._comments = 0
        self._merged: dict[_CellPosition, MergedRange] = {}  # by first cell
        self._first_cells: dict[_CellPosition, _CellPosition] = {}  # of the merged range that covers a cell
        for merged in (merged.clip(sheet.last_index, sheet.width - 1) for merged in sheet.layout.merged):
            if merged and len(self._first_cells) + merged.size <= COVERED_MAX:
                self._merged[merged.first] = merged
                self._first_cells |= dict.fromkeys(merged.cells(), merged.first)

    def show_first(self) -> None:
        """Let the workbook open with this sheet: a hidden one before it would be shown."""
        self._out.activate()
        self._out.set_first_sheet()

    def write(self, sheets: PushedSheets, marks: SheetMarks, hidden_errors: Sequence[str]) -> None:
        """Write layout and rows of the sheet, its errors in the column after the last one, and those of hidden sheets below."""
        sheet, out, styles = self._sheet, self._out, self._styles
        out.set_landscape()
        out.fit_to_pages(1, 0)
        if not sheet.layout.is_visible:
            out.hide()
        for column in range(sheet.width):
            width = round(sheet.layout.widths.get(column, _WIDTH) * _CHARACTER_PIXELS)
            out.set_column_pixels(column, column, width, None, {"hidden": self._hidden.has_column(column)})
        out.set_column(sheet.width, sheet.width, _ERRORS_WIDTH)
        for column, title in enumerate(sheet.added_titles):
            out.write_string(0, column, title, styles.text)
        if sheet.added_titles:
            out.write_string(0, sheet.width, ERRORS_TITLE, styles.errors_title)
        self._is_titled = bool(sheet.added_titles) or (marks.is_empty and not hidden_errors)
        for row, number, cells in sheets.read(sheet):
            self._write_row(row, cells, marks.up_to(number))
        below = [*self._waiting, *(sheet.text_of(mark, _NEW_LINE) for mark in marks.remaining()), *hidden_errors]
        for row, error in enumerate(below, start=sheet.last_index + 1):
            out.write_string(row, sheet.width, error, styles.errors)
        for merged in self._merged.values():
            out.merge.append(list(merged))  # `merge_range` would write its cells again
        if sheet.header_known and sheet.header_index is not None:
            out.freeze_panes(sheet.header_index + 1, 0)
        out.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})

    def _write_row(self, row: int, cells: Sequence[SheetCell], marks: Sequence[Mark]) -> None:
        sheet, styles = self._sheet, self._styles
        errors_by_column: dict[int, str] = {}
        for mark in marks:
            column, text = sheet.column_of(mark), sheet.text_of(mark, _NEW_LINE)
            if column is not None:
                errors_by_column[column] = f"{errors_by_column[column]}\n{text}" if column in errors_by_column else text
        for column in range(max([len(cells), *(column + 1 for column in errors_by_column)])):
            cell = cells[column] if column < len(cells) else ""
            self._write_cell((row, column), cell, errors_by_column.get(column))
        self._waiting += [sheet.text_of(mark, _NEW_LINE) for mark in marks]
        if self._hidden.has_row(row):
            self._out.set_row(row, None, None, {"hidden": True})
            return
        errors, self._waiting = _NEW_LINE.join(self._waiting), []
        if not self._is_titled and any(map(cell_text, cells)):
            self._is_titled = True
            self._out.write_string(row, sheet.width, _NEW_LINE.join(filter(None, (ERRORS_TITLE, errors))), styles.errors_title)
        elif errors:
            self._out.write_string(row, sheet.width, errors, styles.errors)

    def _write_cell(self, position: _CellPosition, cell: SheetCell, error: str | None) -> None:
        styles, out = self._styles, self._out
        text = cell if isinstance(cell, str) else cell.text
        kind = CellKind.NUMBER if self._is_count(position[1], cell) else None if isinstance(cell, str) else cell.kind
        if kind is CellKind.NUMBER and abs(float(text)) <= LARGEST_COUNT:
            shown = None if isinstance(cell, str) else cell.shown
            out.write_number(*position, float(text), styles.number_format(shown, is_error=error is not None))
        elif kind is CellKind.DATE and (day := _date(text)):
            out.write_datetime(*position, day, styles.error_date if error else styles.date)
        elif text or error:
            plain = styles.merged_text if position in self._merged else styles.text
            out.write_string(*position, text, styles.error_text if error else plain)
        if error and (first := self._first_cells.get(position, position)) != position:
            self._merged.pop(first, None)  # a merged cell shows its first cell only, so it would hide the error
        if error and self._comments < _COMMENTS_MAX:
            self._comments += 1
            out.write_comment(*position, error, {"x_scale": 3, "author": "gigacity"})

    def _is_count(self, column: int, cell: SheetCell) -> bool:
        """Return true for a whole number in the column of counts that the file has as text."""
        is_value = self._sheet.header_known and column == self._sheet.columns.get("value")
        return is_value and isinstance(cell, str) and cell.isascii() and cell.isdigit() and (cell == "0" or cell[0] != "0")


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _unique_name(sheet: PushedSheet, names: Sequence[str]) -> str:
    """Return the sheet's name without characters that XLSX forbids, or its number if the name is empty or taken."""
    name = "".join(c for c in sheet.name or "" if c.isprintable() and c not in "[]:*?/\\")[:31].strip("'")
    return name if name and name.lower() not in map(str.lower, names) else f"Sheet{len(names) + 1}"
