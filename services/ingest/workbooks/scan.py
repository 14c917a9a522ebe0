"""What the reader of workbooks does not tell of a sheet, taken from its XML."""

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
_UNUSUAL = (b'"e"', b"'e'", b"<f", b":f", b":c", b":row", b"mergeCell", b"<!", b"&#", b"\0")
_TAG_ENDS = (b" ", b">", b"/", b"\t", b"\n", b"\r")
_MOST_MERGED = 2_000
_COL = re.compile(rb"<col\s([^>]*)>")
_ATTRIBUTE = re.compile(rb'(\w+)="([^"]*)"')
_WIDEST = 256  # columns whose width is told
_WIDTH_MOST = 255.0  # characters


class SheetScan:
    """What calamine does not tell of a sheet: cells with errors, formulas without a result; and how far apart cells stand."""

    def __init__(self) -> None:
        """Start before the first row."""
        self.odd: dict[int, dict[int, tuple[str, str]]] = {}  # row → column → kind and text
        self.merged: list[tuple[int, int, int, int]] = []  # top, left, bottom, right from 0
        self.widths: dict[int, float] = {}  # column → characters, where the sheet says so
        self.top, self.bottom, self.left, self.right = _LAST_ROW, -1, _LAST_COLUMN, -1
        self._row = self._column = -1
        self._type = ""
        self._formula = self._inline = self._in_value = False
        self._value = ""
        self._letters: dict[str, int] = {}

    def read(self, archive: zipfile.ZipFile, part: str) -> None:
        """Read the sheet's XML: by eye if it is as every program writes it and holds nothing odd, else element by element."""
        xml = archive.read(part)
        if not any(each in xml for each in _UNUSUAL) and self._seen_at_a_glance(xml):
            return
        del xml
        parser = xml_parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parse_part(parser, archive, part)

    def _seen_at_a_glance(self, xml: bytes) -> bool:
        """Find how far apart the cells stand; False if any is written another way than usual."""
        letters, rows = _CELL.findall(xml), _ROW.findall(xml)
        if not letters or len(letters) != _tags(xml, b"<c") or len(rows) != _tags(xml, b"<row"):
            return False
        for column in _COL.findall(xml[: xml.find(b"<sheetData")]):
            self._width({name.decode(): value.decode(errors="replace") for name, value in _ATTRIBUTE.findall(column)})
        columns = [_column_of(each.decode()) for each in set(letters)]
        numbers = list(map(int, rows))
        self.top, self.bottom = min(numbers) - 1, max(numbers) - 1
        self.left, self.right = min(columns), max(columns)
        if self.top < 0 or self.bottom >= _LAST_ROW or self.right >= _LAST_COLUMN:
            refuse("spread")
        return True

    @property
    def area(self) -> int:
        """Cells in the rectangle around all cells that hold something."""
        return max(0, self.bottom - self.top + 1) * max(0, self.right - self.left + 1)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = local_name(name)
        if name == "c":
            self._stand_at(attributes.get("r"))
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
            self._merge(attributes.get("ref", ""))
        elif name == "col":
            self._width(attributes)
        elif name == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        (top, left), (bottom, right) = _place_of(first), _place_of(last or first)
        self.merged.append((top, left, bottom, right))
        if len(self.merged) > _MOST_MERGED or top > bottom or left > right:
            refuse("spread")

    def _width(self, attributes: Mapping[str, str]) -> None:
        """The width of some columns, unless they are hidden."""
        try:
            first, last, width = int(attributes["min"]), int(attributes["max"]), float(attributes["width"])
        except (KeyError, ValueError):
            return  # it is how the sheet looks, and nothing else
        if 0 < width <= _WIDTH_MOST and attributes.get("hidden") not in {"1", "true"}:
            self.widths |= dict.fromkeys(range(max(first, 1) - 1, min(last, _WIDEST)), width)

    def _stand_at(self, reference: str | None) -> None:
        if reference is None:
            self._column += 1
        else:
            letters = reference.rstrip(_DIGITS)
            if letters not in self._letters:
                self._letters[letters] = _column_of(letters)
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
                self.odd.setdefault(self._row, {})[self._column] = ("e", self._value)
            elif self._formula and not self._value and self._type != "str":
                self.odd.setdefault(self._row, {})[self._column] = ("f", "")
            elif not self._value and not self._inline:
                return
            self._stretch()

    def _stretch(self) -> None:
        self.top = min(self.top, self._row)
        self.bottom = max(self.bottom, self._row)
        self.left = min(self.left, self._column)
        self.right = max(self.right, self._column)


def _tags(xml: bytes, name: bytes) -> int:
    return sum(xml.count(name + end) for end in _TAG_ENDS)


def _place_of(reference: str) -> tuple[int, int]:
    letters = reference.rstrip(_DIGITS)
    digits = reference[len(letters) :]
    if not digits:
        refuse("broken")
    return int(digits[:8]) - 1, _column_of(letters)


def _column_of(letters: str) -> int:
    if not _LETTERS.fullmatch(letters):
        refuse("broken")
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1
