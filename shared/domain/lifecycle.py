"""State machines as tables: from, move, to, and whose move it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, TypeVar

from shared.vocabulary import (
    CaseMove,
    CaseState,
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
    """What must be so for some moves, besides state and role."""

    MONTH_ENDED = "month_ended"
    REOPENING_ASKED = "reopening_asked"  # a request for it is open


@dataclass(frozen=True, slots=True)
class Transition(Generic[State, Move]):
    """One row of a table."""

    origin: State
    move: Move
    to: State
    roles: frozenset[Role]
    own: bool = False  # only for the organisation whose thing it is
    foreign: bool = False  # only for other organisations than that
    standing_in: bool = False  # only where no other organisation than that has the task force's role
    needs: Condition | None = None


CASE_MOVES: Final[Sequence[Transition[CaseState, CaseMove]]] = (
    Transition(CaseState.DRAFT, CaseMove.SUBMIT, CaseState.SUBMITTED, _REPORTERS, own=True),
    Transition(CaseState.DRAFT, CaseMove.WITHDRAW, CaseState.WITHDRAWN, _REPORTERS, own=True),
    Transition(CaseState.SUBMITTED, CaseMove.APPROVE, CaseState.APPROVED, frozenset({Role.TASK_FORCE})),
    Transition(CaseState.SUBMITTED, CaseMove.RETURN, CaseState.RETURNED, frozenset({Role.TASK_FORCE, Role.BUREAU})),
    Transition(CaseState.SUBMITTED, CaseMove.WITHDRAW, CaseState.WITHDRAWN, _REPORTERS, own=True),
    Transition(CaseState.RETURNED, CaseMove.SUBMIT, CaseState.SUBMITTED, _REPORTERS, own=True),
    Transition(CaseState.RETURNED, CaseMove.WITHDRAW, CaseState.WITHDRAWN, _REPORTERS, own=True),
    Transition(CaseState.APPROVED, CaseMove.WITHDRAW, CaseState.WITHDRAWN, _REPORTERS, own=True),
)

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
        needs=Condition.REOPENING_ASKED,
    ),
    Transition(
        SubmissionState.ACCEPTED,
        SubmissionMove.REOPEN,
        SubmissionState.OPEN,
        frozenset({Role.BUREAU}),
        foreign=True,
        standing_in=True,
        needs=Condition.REOPENING_ASKED,
    ),
)
"""Only the task force reopens, and nobody a month of their own: where that leaves nobody, another organisation's bureau does."""

CLOSED_STATES: Final = frozenset({SubmissionState.SUBMITTED, SubmissionState.ACCEPTED})
"""The states of a month that counts are not pushed into, and whose reopening may be asked for."""

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
"""A request is granted by the move that opens its month again, and declined by whoever might make that."""

VISIBLE_CASE_STATES: Final[dict[Role, frozenset[CaseState]]] = {
    Role.CARRIER: frozenset(),
    Role.STREET: frozenset(),
    Role.BUREAU: frozenset(CaseState) - {CaseState.DRAFT},
    Role.TASK_FORCE: frozenset(CaseState) - {CaseState.DRAFT},
    Role.LEADER: frozenset({CaseState.APPROVED}),
    Role.REGULATOR: frozenset({CaseState.SUBMITTED, CaseState.APPROVED}),
}
"""The states in which a role sees the cases of other organisations; its own it always sees."""


def may_ever_move(
    table: Sequence[Transition[State, Move]], move: Move, role: Role, *, own: bool, standing_in: bool = False
) -> bool:
    """Whether a role may make a move in some state."""
    return any(row.move == move and _allows(row, role, own=own, standing_in=standing_in) for row in table)


def find_transition(
    table: Sequence[Transition[State, Move]], state: State, move: Move, role: Role, *, own: bool, standing_in: bool = False
) -> Transition[State, Move] | None:
    """The row of a move, or None where the state does not allow it to this role. The caller sees to what it needs."""
    rows = (row for row in table if row.origin == state and row.move == move)
    return next((row for row in rows if _allows(row, role, own=own, standing_in=standing_in)), None)


def next_state(
    table: Sequence[Transition[State, Move]], state: State, move: Move, role: Role, *, own: bool, standing_in: bool = False
) -> State | None:
    """The state after a move that needs nothing else, or None where the state does not allow it to this role."""
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
    """The moves a role may make in a state, in the table's order."""
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
