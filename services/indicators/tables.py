"""Answers that are long tables, CSV or NDJSON: sent piece by piece, so that no more than a piece is ever held."""

import codecs
import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

import orjson
from starlette.responses import StreamingResponse

from shared.http import attachment, etag, representation
from shared.values.formula_safe import formula_safe

Cell = str | int | float | date | datetime | None
_WRITTEN: Final[dict[type, Callable[[Any], str]]] = {
    str: lru_cache(maxsize=4_096)(formula_safe),  # the same names and codes stand in row after row
    bool: lambda flag: "true" if flag else "false",
    date: date.isoformat,
    datetime: datetime.isoformat,
}
"""As JSON would write it, without quotes; numbers and null (an empty cell) are left to the csv module."""


def table(
    form: representation.TableFormat, name: str, title: str, entity_tag: str, pieces: AsyncIterator[bytes]
) -> StreamingResponse:
    """The answer; `name` and `title` are the file's, without ending, in ASCII and for people.

    What fails after the first piece breaks the connection: a part is never taken for the whole.
    """
    headers = etag.cache_headers(entity_tag) | attachment.content_disposition(f"{name}.{form}", f"{title}.{form}")
    return StreamingResponse(pieces, 200, headers, representation.MEDIA_TYPES[form])


async def csv_pieces(header: Sequence[str], pages: AsyncIterator[Iterable[Sequence[Cell]]]) -> AsyncIterator[bytes]:
    """A piece for each page of rows: UTF-8 with byte-order mark; nothing in it can start a formula."""
    yield codecs.BOM_UTF8 + (",".join(header) + "\r\n").encode()
    async for page in pages:
        text = io.StringIO()
        csv.writer(text).writerows([_written(cell) for cell in row] for row in page)
        yield text.getvalue().encode()


async def ndjson_pieces(pages: AsyncIterator[Iterable[Mapping[str, Any]]]) -> AsyncIterator[bytes]:
    """A piece for each page of objects, one a line."""
    async for page in pages:
        piece = bytearray()  # orjson's buffers are several times as large as what they hold
        for each in page:
            piece += orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE)
        yield bytes(piece)


def _written(cell: Cell) -> Cell:
    write = _WRITTEN.get(type(cell))
    return write(cell) if write else cell
