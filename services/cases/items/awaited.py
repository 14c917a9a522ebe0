"""Items that wait for a move of the caller's organisation, now or at an earlier time."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date, datetime
from functools import partial
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, Final, NamedTuple
from uuid import UUID

from services.cases.items.call import ItemCall
from services.cases.items.items_at import waiting_items
from services.cases.items.kind import Kind
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.domain.transitions import Expectation
from shared.vocabulary import RegistryKind, Term


class AwaitedAction(NamedTuple):
    """An action that is expected of an organisation."""

    kind: RegistryKind
    id: UUID | None  # None: a month has none
    path: str  # of the API, different for each item, month, request and finding
    org: str  # whose item it is
    title: Callable[[], str]  # only those of a page are made
    action: Term  # a move, or another action
    due_on: date | None


_KNOWN_MAX: Final = 64  # kinds, callers and days of a definition; of each some hundreds of combinations

AwaitedActions = Callable[[ItemCall, datetime | None], Awaitable[list[AwaitedAction]]]
"""A source of the inbox: returns what is expected of the caller at a time on `call.today`.

The second argument is that time, None for now.
"""


def moves_awaited_by(kinds: Sequence[Kind[Any]]) -> AwaitedActions:
    """Return the source of the moves that items wait for, as the `expectations` of their kinds declare them."""

    async def awaited(call: ItemCall, at: datetime | None) -> list[AwaitedAction]:
        role = call.caller.role
        states = {kind: [kind.states_awaiting(role, own=own) for own in (False, True)] for kind in kinds}
        async with call.connection.pipeline():
            waiting = [
                (kind, await call.send(waiting_items(call, kind, at, *states[kind]))) for kind in kinds if any(states[kind])
            ]
        return [action for kind, rows in waiting for action in _actions(call, kind, await rows.fetchall())]

    return awaited


def _actions(call: ItemCall, kind: Kind[Any], rows: Iterable[Any]) -> list[AwaitedAction]:
    """Return the moves that the caller may make of those that items wait for."""
    expectation_of = _expectations(kind, call)
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
        for row in rows
        if (expectation := expectation_of(row))
    ]


@cached_on_definition(_KNOWN_MAX)
def _known_expectations(
    _definition: AppliedDefinition, _kind: Kind[Any], _caller: Principal, _today: date
) -> dict[tuple[Any, ...], Expectation[Any, Any] | None]:
    """Return what items of a kind wait for and the caller may do on a day, by the columns that decide it; filled on the way."""
    return {}


def _expectations(kind: Kind[Any], call: ItemCall) -> Callable[[Any], Expectation[Any, Any] | None]:
    """Return the function that returns what an item waits for, if the caller may do it.

    It is decided once a day for all items that are alike in the columns on which it depends.
    """
    names = kind.deciding_columns
    if names is None:
        return lambda row: kind.expectation(row, call)
    known = _known_expectations(call.definition, kind, call.caller, call.today)
    deciding = attrgetter(*names)

    def expectation_of(row: Any) -> Expectation[Any, Any] | None:  # noqa: ANN401 - a row
        values = deciding(row)
        if values not in known:
            alike: Any = SimpleNamespace(**dict(zip(names, values, strict=True)))  # no other column can be used
            known[values] = kind.expectation(alike, call)
        return known[values]

    return expectation_of
