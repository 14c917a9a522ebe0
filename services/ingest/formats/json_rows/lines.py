"""NDJSON: one row a line, read in constant memory."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from services.ingest.formats.json_rows.row import FastRowReader, read_row
from services.ingest.formats.row_errors import LONG_LINE_HINT, row_error
from services.ingest.formats.rows import Batch, BodyLimits
from shared.http.strict_json import describe_json_error, parse_line
from shared.problems import Malformed
from shared.values.suggestions import Guesses
from shared.vocabulary import RowCode

_CHUNK = 256 << 10  # bytes: about 3 000 rows, and a few milliseconds
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_SPACE = b" \t\r"


def ndjson_batches(body: BinaryIO, limits: BodyLimits) -> Iterator[Batch]:
    """Read a body line by line. Rows are numbered by line; blank lines count."""
    fast_rows, guesses = FastRowReader(), Guesses()
    number = 0
    for lines in _line_groups(body, limits):
        for start in range(0, len(lines) or 1, limits.batch_rows):
            batch_lines = lines[start : start + limits.batch_rows]
            yield from _batches(fast_rows, guesses, number + 1, batch_lines, limits)
            number += len(batch_lines)
    if number == 0:
        raise Malformed("请求体为空。", "The body is empty.")


def _line_groups(body: BinaryIO, limits: BodyLimits) -> Iterator[list[bytes]]:
    """Yield the complete lines of each chunk. A line over the limit is cut to one byte more than the limit."""
    rest = b""
    while chunk := body.read(_CHUNK):
        if not rest and chunk.startswith(_BOMS) and body.tell() <= _CHUNK:
            raise Malformed(
                "NDJSON 应为 UTF-8 编码，不带字节顺序标记（BOM）。", "NDJSON must be UTF-8 without a byte-order mark."
            )
        *lines, rest = (rest + chunk).split(b"\n")
        rest = rest[: limits.line_bytes + 1]
        yield lines
    if rest:
        yield [rest]


def _batches(
    fast_rows: FastRowReader, guesses: Guesses, first: int, lines: Sequence[bytes], limits: BodyLimits
) -> Iterator[Batch]:
    """Yield the lines as one batch or, if any of them may have an error, in smaller ones."""
    joined = b"\n".join(lines)
    if not joined.strip():
        return
    if len(joined) <= limits.line_bytes or max(map(len, lines)) <= limits.line_bytes:
        rows = fast_rows.read(first, lines, joined)
        if rows is not None:
            yield Batch(rows=rows, received=len(rows))
            return
    for start in range(0, len(lines), limits.checked_rows):
        yield _batch_by_line(fast_rows, guesses, first + start, lines[start : start + limits.checked_rows], limits)


def _batch_by_line(fast_rows: FastRowReader, guesses: Guesses, first: int, lines: Sequence[bytes], limits: BodyLimits) -> Batch:
    batch = Batch()
    for number, line in enumerate(lines, first):
        if not line.strip(_SPACE):
            continue
        batch.received += 1
        is_long = len(line) > limits.line_bytes
        rows = None if is_long else fast_rows.read(number, (line,), line)
        if rows is not None:
            batch.rows.extend(rows)
        elif is_long:
            excerpt = line[:64].decode(errors="replace")
            batch.errors.append(row_error(RowCode.MALFORMED_ROW, number, None, excerpt, LONG_LINE_HINT))
        else:
            _read_line(batch, guesses, number, line, limits)
    return batch


def _read_line(batch: Batch, guesses: Guesses, number: int, line: bytes, limits: BodyLimits) -> None:
    try:
        value = parse_line(line, limits.depth)
    except ValueError as error:
        excerpt = line[:256].decode(errors="replace")
        batch.errors.append(row_error(RowCode.MALFORMED_ROW, number, None, excerpt, describe_json_error(error)))
        return
    read_row(batch, number, value, guesses)
