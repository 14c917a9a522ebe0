"""Items of a kind, now or as they were at an earlier time."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar, cast

from sqlmodel import select

from services.cases.items.call import ItemCall
from services.cases.items.kind import Kind
from shared.reading.items_at import table_at
from shared.tables.item import Item
from shared.vocabulary import RegistryKind

RowT = TypeVar("RowT", bound=Item)


def items_at(query: Any, call: ItemCall, kind: Kind[Any], at: datetime | None) -> Any:  # noqa: ANN401 - a statement of any columns
    """Return a statement about a kind's table with the items as they were at a time, None: as they are now.

    It also has the items that the campaign file declares and that have no row yet.
    """
    declared = kind.declared(call)
    if at is None and not declared:
        return query
    return query.add_cte(table_at(RegistryKind(kind.code), kind.row, call.caller.campaign, at, declared))


async def waiting_rows(call: ItemCall, kind: Kind[RowT], at: datetime | None, states: Collection[str]) -> list[RowT]:
    """Return the items in some states that the caller sees and that may wait for a move, at a time; None: now.

    The reach must be the campaign: an item may have been another organisation's to move then. The rows are plain ones, without
    the long texts of items.
    """
    columns = [kind.column(name) for name in kind.row.model_fields if name not in kind.long_columns]
    query = select(*columns).where(
        kind.column("campaign") == call.caller.campaign,
        kind.column("state").in_(states),
        kind.may_wait(call),
        kind.visible(call.caller, call.definition),
    )
    rows = await call.session.exec(items_at(query.order_by(*map(kind.column, kind.inbox_order)), call, kind, at))
    return cast("list[RowT]", rows.all())
