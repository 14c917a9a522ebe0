"""NDJSON: one row a line, in constant memory."""

import json
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from services.ingest.formats.json_rows.row import FastRowReader, StrictJsonError, parse_value, read_row
from services.ingest.formats.row_errors import LONG_LINE_HINT, row_error
from services.ingest.formats.rows import Batch, BodyLimits, RowError
from shared.problems import Malformed
from shared.values.bilingual import Bilingual
from shared.vocabulary import RowCode

_CHUNK = 256 << 10  # bytes: about 3 000 rows, and a few milliseconds
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_SPACE = b" \t\r"


def ndjson_batches(body: BinaryIO, limits: BodyLimits) -> Iterator[Batch]:
    """Read line by line. Rows are numbered by line, blank lines included."""
    fast = FastRowReader()
    number = 0
    for lines in _line_groups(body, limits):
        for start in range(0, len(lines) or 1, limits.batch_rows):
            part = lines[start : start + limits.batch_rows]
            yield _batch(fast, number + 1, part, limits)
            number += len(part)
    if number == 0:
        raise Malformed("请求体为空", "the body is empty")


def _line_groups(body: BinaryIO, limits: BodyLimits) -> Iterator[list[bytes]]:
    """Whole lines, a chunk's worth at a time. Of a line over the limit only so much is kept that it shows as too long."""
    rest = b""
    while chunk := body.read(_CHUNK):
        if not rest and chunk.startswith(_BOMS) and body.tell() <= _CHUNK:
            raise Malformed("NDJSON 应为不带字节序标记的 UTF-8", "NDJSON must be UTF-8 without a byte-order mark")
        *lines, rest = (rest + chunk).split(b"\n")
        rest = rest[: limits.line_bytes + 1]
        yield lines
    if rest:
        yield [rest]


def _batch(fast: FastRowReader, first: int, lines: Sequence[bytes], limits: BodyLimits) -> Batch:
    joined = b"\n".join(lines)
    if not joined.strip():
        return Batch()
    if len(joined) <= limits.line_bytes or max(map(len, lines)) <= limits.line_bytes:
        rows = fast.read(first, lines, joined)
        if rows is not None:
            return Batch(rows=rows, received=len(rows))
    return _closer_look(fast, first, lines, limits)


def _closer_look(fast: FastRowReader, first: int, lines: Sequence[bytes], limits: BodyLimits) -> Batch:
    batch = Batch()
    for number, line in enumerate(lines, first):
        if not line.strip(_SPACE):
            continue
        batch.received += 1
        long = len(line) > limits.line_bytes
        rows = None if long else fast.read(number, (line,), line)
        if rows is not None:
            batch.rows.extend(rows)
        else:
            _slow(batch, number, line, limits)
    return batch


def _slow(batch: Batch, number: int, line: bytes, limits: BodyLimits) -> None:
    if len(line) > limits.line_bytes:
        batch.errors.append(row_error(RowCode.MALFORMED_ROW, number, None, line[:64].decode(errors="replace"), LONG_LINE_HINT))
        return
    try:
        text = line.decode().strip(" \t\r")
        value, end = parse_value(text, 0, limits.depth)
        if end != len(text):
            raise json.JSONDecodeError("Extra data", text, end)
    except (ValueError, UnicodeDecodeError) as error:
        batch.errors.append(_unreadable(number, line, error))
        return
    read_row(batch, number, value)


def _unreadable(number: int, line: bytes, error: ValueError) -> RowError:
    return row_error(RowCode.MALFORMED_ROW, number, None, line[:256].decode(errors="replace"), unreadable_hint(error))


def unreadable_hint(error: ValueError) -> Bilingual:
    """What the parser met, as a hint."""
    if isinstance(error, StrictJsonError):
        return error.why
    if isinstance(error, json.JSONDecodeError):
        return Bilingual(zh=f"第 {error.colno} 个字符处不是合法的 JSON", en=f"not JSON at character {error.colno}: {error.msg}")
    if isinstance(error, UnicodeDecodeError):
        return Bilingual(zh=f"第 {error.start + 1} 个字节不是 UTF-8", en=f"byte {error.start + 1} is not UTF-8")
    return Bilingual(zh="不是合法的 JSON", en="not JSON")
