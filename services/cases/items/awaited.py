"""Items that wait for a move of the caller's organisation on a day, as they were at the end of that day."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.cases.items.call import ItemCall
from services.cases.items.kind import Kind
from services.cases.items.rows_at import rows_at
from shared.vocabulary import RegistryKind, Term


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitedAction:
    """An action that is expected of an organisation."""

    kind: RegistryKind
    id: UUID | None  # None: a month has none
    path: str  # of the API, different for each item, month, request and finding
    org: str  # whose item it is
    title: str
    action: Term  # a move, or another action
    due_on: date | None


AwaitedActions = Callable[[ItemCall, datetime | None], Awaitable[list[AwaitedAction]]]
"""A source of the inbox: returns what is expected of the caller at the end of a day, `call.today`.

The second argument is the instant of that end, None for the current day.
"""


def moves_awaited_by(kind: Kind[Any]) -> AwaitedActions:
    """Return the source of the moves that items of a kind wait for, as its `expectations` declare them."""
    states = sorted({state for expectation in kind.expectations for state in expectation.origins})

    async def awaited(call: ItemCall, until: datetime | None) -> list[AwaitedAction]:
        expected = [(row, kind.expectation(row, call)) for row in await rows_at(call, kind, until, states)]
        return [
            AwaitedAction(
                kind=RegistryKind(kind.code),
                id=row.id,
                path=kind.path_of(row),
                org=row.org,
                title=kind.title_of(row, call.definition),
                action=expectation.action,
                due_on=kind.due_day(row, call),
            )
            for row, expectation in expected
            if expectation
        ]

    return awaited
