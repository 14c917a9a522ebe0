"""Styles of cells that change what a reader of the sheet sees: number formats and struck-out fonts."""

import zipfile
from dataclasses import dataclass, field
from typing import NamedTuple

from services.ingest.workbooks.archive import local_name, parse_part, xml_parser
from services.ingest.workbooks.number_formats import NumberFormat, built_in_format, parse_format

_TRUE = {"1", "true", "on"}


class CellStyle(NamedTuple):
    """A style that changes what is seen."""

    format: NumberFormat | None = None
    is_struck: bool = False


STRUCK = CellStyle(is_struck=True)


@dataclass(slots=True)
class Styles:
    """The styles of a workbook that change what is seen."""

    cells: dict[int, CellStyle] = field(default_factory=dict)  # by the index that cells refer to
    struck_strings: set[int] = field(default_factory=set)  # indices of shared strings with struck-out characters


def read_styles(archive: zipfile.ZipFile, styles_part: str | None, strings_part: str | None) -> Styles:
    """Read the styles of a workbook."""
    styles = Styles()
    if styles_part:
        reader = _StylesReader()
        parser = xml_parser()
        parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
        parse_part(parser, archive, styles_part)
        styles.cells = reader.cells
    if strings_part and b"strike" in archive.read(strings_part):
        strings = _StruckStrings()
        parser = xml_parser()
        parser.StartElementHandler = strings.start
        parse_part(parser, archive, strings_part)
        styles.struck_strings = strings.indices
    return styles


def is_strike(name: str, attributes: dict[str, str]) -> bool:
    """Return whether an element strikes out the text that it describes."""
    return name == "strike" and attributes.get("val", "1") in _TRUE


class _StylesReader:
    """Reads `styles.xml`: formats and fonts precede the cell styles that refer to them."""

    def __init__(self) -> None:
        self.cells: dict[int, CellStyle] = {}
        self._formats: dict[int, NumberFormat | None] = {}
        self._struck_fonts: set[int] = set()
        self._fonts = self._index = 0
        self._list = ""  # that the current element belongs to

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = local_name(name)
        if name in {"numFmts", "fonts", "cellXfs", "cellStyleXfs", "dxfs"}:
            self._list = name
        elif self._list == "numFmts" and name == "numFmt":
            self._formats[_number(attributes.get("numFmtId"))] = parse_format(attributes.get("formatCode", ""))
        elif self._list == "fonts" and name == "font":
            self._fonts += 1
        elif self._list == "fonts" and is_strike(name, attributes):
            self._struck_fonts.add(self._fonts - 1)
        elif self._list == "cellXfs" and name == "xf":
            self._add_cell_style(_number(attributes.get("numFmtId")), _number(attributes.get("fontId")))

    def end(self, name: str) -> None:
        if local_name(name) == self._list:
            self._list = ""

    def _add_cell_style(self, number: int, font: int) -> None:
        number_format = self._formats[number] if number in self._formats else built_in_format(number)
        if number_format or font in self._struck_fonts:
            self.cells[self._index] = CellStyle(number_format, font in self._struck_fonts)
        self._index += 1


class _StruckStrings:
    """Finds the shared strings of which some characters are struck out."""

    def __init__(self) -> None:
        self.indices: set[int] = set()
        self._index = -1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = local_name(name)
        if name == "si":
            self._index += 1
        elif is_strike(name, attributes):
            self.indices.add(self._index)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
