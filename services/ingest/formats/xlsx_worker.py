"""Reads one workbook in a process of its own, under limits of memory and time: a workbook can make any reader explode.

Run as a script, with the workbook as standard input and the limits as JSON in the first argument. Writes frames to standard
output: four bytes of length, then JSON: `{"sheets": [names]}`, then for each sheet `{"sheet": name}` and
`{"rows": [[number, [cell, ...]], ...]}`, at last `{"end": true}`; or `{"refused": why}` at any point. A cell is text, or a pair
of kind (n number, d date, b boolean, e error, f formula without result) and text. It knows nothing of what the rows mean, and
imports nothing of this project, so that it starts fast.
"""

import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePosixPath
from typing import BinaryIO, NoReturn
from xml.parsers import expat

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_TEXT_SHOWN = 600  # characters of a cell: more than any column takes
_WIDEST = 256  # columns
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_FRAME_ROWS, _FRAME_CHARACTERS = 2_000, 128 << 10
_CHUNK = 256 << 10
_DIGITS = "0123456789"
_LETTERS = re.compile("[A-Z]{1,3}")

Written = str | tuple[str, str]


class Refused(Exception):  # noqa: N818 - it is what happens to the workbook
    """The workbook is not read; the argument says why, in a word."""


def refuse(why: str) -> NoReturn:
    """Give up."""
    raise Refused(why)


def limit_process(memory_bytes: int, cpu_s: int) -> None:
    """From here on: so much address space, so much processor time, no core files, no files written."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def checked_zip(file: BinaryIO, entries: int, inflated_bytes: int) -> zipfile.ZipFile:
    """The workbook's zip, if its directory promises nothing outrageous."""
    archive = zipfile.ZipFile(file)
    parts = archive.infolist()
    if len(parts) > entries:
        refuse("entries")
    if sum(part.file_size for part in parts) > inflated_bytes:
        refuse("inflated")
    names = [part.filename for part in parts]
    if len(set(names)) != len(names) or any(map(_is_unsafe, names)):
        refuse("names")
    if _WORKBOOK not in names or any(part.flag_bits & 1 for part in parts):
        refuse("no_workbook")
    return archive


def _is_unsafe(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ":" in name or ".." in PurePosixPath(name).parts


def _xml_parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = lambda *_: refuse("doctype")
    return parser


def _feed(parser: expat.XMLParserType, archive: zipfile.ZipFile, name: str) -> None:
    with archive.open(name) as part:
        while chunk := part.read(_CHUNK):
            parser.Parse(chunk, False)  # noqa: FBT003 - takes no keywords
    parser.Parse(b"", True)  # noqa: FBT003


def check_parts(archive: zipfile.ZipFile) -> None:
    """Every XML part is well-formed and declares no entities; reading them all also checks the promised sizes."""
    for name in archive.namelist():
        if name.endswith((".xml", ".rels")):
            _feed(_xml_parser(), archive, name)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → its part in the zip."""
    ids: dict[str, str] = {}
    targets: dict[str, str] = {}

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "sheet":
            relation = next((value for key, value in attributes.items() if ":" in key and _local(key) == "id"), "")
            ids[attributes.get("name", "")] = relation

    def relation(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    for part, handler in ((_WORKBOOK, sheet), (_RELATIONS, relation)):
        parser = _xml_parser()
        parser.StartElementHandler = handler
        _feed(parser, archive, part)
    return {name: _full(targets.get(relation, "")) for name, relation in ids.items()}


def _full(target: str) -> str:
    return target[1:] if target.startswith("/") else f"xl/{target}"


class Scan:
    """What calamine does not tell of a sheet: cells with errors, formulas without a result; and how far apart cells stand."""

    def __init__(self) -> None:
        """Start before the first row."""
        self.odd: dict[int, dict[int, tuple[str, str]]] = {}  # row → column → kind and text
        self.top, self.bottom, self.left, self.right = _LAST_ROW, -1, _LAST_COLUMN, -1
        self._row = self._column = -1
        self._type = ""
        self._formula = self._inline = self._in_value = False
        self._value = ""
        self._letters: dict[str, int] = {}

    def read(self, archive: zipfile.ZipFile, part: str) -> None:
        """Read the sheet's XML once, in little memory."""
        parser = _xml_parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        _feed(parser, archive, part)

    @property
    def area(self) -> int:
        """Cells in the rectangle around all cells that hold something."""
        return max(0, self.bottom - self.top + 1) * max(0, self.right - self.left + 1)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = _local(name)
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
        elif name == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1

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
            name = _local(name)
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


def _column_of(letters: str) -> int:
    if not _LETTERS.fullmatch(letters):
        refuse("broken")
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def written(value: object) -> Written:
    """A cell as text, with its kind unless it is text."""
    if isinstance(value, str):
        return value[:_TEXT_SHOWN]
    if isinstance(value, bool):
        return ("b", str(value).upper())
    if isinstance(value, int | float):
        whole = isinstance(value, int) or value.is_integer()
        return ("n", str(int(value)) if whole else format(Decimal(repr(value)), "f")[:_TEXT_SHOWN])
    if isinstance(value, datetime):
        return ("d", value.date().isoformat())
    return ("d", value.isoformat() if isinstance(value, date) else str(value))


def rows_of(sheet: CalamineSheet, odd: dict[int, dict[int, tuple[str, str]]]) -> Iterator[tuple[int, Sequence[Written]]]:
    """Every row from the sheet's first, with its number. Rows without any cell are empty."""
    left = sheet.start[1] if sheet.start else 0
    for number, cells in enumerate(sheet.iter_rows() if sheet.start else (), 1):
        row: list[Written] = [*[""] * left, *map(written, cells)] if any(cells) or 0 in cells else []
        yield number, _overlaid(row, odd.pop(number - 1, {}))
    for below in sorted(odd):  # the reader leaves out trailing rows that hold nothing else
        yield below + 1, _overlaid([], odd[below])


def _overlaid(row: list[Written], odd: dict[int, tuple[str, str]]) -> list[Written]:
    for column, cell in odd.items():
        row += [""] * (column + 1 - len(row))
        row[column] = cell
    return row


class Frames:
    """Writes frames."""

    def __init__(self, out: BinaryIO) -> None:
        """Write to `out`."""
        self._out = out

    def send(self, frame: str) -> None:
        """Write one frame of JSON."""
        data = frame.encode()
        self._out.write(len(data).to_bytes(4, "big") + data)

    def send_rows(self, rows: Iterator[tuple[int, Sequence[Written]]]) -> None:
        """Write rows, some thousands a frame."""
        ready: list[str] = []
        size = 0
        for row in rows:
            ready.append(json.dumps(row))
            size += len(ready[-1])
            if len(ready) == _FRAME_ROWS or size > _FRAME_CHARACTERS:
                self.send(f'{{"rows": [{", ".join(ready)}]}}')
                ready, size = [], 0
        if ready:
            self.send(f'{{"rows": [{", ".join(ready)}]}}')


def read(file: BinaryIO, frames: Frames, entries: int, inflated_bytes: int, cells: int) -> None:
    """Check the workbook, then write the rows of its visible sheets."""
    archive = checked_zip(file, entries, inflated_bytes)
    check_parts(archive)
    parts = sheet_parts(archive)
    file.seek(0)
    workbook = CalamineWorkbook.from_filelike(file)
    visible = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
    ]
    frames.send(json.dumps({"sheets": visible}))
    for name in visible:
        scan = Scan()
        scan.read(archive, parts.get(name) or refuse("broken"))
        if scan.area > cells or scan.right >= _WIDEST:
            refuse("spread")
        frames.send(json.dumps({"sheet": name}))
        frames.send_rows(rows_of(workbook.get_sheet_by_name(name), scan.odd))
    frames.send('{"end": true}')


def main() -> None:
    """Read standard input under the limits given."""
    limits = json.loads(sys.argv[1])
    limit_process(limits.pop("memory_bytes"), limits.pop("cpu_s"))
    frames = Frames(sys.stdout.buffer)
    try:
        with open(0, "rb", closefd=False) as file:
            file.seek(0)
            read(file, frames, **limits)
    except Refused as refused:
        frames.send(json.dumps({"refused": str(refused)}))
    except MemoryError:
        frames.send('{"refused": "memory"}')
    except PasswordError:
        frames.send('{"refused": "no_workbook"}')
    except BrokenPipeError:
        sys.exit(1)
    except BaseException:  # noqa: BLE001 - a panic in the Rust reader arrives as a BaseException; whatever it is, it is the workbook
        frames.send('{"refused": "broken"}')
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
