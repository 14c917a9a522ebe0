"""XLSX: a worker process (`services.ingest.workbooks`) reads the workbook as cells; its rows are interpreted here."""

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

from services.ingest.formats.cells.cell import CellKind, NumberedRow, TypedCell
from services.ingest.formats.forms.context import SheetContext
from services.ingest.formats.forms.merged_cells import MergedCells
from services.ingest.formats.locator import Locator
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.rows import Batch, BodyLimits, Names, Normalisation
from services.ingest.formats.sender import SenderDefaults
from services.ingest.formats.sheets.sheets import FORM_ROWS, OpenedSheet, SheetOpener
from shared.problems import Schema, TooLarge
from shared.values.bilingual import Bilingual
from shared.vocabulary import NormalisationKind

_ZIP_SIGNATURE = b"PK\x03\x04"
_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0"  # .xls, and workbooks with a password
_WORKER = "services.ingest.workbooks"
_ROOT = str(Path(__file__).parents[4])  # the worker imports its package from here
_KINDS = {kind.value: kind for kind in CellKind}
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")  # no secrets reach the worker
_REASONS = {
    "names": Bilingual(zh="压缩包内的文件名不安全或重复", en="its zip contains unsafe or duplicate names"),
    "no_workbook": Bilingual(zh="不是 Excel 工作簿，或设有密码", en="it is not a workbook, or it has a password"),
    "doctype": Bilingual(zh="含有 XML 实体声明", en="it declares XML entities"),
    "spread": Bilingual(
        zh="单元格过多或过于分散，请删除多余单元格", en="it has too many cells, or cells too far apart; delete stray cells"
    ),
    "memory": Bilingual(
        zh="文件过大或结构过于复杂，请精简后重试", en="reading it takes too much memory; simplify the file and try again"
    ),
    "time": Bilingual(
        zh="文件过大或结构过于复杂，读取超时，请精简后重试", en="reading it takes too long; simplify the file and try again"
    ),
    "broken": Bilingual(zh="文件已损坏", en="it is damaged"),
}


_REASON_BY_SIGNAL: dict[int, str] = {signal.SIGABRT: "memory", signal.SIGKILL: "time", signal.SIGXCPU: "time"}


async def xlsx_batches(
    body: BinaryIO, names: Names, limits: BodyLimits, sender: SenderDefaults, locator: Locator
) -> AsyncGenerator[Batch]:
    """Read the visible sheets that contain a table or a form; other sheets are listed as normalisations."""
    signature = body.read(len(_ZIP_SIGNATURE))
    body.seek(0)
    if signature != _ZIP_SIGNATURE:
        raise unreadable_workbook("no_workbook" if signature == _OLE_SIGNATURE else "broken")
    reader = _WorkbookReader(SheetOpener(SheetContext(names, sender, NormalisationLog(), locator)))
    async with aclosing(worker_frames(body, limits)) as frames:
        async for frame in frames:
            for batch in reader.read_frame(frame):
                yield batch
                await asyncio.sleep(0)
    for batch in reader.end_sheet():
        yield batch
    yield Batch(normalisations=reader.finish())


class _WorkbookReader:
    """Reads the worker's frames. The rows of a sheet are collected until it ends or is too long to be a form."""

    def __init__(self, opener: SheetOpener) -> None:
        self._opener = opener
        self._visible: list[str] = []
        self._sheet: str | None = None
        self._merged_cells = MergedCells()
        self._collected: list[NumberedRow] = []
        self._reader: OpenedSheet | None = None
        self._is_ignored = False  # the current sheet contains no table

    def read_frame(self, frame: dict[str, Any]) -> Iterator[Batch]:
        """Read the rows of a frame, or begin the next sheet."""
        self._visible = frame.get("sheets", self._visible)
        if "sheet" in frame:
            yield from self.end_sheet()
            self._sheet, self._merged_cells = frame["sheet"], MergedCells(frame["merged"])
        elif not self._is_ignored and "rows" in frame:
            rows: list[NumberedRow] = [
                (number, [cell if type(cell) is str else TypedCell(_KINDS[cell[0]], cell[1]) for cell in cells])
                for number, cells in frame["rows"]
            ]
            if self._reader:
                yield from self._reader.read(rows)
            else:
                self._collected += rows
                if len(self._collected) > FORM_ROWS:
                    yield from self._open_sheet(has_more=True)

    def _open_sheet(self, *, has_more: bool) -> Iterator[Batch]:
        opened = self._opener.open(self._sheet, self._collected, self._merged_cells, has_more=has_more)
        self._collected = []
        if opened is None:
            self._is_ignored = True
        else:
            self._reader, rows_below = opened
            yield from self._reader.read(rows_below)

    def end_sheet(self) -> Iterator[Batch]:
        """Read the rest of the current sheet."""
        if self._collected:
            yield from self._open_sheet(has_more=False)
        if self._reader:
            yield from self._reader.finish()
        self._reader, self._is_ignored = None, False

    def finish(self) -> list[Normalisation]:
        """Return the normalisations; raises Schema if no sheet contains a table."""
        self._opener.refuse_none_read()
        normalisations = self._opener.context.normalisations
        for name in self._visible:
            if name not in self._opener.opened:
                normalisations.add(NormalisationKind.SHEET_IGNORED, None, name)
        return normalisations.to_list()


def unreadable_workbook(reason: str) -> Schema:
    """Return the problem of a workbook that cannot be read."""
    text = _REASONS[reason]
    return Schema(f"无法读取该工作簿：{text.zh}。", f"The workbook cannot be read: {text.en}.")


def workbook_refusal(reason: str, limits: BodyLimits) -> Schema | TooLarge:
    """Return the problem of a workbook that the worker refused, with the limit that was exceeded."""
    if reason == "inflated":
        limit = limits.xlsx_inflated_bytes
        zh, en = f"工作簿解压后超过 {limit} 字节。", f"The workbook has more than {limit} bytes when uncompressed."
        return TooLarge(zh, en, extra={"limit": limit, "unit": "bytes"})
    if reason == "entries":
        limit = limits.xlsx_entries
        zh, en = f"工作簿内的文件超过 {limit} 个。", f"The workbook has more than {limit} parts."
        return TooLarge(zh, en, extra={"limit": limit, "unit": "parts"})
    return unreadable_workbook(reason)


async def worker_frames(body: BinaryIO, limits: BodyLimits) -> AsyncGenerator[dict[str, Any]]:
    """Yield the frames that the worker writes.

    Raises Schema or TooLarge for a workbook that is refused. If the worker dies, hangs or writes anything else, the workbook
    cannot be read; it is never an internal error.
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
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ} | {"PYTHONPATH": _python_path()},
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
        raise unreadable_workbook(_REASON_BY_SIGNAL.get(-await process.wait(), "broken")) from None
    except TimeoutError:
        raise unreadable_workbook("time") from None
    return frame


def _python_path() -> str:
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
    """Return a file descriptor of the body for the worker; a body in memory is first copied to a file."""
    try:
        return body.fileno()
    except UnsupportedOperation:
        shutil.copyfileobj(body, copy)
        copy.flush()
        return copy.fileno()
