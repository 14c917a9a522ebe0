"""Counts in JSON: one document `{"observations": [...]}`."""

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from services.ingest.formats.json_rows.document import DocumentReader
from services.ingest.formats.json_rows.row import FastRowReader, read_row
from services.ingest.formats.rows import Batch, BodyLimits
from shared.values.suggestions import Guesses

COUNTS_FIELD: Final = "observations"
_PLAIN_ROW = re.compile(r"(\{[^{}]*\})[ \t\n\r]*([,\]])[ \t\n\r]*")  # and the mark that follows it


def json_batches(body: BinaryIO, limits: BodyLimits) -> Iterator[Batch]:
    """Read a document. Raises Malformed for invalid JSON and Schema for another structure, possibly after some batches."""
    return _CountReader(body.read(), limits).read()


class _CountReader(DocumentReader[Batch]):
    """Reads rows without nested values as text, many at once, and all others one by one."""

    def __init__(self, body: bytes, limits: BodyLimits) -> None:
        super().__init__(body, limits, COUNTS_FIELD)
        self.fast_rows = FastRowReader()
        self.guesses = Guesses()
        self.checked_from = 1  # the first row that has not yet been found to need reading one by one

    def read_rows(self) -> Iterator[Batch]:
        """Step through the list of rows."""
        self.expect("[")
        if self.next_is("]"):
            self.expect("]")
            return
        number = 1
        while number:
            plain = self.read_plain_rows(number) if number >= self.checked_from else None
            batch, number = plain or self.read_any_rows(number)
            yield batch

    def read_plain_rows(self, first: int) -> tuple[Batch, int] | None:
        """Return a batch of rows and the number of the row after them, 0 after the last row.

        None if a row contains brackets or an error.
        """
        texts: list[str] = []
        position, mark = self.position, ","
        while mark == "," and len(texts) < self.limits.batch_rows and (match := _PLAIN_ROW.match(self.text, position)):
            texts.append(match[1])
            position, mark = match.end(), match[2]
        lines = [text.encode() for text in texts]
        rows = self.fast_rows.read(first, lines, b"".join(lines)) if lines else None
        if rows is None:
            self.checked_from = first + max(1, len(lines))
            return None
        self.position = position
        return Batch(rows=rows, received=len(rows)), first + len(rows) if mark == "," else 0

    def read_any_rows(self, number: int) -> tuple[Batch, int]:
        """Return a batch of rows, read one by one, and the number of the row after them, 0 after the last row."""
        batch, mark = Batch(), ","
        while mark == "," and batch.received < min(self.limits.checked_rows, self.limits.batch_rows):
            read_row(batch, number, self.read_row_value(), self.guesses)
            batch.received += 1
            number += 1
            mark = self.expect(",", "]")
        return batch, number if mark == "," else 0
