"""The sender's rows as a workbook: sheets, merged cells and widths are kept, wrong cells are coloured and say why."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

import xlsxwriter  # type: ignore[import-untyped]

from services.ingest.formats.cells.cell import CellKind, SheetCell
from services.ingest.formats.forms.merged_cells import COVERED_MAX, MergedRange
from services.ingest.marked.marks import ERRORS, Mark, Marks, SheetMarks
from services.ingest.marked.pushed_sheets import PushedSheet, PushedSheets
from shared.vocabulary import LARGEST_COUNT

_CREATED = datetime(2022, 1, 1)  # noqa: DTZ001 - the same rows are the same bytes; the format knows no offset
_COMMENTS_MAX = 500  # in a sheet: each is a drawing
_BAD, _SAID = "#FFC7CE", "#9C0006"
_WIDTH, _ERRORS_WIDTH = 16, 80  # characters
_PIXELS = 7  # of a character, as files reckon widths


def write_workbook(sheets: PushedSheets, marks: Marks, out: BinaryIO, folder: str | None) -> None:
    """Write the file, and go back to its start. Rows go to `folder` while they are written, so that memory stays small."""
    with xlsxwriter.Workbook(out, {"constant_memory": True, "tmpdir": folder}) as book:
        book.set_properties({"created": _CREATED, "author": "gigacity"})
        book.set_calc_mode("manual")
        looks = _Looks(book)
        names: list[str] = []
        for sheet in sheets.sheets:
            names.append(_name(sheet, names))
            _Writer(book, looks, sheet, names[-1]).write(sheets, marks.of(sheet.name))
    out.seek(0)


class _Looks:
    """How cells look."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
        # A text stays a text when somebody edits its cell, whatever it starts with.
        text = {"num_format": "@", "quote_prefix": True}
        self.good = {False: book.add_format(text), True: book.add_format({"num_format": "yyyy-mm-dd"})}
        bad = {"bg_color": _BAD, "font_color": _SAID}
        self.bad = {False: book.add_format(text | bad), True: book.add_format(bad | {"num_format": "yyyy-mm-dd"})}
        self.number = book.add_format()
        self.bad_number = book.add_format(bad)
        self.over_several = book.add_format(text | {"align": "center", "valign": "vcenter", "text_wrap": True})
        self.said = book.add_format({"font_color": _SAID, **text})
        self.title = book.add_format({"bold": True, "font_color": _SAID})


class _Writer:
    """Writes one sheet, row by row and never back."""

    def __init__(self, book: Any, looks: _Looks, sheet: PushedSheet, name: str) -> None:  # noqa: ANN401
        self._out = book.add_worksheet(name)
        self._looks = looks
        self._sheet = sheet
        self._comments = 0
        self._merged: dict[tuple[int, int], MergedRange] = {}
        self._inside: dict[tuple[int, int], tuple[int, int]] = {}  # place → the first of its range
        for each in (each.clip(sheet.last, sheet.width - 1) for each in sheet.merged):
            if each and len(self._inside) + each.size <= COVERED_MAX:
                self._merged[each.first] = each
                self._inside |= dict.fromkeys(each.cells(), each.first)

    def write(self, sheets: PushedSheets, marks: SheetMarks) -> None:
        """Write everything."""
        sheet, out = self._sheet, self._out
        out.set_landscape()
        out.fit_to_pages(1, 0)
        out.set_column(0, max(sheet.width - 1, 0), _WIDTH)
        for column, width in sheet.widths.items():
            if column < sheet.width:
                out.set_column_pixels(column, column, round(width * _PIXELS))
        out.set_column(sheet.width, sheet.width, _ERRORS_WIDTH)
        for place, title in enumerate(sheet.titles):
            out.write_string(0, place, title, self._looks.good[False])
        if sheet.titles:
            out.write_string(0, sheet.width, ERRORS, self._looks.title)
        last = 0
        for last, number, cells in sheets.read(sheet):
            self._row(last, cells, marks.upto(number))
        for below, mark in enumerate(marks.rest(), start=last + 1):
            out.write_string(below, sheet.width, mark.text, self._looks.said)
        for each in self._merged.values():
            out.merge.append(list(each))  # `merge_range` writes the cells, and rows that were written cannot be gone back to
        if sheet.known and sheet.head is not None:
            out.freeze_panes(sheet.head + 1, 0)
        out.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})

    def _row(self, place: int, cells: Sequence[SheetCell], marks: Sequence[Mark]) -> None:
        wrong: dict[int, str] = {}
        for mark in marks:
            column = mark.place if mark.place is not None else self._sheet.columns.get(mark.column or "")
            if column is not None:
                wrong[column] = f"{wrong[column]}\n{mark.text}" if column in wrong else mark.text
        for column in range(max([len(cells), *(column + 1 for column in wrong)])):
            self._cell(place, column, cells[column] if column < len(cells) else "", wrong.get(column))
        said = "\n".join(mark.text for mark in marks)
        if place == self._sheet.head and not self._sheet.titles:
            self._out.write_string(place, self._sheet.width, "\n".join(filter(None, (ERRORS, said))), self._looks.title)
        elif said:
            self._out.write_string(place, self._sheet.width, said, self._looks.said)

    def _cell(self, place: int, column: int, cell: SheetCell, wrong: str | None) -> None:
        looks = self._looks
        kind = CellKind.NUMBER if self._is_count(column, cell) else cell.kind if not isinstance(cell, str) else None
        text = cell if isinstance(cell, str) else cell.text
        if kind is CellKind.NUMBER and abs(float(text)) <= LARGEST_COUNT:
            self._out.write_number(place, column, float(text), looks.bad_number if wrong else looks.number)
        elif kind is CellKind.DATE and (day := _date(text)):
            self._out.write_datetime(place, column, day, (looks.bad if wrong else looks.good)[True])
        elif text or wrong:
            good = looks.over_several if (place, column) in self._merged else looks.good[False]
            self._out.write_string(place, column, text, looks.bad[False] if wrong else good)
        if wrong and self._inside.get((place, column), (place, column)) != (place, column):
            self._merged.pop(self._inside[place, column], None)  # what is wrong inside of a merged cell would not be seen
        if wrong and self._comments < _COMMENTS_MAX:
            self._comments += 1
            self._out.write_comment(place, column, wrong, {"x_scale": 3, "author": "gigacity"})

    def _is_count(self, column: int, cell: SheetCell) -> bool:
        """Whether it is a plain number in the column of counts, though it was written as text."""
        counts = self._sheet.known and column == self._sheet.columns.get("value")
        return counts and isinstance(cell, str) and cell.isascii() and cell.isdigit() and (cell == "0" or cell[0] != "0")


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _name(sheet: PushedSheet, taken: Sequence[str]) -> str:
    """The sheet's name as a workbook takes it; its number where it has none, or one that no workbook should have."""
    name = "".join(c for c in sheet.name or "" if c.isprintable() and c not in "[]:*?/\\")[:31].strip("'")
    return name if name and name.lower() not in map(str.lower, taken) else f"Sheet{len(taken) + 1}"
