"""Lists of items: filters, search, facets, pages and CSV."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy import ColumnElement, func
from sqlmodel import select

from services.cases.items.call import ItemCall
from services.cases.items.kind import Kind
from services.cases.items.models import ItemSearch
from services.cases.items.search import contains_words
from shared.http.lists import Position, list_response
from shared.http.paging import invalid_cursor
from shared.http.query_codes import refuse_unknown_code
from shared.http.tables import Document
from shared.tables.item import Item

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
        everywhere.append(contains_words([kind.column(name) for name in kind.searched], query.q))
    rows = _ItemRows(
        call=call,
        kind=kind,
        conditions=[*everywhere, *conditions.values()],
        query_text=f"{call.operation} {call.caller.campaign} {query.q!r} {sorted(filters.items())}",
    )
    facets = [await _facet(call, kind, name, everywhere, conditions) for name in kind.facets] if query.facets else None
    return await list_response(request, query, kind.table, call.definition, rows, {"facets": facets})


def _condition(call: ItemCall, kind: Kind[RowT], name: str, value: Any) -> ColumnElement[bool]:  # noqa: ANN401 - of a filter
    if name in kind.filters:
        return kind.filters[name](value, call)
    condition: ColumnElement[bool] = kind.expression(name, call) == value
    return condition


async def _facet(
    call: ItemCall,
    kind: Kind[RowT],
    name: str,
    everywhere: Sequence[ColumnElement[bool]],
    conditions: Mapping[str, ColumnElement[bool]],
) -> dict[str, Any]:
    """Return the number of items by the values of a field, under the search and all filters but the field's own."""
    column, count = kind.expression(name, call), func.count()
    others = [condition for field, condition in conditions.items() if field != name]
    query = select(column, count).where(*everywhere, *others).group_by(column).order_by(count.desc(), column)
    return {"field": name, "values": [{"value": value, "count": number} for value, number in await call.session.exec(query)]}


@dataclass(frozen=True, slots=True, kw_only=True)
class _ItemRows(Generic[RowT]):
    """The items of a list, in the order of their ids, which sort by time of creation."""

    call: ItemCall
    kind: Kind[RowT]
    conditions: Sequence[ColumnElement[bool]]
    query_text: str
    key_types: Sequence[type[str] | type[int]] = (str,)

    @property
    def document(self) -> Callable[[RowT], Document]:
        """The function that returns the JSON of an item."""
        return lambda row: self.kind.item_in_list.model_validate(self.kind.listed(row, self.call)).model_dump(mode="json")

    def key(self, row: RowT) -> Position:
        """Return the id of an item."""
        return [str(row.id)]

    async def read(self, after: Position | None, limit: int) -> Sequence[RowT]:
        """Return the items after an id."""
        try:
            position = [self.kind.column("id") > UUID(str(after[0]))] if after else []
        except ValueError:
            raise invalid_cursor() from None
        query = select(self.kind.row).where(*self.conditions, *position).order_by(self.kind.column("id")).limit(limit)
        return (await self.call.session.exec(query)).all()

    async def total(self) -> int:
        """Return the number of items on all pages."""
        return (await self.call.session.exec(select(func.count()).select_from(self.kind.row).where(*self.conditions))).one()
