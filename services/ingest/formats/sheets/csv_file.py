"""CSV as people's programs write it: UTF-8 or GB18030, three delimiters, any line end."""

import asyncio
import codecs
import csv
import io
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import BinaryIO

from services.ingest.formats.cells.cell import SheetCell, is_blank
from services.ingest.formats.forms.context import SheetContext
from services.ingest.formats.forms.merged_cells import MergedCells
from services.ingest.formats.locator import Locator
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.row_errors import LONG_LINE_HINT, OPEN_QUOTE_HINT
from services.ingest.formats.rows import Batch, BodyLimits, Names, too_many_rows
from services.ingest.formats.sender import SenderDefaults
from services.ingest.formats.sheets.sheets import FORM_ROWS, HEADER_ROWS, SheetOpener
from services.ingest.formats.tables.header import count_known_titles
from shared.problems import Malformed
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised
from shared.vocabulary import NormalisationKind

_CHUNK = 256 << 10
DELIMITERS = ",;\t"
_LINES_PER_ROW = 2  # lines, blank ones included, that are read for each row that is allowed


async def csv_batches(
    body: BinaryIO, names: Names, limits: BodyLimits, sender: SenderDefaults, locator: Locator
) -> AsyncGenerator[Batch]:
    """Read record by record. Rows are numbered as a spreadsheet shows them: by record, header and blank ones included."""
    notes = NormalisationLog()
    encoding = await detect_encoding(body, notes)
    lines = CsvLines(body, encoding, limits)
    delimiter = detect_delimiter(lines.ahead(), partial(_named, names))
    sheets = SheetOpener(SheetContext(names, sender, notes, locator), commas=delimiter == ",")
    records = enumerate(read_records(lines, delimiter), 1)
    first = _Records(islice(records, FORM_ROWS))
    start = next((number for number, cells in first.cells if not all(map(is_blank, cells))), None)
    if start is None:
        raise Malformed("请求体为空", "the body is empty")
    rest = next(records, None)
    begun = sheets.begin(None, first.cells, MergedCells(), more=rest is not None, located=False)
    sheets.finish()
    if delimiter != ",":
        notes.add(NormalisationKind.DELIMITER, start, delimiter, ",")
    if begun:
        reader, below = begun
        for batch in reader.read(below, first.unread):
            yield batch
            await asyncio.sleep(0)
        while rest is not None:
            following = _Records(chain((rest,), islice(records, limits.batch_rows - 1)))
            for batch in reader.read(following.cells, following.unread):
                yield batch
                await asyncio.sleep(0)
            rest = next(records, None)
            if following.last > _LINES_PER_ROW * limits.max_rows:
                raise too_many_rows(limits)
        for batch in reader.finish():
            yield batch
    yield Batch(normalisations=notes.to_list())


async def csv_records(body: BinaryIO, names: Names, limits: BodyLimits) -> Iterator[list[str] | Bilingual]:
    """The cells of each record of a body that stands at its start, or why it cannot be read; nothing is judged."""
    lines = CsvLines(body, await detect_encoding(body, NormalisationLog()), limits)
    return read_records(lines, detect_delimiter(lines.ahead(), partial(_named, names)))


class _Records:
    """Some records: those that can be read, and why others cannot."""

    def __init__(self, records: Iterable[tuple[int, list[str] | Bilingual]]) -> None:
        self.cells: list[tuple[int, list[SheetCell]]] = []
        self.last = 0
        self.unread: list[tuple[int, Bilingual]] = []
        for number, cells in records:
            self.last = number
            if isinstance(cells, list):
                self.cells.append((number, list(cells)))
            else:
                self.unread.append((number, cells))


async def detect_encoding(body: BinaryIO, notes: NormalisationLog) -> str:
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


class CsvLines(Iterator[str]):
    """The lines of the text. One that is over the limit comes out empty, and `overlong` is set."""

    def __init__(self, body: BinaryIO, encoding: str, limits: BodyLimits) -> None:
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

    def ahead(self) -> list[str]:
        """The first lines, which will come again."""
        self._read_more()
        ready = list(self._ready)
        self._ready = iter(ready)
        return [line for line in ready[:HEADER_ROWS] if len(line) <= self._limit]

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


def detect_delimiter(lines: Sequence[str], named: Callable[[list[str]], int]) -> str:
    """The delimiter under which one of the first lines names the most."""

    def most(delimiter: str) -> int:
        return max((named(next(csv.reader([line], delimiter=delimiter), [])) for line in lines), default=0)

    return max(DELIMITERS, key=most)


def _named(names: Names, cells: list[str]) -> int:
    """How many columns, metrics and areas a row names."""
    words = {normalised(cell) for cell in cells} if len(cells) > 1 else set()
    return count_known_titles(cells) * len(words) + len(words & names.metrics.keys()) + len(words & names.areas.keys())


def read_records(lines: CsvLines, delimiter: str) -> Iterator[list[str] | Bilingual]:
    """The cells of each record, or why it cannot be read."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        try:
            cells: list[str] | Bilingual = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = OPEN_QUOTE_HINT
        if lines.overlong:
            lines.overlong = False
            cells = LONG_LINE_HINT
        yield cells
