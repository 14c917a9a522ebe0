"""What is wrong, row by row, on disk: read from the database once, then handed out as the rows come along."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple
from uuid import UUID

import orjson
from psycopg import AsyncConnection

from shared.database.sql import statement

_LIST = statement(__package__, "list_marks")
ERRORS = "错误 errors"  # the title of the column that says what is wrong
_AT_ONCE = 2_000  # errors that are fetched together
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class Mark(NamedTuple):
    """One thing that is wrong with a row."""

    column: str | None  # as reports name it
    place: int | None  # of the cell's column, from 0, where the report names the cell
    text: str


class Marks:
    """The errors of a push, in the order of sheets and rows."""

    def __init__(self, file: BinaryIO) -> None:
        """`file` is empty, and lives as long as the marks are read."""
        self._file = file
        self._starts: dict[str | None, int] = {}

    async def fetch(self, connection: AsyncConnection, campaign: str, org: str, import_id: UUID) -> None:
        """Copy them from the database."""
        binds = {"campaign": campaign, "org": org, "import_id": import_id}
        async with connection.cursor(name="marks") as cursor:
            cursor.itersize = _AT_ONCE
            await cursor.execute(_LIST, binds)
            async for (document,) in cursor:
                self._enter(orjson.loads(document))

    def _enter(self, error: dict[str, Any]) -> None:
        sheet = error["sheet"]
        self._starts.setdefault(sheet, self._file.tell())
        cell = _CELL.fullmatch(error["cell"] or "")
        line = [sheet, error["row"] or 0, error["column"], _place(cell[1]) if cell else None, sentence(error)]
        self._file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))

    def of(self, sheet: str | None) -> "SheetMarks":
        """Those of one sheet. One sheet at a time."""
        return SheetMarks(self._lines(sheet))

    def _lines(self, sheet: str | None) -> Iterator[tuple[int, Mark]]:
        if sheet not in self._starts:
            return
        self._file.seek(self._starts[sheet])
        for line in self._file:
            whose, row, *mark = orjson.loads(line)
            if whose != sheet:
                return
            yield row, Mark(*mark)


class SheetMarks:
    """The marks of one sheet, to be asked for by rising row."""

    def __init__(self, lines: Iterator[tuple[int, Mark]]) -> None:
        """`lines` rise by row."""
        self._lines = lines
        self._next = next(lines, None)

    def upto(self, row: int) -> list[Mark]:
        """Those of a row, with any of rows that were passed over: none gets lost."""
        found = []
        while self._next is not None and self._next[0] <= row:
            found.append(self._next[1])
            self._next = next(self._lines, None)
        return found

    def rest(self) -> Iterator[Mark]:
        """Those below the last row."""
        while self._next is not None:
            yield self._next[1]
            self._next = next(self._lines, None)


def sentence(error: dict[str, Any]) -> str:
    """An error in words, first where, then what in Chinese and in English."""
    where = " ".join(part for part in (error["cell"], error["column"]) if part)
    message, hint = error["message"], error["hint"]
    zh = f"{message['zh']}（{hint['zh']}）" if hint else message["zh"]
    en = f"{message['en']} ({hint['en']})" if hint else message["en"]
    return f"{where}: {zh} / {en} [{error['code']}]" if where else f"{zh} / {en} [{error['code']}]"


def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1
