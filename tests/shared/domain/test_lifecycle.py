"""The table of a case's moves."""

import itertools

import pytest

from shared.domain.lifecycle import CASE_MOVES, VISIBLE_CASE_STATES, available_moves, may_ever_move, next_state
from shared.vocabulary import CaseMove, CaseState, Role

REPORTERS = (Role.CARRIER, Role.STREET)


@pytest.mark.parametrize(
    ("state", "move", "role", "own", "to"),
    [
        (CaseState.DRAFT, CaseMove.SUBMIT, Role.CARRIER, True, CaseState.SUBMITTED),
        (CaseState.SUBMITTED, CaseMove.APPROVE, Role.TASK_FORCE, False, CaseState.APPROVED),
        (CaseState.SUBMITTED, CaseMove.RETURN, Role.BUREAU, False, CaseState.RETURNED),
        (CaseState.RETURNED, CaseMove.SUBMIT, Role.STREET, True, CaseState.SUBMITTED),
        (CaseState.APPROVED, CaseMove.WITHDRAW, Role.CARRIER, True, CaseState.WITHDRAWN),
        (CaseState.SUBMITTED, CaseMove.APPROVE, Role.BUREAU, False, None),
        (CaseState.SUBMITTED, CaseMove.APPROVE, Role.CARRIER, True, None),
        (CaseState.DRAFT, CaseMove.APPROVE, Role.TASK_FORCE, False, None),
        (CaseState.APPROVED, CaseMove.WITHDRAW, Role.CARRIER, False, None),
        (CaseState.APPROVED, CaseMove.RETURN, Role.TASK_FORCE, False, None),
    ],
)
def test_the_table_says_who_moves_what_where(
    state: CaseState, move: CaseMove, role: Role, own: bool, to: CaseState | None
) -> None:
    assert next_state(CASE_MOVES, state, move, role, own=own) == to


def test_nothing_leaves_withdrawn() -> None:
    assert not [row for row in CASE_MOVES if row.origin is CaseState.WITHDRAWN]


def test_one_move_of_a_state_leads_to_one_place() -> None:
    assert len({(row.origin, row.move) for row in CASE_MOVES}) == len(CASE_MOVES)


def test_only_the_task_force_approves() -> None:
    assert [role for role in Role if may_ever_move(CASE_MOVES, CaseMove.APPROVE, role, own=True)] == [Role.TASK_FORCE]


def test_the_actions_offered_are_the_moves_that_are_taken() -> None:
    for state, role, own in itertools.product(CaseState, Role, (True, False)):
        offered = available_moves(CASE_MOVES, state, role, own=own)
        assert offered == [move for move in CaseMove if move in offered]
        assert set(offered) == {move for move in CaseMove if next_state(CASE_MOVES, state, move, role, own=own)}


def test_whoever_moves_other_peoples_cases_sees_them() -> None:
    for row in CASE_MOVES:
        for role in row.roles:
            assert row.own or row.origin in VISIBLE_CASE_STATES[role]


def test_drafts_are_seen_by_their_own_organisation_alone() -> None:
    assert set(VISIBLE_CASE_STATES) == set(Role)
    assert not any(CaseState.DRAFT in seen for seen in VISIBLE_CASE_STATES.values())
    assert all(VISIBLE_CASE_STATES[role] == frozenset() for role in REPORTERS)
