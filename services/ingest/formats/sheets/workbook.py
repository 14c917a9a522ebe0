"""XLSX: the workbook is read by another process (`services.ingest.workbooks`), its rows are understood here."""

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from io import UnsupportedOperation
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from services.ingest.formats.cells.cell import CellKind, TypedCell
from services.ingest.formats.forms.context import SheetContext
from services.ingest.formats.forms.merged_cells import MergedCells
from services.ingest.formats.locator import Locator
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.rows import Batch, BodyLimits, Names, Normalisation
from services.ingest.formats.sender import SenderDefaults
from services.ingest.formats.sheets.sheets import FORM_ROWS, Rows, SheetOpener, SheetReader
from shared.problems import Schema, TooLarge
from shared.values.bilingual import Bilingual
from shared.vocabulary import NormalisationKind

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"  # .xls, and workbooks with a password
_WORKER = "services.ingest.workbooks"
_ROOT = str(Path(__file__).parents[4])  # where the worker finds itself
_KINDS = {kind.value: kind for kind in CellKind}
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")  # nothing secret reaches the worker
_WHY = {
    "names": Bilingual(zh="压缩包内的文件名不安全或重复", en="the zip holds unsafe or repeated names"),
    "no_workbook": Bilingual(zh="不是 Excel 工作簿，或设有密码", en="it is no workbook, or has a password"),
    "doctype": Bilingual(zh="含有 XML 实体声明", en="it declares XML entities"),
    "spread": Bilingual(zh="单元格过多或过于分散，请删除多余单元格", en="too many cells, or too far apart; delete stray ones"),
    "memory": Bilingual(zh="读取所需内存过多", en="reading it takes too much memory"),
    "time": Bilingual(zh="读取时间过长", en="reading it takes too long"),
    "broken": Bilingual(zh="文件已损坏", en="it is damaged"),
}


_DEATHS: dict[int, str] = {signal.SIGABRT: "memory", signal.SIGKILL: "time", signal.SIGXCPU: "time"}


async def xlsx_batches(
    body: BinaryIO, names: Names, limits: BodyLimits, sender: SenderDefaults, locator: Locator
) -> AsyncGenerator[Batch]:
    """Read every visible sheet that holds a table or a form; other sheets are named in the notes."""
    magic = body.read(len(_ZIP))
    body.seek(0)
    if magic != _ZIP:
        raise unreadable_workbook("no_workbook" if magic == _OLE else "broken")
    reading = _Reading(SheetOpener(SheetContext(names, sender, NormalisationLog(), locator)))
    async with aclosing(worker_frames(body, limits)) as read:
        async for frame in read:
            for batch in reading.take(frame):
                yield batch
                await asyncio.sleep(0)
    for batch in reading.end_sheet():
        yield batch
    yield Batch(normalisations=reading.finish())


class _Reading:
    """What is known while frames come in. A sheet is gathered until it ends, or is too long to be a form."""

    def __init__(self, sheets: SheetOpener) -> None:
        self._sheets = sheets
        self._visible: list[str] = []
        self._sheet: str | None = None
        self._merges = MergedCells()
        self._gathered: Rows = []
        self._reader: SheetReader | None = None
        self._passed_over = False  # nothing in this sheet is a table

    def take(self, frame: dict[str, Any]) -> Iterator[Batch]:
        """What a frame's rows, or the end of the sheet before it, make readable."""
        self._visible = frame.get("sheets", self._visible)
        if "sheet" in frame:
            yield from self.end_sheet()
            self._sheet, self._merges = frame["sheet"], MergedCells(frame["merged"])
        elif not self._passed_over and "rows" in frame:
            rows: Rows = [
                (number, [cell if type(cell) is str else TypedCell(_KINDS[cell[0]], cell[1]) for cell in cells])
                for number, cells in frame["rows"]
            ]
            if self._reader:
                yield from self._reader.read(rows)
            else:
                self._gathered += rows
                if len(self._gathered) > FORM_ROWS:
                    yield from self._begin(more=True)

    def _begin(self, *, more: bool) -> Iterator[Batch]:
        begun = self._sheets.begin(self._sheet, self._gathered, self._merges, more=more)
        self._gathered = []
        if begun is None:
            self._passed_over = True
        else:
            self._reader, below = begun
            yield from self._reader.read(below)

    def end_sheet(self) -> Iterator[Batch]:
        """What the sheet that ends now still holds."""
        if self._gathered:
            yield from self._begin(more=False)
        if self._reader:
            yield from self._reader.finish()
        self._reader, self._passed_over = None, False

    def finish(self) -> list[Normalisation]:
        """The notes; raises Schema if no sheet held a table."""
        self._sheets.finish()
        notes = self._sheets.tools.notes
        for name in self._visible:
            if name not in self._sheets.read:
                notes.add(NormalisationKind.SHEET_IGNORED, None, name)
        return notes.to_list()


def unreadable_workbook(why: str) -> Schema:
    """Why a workbook cannot be read, in words."""
    words = _WHY[why]
    return Schema(f"无法读取该工作簿：{words.zh}", f"The workbook cannot be read: {words.en}")


def workbook_refusal(why: str, limits: BodyLimits) -> Schema | TooLarge:
    """What the worker refused, with the limit where one was passed."""
    if why == "inflated":
        limit = limits.xlsx_inflated_bytes
        words = Bilingual(zh=f"工作簿解压后超过 {limit} 字节", en=f"the workbook inflates to more than {limit} bytes")
        return TooLarge(words.zh, words.en, extra={"limit": limit, "unit": "bytes"})
    if why == "entries":
        limit = limits.xlsx_entries
        words = Bilingual(zh=f"工作簿内的文件超过 {limit} 个", en=f"the workbook has more than {limit} parts")
        return TooLarge(words.zh, words.en, extra={"limit": limit, "unit": "parts"})
    return unreadable_workbook(why)


async def worker_frames(body: BinaryIO, limits: BodyLimits) -> AsyncGenerator[dict[str, Any]]:
    """What the worker writes. Its death, silence or babble is a workbook that cannot be read, never a fault of ours.

    Raises Schema or TooLarge for a workbook that is not read.
    """
    with tempfile.TemporaryFile() as copy:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            _WORKER,
            _arguments(limits),
            stdin=_descriptor(body, copy),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ} | {"PYTHONPATH": _path()},
        )
        try:
            while "end" not in (frame := await _frame(process, limits)):
                if "refused" in frame:
                    raise workbook_refusal(frame["refused"], limits)
                yield frame
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()


async def _frame(process: asyncio.subprocess.Process, limits: BodyLimits) -> dict[str, Any]:
    if process.stdout is None:
        raise unreadable_workbook("broken")
    try:
        async with asyncio.timeout(limits.xlsx_silence_s):
            length = int.from_bytes(await process.stdout.readexactly(4), "big")
            frame: dict[str, Any] = orjson.loads(await process.stdout.readexactly(length))
    except asyncio.IncompleteReadError:
        raise unreadable_workbook(_DEATHS.get(-await process.wait(), "broken")) from None
    except TimeoutError:
        raise unreadable_workbook("time") from None
    return frame


def _path() -> str:
    return os.pathsep.join(filter(None, (_ROOT, os.environ.get("PYTHONPATH"))))


def _arguments(limits: BodyLimits) -> str:
    return json.dumps(
        {
            "memory_bytes": limits.xlsx_memory_bytes,
            "cpu_s": limits.xlsx_cpu_s,
            "entries": limits.xlsx_entries,
            "inflated_bytes": limits.xlsx_inflated_bytes,
            "cells": limits.xlsx_cells,
        }
    )


def _descriptor(body: BinaryIO, copy: BinaryIO) -> int:
    """A descriptor the worker can read the body from; a body that lives in memory is copied to a file first."""
    try:
        return body.fileno()
    except UnsupportedOperation:
        shutil.copyfileobj(body, copy)
        copy.flush()
        return copy.fileno()
