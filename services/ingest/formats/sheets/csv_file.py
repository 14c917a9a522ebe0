"""CSV files: delimited by commas, semicolons or tabs, with any line ends."""

import asyncio
import codecs
import csv
import io
from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import BinaryIO

from services.ingest.formats.cells.cell import is_blank
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.row_errors import LONG_LINE_HINT, OPEN_QUOTE_HINT, WIDE_ROW_HINT
from services.ingest.formats.rows import BodyLimits, too_many_rows
from services.ingest.formats.sheets.encodings import detect_encoding
from services.ingest.formats.sheets.sheet import HEADER_ROWS, CountKnownTitles, SheetPart, SheetRows, SheetStart
from shared.problems import Malformed
from shared.values.bilingual import Bilingual
from shared.vocabulary import NormalisationKind

_CHUNK = 256 << 10
_PORTION_CHARS = 256 << 10
_PEEKED_CHARS = 4_000  # of a line, to find the delimiter
DELIMITERS = ",;\t"
_LINES_PER_ROW = 2  # lines, including blank ones, that are read for each row that a push may have


async def read_csv(
    body: BinaryIO, limits: BodyLimits, normalisations: NormalisationLog, count_known_titles: CountKnownTitles
) -> AsyncGenerator[SheetPart]:
    """Yield the only sheet of a file. Rows are numbered as in a spreadsheet: by record, including the header and blank rows."""
    lines = CsvLines(body, await detect_encoding(body, normalisations), limits)
    delimiter = await asyncio.to_thread(detect_delimiter, lines.peek(), count_known_titles)
    yield SheetStart(None, delimiter=delimiter)
    is_empty = True
    for portion in _portions(lines, delimiter, limits):
        if is_empty and (start := _first_with_content(portion)):
            is_empty = False
            if delimiter != ",":
                normalisations.add(NormalisationKind.DELIMITER, start, delimiter, ",")
        yield portion
        await asyncio.sleep(0)
    if is_empty:
        raise Malformed("请求体为空。", "The body is empty.")


def _portions(lines: "CsvLines", delimiter: str, limits: BodyLimits) -> Iterator[SheetRows]:
    """Yield rows in portions that are bounded in number and in length."""
    portion, chars = SheetRows([]), 0
    for number, cells in enumerate(_read_records(lines, delimiter, limits), 1):
        chars += lines.chars_read
        if isinstance(cells, list):
            portion.rows.append((number, list(cells)))
        else:
            portion.unreadable.append((number, cells))
        if len(portion.rows) + len(portion.unreadable) >= limits.batch_rows or chars > _PORTION_CHARS:
            yield portion
            portion, chars = SheetRows([]), 0
            if number > _LINES_PER_ROW * limits.max_rows:
                raise too_many_rows(limits)
    if portion.rows or portion.unreadable:
        yield portion


def _first_with_content(portion: SheetRows) -> int | None:
    """Return the number of the first row that is not blank."""
    for number, cells in portion.in_order():
        if isinstance(cells, Bilingual) or not all(map(is_blank, cells)):
            return number
    return None


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
        """Return the beginnings of the first lines without consuming them."""
        self._read_more()
        ready = list(self._ready)
        self._ready = iter(ready)
        return [line[:_PEEKED_CHARS] for line in ready[:HEADER_ROWS] if len(line) <= self._limit]

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


def detect_delimiter(lines: Sequence[str], count_known_titles: CountKnownTitles) -> str:
    """Return the delimiter with which some of the first lines contains the most known names."""

    def known_names(delimiter: str) -> int:
        return max((count_known_titles(next(csv.reader([line], delimiter=delimiter), [])) for line in lines), default=0)

    return max(DELIMITERS, key=known_names)


def _read_records(lines: CsvLines, delimiter: str, limits: BodyLimits) -> Iterator[list[str] | Bilingual]:
    """Yield the cells of each record, cut to their maximum, or the reason why it cannot be read."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.chars_read = 0
        try:
            cells: list[str] | Bilingual = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = OPEN_QUOTE_HINT
        if lines.chars_read > limits.cell_chars and isinstance(cells, list):
            cells = [cell[: limits.cell_chars] for cell in cells] if len(cells) <= limits.row_cells else WIDE_ROW_HINT
        if lines.is_overlong:
            lines.is_overlong = False
            cells = LONG_LINE_HINT
        yield cells
