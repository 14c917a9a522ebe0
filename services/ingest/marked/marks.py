"""Marks of the errors of a push, by sheet and row, kept in a file while the marked file is written."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple
from uuid import UUID

import orjson
from psycopg import AsyncConnection

from services.ingest.formats.locator import LARGEST_NUMBER
from services.ingest.push.row_errors import ERRORS_RECORDED
from shared.database.sql import statement

_LIST = statement(__package__, "list_marks")
_FETCHED_ROWS = 2_000  # errors fetched together
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class Mark(NamedTuple):
    """One error of a row."""

    column: str | None  # as the report names it
    column_index: int | None  # from 0; None if the report names no cell
    cell: str | None
    zh: str
    en: str

    def text(self, title: str | None, separator: str) -> str:
        """Return the error in Chinese and English, after its cell and the title of its column."""
        title = title or self.column
        where = f"{self.cell or ''}“{title}”列：" if title else f"{self.cell}：" if self.cell else ""
        return f"{where}{self.zh}{separator}{self.en}"


_AND_MORE = Mark(
    None,
    None,
    None,
    f"只标注前 {ERRORS_RECORDED} 条错误，其余请更正后再次导入查看",
    f"only the first {ERRORS_RECORDED} errors are marked; correct them and push again to see others [more]",
)


class Marks:
    """The marks of all sheets of a push."""

    def __init__(self, file: BinaryIO) -> None:
        """Take an empty file that stays open as long as the marks are read."""
        self._file = file
        self._starts: dict[str | None, int] = {}

    async def fetch(self, connection: AsyncConnection, campaign: str, org: str, import_id: UUID) -> None:
        """Copy the errors of a push from the database; after the last of as many as are kept, a remark that there may be more."""
        number, sheet = 0, None
        binds = {"campaign": campaign, "org": org, "import_id": import_id}
        async with connection.cursor(name="marks") as cursor:
            cursor.itersize = _FETCHED_ROWS
            await cursor.execute(_LIST, binds)
            async for (document,) in cursor:
                error = orjson.loads(document)
                number, sheet = number + 1, error["sheet"]
                self._add(sheet, error["row"] or 0, _mark(error))
        if number == ERRORS_RECORDED:
            self._add(sheet, LARGEST_NUMBER, _AND_MORE)

    def _add(self, sheet: str | None, row: int, mark: Mark) -> None:
        self._starts.setdefault(sheet, self._file.tell())
        self._file.write(orjson.dumps([sheet, row, *mark], option=orjson.OPT_APPEND_NEWLINE))

    def has_sheet(self, sheet: str | None) -> bool:
        """Return whether a sheet has marks."""
        return sheet in self._starts

    def for_sheet(self, sheet: str | None) -> "SheetMarks":
        """Return the marks of one sheet. Read one sheet at a time."""
        return SheetMarks(self._read(sheet))

    def _read(self, sheet: str | None) -> Iterator[tuple[int, Mark]]:
        if sheet not in self._starts:
            return
        self._file.seek(self._starts[sheet])
        for line in self._file:
            name, row, *mark = orjson.loads(line)
            if name != sheet:
                return
            yield row, Mark(*mark)


class SheetMarks:
    """The marks of one sheet, to be read by ascending row."""

    def __init__(self, marks: Iterator[tuple[int, Mark]]) -> None:
        """Take row numbers and marks by ascending row."""
        self._marks = marks
        self._next = next(marks, None)

    @property
    def is_empty(self) -> bool:
        """True if no marks are left."""
        return self._next is None

    def up_to(self, row: int) -> list[Mark]:
        """Return the marks of a row, and those of rows before it that have not been read, so that none is lost."""
        marks = []
        while self._next is not None and self._next[0] <= row:
            marks.append(self._next[1])
            self._next = next(self._marks, None)
        return marks

    def remaining(self) -> Iterator[Mark]:
        """Yield the marks after the last row."""
        while self._next is not None:
            yield self._next[1]
            self._next = next(self._marks, None)


def _mark(error: dict[str, Any]) -> Mark:
    cell = _CELL.fullmatch(error["cell"] or "")
    message, hint = error["message"], error["hint"]
    zh = f"{message['zh']}（{hint['zh']}）" if hint else message["zh"]
    en = f"{message['en']} ({hint['en']})" if hint else message["en"]
    return Mark(error["column"], _column_index(cell[1]) if cell else None, error["cell"], zh, f"{en} [{error['code']}]")


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
