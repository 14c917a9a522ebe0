"""The moves of difficulties, from the request of a carrier or subdistrict office to its confirmation that it is resolved."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from shared.domain.transitions import By, Editing, Expectation, MoveField, Relation, Transition
from shared.vocabulary import DifficultyMove, DifficultyState, Role

ANSWERING_ROLES: Final = frozenset({Role.CARRIER, Role.STREET, Role.BUREAU, Role.TASK_FORCE})
"""The roles of organisations that a difficulty may be assigned to."""
READERS_OF_ALL: Final = frozenset({Role.BUREAU, Role.TASK_FORCE, Role.LEADER, Role.REGULATOR})
"""The roles that see every difficulty. The others see their own and those assigned to them, subdistrict offices also those of
their subdistrict."""

_REQUESTER: Final = By(frozenset({Role.CARRIER, Role.STREET}), related=frozenset({Relation.OWN}))
_ASSIGNEE: Final = By(ANSWERING_ROLES, related=frozenset({Relation.RESPONSIBLE}))
_TASK_FORCE: Final = By(frozenset({Role.TASK_FORCE}))
UNANSWERED: Final = frozenset({DifficultyState.OPEN, DifficultyState.ASSIGNED})
UNFINISHED: Final = UNANSWERED | {DifficultyState.ANSWERED}

DIFFICULTY_MOVES: Final[Sequence[Transition[DifficultyState, DifficultyMove]]] = (
    Transition(
        move=DifficultyMove.ASSIGN,
        origins=UNANSWERED,
        to=DifficultyState.ASSIGNED,
        by=(_TASK_FORCE,),
        fields=(MoveField("responsible"), MoveField("due_on"), MoveField("reason", required=False)),
    ),
    Transition(
        move=DifficultyMove.ANSWER,
        origins=frozenset({DifficultyState.ASSIGNED}),
        to=DifficultyState.ANSWERED,
        by=(_ASSIGNEE,),
        fields=(MoveField("answer"),),
    ),
    Transition(
        move=DifficultyMove.RESOLVE,
        origins=frozenset({DifficultyState.ANSWERED}),
        to=DifficultyState.RESOLVED,
        by=(_REQUESTER,),
        fields=(MoveField("reason", required=False),),
    ),
    Transition(
        move=DifficultyMove.NOT_RESOLVED,
        origins=frozenset({DifficultyState.ANSWERED}),
        to=DifficultyState.ASSIGNED,
        by=(_REQUESTER,),
        fields=(MoveField("reason"), MoveField("due_on", required=False)),
    ),
    Transition(
        move=DifficultyMove.ESCALATE,
        origins=UNFINISHED,
        to=None,
        by=(_TASK_FORCE,),
        fields=(MoveField("reason"),),
    ),
    Transition(
        move=DifficultyMove.WITHDRAW,
        origins=UNFINISHED,
        to=DifficultyState.WITHDRAWN,
        by=(_REQUESTER,),
        fields=(MoveField("reason", required=False),),
    ),
    Transition(
        move=DifficultyMove.CLOSE,
        origins=UNFINISHED,
        to=DifficultyState.CLOSED,
        by=(_TASK_FORCE,),
        fields=(MoveField("reason"),),
    ),
)

DIFFICULTY_EXPECTATIONS: Final[Sequence[Expectation[DifficultyState, DifficultyMove]]] = (
    Expectation(origins=frozenset({DifficultyState.OPEN}), moves=(DifficultyMove.ASSIGN,)),
    Expectation(origins=frozenset({DifficultyState.ASSIGNED}), moves=(DifficultyMove.ANSWER,)),
    Expectation(
        origins=frozenset({DifficultyState.ANSWERED}),
        moves=(DifficultyMove.RESOLVE, DifficultyMove.NOT_RESOLVED),
    ),
)

DIFFICULTY_EDITS: Final[Sequence[Editing[DifficultyState]]] = (
    Editing(
        origins=frozenset({DifficultyState.OPEN}),
        by=(_REQUESTER,),
        fields=frozenset({"title", "category", "place", "area", "task", "needed", "needed_by"}),
    ),
)


def awaited_by(state: DifficultyState, needed_by: date, due_on: date | None) -> date | None:
    """Return the day by which a difficulty must be answered: the assigned date, before that the requester's. None if it is."""
    if state not in UNANSWERED:
        return None
    return due_on if state is DifficultyState.ASSIGNED else needed_by
