"""XLSX: a worker process (`services.ingest.workbooks`) reads the workbook as cells; its frames become parts of sheets here."""

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import aclosing
from io import UnsupportedOperation
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from services.ingest.formats.cells.cell import CellKind, SheetCell, TypedCell
from services.ingest.formats.rows import BodyLimits
from services.ingest.formats.sheets.sheet import IndexRange, MergedRange, SheetPart, SheetRows, SheetStart
from shared.problem_members import SizeLimit
from shared.problems import Schema, TooLarge
from shared.values.bilingual import Bilingual
from shared.vocabulary import LimitUnit

_ZIP_SIGNATURE = b"PK\x03\x04"
_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0"  # .xls, and workbooks with a password
_WORKER = "services.ingest.workbooks"
_ROOT = str(Path(__file__).parents[4])  # the worker imports its package from here
_KINDS = {kind.value: kind for kind in CellKind}
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")  # no secrets reach the worker
_REASONS = {
    "names": Bilingual(zh="压缩包内的文件名不安全或重复", en="its zip contains unsafe or duplicate names"),
    "no_workbook": Bilingual(zh="不是 Excel 工作簿，或设有密码", en="it is not a workbook, or it has a password"),
    "binary": Bilingual(
        zh="是 Excel 二进制工作簿（.xlsb），请另存为“Excel 工作簿（.xlsx）”",
        en="it is a binary workbook (.xlsb); save it as .xlsx (Excel workbook)",
    ),
    "document": Bilingual(zh="是 Word 文档，请把表格存为 .xlsx", en="it is a Word document; save the table as .xlsx"),
    "presentation": Bilingual(zh="是演示文稿，请把表格存为 .xlsx", en="it is a presentation; save the table as .xlsx"),
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


async def read_workbook(body: BinaryIO, limits: BodyLimits) -> AsyncGenerator[SheetPart]:
    """Yield the sheets of a workbook, hidden ones too."""
    signature = body.read(len(_ZIP_SIGNATURE))
    body.seek(0)
    if signature != _ZIP_SIGNATURE:
        raise _unreadable_workbook("no_workbook" if signature == _OLE_SIGNATURE else "broken")
    async with aclosing(_worker_frames(body, limits)) as frames:
        properties: dict[str, str] = {}
        async for frame in frames:
            if "properties" in frame:
                properties = frame["properties"]
            elif "sheet" in frame:
                yield _sheet_start(frame, properties)
                properties = {}
            else:
                yield SheetRows([(number, list(map(_cell, cells))) for number, cells in frame["rows"]])


def _sheet_start(frame: dict[str, Any], properties: dict[str, str]) -> SheetStart:
    return SheetStart(
        frame["sheet"],
        is_visible=frame["visible"],
        merged=[MergedRange(*bounds) for bounds in frame["merged"]],
        widths=dict(frame["widths"]),
        hidden_columns=[IndexRange(*bounds) for bounds in frame["hidden_columns"]],
        hidden_rows=[IndexRange(*bounds) for bounds in frame["hidden_rows"]],
        properties=properties,
    )


def _cell(cell: Any) -> SheetCell:  # noqa: ANN401 - from JSON
    return cell if type(cell) is str else TypedCell(_KINDS[cell[0]], *cell[1:])


def _unreadable_workbook(reason: str) -> Schema:
    """Return the problem of a workbook that cannot be read."""
    text = _REASONS[reason]
    return Schema(f"无法读取该工作簿：{text.zh}。", f"The workbook cannot be read: {text.en}.")


def _workbook_refusal(reason: str, limits: BodyLimits) -> Schema | TooLarge:
    """Return the problem of a workbook that the worker refused, with the limit that was exceeded."""
    if reason == "inflated":
        limit = limits.xlsx_inflated_bytes
        zh, en = f"工作簿解压后超过 {limit} 字节。", f"The workbook has more than {limit} bytes when uncompressed."
        return TooLarge(zh, en, members=SizeLimit(limit=limit, unit=LimitUnit.BYTES))
    if reason == "entries":
        limit = limits.xlsx_entries
        zh, en = f"工作簿内的文件超过 {limit} 个。", f"The workbook has more than {limit} parts."
        return TooLarge(zh, en, members=SizeLimit(limit=limit, unit=LimitUnit.PARTS))
    return _unreadable_workbook(reason)


async def _worker_frames(body: BinaryIO, limits: BodyLimits) -> AsyncGenerator[dict[str, Any]]:
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
                    raise _workbook_refusal(frame["refused"], limits)
                yield frame
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()


async def _frame(process: asyncio.subprocess.Process, limits: BodyLimits) -> dict[str, Any]:
    if process.stdout is None:
        raise _unreadable_workbook("broken")
    try:
        async with asyncio.timeout(limits.xlsx_silence_s):
            length = int.from_bytes(await process.stdout.readexactly(4), "big")
            frame: dict[str, Any] = orjson.loads(await process.stdout.readexactly(length))
    except asyncio.IncompleteReadError:
        raise _unreadable_workbook(_REASON_BY_SIGNAL.get(-await process.wait(), "broken")) from None
    except TimeoutError:
        raise _unreadable_workbook("time") from None
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
