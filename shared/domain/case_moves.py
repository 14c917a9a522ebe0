"""The moves of application cases, and the states in which a role sees them."""

from collections.abc import Mapping, Sequence
from typing import Final

from shared.domain.transitions import By, Editing, MoveField, Relation, Transition
from shared.vocabulary import CaseMove, CaseState, Role

_OWN: Final = By(frozenset({Role.CARRIER, Role.STREET}), related=frozenset({Relation.OWN}))
_TASK_FORCE: Final = By(frozenset({Role.TASK_FORCE}))
_BUREAU: Final = By(frozenset({Role.BUREAU}))

CASE_MOVES: Final[Sequence[Transition[CaseState, CaseMove]]] = (
    Transition(
        move=CaseMove.SUBMIT,
        origins=frozenset({CaseState.DRAFT, CaseState.RETURNED}),
        to=CaseState.SUBMITTED,
        by=(_OWN,),
    ),
    Transition(
        move=CaseMove.APPROVE,
        origins=frozenset({CaseState.SUBMITTED}),
        to=CaseState.APPROVED,
        by=(_TASK_FORCE,),
        fields=(MoveField("on"),),
    ),
    Transition(
        move=CaseMove.RETURN,
        origins=frozenset({CaseState.SUBMITTED}),
        to=CaseState.RETURNED,
        by=(_TASK_FORCE, _BUREAU),
        fields=(MoveField("reason"),),
    ),
    Transition(
        move=CaseMove.WITHDRAW,
        origins=frozenset({CaseState.DRAFT, CaseState.RETURNED, CaseState.SUBMITTED, CaseState.APPROVED}),
        to=CaseState.WITHDRAWN,
        by=(_OWN,),
        fields=(MoveField("reason", required=False),),
    ),
)

AWAITED_MOVES: Final[Mapping[CaseState, CaseMove]] = {
    CaseState.RETURNED: CaseMove.SUBMIT,
    CaseState.SUBMITTED: CaseMove.APPROVE,
}
"""The move that a case waits for; others may be made instead."""

CASE_EDITS: Final[Sequence[Editing[CaseState]]] = (
    Editing(
        origins=frozenset({CaseState.DRAFT, CaseState.RETURNED}),
        by=(_OWN,),
        fields=frozenset({"title", "domain", "applicant", "summary", "area"}),
    ),
)

VISIBLE_CASE_STATES: Final[dict[Role, frozenset[CaseState]]] = {
    Role.CARRIER: frozenset(),
    Role.STREET: frozenset(),
    Role.BUREAU: frozenset(CaseState) - {CaseState.DRAFT},
    Role.TASK_FORCE: frozenset(CaseState) - {CaseState.DRAFT},
    Role.LEADER: frozenset({CaseState.APPROVED}),
    Role.REGULATOR: frozenset({CaseState.SUBMITTED, CaseState.APPROVED}),
}
"""The states in which a role sees the cases of other organisations; it always sees its own."""
