"""A table as a workbook with one sheet: no cell is a formula, and equal tables are equal bytes."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import xlsxwriter  # type: ignore[import-untyped]

from shared.http.tables import CellValue, sent_file
from shared.problems import NotAcceptable

_MAX_ROWS: Final = 100_000  # of a workbook, which takes half a millisecond a row
_CREATED: Final = datetime(2022, 1, 1)  # noqa: DTZ001 - the file format has no time zone
_SPOOLED_BYTES: Final = 1 << 20
_EXACT: Final = 2**53 - 1  # a larger number is written as text, because a spreadsheet program would round it
_WIDTH: Final = 16  # of a column, in characters


async def workbook_chunks(
    sheet: str, header: Sequence[str], pages: AsyncIterator[Iterable[Sequence[CellValue]]], folder: Path | None
) -> AsyncIterator[bytes]:
    """Write a workbook and return its chunks. Raises NotAcceptable for too many rows."""
    spool = tempfile.SpooledTemporaryFile[bytes](_SPOOLED_BYTES, dir=str(folder) if folder else None)
    with tempfile.TemporaryDirectory(dir=folder) as rows_folder:
        book = xlsxwriter.Workbook(spool, {"constant_memory": True, "tmpdir": rows_folder})
        book.set_properties({"created": _CREATED, "author": "gigacity"})
        written = book.add_worksheet(sheet)
        written.freeze_panes(1, 0)
        written.set_column(0, len(header) - 1, _WIDTH)
        _write_rows(written, 0, [header])
        try:
            await _write_pages(written, pages)
            await asyncio.to_thread(book.close)
        except BaseException:
            spool.close()
            written.row_data_fh.close()  # the file of the rows, which only a finished workbook closes
            raise
    return sent_file(spool)


async def _write_pages(sheet: Any, pages: AsyncIterator[Iterable[Sequence[CellValue]]]) -> None:  # noqa: ANN401 - xlsxwriter has no types
    count = 0
    async for page in pages:
        rows = list(page)
        if count + len(rows) > _MAX_ROWS:
            raise _too_many_rows()
        await asyncio.to_thread(_write_rows, sheet, count + 1, rows)
        count += len(rows)


def _too_many_rows() -> NotAcceptable:
    """Return the problem of a table that is too long for a workbook."""
    return NotAcceptable(
        f"超过 {_MAX_ROWS} 行，无法生成工作簿；请缩小范围或使用 CSV。",
        f"The table has more than {_MAX_ROWS} rows; narrow the query or use CSV.",
    )


def _write_rows(sheet: Any, first: int, rows: Iterable[Sequence[CellValue]]) -> None:  # noqa: ANN401 - xlsxwriter has no types
    for number, row in enumerate(rows, start=first):
        for column, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            if isinstance(cell, bool):
                sheet.write_boolean(number, column, cell)
            elif isinstance(cell, int | float) and abs(cell) <= _EXACT:
                sheet.write_number(number, column, cell)
            else:
                sheet.write_string(number, column, str(cell))
