"""The lifecycle of application cases: moves, editable fields, and the states in which a role sees them."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from shared.domain.transitions import By, Editing, Expectation, MoveField, Relation, Transition
from shared.vocabulary import CaseMove, CaseState, ExpectedAction, Role


class CaseCondition(StrEnum):
    """Conditions of moves besides state, role and relation."""

    PUBLISHED = "published"
    NOT_PUBLISHED = "not_published"
    REVOCATION_REQUESTED = "revocation_requested"
    NO_REVOCATION_REQUESTED = "no_revocation_requested"
    NO_OUTCOME = "no_outcome"  # of the recommendation


_OWN: Final = By(frozenset({Role.CARRIER, Role.STREET}), related=frozenset({Relation.OWN}))
_CONCERNED: Final = frozenset({Relation.OWN, Relation.APPLICANT})
_TASK_FORCE: Final = By(frozenset({Role.TASK_FORCE}))
_REVIEWER: Final = By(frozenset({Role.BUREAU, Role.TASK_FORCE}), unrelated=_CONCERNED)
_APPROVERS: Final = (
    By(frozenset({Role.TASK_FORCE}), unrelated=_CONCERNED),
    By(frozenset({Role.BUREAU}), related=frozenset({Relation.SUBSTITUTE}), unrelated=_CONCERNED),
)
"""Only the task force decides, and never about its own application; if no other organisation has that role, a bureau does."""
_REGULATOR: Final = By(frozenset({Role.REGULATOR}))

_EDITABLE: Final = frozenset({CaseState.DRAFT, CaseState.RETURNED})
_WAITING: Final = frozenset({CaseState.SUBMITTED, CaseState.IN_REVIEW})
COUNTING_STATES: Final = frozenset({CaseState.APPROVED, CaseState.RECOMMENDED})
"""The states in which a case counts for the indicator."""

_ON: Final = MoveField("on")
_REASON: Final = MoveField("reason")

CASE_MOVES: Final[Sequence[Transition[CaseState, CaseMove]]] = (
    Transition(move=CaseMove.SUBMIT, origins=_EDITABLE, to=CaseState.SUBMITTED, by=(_OWN,)),
    Transition(move=CaseMove.TAKE_UP, origins=frozenset({CaseState.SUBMITTED}), to=CaseState.IN_REVIEW, by=(_REVIEWER,)),
    Transition(move=CaseMove.RETURN, origins=_WAITING, to=CaseState.RETURNED, by=(_REVIEWER,), fields=(_REASON,)),
    Transition(
        move=CaseMove.REJECT,
        origins=frozenset({CaseState.IN_REVIEW}),
        to=CaseState.REJECTED,
        by=_APPROVERS,
        fields=(_REASON,),
    ),
    Transition(
        move=CaseMove.APPROVE, origins=frozenset({CaseState.IN_REVIEW}), to=CaseState.APPROVED, by=_APPROVERS, fields=(_ON,)
    ),
    Transition(
        move=CaseMove.RECOMMEND,
        origins=frozenset({CaseState.APPROVED}),
        to=CaseState.RECOMMENDED,
        by=_APPROVERS,
        fields=(MoveField("recommended_to"), _ON),
    ),
    Transition(
        move=CaseMove.RECORD_OUTCOME,
        origins=frozenset({CaseState.RECOMMENDED}),
        to=None,
        by=(_TASK_FORCE, _REGULATOR),
        fields=(MoveField("selected"), MoveField("note"), _ON),
    ),
    Transition(
        move=CaseMove.PUBLISH,
        origins=COUNTING_STATES,
        to=None,
        by=(_TASK_FORCE,),
        conditions=frozenset({CaseCondition.NOT_PUBLISHED}),
    ),
    Transition(
        move=CaseMove.UNPUBLISH,
        origins=COUNTING_STATES,
        to=None,
        by=(_TASK_FORCE,),
        conditions=frozenset({CaseCondition.PUBLISHED}),
    ),
    Transition(
        move=CaseMove.WITHDRAW,
        origins=_EDITABLE | _WAITING,
        to=CaseState.WITHDRAWN,
        by=(_OWN,),
        fields=(MoveField("reason", required=False),),
    ),
    Transition(
        move=CaseMove.REQUEST_REVOCATION,
        origins=COUNTING_STATES,
        to=None,
        by=(_OWN,),
        fields=(_REASON,),
        conditions=frozenset({CaseCondition.NO_REVOCATION_REQUESTED}),
    ),
    Transition(move=CaseMove.REVOKE, origins=COUNTING_STATES, to=CaseState.REVOKED, by=(_TASK_FORCE,), fields=(_REASON, _ON)),
    Transition(
        move=CaseMove.DECLINE_REVOCATION,
        origins=COUNTING_STATES,
        to=None,
        by=(_TASK_FORCE,),
        fields=(_REASON,),
        conditions=frozenset({CaseCondition.REVOCATION_REQUESTED}),
    ),
    Transition(
        move=CaseMove.MERGE,
        origins=frozenset(CaseState) - {CaseState.DRAFT, CaseState.MERGED},
        to=CaseState.MERGED,
        by=(_TASK_FORCE,),
        fields=(MoveField("merged_into"), MoveField("reason", required=False), MoveField("on", required=False)),
    ),
    Transition(
        move=CaseMove.UNDO_MERGE,
        origins=frozenset({CaseState.MERGED}),
        to=None,  # the move restores the state before the merge
        by=(_TASK_FORCE,),
        fields=(_REASON,),
    ),
)

CASE_FIELDS: Final = frozenset(
    {
        "title",
        "domain",
        "industry",
        "applicant",
        "credit_code",
        "partners",
        "area",
        "technologies",
        "network_mode",
        "summary",
        "results",
        "started_on",
        "investment_cny",
        "links",
    }
)
"""The fields that the organisation of a case writes; a version of the case has them."""
OPTIONAL_FIELDS: Final = frozenset({"partners", "area", "investment_cny", "links"})
"""The fields that a submitted case may lack."""

CASE_EXPECTATIONS: Final[Sequence[Expectation[CaseState, CaseMove]]] = (
    Expectation(origins=_EDITABLE, moves=(CaseMove.SUBMIT,)),
    Expectation(origins=frozenset({CaseState.SUBMITTED}), moves=(CaseMove.TAKE_UP,)),
    Expectation(origins=frozenset({CaseState.IN_REVIEW}), moves=(CaseMove.APPROVE,)),
    Expectation(
        origins=COUNTING_STATES,
        moves=(CaseMove.REVOKE, CaseMove.DECLINE_REVOCATION),
        conditions=frozenset({CaseCondition.REVOCATION_REQUESTED}),
        choice=ExpectedAction.DECIDE_REVOCATION,
    ),
    Expectation(
        origins=frozenset({CaseState.RECOMMENDED}),
        moves=(CaseMove.RECORD_OUTCOME,),
        conditions=frozenset({CaseCondition.NO_OUTCOME}),
    ),
)

CASE_EDITS: Final[Sequence[Editing[CaseState]]] = (Editing(origins=_EDITABLE, by=(_OWN,), fields=CASE_FIELDS),)

_NOT_DRAFTS: Final = frozenset(CaseState) - {CaseState.DRAFT}
VISIBLE_CASE_STATES: Final[dict[Role, frozenset[CaseState]]] = {
    Role.CARRIER: frozenset(),
    Role.STREET: frozenset(),
    Role.BUREAU: _NOT_DRAFTS,
    Role.TASK_FORCE: _NOT_DRAFTS,
    Role.LEADER: COUNTING_STATES,
    Role.REGULATOR: _NOT_DRAFTS - {CaseState.RETURNED, CaseState.WITHDRAWN},
}
"""The states in which a role sees the cases of other organisations, once they were submitted; it always sees its own."""
