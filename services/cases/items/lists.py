"""Lists of items: filters, search, facets, pages and CSV."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy import ColumnElement, Select, Uuid, and_, any_, bindparam, case, func, null, true, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import select

from services.cases.items.call import ItemCall
from services.cases.items.kind import Kind
from services.cases.items.links import hidden_items
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

_RowT = TypeVar("_RowT", bound=Item)

_NOT_FILTERS = {"limit", "next", "format", "bom", "q", "facets"}


async def list_items(call: ItemCall, kind: Kind[_RowT], request: Request, query: ItemSearch) -> Response:
    """Return a page of the items that the caller may see, oldest first, or all of them as CSV."""
    filters = query.model_dump(exclude=_NOT_FILTERS, exclude_none=True)
    known = {"org": call.definition.org_codes, **kind.codes(call.definition)}
    for name, value in filters.items():
        if name in known:
            refuse_unknown_code(name, value, known[name])
    conditions = {name: _condition(call, kind, name, value) for name, value in filters.items()}
    everywhere = [kind.column("campaign") == call.caller.campaign, kind.visible(call.caller, call.definition)]
    if query.q:
        everywhere.append(contains_words(kind.search_text, query.q))
    rows = _ItemRows(
        call=call,
        kind=kind,
        everywhere=everywhere,
        conditions=conditions,
        searches=query.q is not None,
        facets=kind.facets if query.facets else (),
        query_text=f"{call.operation} {call.caller.campaign} {query.q!r} {sorted(filters.items())}",
        members={"facets": None},
    )
    return await list_response(request, query, kind.table, call.definition, rows, rows.members)


def _condition(call: ItemCall, kind: Kind[_RowT], name: str, value: Any) -> ColumnElement[bool]:  # noqa: ANN401 - of a filter
    if name in kind.filters:
        return kind.filters[name](value, call)
    expression = kind.expression(name, call)
    condition: ColumnElement[bool] = expression.in_(value) if isinstance(value, list) else expression == value
    return condition


def _most_frequent_first(counts: Sequence[tuple[int, str | None]]) -> list[dict[str, Any]]:
    ordered = sorted(counts, key=lambda counted: (-counted[0], counted[1] is None, counted[1]))
    return [{"value": value, "count": count} for count, value in ordered]


@cache
def _items_by_id(kind: Kind[Any]) -> str:
    """Return the statement that reads items. Binds: campaign, ids."""
    campaign = bindparam("campaign", required=False, type_=CODE)
    ids = bindparam("ids", required=False, type_=ARRAY(Uuid))
    query = select(kind.row).where(kind.column("campaign") == campaign, kind.column("id") == any_(ids))
    return compiled(query.order_by(kind.column("id"))).sql


@dataclass(slots=True, kw_only=True)
class _ItemRows(Generic[_RowT]):
    """The items of a list, in the order of their ids, which sort by time of creation."""

    call: ItemCall
    kind: Kind[_RowT]
    everywhere: Sequence[ColumnElement[bool]]  # conditions on all items that the list is about
    conditions: Mapping[str, ColumnElement[bool]]  # those of the filters
    searches: bool
    facets: Sequence[str]
    query_text: str
    members: dict[str, Any]  # further ones of the document; the facets are read with a page
    key_types: Sequence[type[str] | type[int]] = (str,)
    _total: int = field(init=False)

    @property
    def document(self) -> Callable[[_RowT], Document]:
        """The function that returns the JSON of an item."""
        return lambda row: self.kind.item_in_list.model_validate(self.kind.listed(row, self.call)).model_dump(mode="json")

    def key(self, row: _RowT) -> Position:
        """Return the id of an item."""
        return [str(row.id)]

    async def total(self) -> int:
        """Return the number of items on all pages, which was read with the page."""
        return self._total

    async def read(self, after: Position | None, limit: int) -> Sequence[_RowT]:
        """Return the items after an id, and keep the total and the facets."""
        try:
            position = UUID(str(after[0])) if after else None
        except ValueError:
            raise invalid_cursor() from None
        counts: dict[str, list[tuple[int, str | None]]] = {name: [] for name in self.facets}
        for facet_number, ids_of_page, *values_and_counts in await self.call.fetch(self._counted(position, limit)):
            values, numbers = values_and_counts[: len(self.facets)], values_and_counts[len(self.facets) :]
            if facet_number is None:
                ids, self._total = ids_of_page, numbers[-1]
            elif numbers[facet_number]:
                counts[self.facets[facet_number]].append((numbers[facet_number], values[facet_number]))
        if self.facets:
            self.members["facets"] = [{"field": name, "values": _most_frequent_first(found)} for name, found in counts.items()]
        binds = {"campaign": self.call.caller.campaign, "ids": ids}
        rows = await self.call.fetch_rows(BoundStatement(_items_by_id(self.kind), binds))
        links = self.kind.links
        hidden = await hidden_items(self.call, self.kind, (getattr(row, name) for row in rows for name in links))
        if not hidden:
            return rows
        return [row._replace(**{name: None for name in links if getattr(row, name) in hidden}) for row in rows]

    def _counted(self, position: UUID | None, limit: int) -> Select[Any]:
        """Return the statement of the total with the ids of the page, and of the number of items by each value of each facet.

        A row has the number of its facet, null in the row of the total; in that row the ids; the values, of which the one of its
        facet is not null; the counts of the facets, each under all filters but the facet's own; and the one under all filters.
        A search, which no index answers, is done once for all of them.
        """
        own = [name for name in self.facets if name in self.conditions]
        items = select(
            self.kind.column("id"),
            *(self.kind.expression(name, self.call).label(name) for name in self.facets),
            *(self.conditions[name].label(f"meets_{name}") for name in own),
        ).where(*self.everywhere, *(condition for name, condition in self.conditions.items() if name not in own))
        found = items.cte("found") if self.searches else items.subquery("found")

        def meets(names: Iterable[str]) -> ColumnElement[bool]:
            return and_(true(), *(found.c[f"meets_{name}"] for name in names))

        page = select(found.c.id).where(meets(own)).order_by(found.c.id).limit(limit)
        if position is not None:
            page = page.where(found.c.id > position)
        ids = func.array(page.scalar_subquery(), type_=ARRAY(Uuid))
        total = func.count().filter(meets(own))
        columns = [found.c[name] for name in self.facets]
        facet_number = (
            case(*((func.grouping(column) == 0, number) for number, column in enumerate(columns))) if columns else null()
        )
        counts = [func.count().filter(meets(name for name in own if name != facet)) for facet in self.facets]
        shown: list[Any] = [facet_number, case((facet_number.is_(None), ids)), *columns, *counts, total]
        statement: Select[Any] = select(*shown).select_from(found)
        return statement.group_by(func.grouping_sets(*map(tuple_, columns), tuple_()))
