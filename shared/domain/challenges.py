"""Challenges of counts: their moves, the deadlines that these set, and the state of a challenge on a day."""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from shared.campaign.definition import Definition
from shared.domain.transitions import By, MoveField, Relation, Transition
from shared.domain.working_days import working_days_after
from shared.vocabulary import ChallengeMove, ChallengeState, Role

_OWN: Final = frozenset({Relation.OWN})
_ORGANISATION: Final = By(frozenset({Role.CARRIER, Role.STREET, Role.BUREAU, Role.TASK_FORCE}), related=_OWN)
_CHALLENGER: Final = By(
    frozenset({Role.STREET, Role.BUREAU, Role.TASK_FORCE, Role.REGULATOR}), related=frozenset({Relation.CHALLENGER})
)
_OVERSIGHT: Final = By(frozenset({Role.BUREAU, Role.TASK_FORCE}), unrelated=_OWN)
_REGULATOR: Final = By(frozenset({Role.REGULATOR}), related=frozenset({Relation.CHALLENGER}), unrelated=_OWN)
_TO_BE_DECIDED: Final = frozenset({ChallengeState.REBUTTED, ChallengeState.UNANSWERED, ChallengeState.CORRECTED})

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
        fields=(MoveField("reason"), MoveField("evidence")),
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
        origins=_TO_BE_DECIDED,
        to=ChallengeState.UPHELD,
        by=(_OVERSIGHT, _REGULATOR),
        fields=(MoveField("reason"),),
    ),
    Transition(
        move=ChallengeMove.DISMISS,
        origins=_TO_BE_DECIDED,
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


class Position(NamedTuple):
    """A challenge on a day."""

    state: ChallengeState
    due: date | None  # the last day of the next move; null if none is awaited
    overdue: bool

    @property
    def next_moves(self) -> list[ChallengeMove]:
        """The moves that are awaited by `due`, whoever makes them; none of a count that can no longer be corrected."""
        if self.due is None or (self.state in OPENING and self.overdue):
            return []
        moves = [row.move for row in CHALLENGE_MOVES if self.state in row.origins]
        return [move for move in moves if move is not ChallengeMove.WITHDRAW]


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


def position_on(state: ChallengeState, deadlines: Deadlines, today: date) -> Position:
    """Return the state, deadline and lateness of a stored challenge on a day."""
    due, decision_due = deadlines
    if due and due < today and state in LAPSING:
        state, due = ChallengeState.UNANSWERED, decision_due
    return Position(state, due, overdue=due is not None and due < today)


def opens_count(state: ChallengeState, deadlines: Deadlines, today: date) -> bool:
    """Return whether the challenged count may be corrected on a day."""
    return state in OPENING and deadlines.due is not None and today <= deadlines.due
