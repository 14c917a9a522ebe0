"""The moves of action items. Each organisation that an action item is issued to has one of its own and reports by itself."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from shared.domain.transitions import By, Editing, Expectation, MoveField, Relation, Transition
from shared.vocabulary import ActionItemMove, ActionItemState, Role

REPORTING_ROLES: Final = frozenset({Role.CARRIER, Role.STREET, Role.BUREAU, Role.TASK_FORCE})
"""The roles of organisations that an action item may be issued to."""
READERS_OF_ALL: Final = frozenset({Role.BUREAU, Role.TASK_FORCE, Role.LEADER, Role.REGULATOR})
"""The roles that see every action item; the others see those of their organisation."""

_RESPONSIBLE: Final = By(REPORTING_ROLES, related=frozenset({Relation.OWN}))
_OWN: Final = frozenset({Relation.OWN})
_REVIEWERS: Final = (
    By(frozenset({Role.TASK_FORCE}), unrelated=_OWN),
    By(frozenset({Role.BUREAU}), related=frozenset({Relation.SUBSTITUTE}), unrelated=_OWN),
)
"""Only the task force reviews reports, and never its own; if no other organisation has that role, a bureau does."""
_ISSUER: Final = By(frozenset({Role.TASK_FORCE, Role.LEADER}), related=frozenset({Relation.ISSUER}))
UNREPORTED: Final = frozenset({ActionItemState.OPEN, ActionItemState.RETURNED})
UNFINISHED: Final = UNREPORTED | {ActionItemState.REPORTED}

ACTION_ITEM_MOVES: Final[Sequence[Transition[ActionItemState, ActionItemMove]]] = (
    Transition(
        move=ActionItemMove.REPORT,
        origins=UNREPORTED,
        to=ActionItemState.REPORTED,
        by=(_RESPONSIBLE,),
        fields=(MoveField("report"), MoveField("attachments", required=False)),
    ),
    Transition(
        move=ActionItemMove.ACCEPT,
        origins=frozenset({ActionItemState.REPORTED}),
        to=ActionItemState.ACCEPTED,
        by=_REVIEWERS,
        fields=(MoveField("reason", required=False),),
    ),
    Transition(
        move=ActionItemMove.RETURN,
        origins=frozenset({ActionItemState.REPORTED}),
        to=ActionItemState.RETURNED,
        by=_REVIEWERS,
        fields=(MoveField("reason"),),
    ),
    Transition(
        move=ActionItemMove.WITHDRAW,
        origins=UNFINISHED,
        to=ActionItemState.WITHDRAWN,
        by=(_ISSUER,),
        fields=(MoveField("reason"),),
    ),
)

ACTION_ITEM_EXPECTATIONS: Final[Sequence[Expectation[ActionItemState, ActionItemMove]]] = (
    Expectation(origins=UNREPORTED, moves=(ActionItemMove.REPORT,)),
    Expectation(origins=frozenset({ActionItemState.REPORTED}), moves=(ActionItemMove.ACCEPT, ActionItemMove.RETURN)),
)

ACTION_ITEM_EDITS: Final[Sequence[Editing[ActionItemState]]] = (
    Editing(origins=UNREPORTED, by=(_ISSUER,), fields=frozenset({"title", "text", "due_on"})),
)


def awaited_by(state: ActionItemState, due_on: date) -> date | None:
    """Return the day by which the organisation must report; None if it has, or need not any more."""
    return due_on if state in UNREPORTED else None
