"""Challenges of counts: their moves, the deadlines that these set, and the state of a challenge on a day."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from shared.campaign.definition import Definition
from shared.domain.transitions import By, Expectation, MoveField, Relation, Transition, expectation_of
from shared.domain.working_days import working_days_after
from shared.vocabulary import ChallengeMove, ChallengeState, ExpectedAction, Role

_OWN: Final = frozenset({Relation.OWN})
_ORGANISATION: Final = By(frozenset({Role.CARRIER, Role.STREET, Role.BUREAU, Role.TASK_FORCE}), related=_OWN)
_CHALLENGER: Final = By(
    frozenset({Role.STREET, Role.BUREAU, Role.TASK_FORCE, Role.REGULATOR}), related=frozenset({Relation.CHALLENGER})
)
_OVERSIGHT: Final = By(frozenset({Role.BUREAU, Role.TASK_FORCE}), unrelated=_OWN)
_REGULATOR: Final = By(frozenset({Role.REGULATOR}), related=frozenset({Relation.CHALLENGER}), unrelated=_OWN)
TO_BE_DECIDED: Final = frozenset({ChallengeState.REBUTTED, ChallengeState.UNANSWERED, ChallengeState.CORRECTED})

CHALLENGE_MOVES: Final[Sequence[Transition[ChallengeState, ChallengeMove]]] = (
    Transition(
        move=ChallengeMove.CONCEDE,
        origins=frozenset({ChallengeState.OPEN}),
        to=ChallengeState.CONCEDED,
        by=(_ORGANISATION,),
        fields=(MoveField("reason", required=False),),
    ),
    Transition(
        move=ChallengeMove.REBUT,
        origins=frozenset({ChallengeState.OPEN}),
        to=ChallengeState.REBUTTED,
        by=(_ORGANISATION,),
        fields=(MoveField("reason"), MoveField("evidence"), MoveField("attachments", required=False)),
    ),
    Transition(
        move=ChallengeMove.CORRECT,
        origins=frozenset({ChallengeState.CONCEDED}),
        to=ChallengeState.CORRECTED,
        by=(),  # a push makes it
    ),
    Transition(move=ChallengeMove.CORRECT, origins=frozenset({ChallengeState.UPHELD}), to=None, by=()),
    Transition(
        move=ChallengeMove.UPHOLD,
        origins=TO_BE_DECIDED,
        to=ChallengeState.UPHELD,
        by=(_OVERSIGHT, _REGULATOR),
        fields=(MoveField("reason"),),
    ),
    Transition(
        move=ChallengeMove.DISMISS,
        origins=TO_BE_DECIDED,
        to=ChallengeState.DISMISSED,
        by=(_OVERSIGHT, _REGULATOR),
        fields=(MoveField("reason"),),
    ),
    Transition(
        move=ChallengeMove.WITHDRAW,
        origins=frozenset({ChallengeState.OPEN}),
        to=ChallengeState.WITHDRAWN,
        by=(_CHALLENGER,),
        fields=(MoveField("reason", required=False),),
    ),
)
"""The organisation whose count it is never decides."""


class ChallengeCondition(StrEnum):
    """Conditions besides the state."""

    COUNT_OPEN = "count_open"  # the count may be corrected


CHALLENGE_EXPECTATIONS: Final[Sequence[Expectation[ChallengeState, ChallengeMove]]] = (
    Expectation(
        origins=frozenset({ChallengeState.OPEN}),
        moves=(ChallengeMove.CONCEDE, ChallengeMove.REBUT),
        choice=ExpectedAction.ANSWER_CHALLENGE,
    ),
    Expectation(origins=frozenset({ChallengeState.CONCEDED}), moves=(ChallengeMove.CORRECT,)),
    Expectation(
        origins=frozenset({ChallengeState.UPHELD}),
        moves=(ChallengeMove.CORRECT,),
        conditions=frozenset({ChallengeCondition.COUNT_OPEN}),
    ),
    Expectation(
        origins=TO_BE_DECIDED,
        moves=(ChallengeMove.UPHOLD, ChallengeMove.DISMISS),
        choice=ExpectedAction.DECIDE_CHALLENGE,
    ),
)

LAPSING: Final = frozenset({ChallengeState.OPEN, ChallengeState.CONCEDED})
"""The states that end unanswered when their deadline passes."""
OPENING: Final = frozenset({ChallengeState.CONCEDED, ChallengeState.UPHELD})
"""The states in which the count may be corrected until the deadline, whatever the state of its month."""
ENDED: Final = frozenset({ChallengeState.UPHELD, ChallengeState.DISMISSED, ChallengeState.WITHDRAWN})
"""The states after which the count may be challenged again."""


class Deadlines(NamedTuple):
    """The deadlines of a stored state. They are stored with it, so that a later edition of the calendar moves none."""

    due: date | None  # the last day of the next move
    decision_due: date | None  # the last day of the decision, if `due` passes in a lapsing state


class ChallengePosition(NamedTuple):
    """A challenge on a day."""

    state: ChallengeState
    due: date | None  # the last day of the next move; null if none is awaited
    overdue: bool

    @property
    def conditions(self) -> frozenset[ChallengeCondition]:
        """The conditions that hold."""
        correctable = self.state in OPENING and self.due is not None and not self.overdue
        return frozenset({ChallengeCondition.COUNT_OPEN} if correctable else ())

    @property
    def next_moves(self) -> list[ChallengeMove]:
        """The moves that are awaited by `due`, whoever makes them; none of a count that can no longer be corrected."""
        expectation = expectation_of(CHALLENGE_EXPECTATIONS, self.state, self.conditions)
        return list(expectation.moves) if expectation else []


def deadlines_from(state: ChallengeState, day: date, definition: Definition) -> Deadlines:
    """Return the deadlines of a state that a challenge enters on a day."""
    terms, calendar = definition.challenges, definition.calendar
    match state:
        case ChallengeState.OPEN | ChallengeState.CONCEDED:
            days = terms.answer_days if state is ChallengeState.OPEN else terms.correction_days
            due = working_days_after(day, days, calendar)
            return Deadlines(due, working_days_after(due, terms.decision_days, calendar))
        case ChallengeState.REBUTTED | ChallengeState.CORRECTED:
            return Deadlines(working_days_after(day, terms.decision_days, calendar), None)
        case ChallengeState.UPHELD:
            return Deadlines(working_days_after(day, terms.correction_days, calendar), None)
        case _:
            return Deadlines(None, None)


def position_on(state: ChallengeState, deadlines: Deadlines, today: date) -> ChallengePosition:
    """Return the state, deadline and lateness of a stored challenge on a day."""
    due, decision_due = deadlines
    if due and due < today and state in LAPSING:
        state, due = ChallengeState.UNANSWERED, decision_due
    elif due and due < today and state is ChallengeState.UPHELD:
        due = None  # the count can no longer be corrected, and nothing is expected
    return ChallengePosition(state, due, overdue=due is not None and due < today)


def opens_count(state: ChallengeState, deadlines: Deadlines, today: date) -> bool:
    """Return whether the challenged count may be corrected on a day."""
    return state in OPENING and deadlines.due is not None and today <= deadlines.due
