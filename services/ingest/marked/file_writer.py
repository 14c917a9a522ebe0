"""Writes files with marked errors: a few at a time, in little memory, on temporary files."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from services.ingest.formats.media import Media
from services.ingest.formats.rows import BodyLimits, Names
from services.ingest.marked.marks import Marks
from services.ingest.marked.pushed_sheets import PushedSheets
from services.ingest.marked.read_sheets import read_pushed_sheets
from services.ingest.marked.write_csv import write_csv
from services.ingest.marked.write_workbook import write_workbook
from shared.problems import NotAcceptable, Overloaded

_WAIT_S = 1.0  # longest wait for one of these files to be finished
_WORKBOOK_ROWS = 200_000  # writing more takes too long, and nobody scrolls through them


@dataclass(frozen=True, slots=True)
class MarkedFileWriter:
    """Writer of marked files."""

    folder: Path | None  # for temporary files; None: the system's
    slots: asyncio.Semaphore  # shared by all requests of the process

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait until a slot is free. Raises Overloaded after a second."""
        try:
            await asyncio.wait_for(self.slots.acquire(), _WAIT_S)
        except TimeoutError:
            raise Overloaded(
                "正在生成的文件过多，请稍后重试。",
                "Too many files are being generated; try again in 2 seconds.",
                headers={"Retry-After": "2"},
            ) from None
        try:
            yield
        finally:
            self.slots.release()

    def temporary_file(self) -> BinaryIO:
        """Return a temporary file that is deleted when it is closed."""
        return cast("BinaryIO", tempfile.TemporaryFile(dir=self.folder))

    async def write(self, body: BinaryIO, media: Media, names: Names, limits: BodyLimits, marks: Marks, ending: str) -> BinaryIO:
        """Write the pushed file with its marks as `csv` or `xlsx`, and return it; the caller closes it."""
        out = self.temporary_file()
        try:
            with self.temporary_file() as rows:
                sheets = PushedSheets(rows)
                await read_pushed_sheets(body, media, names, limits, sheets)
                if ending == "csv":
                    await asyncio.to_thread(write_csv, sheets, marks, out)
                else:
                    _refuse_long(sheets)
                    await asyncio.to_thread(write_workbook, sheets, marks, out, str(self.folder) if self.folder else None)
        except BaseException:
            out.close()
            raise
        return out


def _refuse_long(sheets: PushedSheets) -> None:
    if sheets.rows > _WORKBOOK_ROWS:
        raise NotAcceptable(
            f"超过 {_WORKBOOK_ROWS} 行，请下载 errors.csv。",
            f"The file has more than {_WORKBOOK_ROWS} rows; download errors.csv instead.",
        )
