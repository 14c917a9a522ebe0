"""Responses that are long tables, CSV or NDJSON: sent in chunks, so that no more than a chunk is in memory."""

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

CellValue = str | int | float | date | datetime | None
_TO_TEXT: Final[dict[type, Callable[[Any], str]]] = {
    str: lru_cache(maxsize=4_096)(formula_safe),  # keyed by plain text: the same names and codes recur in row after row
    bool: lambda flag: "true" if flag else "false",
    date: date.isoformat,
    datetime: datetime.isoformat,
}
"""Functions that write values as JSON does, without quotes; the csv module writes numbers and null (an empty cell)."""


def table_response(
    format_: representation.TableFormat, name: str, title: str, entity_tag: str, chunks: AsyncIterator[bytes]
) -> StreamingResponse:
    """Return a file download; `name` and `title` are its name in ASCII and in Chinese, without extension.

    If reading fails after the first chunk, the connection breaks, so that no client takes a part for the whole.
    """
    headers = etag.cache_headers(entity_tag) | attachment.content_disposition(f"{name}.{format_}", f"{title}.{format_}")
    return StreamingResponse(chunks, 200, headers, representation.MEDIA_TYPE_BY_FORMAT[format_])


async def csv_chunks(header: Sequence[str], pages: AsyncIterator[Iterable[Sequence[CellValue]]]) -> AsyncIterator[bytes]:
    """Yield the header and a chunk per page of rows: UTF-8 with byte-order mark; no cell can start a formula."""
    yield codecs.BOM_UTF8 + (",".join(header) + "\r\n").encode()
    async for page in pages:
        text = io.StringIO()
        csv.writer(text).writerows([_cell_text(cell) for cell in row] for row in page)
        yield text.getvalue().encode()


async def ndjson_chunks(pages: AsyncIterator[Iterable[Mapping[str, Any]]]) -> AsyncIterator[bytes]:
    """Yield a chunk per page of objects, one object a line."""
    async for page in pages:
        chunk = bytearray()  # orjson's buffers are several times as large as their contents
        for document in page:
            chunk += orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)
        yield bytes(chunk)


def _cell_text(cell: CellValue) -> CellValue:
    to_text = _TO_TEXT.get(type(cell))
    return to_text(cell) if to_text else cell
