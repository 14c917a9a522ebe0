"""Items as they were at the end of a day."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from psycopg.rows import dict_row
from sqlmodel import select

from services.cases.items.call import ItemCall
from services.cases.items.kind import Kind
from shared.database.sql import statement
from shared.tables.item import Item

RowT = TypeVar("RowT", bound=Item)

_LATER_CHANGES: Final = statement(__package__, "list_later_changes")


async def rows_at(call: ItemCall, kind: Kind[RowT], until: datetime | None, states: Collection[str]) -> list[RowT]:
    """Return items in some states, as they were before an instant; None: as they are now.

    Later items are left out and later changes undone. The reach must be the campaign: an item may have been another
    organisation's to move then.
    """
    declared = kind.declared(call.definition)
    changed = {} if until is None else await _later_changes(call, kind, until)
    query = select(kind.row).where(kind.column("campaign") == call.caller.campaign).order_by(kind.column("id"))
    if until is not None:
        query = query.where(kind.column("created_at") < until)
    if declared is None:
        query = query.where(kind.column("state").in_(states) | kind.column("id").in_(changed))
    rows = [_rewound(kind, row, changed.get(row.id, ())) for row in await call.session.exec(query)]
    if declared is not None:
        rows = list(_declared_rows(call, kind, declared, rows))
    return [row for row in rows if row.state in states]


async def _later_changes(call: ItemCall, kind: Kind[Any], until: datetime) -> dict[UUID, list[dict[str, Any]]]:
    """Return what each item was before its changes since an instant, the last change first."""
    binds = {"campaign": call.caller.campaign, "kind": kind.code, "until": until}
    changes = await (await call.connection.cursor(row_factory=dict_row).execute(_LATER_CHANGES, binds)).fetchall()
    changed: dict[UUID, list[dict[str, Any]]] = {}
    for change in changes:
        changed.setdefault(change["item_id"], []).append(change["before"])
    return changed


def _rewound(kind: Kind[RowT], row: RowT, befores: Sequence[dict[str, Any]]) -> RowT:
    """Return an item without its latest changes, of which the last one comes first."""
    if not befores:
        return row
    values = row.model_dump(mode="json")
    for before in befores:
        values |= before
    return kind.row.model_validate(values)


def _declared_rows(call: ItemCall, kind: Kind[RowT], declared: Collection[UUID], rows: Sequence[RowT]) -> Iterator[RowT]:
    """Yield the items that the campaign file declares, also those that have no row yet."""
    found = {row.id: row for row in rows}
    for item_id in declared:
        row = found.get(item_id) or kind.without_row(item_id, call)
        if row is not None:
            yield row
