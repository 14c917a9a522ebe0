"""Items that wait for a move of the caller's organisation, now or at an earlier time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from services.cases.items.call import ItemCall
from services.cases.items.items_at import waiting_rows
from services.cases.items.kind import Kind
from shared.vocabulary import RegistryKind, Term


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitedAction:
    """An action that is expected of an organisation."""

    kind: RegistryKind
    id: UUID | None  # None: a month has none
    path: str  # of the API, different for each item, month, request and finding
    org: str  # whose item it is
    title: Callable[[], str]  # only those of a page are made
    action: Term  # a move, or another action
    due_on: date | None


AwaitedActions = Callable[[ItemCall, datetime | None], Awaitable[list[AwaitedAction]]]
"""A source of the inbox: returns what is expected of the caller at a time on `call.today`.

The second argument is that time, None for now.
"""


def moves_awaited_by(kind: Kind[Any]) -> AwaitedActions:
    """Return the source of the moves that items of a kind wait for, as its `expectations` declare them."""

    async def awaited(call: ItemCall, at: datetime | None) -> list[AwaitedAction]:
        states = kind.states_awaiting(call.caller.role)
        if not states:
            return []
        return [
            AwaitedAction(
                kind=RegistryKind(kind.code),
                id=row.id,
                path=kind.path_of(row),
                org=row.org,
                title=partial(kind.title_of, row, call.definition),
                action=expectation.action,
                due_on=kind.due_day(row, call),
            )
            for row in await waiting_rows(call, kind, at, states)
            if (expectation := kind.expectation(row, call))
        ]

    return awaited
