"""XLSX: the workbook is read by another process (`xlsx_worker`), its rows are understood here."""

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from io import UnsupportedOperation
from pathlib import Path
from typing import Any, BinaryIO

from services.ingest.formats.header import REQUIRED, accepted, header_of, recognised
from services.ingest.formats.notes import Notes
from services.ingest.formats.rows import Batch, Limits, Names, Normalisation, RowError
from services.ingest.formats.table import Cell, Kind, Odd, TableReader
from shared.bilingual import Bilingual
from shared.problems import Schema, TooLarge
from shared.vocabulary import NormalisationKind

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"  # .xls, and workbooks with a password
_WORKER = str(Path(__file__).with_name("xlsx_worker.py"))
_ENVIRONMENT = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "SYSTEMROOT")  # nothing secret reaches the worker
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


async def xlsx_batches(body: BinaryIO, names: Names, limits: Limits) -> AsyncGenerator[Batch]:
    """Read the first visible sheet whose first row holds the known titles. Rows are numbered as the sheet numbers them."""
    magic = body.read(len(_ZIP))
    body.seek(0)
    if magic != _ZIP:
        raise _unreadable("no_workbook" if magic == _OLE else "broken")
    reading = _Reading(names)
    async with aclosing(_frames(body, limits)) as frames:
        async for frame in frames:
            if reading.chosen and "sheet" in frame:
                break
            batch = reading.take(frame, limits)
            if batch is not None:
                yield batch
    yield Batch(notes=reading.finish())


class _Reading:
    """What is known while frames come in."""

    def __init__(self, names: Names) -> None:
        self.chosen: str | None = None
        self._names = names
        self._notes = Notes()
        self._sheet = ""
        self._sheets: list[str] = []
        self._reader: TableReader | None = None
        self._passed_over = False  # this sheet's first row holds other things
        self._nearest: list[str] = []  # the row of titles that came closest

    def take(self, frame: dict[str, Any], limits: Limits) -> Batch | None:
        """The rows of a frame, if they belong to the chosen sheet."""
        if "refused" in frame:
            raise _refusal(frame["refused"], limits)
        self._sheets = frame.get("sheets", self._sheets)
        if "sheet" in frame:
            self._sheet = frame["sheet"]
            self._passed_over = False
        if self._passed_over or "rows" not in frame:
            return None
        batch = Batch()
        for number, cells in frame["rows"]:
            self._row(batch, number, [cell if isinstance(cell, str) else Odd(Kind(cell[0]), cell[1]) for cell in cells])
        return batch

    def _row(self, batch: Batch, number: int, cells: Sequence[Cell]) -> None:
        if self._reader is not None:
            self._reader.read(batch, number, cells)
        elif not self._passed_over and any(cells):
            self._first_row([cell if isinstance(cell, str) else cell.text for cell in cells])

    def _first_row(self, titles: list[str]) -> None:
        if recognised(titles) < len(REQUIRED):
            self._passed_over = True
            self._nearest = max(self._nearest, titles, key=recognised)
            return
        self.chosen = self._sheet
        self._reader = TableReader(header_of(titles), self._names, self._notes, partial(_in_sheet, self._sheet))

    def finish(self) -> list[Normalisation]:
        """The notes; raises Schema if no sheet had the known titles."""
        if self.chosen is None:
            if recognised(self._nearest):
                header_of(self._nearest)
            raise Schema(
                f"没有一张工作表的首行是已知表头。{accepted().zh}",
                f"No sheet has the known titles in its first row. {accepted().en}",
            )
        for name in self._sheets:
            if name != self.chosen:
                self._notes.add(NormalisationKind.SHEET_IGNORED, None, name)
        return self._notes.listed()


def _in_sheet(sheet: str, error: RowError, column: int | None) -> RowError:
    cell = None if column is None else f"{_letters(column)}{error.row}"
    return replace(error, sheet=sheet, cell=cell)


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _unreadable(why: str) -> Schema:
    words = _WHY[why]
    return Schema(f"无法读取该工作簿：{words.zh}", f"The workbook cannot be read: {words.en}")


def _refusal(why: str, limits: Limits) -> Schema | TooLarge:
    if why == "inflated":
        limit = limits.xlsx_inflated_bytes
        words = Bilingual(zh=f"工作簿解压后超过 {limit} 字节", en=f"the workbook inflates to more than {limit} bytes")
        return TooLarge(words.zh, words.en, extra={"limit": limit, "unit": "bytes"})
    if why == "entries":
        limit = limits.xlsx_entries
        words = Bilingual(zh=f"工作簿内的文件超过 {limit} 个", en=f"the workbook has more than {limit} parts")
        return TooLarge(words.zh, words.en, extra={"limit": limit, "unit": "parts"})
    return _unreadable(why)


async def _frames(body: BinaryIO, limits: Limits) -> AsyncGenerator[dict[str, Any]]:
    """What the worker writes. Its death, silence or babble is a workbook that cannot be read, never a fault of ours."""
    with tempfile.TemporaryFile() as copy:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            _WORKER,
            _arguments(limits),
            stdin=_descriptor(body, copy),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
        )
        try:
            while "end" not in (frame := await _frame(process, limits)):
                yield frame
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()


async def _frame(process: asyncio.subprocess.Process, limits: Limits) -> dict[str, Any]:
    if process.stdout is None:
        raise _unreadable("broken")
    try:
        async with asyncio.timeout(limits.xlsx_silence_s):
            length = int.from_bytes(await process.stdout.readexactly(4), "big")
            frame: dict[str, Any] = json.loads(await process.stdout.readexactly(length))
    except asyncio.IncompleteReadError:
        raise _unreadable(_DEATHS.get(-await process.wait(), "broken")) from None
    except TimeoutError:
        raise _unreadable("time") from None
    return frame


def _arguments(limits: Limits) -> str:
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
