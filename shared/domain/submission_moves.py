"""Moves of a month's submission and of requests to reopen it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from shared.campaign.definition import Definition
from shared.domain.transitions import By, Expectation, Relation, Transition
from shared.vocabulary import ExpectedAction, ReopeningMove, ReopeningState, Role, SubmissionMove, SubmissionState


class Condition(StrEnum):
    """Condition of a move besides state and caller."""

    MONTH_ENDED = "month_ended"
    REOPENING_REQUESTED = "reopening_requested"  # an open request


_OWN: Final = frozenset({Relation.OWN})
_REPORTER: Final = By(frozenset({Role.CARRIER, Role.STREET, Role.BUREAU, Role.TASK_FORCE}), related=_OWN)
_REVIEWER: Final = By(frozenset({Role.BUREAU, Role.TASK_FORCE}), unrelated=_OWN)
_TASK_FORCE: Final = By(frozenset({Role.TASK_FORCE}), unrelated=_OWN)
_SUBSTITUTE: Final = By(frozenset({Role.BUREAU}), related=frozenset({Relation.SUBSTITUTE}), unrelated=_OWN)
_REOPENER: Final = (_TASK_FORCE, _SUBSTITUTE)
"""Only the task force reopens, and never its own month; if no other organisation has that role, a bureau does."""

CLOSED_STATES: Final = frozenset({SubmissionState.SUBMITTED, SubmissionState.ACCEPTED})
"""The states in which a month takes no counts and its reopening may be requested."""

SUBMISSION_MOVES: Final[Sequence[Transition[SubmissionState, SubmissionMove]]] = (
    Transition(
        move=SubmissionMove.SUBMIT,
        origins=frozenset({SubmissionState.OPEN, SubmissionState.RETURNED}),
        to=SubmissionState.SUBMITTED,
        by=(_REPORTER,),
        conditions=frozenset({Condition.MONTH_ENDED}),
    ),
    Transition(
        move=SubmissionMove.RETURN,
        origins=frozenset({SubmissionState.SUBMITTED}),
        to=SubmissionState.RETURNED,
        by=(_REVIEWER,),
    ),
    Transition(
        move=SubmissionMove.ACCEPT,
        origins=frozenset({SubmissionState.SUBMITTED}),
        to=SubmissionState.ACCEPTED,
        by=(_REVIEWER,),
    ),
    Transition(
        move=SubmissionMove.REOPEN,
        origins=frozenset({SubmissionState.ACCEPTED}),
        to=SubmissionState.OPEN,
        by=_REOPENER,
        conditions=frozenset({Condition.REOPENING_REQUESTED}),
    ),
)

SUBMISSION_EXPECTATIONS: Final[Sequence[Expectation[SubmissionState, SubmissionMove]]] = (
    Expectation(origins=frozenset({SubmissionState.OPEN, SubmissionState.RETURNED}), moves=(SubmissionMove.SUBMIT,)),
    Expectation(origins=frozenset({SubmissionState.SUBMITTED}), moves=(SubmissionMove.ACCEPT, SubmissionMove.RETURN)),
)

REOPENING_MOVES: Final[Sequence[Transition[ReopeningState, ReopeningMove]]] = (
    Transition(
        move=ReopeningMove.DECLINE,
        origins=frozenset({ReopeningState.OPEN}),
        to=ReopeningState.DECLINED,
        by=_REOPENER,
    ),
)
"""A request is granted by the move that reopens its month, and declined by those who might make that move."""

REOPENING_EXPECTATIONS: Final[Sequence[Expectation[ReopeningState, ReopeningMove]]] = (
    Expectation(
        origins=frozenset({ReopeningState.OPEN}),
        moves=(ReopeningMove.DECLINE,),
        choice=ExpectedAction.DECIDE_REOPENING,
    ),
)


def relations_to_month(definition: Definition, org: str, caller_org: str) -> frozenset[Relation]:
    """Return the relations of a caller's organisation to a month of `org`."""
    own = _OWN if org == caller_org else frozenset()
    return own if definition.other_has(Role.TASK_FORCE, org) else own | {Relation.SUBSTITUTE}
