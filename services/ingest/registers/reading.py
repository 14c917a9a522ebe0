"""A body of any format → records of a register, taken in one by one."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import replace
from typing import BinaryIO
from zoneinfo import ZoneInfo

from services.ingest.formats.media import Media
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.row_errors import LONG_LINE_HINT, row_error
from services.ingest.formats.rows import BodyLimits, too_many_rows
from services.ingest.push.request import Push, PushContext
from services.ingest.push.row_errors import Faults
from services.ingest.registers.cells import TextCell
from services.ingest.registers.generous_values import generous_value
from services.ingest.registers.intake import Record, RegisterIntake
from services.ingest.registers.strict_values import Value, strict_value
from services.ingest.registers.tables import table_records
from shared.campaign.applied import AppliedDefinition
from shared.http.strict_json import describe_json_error, parse_document, parse_line
from shared.problems import Malformed, Schema
from shared.registers import MAX_ROWS, Column, Register
from shared.values.bilingual import Bilingual
from shared.values.formula_safe import as_written
from shared.vocabulary import RowCode

_BOM = b"\xef\xbb\xbf"
_BREATH = 500  # rows between two pauses for other requests
_TABLES = {Media.CSV, Media.XLSX}


async def read_into(
    register: Register, context: PushContext, asked: Push, definition: AppliedDefinition, faults: Faults
) -> RegisterIntake:
    """Read the body. Raises Malformed, Schema or TooLarge where it cannot be read as a whole."""
    timezone = ZoneInfo(definition.campaign.timezone)
    limits = replace(context.limits, max_rows=min(context.limits.max_rows, MAX_ROWS))

    def generous(column: Column, raw: object) -> Value:
        return raw.broken if isinstance(raw, TextCell) and raw.broken else generous_value(column, as_written(str(raw)), timezone)

    by_name = asked.media in _TABLES
    intake = RegisterIntake(
        register=register,
        definition=definition,
        org=asked.principal.org,
        today=context.clock.today(definition.campaign.timezone),
        only=asked.month,
        read=generous if by_name else strict_value,
        by_name=by_name,
        faults=faults,
        notes=NormalisationLog(),
    )
    if asked.spool.size == 0:
        return intake
    async with aclosing(_records(asked, intake, limits)) as records:
        async for record in records:
            if intake.received >= limits.max_rows:
                raise too_many_rows(limits)
            intake.take(record)
            if intake.received % _BREATH == 0:
                await asyncio.sleep(0)
    return intake


async def _records(asked: Push, intake: RegisterIntake, limits: BodyLimits) -> AsyncGenerator[Record]:
    if asked.media in _TABLES:
        async with aclosing(table_records(asked, intake, limits)) as records:
            async for record in records:
                yield record
        return
    for record in (_lines if asked.media is Media.NDJSON else _document)(asked.spool.file, limits):
        yield record


def _document(body: BinaryIO, limits: BodyLimits) -> Iterator[Record]:
    """`{"rows": [...]}`."""
    value = parse_document(body.read(), limits.depth)
    if not isinstance(value, dict) or set(value) != {"rows"} or not isinstance(value["rows"], list):
        raise Schema('请求体应为 {"rows": [...]}', 'the body must be {"rows": [...]}')
    for number, row in enumerate(value["rows"], start=1):
        yield _record(number, row)


def _lines(body: BinaryIO, limits: BodyLimits) -> Iterator[Record]:
    """One row a line."""
    number = 0
    while line := body.readline(limits.line_bytes + 1):
        number += 1
        if number == 1 and line.startswith(_BOM):
            raise Malformed("NDJSON 应为不带字节序标记的 UTF-8", "NDJSON must be UTF-8 without a byte-order mark")
        if len(line) > limits.line_bytes:
            while line and not line.endswith(b"\n"):
                line = body.readline(limits.line_bytes)
            yield Record(number, error=row_error(RowCode.MALFORMED_ROW, number, hint=LONG_LINE_HINT))
        elif line.strip(b" \t\r\n"):
            yield _line(number, line, limits)


def _line(number: int, line: bytes, limits: BodyLimits) -> Record:
    try:
        value = parse_line(line, limits.depth)
    except ValueError as error:
        shown = line[:256].decode(errors="replace")
        return Record(number, error=row_error(RowCode.MALFORMED_ROW, number, None, shown, describe_json_error(error)))
    return _record(number, value)


def _record(number: int, value: object) -> Record:
    if isinstance(value, dict):
        return Record(number, {name: each for name, each in value.items() if each is not None})
    hint = Bilingual(zh="每一行应为一个 JSON 对象", en="a row is a JSON object")
    return Record(number, error=row_error(RowCode.MALFORMED_ROW, number, hint=hint))
