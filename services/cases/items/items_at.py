"""Items of a kind, now or as they were at an earlier time."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, or_
from sqlmodel import select

from services.cases.items.call import ItemCall
from services.cases.items.kind import Kind, is_one_of
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.database.compiled import compiled
from shared.database.sql import BoundStatement
from shared.reading.items_at import table_at
from shared.vocabulary import RegistryKind

_STATEMENTS_MAX = 256  # of a definition: those of the callers of a day


def items_at(query: Any, kind: Kind[Any], definition: AppliedDefinition, *, past: bool) -> Any:  # noqa: ANN401 - a statement of any columns
    """Return a statement about a kind's table with the items as they are now, or as they were at the time `item_time`, a bind.

    It also has the items that the campaign file declares and that have no row yet.
    """
    declared = kind.declared(definition)
    if not past and not declared:
        return query
    return query.add_cte(table_at(RegistryKind(kind.code), kind.row, definition.campaign.code, past=past, declared=declared))


def waiting_items(
    call: ItemCall, kind: Kind[Any], at: datetime | None, states: Collection[str], own_states: Collection[str] = ()
) -> BoundStatement:
    """Return the statement of the items that the caller sees and that may wait for a move, at a time; None: now.

    They are in some states, those of the caller's organisation also in some others.

    The reach must be the campaign: an item may have been another organisation's to move then. The rows are plain ones with the
    columns that the inbox needs.
    """
    sql, binds = _waiting(
        call.definition, kind, call.caller, frozenset(states), frozenset(own_states), call.today, past=at is not None
    )
    return BoundStatement(sql, {**binds, "item_time": at})


@cached_on_definition(_STATEMENTS_MAX)
def _waiting(
    definition: AppliedDefinition,
    kind: Kind[Any],
    caller: Principal,
    states: frozenset[str],
    own_states: frozenset[str],
    today: date,
    *,
    past: bool,
) -> BoundStatement:
    """Return the statement of `waiting_items`, which takes longer to build than to execute. Bind: item_time, if it is past."""
    names = kind.row.model_fields if kind.inbox_columns is None else (*(kind.deciding_columns or ()), *kind.inbox_columns)
    state = kind.column("state")
    query = select(*map(kind.column, names)).where(
        kind.column("campaign") == caller.campaign,
        or_(is_one_of(state, states), and_(kind.column("org") == caller.org, is_one_of(state, own_states))),
        kind.may_wait(today),
        kind.visible(caller, definition),
    )
    return compiled(items_at(query.order_by(*map(kind.column, kind.inbox_order)), kind, definition, past=past))
