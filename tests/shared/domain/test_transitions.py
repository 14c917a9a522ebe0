"""Callers that a transition names."""

from shared.domain.transitions import By, MoveField, Relation, Transition, allowed_moves, may_ever_move
from shared.vocabulary import CaseMove, CaseState, Role


def test_callers_are_named_by_role_and_by_what_they_are_and_are_not_to_an_item() -> None:
    lead = By(frozenset({Role.BUREAU}), related=frozenset({Relation.LEAD}), unrelated=frozenset({Relation.OWN}))
    row = Transition(
        move=CaseMove.RETURN,
        origins=frozenset({CaseState.SUBMITTED}),
        to=None,
        by=(lead,),
        fields=(MoveField("reason"),),
        conditions=frozenset({"in_time"}),
    )

    def allowed(role: Role, *relations: Relation, conditions: tuple[str, ...] = ("in_time",)) -> bool:
        return bool(allowed_moves([row], CaseState.SUBMITTED, role, relations, conditions))

    assert allowed(Role.BUREAU, Relation.LEAD)
    assert not allowed(Role.BUREAU)
    assert not allowed(Role.BUREAU, Relation.LEAD, Relation.OWN)
    assert not allowed(Role.TASK_FORCE, Relation.LEAD)
    assert not allowed(Role.BUREAU, Relation.LEAD, conditions=())
    assert may_ever_move([row], CaseMove.RETURN, Role.BUREAU, [Relation.LEAD])
