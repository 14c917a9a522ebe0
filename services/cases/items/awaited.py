"""Items that wait for a move of the caller's organisation on a day, as they were at the end of that day."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from psycopg.rows import dict_row
from sqlmodel import select

from services.cases.items.call import ItemCall
from services.cases.items.kind import Kind
from shared.database.sql import statement
from shared.tables.item import Item
from shared.values.bilingual import Bilingual

RowT = TypeVar("RowT", bound=Item)

_LATER_CHANGES: Final = statement(__package__, "list_later_changes")


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitedAction:
    """An action that is expected of an organisation."""

    kind: str  # of the item, or another matter
    key: str  # the id of the item, or what identifies the matter
    path: str  # of the API
    org: str  # whose item it is
    title: str
    action: str  # code of the move, or of another action
    label: Bilingual  # of the action
    due_on: date | None


AwaitedActions = Callable[[ItemCall, datetime | None], Awaitable[list[AwaitedAction]]]
"""A source of the inbox: returns what is expected of the caller at the end of a day, `call.today`.

The second argument is the instant of that end, None for the current day.
"""


def moves_awaited_by(kind: Kind[Any]) -> AwaitedActions:
    """Return the source of the moves that items of a kind wait for, as its `awaited` declares them."""

    async def awaited(call: ItemCall, until: datetime | None) -> list[AwaitedAction]:
        return await _awaited_moves(call, kind, until)

    return awaited


async def _awaited_moves(call: ItemCall, kind: Kind[RowT], until: datetime | None) -> list[AwaitedAction]:
    states = _awaiting_states(kind, call)
    if not states:
        return []
    found = []
    for row in await rows_at(call, kind, until, states):
        move = kind.awaited[kind.state(row, call)]
        if any(transition.move is move for transition in kind.moves_of(row, call)):
            found.append(
                AwaitedAction(
                    kind=kind.code,
                    key=str(row.id),
                    path=kind.path_of(row),
                    org=row.org,
                    title=kind.title_of(row),
                    action=move.value,
                    label=move.title_,
                    due_on=kind.due_day(row, call),
                )
            )
    return found


async def rows_at(call: ItemCall, kind: Kind[RowT], until: datetime | None, states: Sequence[str]) -> list[RowT]:
    """Return items in some states, as they were at the end of a day: later ones are left out, later changes undone.

    The reach must be the campaign: an item may have been another organisation's to move then.
    """
    here = kind.column("campaign") == call.caller.campaign
    in_states = kind.column("state").in_(states)
    if until is None:
        return list((await call.session.exec(select(kind.row).where(here, in_states).order_by(kind.column("id")))).all())
    binds = {"campaign": call.caller.campaign, "kind": kind.code, "until": until}
    changes = await (await call.connection.cursor(row_factory=dict_row).execute(_LATER_CHANGES, binds)).fetchall()
    changed: dict[UUID, list[dict[str, Any]]] = {}
    for change in changes:
        changed.setdefault(change["item_id"], []).append(change["before"])
    query = select(kind.row).where(here, kind.column("created_at") < until, in_states | kind.column("id").in_(changed))
    rows = (await call.session.exec(query.order_by(kind.column("id")))).all()
    rewound = [_rewound(kind, row, changed[row.id]) if row.id in changed else row for row in rows]
    return [row for row in rewound if row.state in states]


def _rewound(kind: Kind[RowT], row: RowT, befores: Sequence[dict[str, Any]]) -> RowT:
    """Return an item without its latest changes, of which the last one comes first."""
    values = row.model_dump(mode="json")
    for before in befores:
        values |= before
    return kind.row.model_validate(values)


def _awaiting_states(kind: Kind[Any], call: ItemCall) -> list[str]:
    """Return the states in which the caller's role may make the move that an item waits for."""
    return [
        state.value
        for state, move in kind.awaited.items()
        if any(
            row.move is move and state in row.origins and any(call.caller.role in by.roles for by in row.by)
            for row in kind.transitions
        )
    ]
