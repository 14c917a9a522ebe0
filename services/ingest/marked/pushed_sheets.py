"""The rows of a sender's file, on disk: read from whatever format once, then written into another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import orjson

from services.ingest.formats.cells.cell import CellKind, SheetCell, TypedCell, cell_text
from services.ingest.formats.forms.merged_cells import MergedRange
from services.ingest.formats.tables.header import REQUIRED_COLUMNS, HeaderTitles, count_known_titles

_LONGEST_TEXT = 32_000  # characters of a cell: a little less than a spreadsheet takes
_FULL_ROW = 3  # cells that make a row look like a header
_NO_CHARACTERS = str.maketrans({"\ufffe": "\ufffd", "\uffff": "\ufffd"})


@dataclass(slots=True)
class PushedSheet:
    """What is known of a sheet once all its rows are read."""

    name: str | None  # None: the format has no sheets
    start: int  # where its rows stand in the file
    width: int = 0
    rows: int = 0
    head: int | None = None  # the row that looks like its header
    known: bool = False  # whether it surely is
    columns: dict[str, int] = field(default_factory=dict)  # place of each column, as reports name it
    titles: list[str] = field(default_factory=list)  # a header that the sender's file has not, to stand above all rows
    merged: list[MergedRange] = field(default_factory=list)  # cells of a workbook that are shown as one
    widths: dict[int, float] = field(default_factory=dict)  # characters, of the columns that the sender has set
    last: int = 0  # place of the last row


class PushedSheets:
    """Sheets with their rows. A row has a place in the file, and the number by which the report names it."""

    def __init__(self, file: BinaryIO) -> None:
        """`file` is empty, and lives as long as the sheets are read."""
        self.sheets: list[PushedSheet] = []
        self._file = file

    @property
    def rows(self) -> int:
        """How many there are."""
        return sum(sheet.rows for sheet in self.sheets)

    def begin(self, name: str | None) -> PushedSheet:
        """Begin the next sheet."""
        self.sheets.append(PushedSheet(name, self._file.tell()))
        return self.sheets[-1]

    def add(self, place: int, number: int, cells: Sequence[SheetCell]) -> None:
        """Add a row to the sheet that was begun last; `place` counts from 0 and rises."""
        sheet = self.sheets[-1]
        sheet.rows += 1
        sheet.last = place
        sheet.width = max(sheet.width, len(cells))
        if not sheet.known:
            _look_for_header(sheet, place, cells)
        plain = [clean(cell) if isinstance(cell, str) else (cell.kind.value, clean(cell.text)) for cell in cells]
        self._file.write(orjson.dumps((place, number, plain), option=orjson.OPT_APPEND_NEWLINE))

    def read(self, sheet: PushedSheet) -> Iterator[tuple[int, int, list[SheetCell]]]:
        """The rows of a sheet: place, number, cells. One sheet at a time."""
        self._file.seek(sheet.start)
        for _ in range(sheet.rows):
            place, number, cells = orjson.loads(self._file.readline())
            yield place, number, [cell if isinstance(cell, str) else TypedCell(CellKind(cell[0]), cell[1]) for cell in cells]


def clean(text: str) -> str:
    """The text as files can hold it."""
    return text[:_LONGEST_TEXT].encode(errors="replace").decode().translate(_NO_CHARACTERS)


def _look_for_header(sheet: PushedSheet, place: int, cells: Sequence[SheetCell]) -> None:
    texts = list(map(cell_text, cells))
    if count_known_titles(texts) == len(REQUIRED_COLUMNS):
        sheet.head, sheet.known = place, True
        sheet.columns = HeaderTitles.from_cells(texts).columns
    elif sheet.head is None and sum(bool(text.strip()) for text in texts) >= _FULL_ROW:
        sheet.head = place
