"""Lists of items: filters, search, facets, pages and CSV."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy import ColumnElement, Uuid, and_, any_, bindparam, func, true, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import select

from services.cases.items.call import ItemCall
from services.cases.items.kind import Kind
from services.cases.items.models import ItemSearch
from services.cases.items.search import contains_words
from shared.database.compiled import compiled
from shared.database.sql import BoundStatement
from shared.http.lists import Position, list_response
from shared.http.paging import invalid_cursor
from shared.http.query_codes import refuse_unknown_code
from shared.http.tables import Document
from shared.tables.item import Item
from shared.tables.schema import CODE

RowT = TypeVar("RowT", bound=Item)

_NOT_FILTERS = {"limit", "next", "format", "bom", "q", "facets"}


async def list_items(call: ItemCall, kind: Kind[RowT], request: Request, query: ItemSearch) -> Response:
    """Return a page of the items that the caller may see, oldest first, or all of them as CSV."""
    filters = query.model_dump(exclude=_NOT_FILTERS, exclude_none=True)
    known = {"org": [organisation.code for organisation in call.definition.organisations], **kind.codes(call.definition)}
    for name, code in filters.items():
        if name in known:
            refuse_unknown_code(name, code, known[name])
    conditions = {name: _condition(call, kind, name, value) for name, value in filters.items()}
    everywhere = [kind.column("campaign") == call.caller.campaign, kind.visible(call.caller, call.definition)]
    if query.q:
        everywhere.append(contains_words(kind.search_text, query.q))
    rows = _ItemRows(
        call=call,
        kind=kind,
        conditions=[*everywhere, *conditions.values()],
        searches=query.q is not None,
        query_text=f"{call.operation} {call.caller.campaign} {query.q!r} {sorted(filters.items())}",
    )
    facets = await _facets(call, kind, everywhere, conditions) if query.facets else None
    return await list_response(request, query, kind.table, call.definition, rows, {"facets": facets})


def _condition(call: ItemCall, kind: Kind[RowT], name: str, value: Any) -> ColumnElement[bool]:  # noqa: ANN401 - of a filter
    if name in kind.filters:
        return kind.filters[name](value, call)
    condition: ColumnElement[bool] = kind.expression(name, call) == value
    return condition


async def _facets(
    call: ItemCall,
    kind: Kind[RowT],
    everywhere: Sequence[ColumnElement[bool]],
    conditions: Mapping[str, ColumnElement[bool]],
) -> list[dict[str, Any]]:
    """Return the number of items by each facet's values, under the search and all filters but the facet's own.

    The items are read once, for all facets.
    """
    own = {name: condition for name, condition in conditions.items() if name in kind.facets}
    others = [condition for name, condition in conditions.items() if name not in own]
    items = select(
        *(kind.expression(name, call).label(name) for name in kind.facets),
        *(condition.label(f"meets_{name}") for name, condition in own.items()),
    ).where(*everywhere, *others)
    values = items.subquery()
    columns = [values.c[name] for name in kind.facets]
    counts = [
        func.count().filter(and_(true(), *(values.c[f"meets_{name}"] for name in own if name != facet))) for facet in kind.facets
    ]
    query = select(func.grouping(*columns), *columns, *counts).group_by(func.grouping_sets(*map(tuple_, columns)))
    found: dict[str, list[tuple[int, str | None]]] = {name: [] for name in kind.facets}
    for left_out, *cells in await call.fetch(query):
        number = next(number for number in range(len(columns)) if not left_out & 1 << (len(columns) - 1 - number))
        if count := cells[len(columns) + number]:
            found[kind.facets[number]].append((count, cells[number]))
    return [{"field": name, "values": _most_frequent_first(numbers)} for name, numbers in found.items()]


def _most_frequent_first(counts: Sequence[tuple[int, str | None]]) -> list[dict[str, Any]]:
    ordered = sorted(counts, key=lambda counted: (-counted[0], counted[1] is None, counted[1]))
    return [{"value": value, "count": count} for count, value in ordered]


@cache
def _items_by_id(kind: Kind[Any]) -> str:
    """Return the statement that reads items. Binds: campaign, ids."""
    campaign = bindparam("campaign", type_=CODE)
    query = select(kind.row).where(
        kind.column("campaign") == campaign, kind.column("id") == any_(bindparam("ids", type_=ARRAY(Uuid)))
    )
    return compiled(query.order_by(kind.column("id"))).sql


@dataclass(slots=True, kw_only=True)
class _ItemRows(Generic[RowT]):
    """The items of a list, in the order of their ids, which sort by time of creation."""

    call: ItemCall
    kind: Kind[RowT]
    conditions: Sequence[ColumnElement[bool]]
    searches: bool
    query_text: str
    key_types: Sequence[type[str] | type[int]] = (str,)
    _total: int = field(init=False)

    @property
    def document(self) -> Callable[[RowT], Document]:
        """The function that returns the JSON of an item."""
        return lambda row: self.kind.item_in_list.model_validate(self.kind.listed(row, self.call)).model_dump(mode="json")

    def key(self, row: RowT) -> Position:
        """Return the id of an item."""
        return [str(row.id)]

    async def read(self, after: Position | None, limit: int) -> Sequence[RowT]:
        """Return the items after an id.

        The total and the ids of the page are read first, from the index of the list. A search, which no index answers, is done
        once for both.
        """
        try:
            position = UUID(str(after[0])) if after else None
        except ValueError:
            raise invalid_cursor() from None
        matching = select(self.kind.column("id")).where(*self.conditions)
        found = matching.cte("found") if self.searches else matching.subquery("found")
        page = select(found.c.id).order_by(found.c.id).limit(limit)
        if position is not None:
            page = page.where(found.c.id > position)
        total = select(func.count()).select_from(found)
        counted = select(total.scalar_subquery(), func.array(page.scalar_subquery(), type_=ARRAY(Uuid)))
        ((self._total, ids),) = await self.call.fetch(counted)
        binds = {"campaign": self.call.caller.campaign, "ids": ids}
        return await self.call.fetch_rows(BoundStatement(_items_by_id(self.kind), binds))

    async def total(self) -> int:
        """Return the number of items on all pages, which was read with the page."""
        return self._total
