"""The table of a case's moves."""

import itertools

import pytest

from shared.domain.case_moves import CASE_MOVES, VISIBLE_CASE_STATES
from shared.domain.transitions import By, MoveField, Relation, Transition, allowed_moves, fields_of, may_ever_move
from shared.vocabulary import CaseMove, CaseState, Role

OWN = frozenset({Relation.OWN})
NONE: frozenset[Relation] = frozenset()
REPORTERS = (Role.CARRIER, Role.STREET)


def to(state: CaseState, move: CaseMove, role: Role, *, own: bool) -> CaseState | None:
    """Return the state after a move, None if it is not allowed."""
    allowed = allowed_moves(CASE_MOVES, state, role, OWN if own else NONE)
    return next((transition.to or state for transition in allowed if transition.move is move), None)


@pytest.mark.parametrize(
    ("state", "move", "role", "own", "after"),
    [
        (CaseState.DRAFT, CaseMove.SUBMIT, Role.CARRIER, True, CaseState.SUBMITTED),
        (CaseState.SUBMITTED, CaseMove.TAKE_UP, Role.BUREAU, False, CaseState.IN_REVIEW),
        (CaseState.IN_REVIEW, CaseMove.APPROVE, Role.TASK_FORCE, False, CaseState.APPROVED),
        (CaseState.SUBMITTED, CaseMove.APPROVE, Role.TASK_FORCE, False, None),
        (CaseState.IN_REVIEW, CaseMove.APPROVE, Role.TASK_FORCE, True, None),
        (CaseState.RECOMMENDED, CaseMove.RECORD_OUTCOME, Role.REGULATOR, False, CaseState.RECOMMENDED),
        (CaseState.SUBMITTED, CaseMove.RETURN, Role.BUREAU, False, CaseState.RETURNED),
        (CaseState.RETURNED, CaseMove.SUBMIT, Role.STREET, True, CaseState.SUBMITTED),
        (CaseState.IN_REVIEW, CaseMove.WITHDRAW, Role.CARRIER, True, CaseState.WITHDRAWN),
        (CaseState.APPROVED, CaseMove.WITHDRAW, Role.CARRIER, True, None),
        (CaseState.IN_REVIEW, CaseMove.APPROVE, Role.BUREAU, False, None),
        (CaseState.IN_REVIEW, CaseMove.APPROVE, Role.CARRIER, True, None),
        (CaseState.DRAFT, CaseMove.APPROVE, Role.TASK_FORCE, False, None),
        (CaseState.APPROVED, CaseMove.WITHDRAW, Role.CARRIER, False, None),
        (CaseState.APPROVED, CaseMove.RETURN, Role.TASK_FORCE, False, None),
    ],
)
def test_the_table_says_who_moves_what_where(
    state: CaseState, move: CaseMove, role: Role, own: bool, after: CaseState | None
) -> None:
    assert to(state, move, role, own=own) == after


def test_one_move_of_a_state_leads_to_one_place() -> None:
    keys = [(origin, row.move) for row in CASE_MOVES for origin in row.origins]

    assert len(set(keys)) == len(keys)


def test_a_move_takes_the_same_fields_in_every_state() -> None:
    for row in CASE_MOVES:
        assert row.fields == fields_of(CASE_MOVES, row.move)


def test_only_the_task_force_approves() -> None:
    assert [role for role in Role if may_ever_move(CASE_MOVES, CaseMove.APPROVE, role, NONE)] == [Role.TASK_FORCE]


def test_whoever_moves_other_peoples_cases_sees_them() -> None:
    for row, state, role in itertools.product(CASE_MOVES, CaseState, Role):
        if to(state, row.move, role, own=False):
            assert state in VISIBLE_CASE_STATES[role]


def test_drafts_are_seen_by_their_own_organisation_alone() -> None:
    assert set(VISIBLE_CASE_STATES) == set(Role)
    assert not any(CaseState.DRAFT in seen for seen in VISIBLE_CASE_STATES.values())
    assert all(VISIBLE_CASE_STATES[role] == frozenset() for role in REPORTERS)


def test_callers_are_named_by_role_and_by_what_they_are_and_are_not_to_an_item() -> None:
    lead = By(frozenset({Role.BUREAU}), related=frozenset({Relation.LEAD}), unrelated=OWN)
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
