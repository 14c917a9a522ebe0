"""Scan of a sheet's XML for properties that the workbook reader (calamine) does not return."""

import re
import zipfile
from collections.abc import Mapping

from services.ingest.workbooks.archive import local_name, parse_part, xml_parser
from services.ingest.workbooks.refused import refuse

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_DIGITS = "0123456789"
_LETTERS = re.compile("[A-Z]{1,3}")
_CELL = re.compile(rb'<c r="([A-Z]{1,3})[0-9]{1,7}"')
_ROW = re.compile(rb'<row r="([0-9]{1,7})"')
_UNUSUAL = (b'"e"', b"'e'", b"<f", b":f", b":c", b":row", b"mergeCell", b" hidden=", b"<!", b"&#", b"\0")
_TAG_ENDS = (b" ", b">", b"/", b"\t", b"\n", b"\r")
_MERGED_MAX = 2_000
_TRUE = {"1", "true"}
_COL = re.compile(rb"<col\s([^<>]*+)>")
_ATTRIBUTE = re.compile(rb'(?<!\w)(\w++)="([^"]*+)"')
_WIDTHS_MAX = 256  # columns whose width is returned
_WIDTH_MAX = 255.0  # characters


class SheetScan:
    """Cells with errors, formulas without a result, merged ranges, column widths and the extent of a sheet."""

    def __init__(self) -> None:
        self.typed_cells: dict[int, dict[int, tuple[str, str]]] = {}  # row → column → kind and text
        self.merged: list[tuple[int, int, int, int]] = []  # top, left, bottom, right, from 0
        self.widths: dict[int, float] = {}  # column → characters, if the sheet defines it
        self.hidden_columns: list[tuple[int, int]] = []  # first, last
        self.hidden_rows: list[tuple[int, int]] = []
        self.top, self.bottom, self.left, self.right = _LAST_ROW, -1, _LAST_COLUMN, -1
        self._row = self._column = -1
        self._type = ""
        self._formula = self._inline = self._in_value = False
        self._value = ""
        self._letters: dict[str, int] = {}

    def read(self, archive: zipfile.ZipFile, part: str) -> None:
        """Scan a sheet's XML: by patterns if it is written in the usual way and has no unusual cells, otherwise by elements."""
        xml = archive.read(part)
        if not any(mark in xml for mark in _UNUSUAL) and self._scan_by_patterns(xml):
            return
        del xml
        parser = xml_parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parse_part(parser, archive, part)

    def _scan_by_patterns(self, xml: bytes) -> bool:
        """Determine the extent of the cells; return False if any of them is not written in the usual way."""
        letters, rows = _CELL.findall(xml), _ROW.findall(xml)
        if not letters or len(letters) != _count_tags(xml, b"<c") or len(rows) != _count_tags(xml, b"<row"):
            return False
        for column in _COL.findall(xml[: xml.find(b"<sheetData")]):
            self._add_columns({name.decode(): value.decode(errors="replace") for name, value in _ATTRIBUTE.findall(column)})
        columns = [_column_index(name.decode()) for name in set(letters)]
        numbers = list(map(int, rows))
        self.top, self.bottom = min(numbers) - 1, max(numbers) - 1
        self.left, self.right = min(columns), max(columns)
        if self.top < 0 or self.bottom >= _LAST_ROW or self.right >= _LAST_COLUMN:
            refuse("spread")
        return True

    @property
    def area(self) -> int:
        """Number of cells in the rectangle around all cells with content."""
        return max(0, self.bottom - self.top + 1) * max(0, self.right - self.left + 1)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = local_name(name)
        if name == "c":
            self._move_to(attributes.get("r"))
            self._type = attributes.get("t", "")
            self._formula = self._inline = False
            self._value = ""
        elif name == "v":
            self._in_value = True
        elif name == "f":
            self._formula = True
        elif name == "is":
            self._inline = True
        elif name == "mergeCell":
            self._add_merged(attributes.get("ref", ""))
        elif name == "col":
            self._add_columns(attributes)
        elif name == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1
            if attributes.get("hidden") in _TRUE:
                self._add_hidden_row()

    def _add_hidden_row(self) -> None:
        if self.hidden_rows and self.hidden_rows[-1][1] == self._row - 1:
            self.hidden_rows[-1] = (self.hidden_rows[-1][0], self._row)
        else:
            self.hidden_rows.append((self._row, self._row))

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
                self.typed_cells.setdefault(self._row, {})[self._column] = ("e", self._value)
            elif self._formula and not self._value and self._type != "str":
                self.typed_cells.setdefault(self._row, {})[self._column] = ("f", "")
            elif not self._value and not self._inline:
                return
            self._extend()

    def _extend(self) -> None:
        self.top = min(self.top, self._row)
        self.bottom = max(self.bottom, self._row)
        self.left = min(self.left, self._column)
        self.right = max(self.right, self._column)


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
