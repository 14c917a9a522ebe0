"""State machines as tables: state, move, next state, and the roles that may make the move."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, TypeVar

from shared.vocabulary import (
    ReopeningMove,
    ReopeningState,
    Role,
    SubmissionMove,
    SubmissionState,
    Term,
)

State = TypeVar("State", bound=Term)
Move = TypeVar("Move", bound=Term)

_REPORTERS: Final = frozenset({Role.CARRIER, Role.STREET})


class Condition(StrEnum):
    """Condition of a move besides state and role."""

    MONTH_ENDED = "month_ended"
    REOPENING_REQUESTED = "reopening_requested"  # an open request


@dataclass(frozen=True, slots=True)
class Transition(Generic[State, Move]):
    """A move from one state to another."""

    origin: State
    move: Move
    to: State
    roles: frozenset[Role]
    own: bool = False  # only for the organisation that it belongs to
    foreign: bool = False  # only for other organisations
    standing_in: bool = False  # only if no other organisation has the role of the task force
    needs: Condition | None = None


_OVERSIGHT: Final = frozenset({Role.BUREAU, Role.TASK_FORCE})
_ANYBODY: Final = _REPORTERS | _OVERSIGHT

SUBMISSION_MOVES: Final[Sequence[Transition[SubmissionState, SubmissionMove]]] = (
    Transition(
        SubmissionState.OPEN,
        SubmissionMove.SUBMIT,
        SubmissionState.SUBMITTED,
        _ANYBODY,
        own=True,
        needs=Condition.MONTH_ENDED,
    ),
    Transition(
        SubmissionState.RETURNED,
        SubmissionMove.SUBMIT,
        SubmissionState.SUBMITTED,
        _ANYBODY,
        own=True,
        needs=Condition.MONTH_ENDED,
    ),
    Transition(SubmissionState.SUBMITTED, SubmissionMove.RETURN, SubmissionState.RETURNED, _OVERSIGHT, foreign=True),
    Transition(SubmissionState.SUBMITTED, SubmissionMove.ACCEPT, SubmissionState.ACCEPTED, _OVERSIGHT, foreign=True),
    Transition(
        SubmissionState.ACCEPTED,
        SubmissionMove.REOPEN,
        SubmissionState.OPEN,
        frozenset({Role.TASK_FORCE}),
        foreign=True,
        needs=Condition.REOPENING_REQUESTED,
    ),
    Transition(
        SubmissionState.ACCEPTED,
        SubmissionMove.REOPEN,
        SubmissionState.OPEN,
        frozenset({Role.BUREAU}),
        foreign=True,
        standing_in=True,
        needs=Condition.REOPENING_REQUESTED,
    ),
)
"""Only the task force reopens, and never its own month; if no other organisation has that role, a bureau does."""

CLOSED_STATES: Final = frozenset({SubmissionState.SUBMITTED, SubmissionState.ACCEPTED})
"""The states in which a month takes no counts and its reopening may be requested."""

REOPENING_MOVES: Final[Sequence[Transition[ReopeningState, ReopeningMove]]] = (
    Transition(ReopeningState.OPEN, ReopeningMove.DECLINE, ReopeningState.DECLINED, frozenset({Role.TASK_FORCE}), foreign=True),
    Transition(
        ReopeningState.OPEN,
        ReopeningMove.DECLINE,
        ReopeningState.DECLINED,
        frozenset({Role.BUREAU}),
        foreign=True,
        standing_in=True,
    ),
)
"""A request is granted by the move that reopens its month, and declined by those who might make that move."""


def may_ever_move(
    table: Sequence[Transition[State, Move]], move: Move, role: Role, *, own: bool, standing_in: bool = False
) -> bool:
    """Return whether a role may make a move in some state."""
    return any(row.move == move and _allows(row, role, own=own, standing_in=standing_in) for row in table)


def find_transition(
    table: Sequence[Transition[State, Move]], state: State, move: Move, role: Role, *, own: bool, standing_in: bool = False
) -> Transition[State, Move] | None:
    """Return the transition of a move, or None if this role may not make it in this state; its condition is not checked."""
    rows = (row for row in table if row.origin == state and row.move == move)
    return next((row for row in rows if _allows(row, role, own=own, standing_in=standing_in)), None)


def next_state(
    table: Sequence[Transition[State, Move]], state: State, move: Move, role: Role, *, own: bool, standing_in: bool = False
) -> State | None:
    """Return the state after a move without a condition, or None if this role may not make it in this state."""
    row = find_transition(table, state, move, role, own=own, standing_in=standing_in)
    return row.to if row else None


def available_moves(
    table: Sequence[Transition[State, Move]],
    state: State,
    role: Role,
    *,
    own: bool,
    standing_in: bool = False,
    given: frozenset[Condition] = frozenset(),
) -> list[Move]:
    """Return the moves that a role may make in a state, in the table's order."""
    return [
        row.move
        for row in table
        if row.origin == state
        and _allows(row, role, own=own, standing_in=standing_in)
        and (row.needs is None or row.needs in given)
    ]


def _allows(row: Transition[State, Move], role: Role, *, own: bool, standing_in: bool) -> bool:
    if row.standing_in and not standing_in:
        return False
    return role in row.roles and (own or not row.own) and not (own and row.foreign)
