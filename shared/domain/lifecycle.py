"""State machines as tables: from, move, to, and whose move it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from shared.vocabulary import CaseMove, CaseState, Role, SubmissionMove, SubmissionState, Term

State = TypeVar("State", bound=Term)
Move = TypeVar("Move", bound=Term)

_REPORTERS: Final = frozenset({Role.CARRIER, Role.STREET})


@dataclass(frozen=True, slots=True)
class Transition(Generic[State, Move]):
    """One row of a table."""

    origin: State
    move: Move
    to: State
    roles: frozenset[Role]
    own: bool = False  # only for the organisation whose thing it is
    foreign: bool = False  # only for other organisations than that


CASES: Final[Sequence[Transition[CaseState, CaseMove]]] = (
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

SUBMISSIONS: Final[Sequence[Transition[SubmissionState, SubmissionMove]]] = (
    Transition(SubmissionState.OPEN, SubmissionMove.SUBMIT, SubmissionState.SUBMITTED, _ANYBODY, own=True),
    Transition(SubmissionState.RETURNED, SubmissionMove.SUBMIT, SubmissionState.SUBMITTED, _ANYBODY, own=True),
    Transition(SubmissionState.SUBMITTED, SubmissionMove.RETURN, SubmissionState.RETURNED, _OVERSIGHT, foreign=True),
    Transition(SubmissionState.SUBMITTED, SubmissionMove.ACCEPT, SubmissionState.ACCEPTED, _OVERSIGHT, foreign=True),
    Transition(SubmissionState.ACCEPTED, SubmissionMove.REOPEN, SubmissionState.OPEN, frozenset({Role.TASK_FORCE}), foreign=True),
)

CASES_SEEN: Final[dict[Role, frozenset[CaseState]]] = {
    Role.CARRIER: frozenset(),
    Role.STREET: frozenset(),
    Role.BUREAU: frozenset(CaseState) - {CaseState.DRAFT},
    Role.TASK_FORCE: frozenset(CaseState) - {CaseState.DRAFT},
    Role.LEADER: frozenset({CaseState.APPROVED}),
    Role.REGULATOR: frozenset({CaseState.SUBMITTED, CaseState.APPROVED}),
}
"""The states in which a role sees the cases of other organisations; its own it always sees."""


def may_ever(table: Sequence[Transition[State, Move]], move: Move, role: Role, *, own: bool) -> bool:
    """Whether a role may make a move in some state."""
    return any(row.move == move and _allows(row, role, own=own) for row in table)


def step(table: Sequence[Transition[State, Move]], state: State, move: Move, role: Role, *, own: bool) -> State | None:
    """The state after a move, or None where the state does not allow it to this role."""
    rows = (row for row in table if row.origin == state and row.move == move and _allows(row, role, own=own))
    return next((row.to for row in rows), None)


def moves_now(table: Sequence[Transition[State, Move]], state: State, role: Role, *, own: bool) -> list[Move]:
    """The moves a role may make in a state, in the table's order."""
    return [row.move for row in table if row.origin == state and _allows(row, role, own=own)]


def _allows(row: Transition[State, Move], role: Role, *, own: bool) -> bool:
    return role in row.roles and (own or not row.own) and not (own and row.foreign)
