"""The table of an action item's moves."""

import itertools
from datetime import date

import pytest

from shared.domain.action_item_moves import ACTION_ITEM_EDITS, ACTION_ITEM_MOVES, awaited_by
from shared.domain.transitions import Relation, allowed_moves, editable_fields, fields_of
from shared.vocabulary import ActionItemMove, ActionItemState, Role

OPEN, REPORTED, ACCEPTED = ActionItemState.OPEN, ActionItemState.REPORTED, ActionItemState.ACCEPTED
RETURNED, WITHDRAWN = ActionItemState.RETURNED, ActionItemState.WITHDRAWN
RELATIONS = (frozenset({Relation.OWN}), frozenset({Relation.ISSUER}), frozenset[Relation]())

TRUTH = {
    # who: state: {move: state after}
    "responsible": {OPEN: {"report": REPORTED}, RETURNED: {"report": REPORTED}},
    "task force": {REPORTED: {"accept": ACCEPTED, "return": RETURNED}},
    "issuer": {state: {"withdraw": WITHDRAWN} for state in (OPEN, REPORTED, RETURNED)},
}
"""Nobody may make any other move, in no other state."""


def expected(state: ActionItemState, role: Role, relations: frozenset[Relation]) -> dict[str, ActionItemState]:
    """Return the moves of a caller by the truth table above, each with the state after it."""
    who = {
        "responsible": role not in (Role.LEADER, Role.REGULATOR) and Relation.OWN in relations,
        "task force": role is Role.TASK_FORCE,
        "issuer": role in (Role.TASK_FORCE, Role.LEADER) and Relation.ISSUER in relations,
    }
    return {move: to for name, holds in who.items() if holds for move, to in TRUTH[name].get(state, {}).items()}


@pytest.mark.parametrize(("state", "role", "relations"), list(itertools.product(ActionItemState, Role, RELATIONS)))
def test_everyone_makes_the_moves_of_the_truth_table(state: ActionItemState, role: Role, relations: frozenset[Relation]) -> None:
    allowed = allowed_moves(ACTION_ITEM_MOVES, state, role, relations)

    assert {row.move.value: row.to or state for row in allowed} == expected(state, role, relations)


def test_a_move_of_a_state_leads_to_one_state_and_takes_the_same_fields_everywhere() -> None:
    keys = [(origin, row.move) for row in ACTION_ITEM_MOVES for origin in row.origins]

    assert len(set(keys)) == len(keys)
    assert all(row.fields == fields_of(ACTION_ITEM_MOVES, row.move) for row in ACTION_ITEM_MOVES)
    assert {row.move for row in ACTION_ITEM_MOVES} == set(ActionItemMove)


def test_an_action_item_is_edited_by_its_issuer_until_it_is_reported() -> None:
    may_edit = {
        (state, role, relations)
        for state, role, relations in itertools.product(ActionItemState, Role, RELATIONS)
        if editable_fields(ACTION_ITEM_EDITS, state, role, relations)
    }

    issuers = itertools.product((OPEN, RETURNED), (Role.TASK_FORCE, Role.LEADER), (frozenset({Relation.ISSUER}),))
    assert may_edit == set(issuers)


@pytest.mark.parametrize("state", ActionItemState)
def test_a_report_is_awaited_while_there_is_none_or_it_was_returned(state: ActionItemState) -> None:
    assert awaited_by(state, date(2022, 9, 20)) == (date(2022, 9, 20) if state in (OPEN, RETURNED) else None)
