"""Reading the rows of a register from a body of any format."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import replace
from typing import BinaryIO, Final
from zoneinfo import ZoneInfo

from services.ingest.formats.json_rows.document import DocumentReader
from services.ingest.formats.media import TABLES, Media
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.passed_over import PassedOverLog
from services.ingest.formats.row_errors import LONG_LINE_HINT, row_error
from services.ingest.formats.rows import BodyLimits, too_many_rows
from services.ingest.push.dataset import PushRun
from services.ingest.push.request import PushRequest
from services.ingest.registers.cells import TextCell
from services.ingest.registers.generous_values import generous_value
from services.ingest.registers.pushed_register import PushedRegister, Record
from services.ingest.registers.strict_values import Value, strict_value
from services.ingest.registers.tables import table_records
from shared.http.strict_json import describe_json_error, parse_line
from shared.problems import Malformed
from shared.registers import MAX_ROWS, Column, Register
from shared.values.bilingual import Bilingual
from shared.vocabulary import RowCode

ROWS_FIELD: Final = "rows"  # of a JSON document
_BOM = b"\xef\xbb\xbf"
_PAUSE_ROWS = 25  # rows between two pauses for other requests


async def read_register(register: Register, run: PushRun) -> PushedRegister:
    """Read the body. Raises Malformed, Schema or TooLarge if it cannot be read as a whole."""
    request, limits = run.request, run.service.limits
    limits = replace(limits, max_rows=min(limits.max_rows, MAX_ROWS))
    timezone = ZoneInfo(run.definition.campaign.timezone)

    def read_leniently(column: Column, raw: object) -> Value:
        cell = raw if isinstance(raw, TextCell) else TextCell(str(raw))
        return cell.broken or generous_value(column, cell.cell, timezone)

    by_name = request.media in TABLES
    pushed = PushedRegister(
        register=register,
        definition=run.definition,
        org=request.principal.org,
        today=run.today,
        only=request.month,
        read=read_leniently if by_name else strict_value,
        by_name=by_name,
        errors=run.errors,
        notes=NormalisationLog(),
        passed=PassedOverLog(),
    )
    if request.body.size == 0:
        return pushed
    async with aclosing(_records(request, pushed, limits)) as records:
        async for record in records:
            if pushed.received >= limits.max_rows:
                raise too_many_rows(limits)
            pushed.add(record)
            if pushed.received % _PAUSE_ROWS == 0:
                await asyncio.sleep(0)
    return pushed


async def _records(request: PushRequest, pushed: PushedRegister, limits: BodyLimits) -> AsyncGenerator[Record]:
    if request.media in TABLES:
        async with aclosing(table_records(request, pushed, limits)) as records:
            async for record in records:
                yield record
        return
    body = request.body.file
    read = _lines(body, limits) if request.media is Media.NDJSON else _RowReader(body.read(), limits, ROWS_FIELD).read()
    for record in read:
        yield record


class _RowReader(DocumentReader[Record]):
    """Reads the rows of a JSON document, `{"rows": [...]}`, one by one."""

    def read_rows(self) -> Iterator[Record]:
        self.expect("[")
        if self.next_is("]"):
            self.expect("]")
            return
        number, mark = 0, ","
        while mark == ",":
            number += 1
            yield _record(number, self.read_row_value())
            mark = self.expect(",", "]")


def _lines(body: BinaryIO, limits: BodyLimits) -> Iterator[Record]:
    """Yield the record of each line of NDJSON."""
    number = 0
    while line := body.readline(limits.line_bytes + 1):
        number += 1
        if number == 1 and line.startswith(_BOM):
            raise Malformed(
                "NDJSON 应为 UTF-8 编码，不带字节顺序标记（BOM）。", "NDJSON must be UTF-8 without a byte-order mark."
            )
        if len(line) > limits.line_bytes:
            while line and not line.endswith(b"\n"):
                line = body.readline(limits.line_bytes)
            yield Record(number, errors=[row_error(RowCode.MALFORMED_ROW, number, hint=LONG_LINE_HINT)])
        elif line.strip(b" \t\r\n"):
            yield _line(number, line, limits)


def _line(number: int, line: bytes, limits: BodyLimits) -> Record:
    try:
        value = parse_line(line, limits.depth)
    except ValueError as error:
        shown = line[:256].decode(errors="replace")
        return Record(number, errors=[row_error(RowCode.MALFORMED_ROW, number, None, shown, describe_json_error(error))])
    return _record(number, value)


def _record(number: int, value: object) -> Record:
    if isinstance(value, dict):
        return Record(number, {name: each for name, each in value.items() if each is not None})
    hint = Bilingual(zh="每一行应为一个 JSON 对象", en="write each row as a JSON object")
    return Record(number, errors=[row_error(RowCode.MALFORMED_ROW, number, hint=hint)])
