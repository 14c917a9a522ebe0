"""The response of every list: a page of JSON, `{items, next, total}`, or all rows as CSV."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Protocol, TypeVar

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from starlette.requests import Request
from starlette.responses import Response

from shared.campaign.applied import AppliedDefinition
from shared.http.json_response import tagged_json
from shared.http.paging import PageQuery, decode_cursor, encode_cursor
from shared.http.representation import requested_format
from shared.http.tables import Document, Table, table_file

TABLE_PAGE_ROWS: Final = 1_000  # of a table: read and written within milliseconds, so that other requests do not wait

_RowT = TypeVar("_RowT")
Position = Sequence[str | int]


class ListedRows(Protocol[_RowT]):
    """The rows of a list in the order of a key, read page by page."""

    @property
    def query_text(self) -> str:
        """Operation and filters: a cursor is valid only for the same ones."""

    @property
    def key_types(self) -> Sequence[type[str] | type[int]]:
        """The types of the parts of a key."""

    @property
    def document(self) -> Callable[[_RowT], Document]:
        """The function that returns the JSON of a row."""

    def key(self, row: _RowT) -> Position:
        """Return the key of a row, after which the next page begins."""

    async def read(self, after: Position | None, limit: int) -> Sequence[_RowT]:
        """Return the rows after a key, at most so many."""

    async def total(self) -> int:
        """Return the number of rows on all pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueriedRows:
    """A list that a statement reads: its binds `after_…` hold the key of the last row before the page, `limit` its length."""

    connection: AsyncConnection
    page: str
    count: str
    binds: Mapping[str, Any]
    query_text: str
    keys: Mapping[str, type[str] | type[int]]  # the columns of the key
    document: Callable[[dict[str, Any]], Document] = dict

    @property
    def key_types(self) -> Sequence[type[str] | type[int]]:
        """The types of the parts of a key."""
        return list(self.keys.values())

    def key(self, row: dict[str, Any]) -> Position:
        """Return the key of a row."""
        return [kind(row[name]) for name, kind in self.keys.items()]

    async def read(self, after: Position | None, limit: int) -> Sequence[dict[str, Any]]:
        """Return the rows after a key."""
        parts: Sequence[str | int | None] = after or [None for _ in self.keys]
        position = dict(zip((f"after_{name}" for name in self.keys), parts, strict=True))
        binds = {**self.binds, **position, "limit": limit}
        return await (await self.connection.cursor(row_factory=dict_row).execute(self.page, binds)).fetchall()

    async def total(self) -> int:
        """Return the number of rows on all pages."""
        (total,) = await (await self.connection.execute(self.count, self.binds)).fetchone() or (0,)
        return int(total)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRows(Generic[_RowT]):
    """A list that is in memory. A page continues after the row of the cursor or, if that has gone, at its place."""

    rows: Sequence[_RowT]
    query_text: str
    row_key: Callable[[_RowT], str]  # different for each row
    document: Callable[[_RowT], Document]
    key_types: Sequence[type[str] | type[int]] = (str, int)
    _numbers: dict[str, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._numbers.update((self.row_key(row), number) for number, row in enumerate(self.rows, start=1))

    def key(self, row: _RowT) -> Position:
        """Return the key of a row and its number."""
        key = self.row_key(row)
        return [key, self._numbers[key]]

    async def read(self, after: Position | None, limit: int) -> Sequence[_RowT]:
        """Return the rows after a key."""
        start = self._numbers.get(str(after[0]), max(int(after[1]) - 1, 0)) if after else 0
        return self.rows[start : start + limit]

    async def total(self) -> int:
        """Return the number of rows on all pages."""
        return len(self.rows)


async def list_response(
    request: Request,
    query: PageQuery,
    table: Table,
    definition: AppliedDefinition,
    rows: ListedRows[_RowT],
    members: Mapping[str, Any] | None = None,
) -> Response:
    """Return the requested page, or the whole list as CSV.

    `members` are further members of the document; a row of the table may show them too.
    """
    if requested_format(request, query.format) == "csv":
        query.refuse_paging()
        return await table_file(request, table, definition, _pages(rows, members or {}), bom=query.bom)
    after = decode_cursor(rows.query_text, query.next, rows.key_types) if query.next else None
    page_and_next = await rows.read(after, query.limit + 1)
    page = page_and_next[: query.limit]
    document = {
        "items": [rows.document(row) for row in page],
        "next": encode_cursor(rows.query_text, rows.key(page[-1])) if len(page_and_next) > len(page) else None,
        "total": await rows.total(),
        **(members or {}),
    }
    return tagged_json(request, document)


async def _pages(rows: ListedRows[_RowT], members: Mapping[str, Any]) -> AsyncIterator[Sequence[Document]]:
    """Yield the documents of all rows, each with the members of the list, in pages."""
    after = None
    while page := await rows.read(after, TABLE_PAGE_ROWS):
        yield [{**members, **rows.document(row)} for row in page]
        if len(page) < TABLE_PAGE_ROWS:
            break
        after = rows.key(page[-1])
