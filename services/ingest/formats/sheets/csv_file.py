"""CSV files: UTF-8 or GB18030, delimited by commas, semicolons or tabs, with any line ends."""

import asyncio
import codecs
import csv
import io
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import BinaryIO

from services.ingest.formats.cells.cell import NumberedRow, is_blank
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
_LINES_PER_ROW = 2  # lines, including blank ones, that are read for each row that a push may have


async def csv_batches(
    body: BinaryIO, names: Names, limits: BodyLimits, sender: SenderDefaults, locator: Locator
) -> AsyncGenerator[Batch]:
    """Read a file record by record. Rows are numbered as in a spreadsheet: by record, including the header and blank rows."""
    normalisations = NormalisationLog()
    encoding = await detect_encoding(body, normalisations)
    lines = CsvLines(body, encoding, limits)
    delimiter = detect_delimiter(lines.peek(), partial(_count_known, names))
    opener = SheetOpener(SheetContext(names, sender, normalisations, locator), comma_delimited=delimiter == ",")
    records = enumerate(read_records(lines, delimiter, limits.cell_chars), 1)
    first = _Records(islice(records, FORM_ROWS))
    start = next((number for number, cells in first.rows if not all(map(is_blank, cells))), None)
    if start is None:
        raise Malformed("请求体为空。", "The body is empty.")
    next_record = next(records, None)
    opened = opener.open(None, first.rows, MergedCells(), has_more=next_record is not None, needs_location=False)
    opener.refuse_none_read()
    if delimiter != ",":
        normalisations.add(NormalisationKind.DELIMITER, start, delimiter, ",")
    if opened:
        reader, rows_below = opened
        for batch in reader.read(rows_below, first.unreadable):
            yield batch
            await asyncio.sleep(0)
        while next_record is not None:
            following = _Records(chain((next_record,), islice(records, limits.batch_rows - 1)))
            for batch in reader.read(following.rows, following.unreadable):
                yield batch
                await asyncio.sleep(0)
            next_record = next(records, None)
            if following.last > _LINES_PER_ROW * limits.max_rows:
                raise too_many_rows(limits)
        for batch in reader.finish():
            yield batch
    yield Batch(normalisations=normalisations.to_list())


async def csv_records(body: BinaryIO, names: Names, limits: BodyLimits) -> Iterator[list[str] | Bilingual]:
    """Yield the whole cells of each record of a file, or the reason why it cannot be read; nothing is checked."""
    lines = CsvLines(body, await detect_encoding(body, NormalisationLog()), limits)
    return read_records(lines, detect_delimiter(lines.peek(), partial(_count_known, names)), None)


class _Records:
    """Records that can be read, and the reasons why others cannot."""

    def __init__(self, records: Iterable[tuple[int, list[str] | Bilingual]]) -> None:
        self.rows: list[NumberedRow] = []
        self.last = 0
        self.unreadable: list[tuple[int, Bilingual]] = []
        for number, cells in records:
            self.last = number
            if isinstance(cells, list):
                self.rows.append((number, list(cells)))
            else:
                self.unreadable.append((number, cells))


async def detect_encoding(body: BinaryIO, normalisations: NormalisationLog) -> str:
    """Return UTF-8 or GB18030, whichever the whole file is encoded in; raises Malformed if it is neither."""
    try:
        await _decode_all(body, "utf-8")
    except UnicodeDecodeError as not_utf8:
        try:
            await _decode_all(body, "gb18030")
        except UnicodeDecodeError:
            byte = not_utf8.start + 1
            raise Malformed(
                f"文件既不是 UTF-8（第 {byte} 个字节）也不是 GB18030，请另存为“CSV UTF-8”。",
                f"The file is neither UTF-8 (see byte {byte}) nor GB18030; save it as CSV UTF-8.",
            ) from None
        normalisations.add(NormalisationKind.GB18030)
        return "gb18030"
    if body.read(3) == codecs.BOM_UTF8:
        normalisations.add(NormalisationKind.BYTE_ORDER_MARK)
    body.seek(0)
    return "utf-8-sig"


async def _decode_all(body: BinaryIO, encoding: str) -> None:
    """Decode the whole file and return to its start. The `start` of an error is the position in the file."""
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
    """Lines of a file. A line over the limit is replaced by an empty one, and `is_overlong` is set."""

    def __init__(self, body: BinaryIO, encoding: str, limits: BodyLimits) -> None:
        self.is_overlong = False
        self.chars_read = 0
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
        self.chars_read += len(line)
        if len(line) > self._limit:
            self.is_overlong = True
            return "\n"
        return line + "\n"

    def peek(self) -> list[str]:
        """Return the first lines without consuming them."""
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


def detect_delimiter(lines: Sequence[str], count_known: Callable[[list[str]], int]) -> str:
    """Return the delimiter with which some of the first lines contains the most known names."""

    def known_names(delimiter: str) -> int:
        return max((count_known(next(csv.reader([line], delimiter=delimiter), [])) for line in lines), default=0)

    return max(DELIMITERS, key=known_names)


def _count_known(names: Names, cells: list[str]) -> int:
    """Return how many columns, metrics and areas a row names."""
    texts = {normalised(cell) for cell in cells} if len(cells) > 1 else set()
    return count_known_titles(cells) * len(texts) + len(texts & names.metrics.keys()) + len(texts & names.areas.keys())


def read_records(lines: CsvLines, delimiter: str, cell_chars: int | None) -> Iterator[list[str] | Bilingual]:
    """Yield the cells of each record, cut to `cell_chars`, or the reason why it cannot be read."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.chars_read = 0
        try:
            cells: list[str] | Bilingual = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = OPEN_QUOTE_HINT
        if cell_chars and lines.chars_read > cell_chars and isinstance(cells, list):
            cells = [cell[:cell_chars] for cell in cells]
        if lines.is_overlong:
            lines.is_overlong = False
            cells = LONG_LINE_HINT
        yield cells
