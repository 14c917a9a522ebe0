"""The rows of a pushed file, kept in a temporary file between reading one format and writing another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import orjson

from services.ingest.formats.cells.cell import CellKind, SheetCell, TypedCell, cell_text
from services.ingest.formats.layout.list_titles import REQUIRED_COLUMNS, HeaderTitles, count_known_titles
from services.ingest.formats.sheets.sheet import SheetStart
from services.ingest.marked.marks import Mark

_LONGEST_TEXT = 32_000  # characters of a cell; spreadsheet programs accept a few more
_LONGEST_TITLE = 60  # characters of a column title in the text of an error
_HEADER_CELLS = 3  # cells with text that make a row look like a header
_NONCHARACTERS = str.maketrans({"\ufffe": "\ufffd", "\uffff": "\ufffd"})


@dataclass(slots=True)
class PushedSheet:
    """Name, header and layout of a sheet; complete when all its rows have been added."""

    layout: SheetStart
    start: int  # offset of its first row in the temporary file
    width: int = 0
    rows: int = 0
    header_index: int | None = None  # of the row that looks like the header
    header_known: bool = False  # it has all required titles
    header: list[str] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)  # index of each column, by its name in reports
    added_titles: list[str] = field(default_factory=list)  # a header to write above the rows of a file that has none
    last_index: int = 0  # of the last row

    @property
    def name(self) -> str | None:
        """The sheet's name; None: the format has no sheets."""
        return self.layout.name

    def column_of(self, mark: Mark) -> int | None:
        """Return the index of the column of an error, None if the error has no column here."""
        return mark.column_index if mark.column_index is not None else self.columns.get(mark.column or "")

    def text_of(self, mark: Mark, separator: str) -> str:
        """Return an error in words, with the title that its column has in the file."""
        titles, column = self.added_titles or self.header, self.column_of(mark)
        title = titles[column].strip() if column is not None and column < len(titles) else ""
        return mark.text(title[:_LONGEST_TITLE] or None, separator)


class PushedSheets:
    """All sheets of a pushed file. A row has an index in the file, and the number that reports use for it."""

    def __init__(self, file: BinaryIO) -> None:
        """Take an empty file that stays open as long as the rows are read."""
        self.sheets: list[PushedSheet] = []
        self.properties: dict[str, str] = {}  # of a workbook
        self._file = file

    @property
    def rows(self) -> int:
        """Number of rows in all sheets."""
        return sum(sheet.rows for sheet in self.sheets)

    def begin(self, layout: SheetStart) -> PushedSheet:
        """Begin the next sheet."""
        self.properties |= layout.properties
        self.sheets.append(PushedSheet(layout, self._file.tell()))
        return self.sheets[-1]

    def add(self, index: int, number: int, cells: Sequence[SheetCell]) -> None:
        """Add a row to the current sheet; `index` starts at 0 and ascends."""
        sheet = self.sheets[-1]
        sheet.rows += 1
        sheet.last_index = index
        sheet.width = max(sheet.width, len(cells))
        if not sheet.header_known:
            _detect_header(sheet, index, cells)
        plain = [clean(cell) if isinstance(cell, str) else (cell.kind.value, clean(cell.text), cell.shown) for cell in cells]
        self._file.write(orjson.dumps((index, number, plain), option=orjson.OPT_APPEND_NEWLINE))

    def read(self, sheet: PushedSheet) -> Iterator[tuple[int, int, list[SheetCell]]]:
        """Yield index, number and cells of each row of a sheet. Read one sheet at a time."""
        self._file.seek(sheet.start)
        for _ in range(sheet.rows):
            index, number, cells = orjson.loads(self._file.readline())
            yield index, number, [cell if isinstance(cell, str) else TypedCell(CellKind(cell[0]), *cell[1:]) for cell in cells]


def clean(text: str) -> str:
    """Shorten a text and replace characters that files cannot contain."""
    return text[:_LONGEST_TEXT].encode(errors="replace").decode().translate(_NONCHARACTERS)


def _detect_header(sheet: PushedSheet, index: int, cells: Sequence[SheetCell]) -> None:
    texts = list(map(cell_text, cells))
    if count_known_titles(texts) == len(REQUIRED_COLUMNS):
        sheet.header_index, sheet.header_known = index, True
        sheet.columns = HeaderTitles.from_cells(texts).columns
    elif sheet.header_index is None and sum(bool(text.strip()) for text in texts) >= _HEADER_CELLS:
        sheet.header_index = index
    if sheet.header_index == index:
        sheet.header = list(map(clean, texts))
