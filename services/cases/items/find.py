"""Finding one item. An item that the caller may not see is not found."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select

from services.cases.items.call import ItemCall
from services.cases.items.kind import Kind
from shared.problem_members import Revisions
from shared.problems import NotFound, Stale
from shared.tables.item import Item

_RowT = TypeVar("_RowT", bound=Item)


async def find_item(call: ItemCall, kind: Kind[_RowT], item_id: UUID) -> _RowT:
    """Return an item. Raises NotFound if it does not exist or the caller may not see it."""
    query = select(kind.row).where(
        kind.column("campaign") == call.caller.campaign, kind.column("id") == item_id, kind.visible(call.caller, call.definition)
    )
    row = (await call.session.exec(query)).one_or_none() or kind.without_row(item_id, call)
    if row is None:
        raise NotFound
    return row


async def lock_item(call: ItemCall, kind: Kind[_RowT], row: _RowT) -> _RowT:
    """Lock an item, in its scope, and return it as it is now. Raises Stale if it has changed since it was found."""
    if row not in call.session:
        times = {"created_at": call.now, "updated_at": call.now}
        await call.session.exec(insert(kind.row).values(row.model_dump() | times).on_conflict_do_nothing())
    query = select(kind.row).where(
        kind.column("campaign") == row.campaign, kind.column("org") == row.org, kind.column("id") == row.id
    )
    found = row.revision
    locked = (await call.session.exec(query.with_for_update().execution_options(populate_existing=True))).one()
    if locked.revision != found:
        raise Stale(members=Revisions(your_revision=found, current_revision=locked.revision))
    return locked
