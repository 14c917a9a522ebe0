"""Ids of other items in an item. A reader sees those of items that it may see: others must look as if they were not there."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlmodel import select

from services.cases.items.call import ItemCall
from services.cases.items.kind import Kind


async def hidden_items(call: ItemCall, kind: Kind[Any], ids: Iterable[UUID | None]) -> frozenset[UUID]:
    """Return those of some items of a kind that the caller may not see."""
    named = frozenset(id_ for id_ in ids if id_ is not None)
    if not named:
        return named
    query = select(kind.column("id")).where(
        kind.column("campaign") == call.caller.campaign,
        kind.column("id").in_(named),
        kind.visible(call.caller, call.definition),
    )
    return named - {id_ for (id_,) in await call.fetch(query)}
