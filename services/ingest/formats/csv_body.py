"""CSV as people's programs write it: UTF-8 or GB18030, three delimiters, any line end."""

import asyncio
import codecs
import csv
import io
from collections.abc import AsyncGenerator, Iterator
from typing import BinaryIO

from services.ingest.formats.findings import LONG_LINE, OPEN_QUOTE, finding
from services.ingest.formats.header import header_of, recognised
from services.ingest.formats.notes import Notes
from services.ingest.formats.rows import Batch, Limits, Names, RowError
from services.ingest.formats.table import TableReader
from services.ingest.formats.too_large import too_many_rows
from shared.bilingual import Bilingual
from shared.problems import Malformed
from shared.vocabulary import NormalisationKind, RowCode

_CHUNK = 256 << 10
_DELIMITERS = ",;\t"
_LINES_PER_ROW = 2  # lines, blank ones included, that are read for each row that is allowed


async def csv_batches(body: BinaryIO, names: Names, limits: Limits) -> AsyncGenerator[Batch]:
    """Read record by record. Rows are numbered as a spreadsheet shows them: by record, header and blank ones included."""
    notes = Notes()
    encoding = await _encoding(body, notes)
    lines = _Lines(body, encoding, limits)
    skipped, delimiter, titles = _titles(lines)
    if delimiter != ",":
        notes.add(NormalisationKind.DELIMITER, skipped + 1, delimiter, ",")
    reader = TableReader(header_of(titles), names, notes, _as_is, commas=delimiter == ",")
    batch = Batch()
    first = skipped + 2
    for number, cells in enumerate(_records(lines, delimiter), first):
        if isinstance(cells, list):
            reader.read(batch, number, cells)
        else:
            batch.received += 1
            batch.errors.append(finding(RowCode.MALFORMED_ROW, number, hint=cells))
        if (number - first + 1) % limits.batch_rows == 0:
            yield batch
            batch = Batch()
            if number > _LINES_PER_ROW * limits.max_rows:
                raise too_many_rows(limits)
    batch.notes = notes.listed()
    yield batch


def _as_is(error: RowError, _column: int | None) -> RowError:
    return error


async def _encoding(body: BinaryIO, notes: Notes) -> str:
    """UTF-8 if the whole stream is UTF-8, else GB18030 if the whole stream is that; else Malformed."""
    try:
        await _decode_all(body, "utf-8")
    except UnicodeDecodeError as not_utf8:
        try:
            await _decode_all(body, "gb18030")
        except UnicodeDecodeError:
            at = not_utf8.start + 1
            raise Malformed(
                f"文件既不是 UTF-8（第 {at} 个字节）也不是 GB18030，请另存为“CSV UTF-8”",
                f"the file is neither UTF-8 (see byte {at}) nor GB18030; save it as CSV UTF-8",
            ) from None
        notes.add(NormalisationKind.GB18030)
        return "gb18030"
    if body.read(3) == codecs.BOM_UTF8:
        notes.add(NormalisationKind.BYTE_ORDER_MARK)
    body.seek(0)
    return "utf-8-sig"


async def _decode_all(body: BinaryIO, encoding: str) -> None:
    """Decode to the end and go back to the start. The error's `start` is the place in the whole stream."""
    decoder = codecs.getincrementaldecoder(encoding)()
    body.seek(0)
    offset = 0
    try:
        while chunk := body.read(_CHUNK):
            pending = len(decoder.getstate()[0])
            decoder.decode(chunk)
            offset += len(chunk)
            await asyncio.sleep(0)
        pending = len(decoder.getstate()[0])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        error.start += offset - pending
        raise
    finally:
        body.seek(0)


class _Lines(Iterator[str]):
    """The lines of the text. One that is over the limit comes out empty, and `overlong` is set."""

    def __init__(self, body: BinaryIO, encoding: str, limits: Limits) -> None:
        self.overlong = False
        self._body = body
        self._limit = limits.line_bytes
        self._decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
        self._ready: Iterator[str] = iter(())
        self._rest = ""
        self._ended = False

    def __next__(self) -> str:
        line = next(self._ready, None)
        while line is None:
            self._read_more()
            line = next(self._ready, None)
        if len(line) > self._limit:
            self.overlong = True
            return "\n"
        return line + "\n"

    def _read_more(self) -> None:
        if self._ended:
            raise StopIteration
        chunk = self._body.read(_CHUNK)
        self._ended = not chunk
        *lines, rest = (self._rest + self._decoder.decode(chunk, final=self._ended)).split("\n")
        self._rest = rest[: self._limit + 1]
        if self._ended and self._rest:
            lines.append(self._rest)
        self._ready = iter(lines)


def _titles(lines: _Lines) -> tuple[int, str, list[str]]:
    """How many blank lines stand above the header, its delimiter, and its cells."""
    for skipped, line in enumerate(lines):
        if line.strip():
            rows = [(delimiter, next(csv.reader([line], delimiter=delimiter))) for delimiter in _DELIMITERS]
            delimiter, titles = max(rows, key=lambda row: recognised(row[1]))
            return skipped, delimiter, titles
    raise Malformed("请求体为空", "the body is empty")


def _records(lines: _Lines, delimiter: str) -> Iterator[list[str] | Bilingual]:
    """The cells of each record, or why it cannot be read."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        try:
            cells: list[str] | Bilingual = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = OPEN_QUOTE
        if lines.overlong:
            lines.overlong = False
            cells = LONG_LINE
        yield cells
