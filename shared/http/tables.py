"""Lists as tables: the columns of each, and CSV and NDJSON written in chunks."""

import codecs
import csv
import hashlib
import io
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, TypeVar

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from shared.campaign.applied import AppliedDefinition
from shared.campaign.names import Names, area_names, category_names, domain_names, indicator_names, metric_names, org_names
from shared.http import attachment, etag, representation
from shared.http.json_response import json_bytes
from shared.values.formula_safe import formula_safe
from shared.values.timestamps import timestamp_text
from shared.vocabulary import Term

CellValue = str | int | float | date | datetime | None
Document = Mapping[str, Any]
"""An item of a list, as its JSON shows it."""
PageItem = TypeVar("PageItem")
TableColumn = tuple[tuple[str, ...], Callable[[Document, AppliedDefinition], Sequence[CellValue]]]
"""Names of adjacent columns, and their cells of an item."""

_SPOOLED_BYTES: Final = 1 << 20  # of a table that are kept in memory while it is written
_SENT_BYTES: Final = 64 << 10
_NO_NAMES: Final = (None, None, None)
_NAMES: Final[dict[str, Callable[[AppliedDefinition, str], Names]]] = {
    "org": org_names,
    "area": area_names,
    "metric": metric_names,
    "indicator": indicator_names,
    "domain": domain_names,
    "category": category_names,
}
_TO_TEXT: Final[dict[type, Callable[[Any], str]]] = {
    str: lru_cache(maxsize=4_096)(formula_safe),  # keyed by plain text: the same names and codes recur in row after row
    bool: lambda flag: "true" if flag else "false",
    date: date.isoformat,
    datetime: timestamp_text,
}
"""Functions that write values as JSON does, without quotes; the csv module writes numbers and null (an empty cell)."""


def fields(*names: str) -> Iterator[TableColumn]:
    """Yield a column for each field of plain values; the elements of a list share a cell."""
    for name in names:
        yield (name,), lambda document, _, name=name: [_plain(document[name])]  # type: ignore[misc]


def codes(*names: str, of: str | None = None) -> Iterator[TableColumn]:
    """Yield columns for fields that hold a code of the campaign: the code and both its names.

    `of`: what the codes are of (org, area, metric, indicator, domain), where the name of the field does not say it.
    """
    for name in names:
        yield named(name, _NAMES[of or name])


def named(name: str, names_of: Callable[[AppliedDefinition, str], Names]) -> TableColumn:
    """Return the columns of a field that holds a code: the code and both its names."""

    def cells(document: Document, definition: AppliedDefinition) -> Sequence[CellValue]:
        code = document[name]
        return _NO_NAMES if code is None else names_of(definition, code)

    return (name, f"{name}_zh", f"{name}_en"), cells


def term(name: str, kind: type[Term]) -> TableColumn:
    """Return the columns of a field with a member of an enumeration: its code and both its titles."""

    def cells(document: Document, _: AppliedDefinition) -> Sequence[CellValue]:
        if document[name] is None:
            return _NO_NAMES
        member = kind(document[name])
        return member.value, member.title_.zh, member.title_.en

    return (name, f"{name}_zh", f"{name}_en"), cells


def bilingual(name: str) -> TableColumn:
    """Return the columns of a field with a text in both languages."""

    def cells(document: Document, _: AppliedDefinition) -> Sequence[CellValue]:
        text = document[name]
        return (text["zh"], text["en"]) if text else (None, None)

    return (f"{name}_zh", f"{name}_en"), cells


def members(name: str, parts: Iterable[str]) -> TableColumn:
    """Return a column for each of the plain members of an object."""
    names = tuple(parts)

    def cells(document: Document, _: AppliedDefinition) -> Sequence[CellValue]:
        inner = document[name] or {}
        return [_plain(inner.get(part)) for part in names]

    return tuple(f"{name}_{part}" for part in names), cells


def computed(names: Sequence[str], cells: Callable[[Document], Sequence[CellValue]]) -> TableColumn:
    """Return columns whose cells are computed from an item."""
    return tuple(names), lambda document, _: cells(document)


@dataclass(frozen=True, slots=True)
class Table:
    """A list as a table: the name of its file in ASCII and in Chinese, and its columns; new ones are added at the end."""

    name: str
    title: str
    columns: tuple[TableColumn, ...]

    @property
    def header(self) -> list[str]:
        """The names of all columns."""
        return [name for names, _ in self.columns for name in names]

    @property
    def responses(self) -> dict[int | str, dict[str, Any]]:
        """The OpenAPI description of the table."""
        return representation.csv_response(self.header)

    def cells(self, document: Document, definition: AppliedDefinition) -> list[CellValue]:
        """Return the row of an item."""
        return [cell for _, cells in self.columns for cell in cells(document, definition)]


async def single_page(items: Iterable[PageItem]) -> AsyncIterator[Sequence[PageItem]]:
    """Yield items that are all in memory."""
    yield list(items)


async def table_file(
    request: Request, table: Table, definition: AppliedDefinition, pages: AsyncIterator[Sequence[Document]], *, bom: bool
) -> Response:
    """Return a list as a CSV file, or 304 if the client has these bytes.

    The whole table is written to a temporary file before the first byte is sent: it is read in one snapshot, keeps no database
    connection while a client is slow, and its tag is that of its bytes.
    """
    rows = ([table.cells(document, definition) for document in page] async for page in pages)
    digest = hashlib.sha256()
    spool = tempfile.SpooledTemporaryFile(_SPOOLED_BYTES, dir=request.app.state.service.settings.spool_dir)  # noqa: SIM115 - closed once it is sent
    try:
        async for chunk in csv_chunks(table.header, rows, bom=bom):
            digest.update(chunk)
            spool.write(chunk)
        tag = etag.entity_tag(digest.hexdigest())
        not_modified = etag.not_modified(request, tag)
    except BaseException:
        spool.close()
        raise
    if not_modified:
        spool.close()
        return not_modified
    campaign = definition.campaign.code
    return table_response("csv", f"{table.name}-{campaign}", f"{table.title}-{campaign}", tag, sent_file(spool))


async def sent_file(spool: tempfile.SpooledTemporaryFile[bytes]) -> AsyncIterator[bytes]:
    """Yield a file from its start, and close it."""
    with spool:
        spool.seek(0)
        while chunk := spool.read(_SENT_BYTES):
            yield chunk


def table_response(
    format_: representation.Format, name: str, title: str, entity_tag: str, chunks: AsyncIterator[bytes]
) -> StreamingResponse:
    """Return a file download; `name` and `title` are its name in ASCII and in Chinese, without extension.

    If reading fails after the first chunk, the connection breaks, so that no client takes a part for the whole.
    """
    headers = etag.cache_headers(entity_tag) | attachment.content_disposition(f"{name}.{format_}", f"{title}.{format_}")
    return StreamingResponse(chunks, 200, headers, representation.MEDIA_TYPE_BY_FORMAT[format_])


async def csv_chunks(
    header: Sequence[str], pages: AsyncIterator[Iterable[Sequence[CellValue]]], *, bom: bool
) -> AsyncIterator[bytes]:
    """Yield the header and a chunk per page of rows in UTF-8; no cell can start a formula."""
    yield (codecs.BOM_UTF8 if bom else b"") + (",".join(header) + "\r\n").encode()
    async for page in pages:
        text = io.StringIO()
        csv.writer(text).writerows([_cell_text(cell) for cell in row] for row in page)
        yield text.getvalue().encode()


async def ndjson_chunks(pages: AsyncIterator[Iterable[Document]]) -> AsyncIterator[bytes]:
    """Yield a chunk per page of objects, one object a line."""
    async for page in pages:
        chunk = bytearray()  # orjson's buffers are several times as large as their contents
        for document in page:
            chunk += json_bytes(document, newline=True)
        yield bytes(chunk)


def _plain(value: Any) -> CellValue:  # noqa: ANN401 - a JSON value
    """Return a plain value as a cell; a list of codes as one text."""
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return value if isinstance(value, str | int | float | date | None) else str(value)


def _cell_text(cell: CellValue) -> CellValue:
    to_text = _TO_TEXT.get(type(cell))
    return to_text(cell) if to_text else cell
