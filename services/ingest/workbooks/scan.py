"""Scan of a sheet's XML for properties that the workbook reader (calamine) does not return."""

import re
import zipfile
from bisect import bisect_right
from collections.abc import Mapping

from services.ingest.workbooks.archive import local_name, parse_part, xml_parser
from services.ingest.workbooks.cell_marks import CellMarks
from services.ingest.workbooks.refused import refuse
from services.ingest.workbooks.styles import STRUCK, Styles, is_strike

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_DIGITS = "0123456789"
_LETTERS = re.compile("[A-Z]{1,3}")
_TYPE = rb'(?: t="[a-zA-Z]*+")?'
_ATTRIBUTES = _TYPE + rb'(?: s="(?:0|[1-9][0-9]*+)")?' + _TYPE
_VALUE = rb"><(?:v>[^<]|is[ />])"
_CONTENT = re.compile(rb'<c r="([A-Z]{1,3})[0-9]{1,7}"' + _ATTRIBUTES + _VALUE)
_STYLED = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"' + _TYPE + rb' s="(0|[1-9][0-9]*+)"' + _TYPE + _VALUE)
_BLANK = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}"' + _ATTRIBUTES + rb" ?/>")
_ROW = re.compile(rb'<row r="([0-9]{1,7})"')
_HIDDEN_ROW = re.compile(rb'<row r="([0-9]{1,7})"[^<>]*? (?:hidden="(?:1|true)"|ht="0(?:\.0*)?")')
_NO_HEIGHT = re.compile(r"0(?:\.0*+)?")
_UNUSUAL = (b'"e"', b"'e'", b"<f", b":f", b":c", b":row", b"mergeCell", b"strike", b"<!", b"&#", b"\0", b"ht='", b"hidden='")
_TAG_ENDS = (b" ", b">", b"/", b"\t", b"\n", b"\r")
_MERGED_MAX = 2_000
_TRUE = {"1", "true"}
_COL = re.compile(rb"<col\s([^<>]*+)>")
_ATTRIBUTE = re.compile(rb'(?<!\w)(\w++)="([^"]*+)"')
_WIDTHS_MAX = 256  # columns whose width is returned
_WIDTH_MAX = 255.0  # characters


class SheetScan:
    """Cells that are not what they seem, merged ranges, column widths, hidden rows and columns, and the extent of a sheet.

    A cell is marked if it has an error, a formula without a result, or a style that changes what is seen.
    """

    def __init__(self, styles: Styles) -> None:
        self.marks = CellMarks()
        self.merged: list[tuple[int, int, int, int]] = []  # top, left, bottom, right, from 0
        self.widths: dict[int, float] = {}  # column → characters, if the sheet defines it
        self.hidden_columns: list[tuple[int, int]] = []  # first, last
        self.hidden_rows: list[tuple[int, int]] = []
        self.top, self.bottom, self.left, self.right = _LAST_ROW, -1, _LAST_COLUMN, -1  # of the cells with content
        self._styles = styles
        self._row = self._column = -1
        self._type = self._style = ""
        self._formula = self._inline = self._in_value = self._is_struck = False
        self._value = ""
        self._letters: dict[str, int] = {}

    def read(self, archive: zipfile.ZipFile, part: str) -> None:
        """Scan a sheet's XML: by patterns if it is written in the usual way and has no unusual cells, otherwise by elements."""
        xml = archive.read(part)
        if not self._styles.struck_strings and not any(mark in xml for mark in _UNUSUAL) and self.scan_by_patterns(xml):
            return
        del xml
        self.scan_by_elements(archive, part)

    def scan_by_patterns(self, xml: bytes) -> bool:
        """Scan the whole XML; return False, without any effect, if it is not written in the usual way."""
        letters = _CONTENT.findall(xml)
        row_starts: list[int] = []
        row_numbers: list[int] = []
        for row in _ROW.finditer(xml):
            row_starts.append(row.start())
            row_numbers.append(int(row[1]))
        cells, ascend = _count_tags(xml, b"<c"), all(map(int.__lt__, row_numbers, row_numbers[1:]))
        if not letters or len(row_numbers) != _count_tags(xml, b"<row") or not ascend or 0 in self._styles.cells:
            return False
        if len(letters) != cells and len(letters) + len(_BLANK.findall(xml)) != cells:
            return False
        body = xml.find(b"<sheetData")
        for column in _COL.findall(xml, 0, body):
            self._add_columns({name.decode(): value.decode(errors="replace") for name, value in _ATTRIBUTE.findall(column)})
        for match in _HIDDEN_ROW.finditer(xml, body) if xml.find(b"hidden=", body) >= 0 or xml.find(b' ht="0', body) >= 0 else ():
            self._add_hidden_row(int(match[1]) - 1)
        columns = [_column_index(name.decode()) for name in set(letters)]
        self.left, self.right = min(columns), max(columns)
        first = _CONTENT.search(xml)
        self.top = row_numbers[bisect_right(row_starts, first.start() if first else 0) - 1] - 1
        self.bottom = row_numbers[_last_with_content(xml, row_starts)] - 1
        if self.top < 0 or self.bottom >= _LAST_ROW or self.right >= _LAST_COLUMN:
            refuse("spread")
        self._mark_styled(xml)
        return True

    def _mark_styled(self, xml: bytes) -> None:
        """Mark the cells with content whose style changes what is seen."""
        styles = {str(index).encode(): style for index, style in self._styles.cells.items()}
        if not any(b' s="%b"' % index in xml for index in styles):
            return
        columns: dict[bytes, int] = {}
        for cell in _STYLED.finditer(xml):
            letters, row, index = cell.groups()
            if style := styles.get(index):
                if letters not in columns:
                    columns[letters] = _column_index(letters.decode())
                self.marks.add(int(row) - 1, columns[letters], style)

    def scan_by_elements(self, archive: zipfile.ZipFile, part: str) -> None:
        """Scan any XML of a sheet."""
        parser = xml_parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parse_part(parser, archive, part)

    @property
    def area(self) -> int:
        """Number of cells in the rectangle around all cells with content."""
        return max(0, self.bottom - self.top + 1) * max(0, self.right - self.left + 1)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = local_name(name)
        if name == "c":
            self._begin_cell(attributes)
        elif name == "v":
            self._in_value = True
        elif name == "f":
            self._formula = True
        elif name == "is":
            self._inline = True
        elif name == "strike":
            self._is_struck = self._is_struck or is_strike(name, attributes)
        elif name == "mergeCell":
            self._add_merged(attributes.get("ref", ""))
        elif name == "col":
            self._add_columns(attributes)
        elif name == "row":
            self._begin_row(attributes)

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        self._move_to(attributes.get("r"))
        self._type, self._style = attributes.get("t", ""), attributes.get("s", "0")
        self._formula = self._inline = self._is_struck = False
        self._value = ""

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
        self._column = -1
        if attributes.get("hidden") in _TRUE or _NO_HEIGHT.fullmatch(attributes.get("ht", "")):
            self._add_hidden_row(self._row)

    def _add_hidden_row(self, row: int) -> None:
        if self.hidden_rows and self.hidden_rows[-1][1] == row - 1:
            self.hidden_rows[-1] = (self.hidden_rows[-1][0], row)
        else:
            self.hidden_rows.append((row, row))

    def _add_merged(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        (top, left), (bottom, right) = _cell_indices(first), _cell_indices(last or first)
        self.merged.append((top, left, bottom, right))
        if len(self.merged) > _MERGED_MAX or top > bottom or left > right:
            refuse("spread")

    def _add_columns(self, attributes: Mapping[str, str]) -> None:
        """Add the width of some columns, or that they are hidden."""
        try:
            first, last = max(int(attributes["min"]), 1) - 1, min(int(attributes["max"]), _LAST_COLUMN) - 1
            width = float(attributes.get("width", "nan"))
        except (KeyError, ValueError):
            return  # it names no columns
        if attributes.get("hidden") in _TRUE or width == 0:
            self.hidden_columns.append((first, last))
        elif 0 < width <= _WIDTH_MAX:
            self.widths |= dict.fromkeys(range(first, min(last + 1, _WIDTHS_MAX)), width)

    def _move_to(self, reference: str | None) -> None:
        if reference is None:
            self._column += 1
        else:
            letters = reference.rstrip(_DIGITS)
            if letters not in self._letters:
                self._letters[letters] = _column_index(letters)
            self._column, self._row = self._letters[letters], int(reference[len(letters) :]) - 1
        if not (0 <= self._row < _LAST_ROW and 0 <= self._column < _LAST_COLUMN):
            refuse("spread")

    def _text(self, text: str) -> None:
        if self._in_value:
            self._value += text

    def _end(self, name: str) -> None:
        if ":" in name:
            name = local_name(name)
        if name == "v":
            self._in_value = False
        elif name == "c":
            if self._type == "e":
                self.marks.add(self._row, self._column, ("e", self._value))
            elif self._formula and not self._value and self._type != "str":
                self.marks.add(self._row, self._column, ("f", ""))
            elif not self._value and not self._inline:
                return
            else:
                self._mark_style()
            self._extend()

    def _mark_style(self) -> None:
        is_struck = self._is_struck or (self._type == "s" and self._number(self._value) in self._styles.struck_strings)
        style = STRUCK if is_struck else self._styles.cells.get(self._number(self._style))
        if style:
            self.marks.add(self._row, self._column, style)

    @staticmethod
    def _number(text: str) -> int:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1

    def _extend(self) -> None:
        self.top = min(self.top, self._row)
        self.bottom = max(self.bottom, self._row)
        self.left = min(self.left, self._column)
        self.right = max(self.right, self._column)


def _last_with_content(xml: bytes, row_starts: list[int]) -> int:
    """Return the index of the last row that has a cell with content."""
    end = len(xml)
    for index in range(len(row_starts) - 1, -1, -1):
        if _CONTENT.search(xml, row_starts[index], end):
            return index
        end = row_starts[index]
    return -1


def _count_tags(xml: bytes, name: bytes) -> int:
    return sum(xml.count(name + end) for end in _TAG_ENDS)


def _cell_indices(reference: str) -> tuple[int, int]:
    letters = reference.rstrip(_DIGITS)
    digits = reference[len(letters) :]
    if not digits:
        refuse("broken")
    return int(digits[:8]) - 1, _column_index(letters)


def _column_index(letters: str) -> int:
    if not _LETTERS.fullmatch(letters):
        refuse("broken")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1
