"""The table of a difficulty's moves."""

import itertools
from datetime import date

import pytest

from shared.domain.difficulty_moves import DIFFICULTY_EDITS, DIFFICULTY_MOVES, awaited_by
from shared.domain.transitions import Relation, allowed_moves, editable_fields, fields_of
from shared.vocabulary import DifficultyMove, DifficultyState, Role

OPEN, ASSIGNED, ANSWERED = DifficultyState.OPEN, DifficultyState.ASSIGNED, DifficultyState.ANSWERED
RESOLVED, WITHDRAWN, CLOSED = DifficultyState.RESOLVED, DifficultyState.WITHDRAWN, DifficultyState.CLOSED
OWN, RESPONSIBLE = frozenset({Relation.OWN}), frozenset({Relation.RESPONSIBLE})
OTHER: frozenset[Relation] = frozenset()

TRUTH = {
    # who: state: {move: state after}
    "requester": {
        OPEN: {"withdraw": WITHDRAWN},
        ASSIGNED: {"withdraw": WITHDRAWN},
        ANSWERED: {"resolve": RESOLVED, "not_resolved": ASSIGNED, "withdraw": WITHDRAWN},
    },
    "assignee": {ASSIGNED: {"answer": ANSWERED}},
    "task force": {
        OPEN: {"assign": ASSIGNED, "escalate": OPEN, "close": CLOSED},
        ASSIGNED: {"assign": ASSIGNED, "escalate": ASSIGNED, "close": CLOSED},
        ANSWERED: {"escalate": ANSWERED, "close": CLOSED},
    },
}
"""Nobody may make any other move, in no other state."""


def expected(state: DifficultyState, role: Role, relations: frozenset[Relation]) -> dict[str, DifficultyState]:
    """Return the moves of a caller by the truth table above, each with the state after it."""
    who = {
        "requester": role in (Role.CARRIER, Role.STREET) and Relation.OWN in relations,
        "assignee": role in (Role.CARRIER, Role.STREET, Role.BUREAU, Role.TASK_FORCE) and Relation.RESPONSIBLE in relations,
        "task force": role is Role.TASK_FORCE,
    }
    return {move: to for name, holds in who.items() if holds for move, to in TRUTH[name].get(state, {}).items()}


@pytest.mark.parametrize(
    ("state", "role", "relations"), list(itertools.product(DifficultyState, Role, (OWN, RESPONSIBLE, OTHER)))
)
def test_everyone_makes_the_moves_of_the_truth_table(state: DifficultyState, role: Role, relations: frozenset[Relation]) -> None:
    allowed = allowed_moves(DIFFICULTY_MOVES, state, role, relations)

    assert {row.move.value: row.to or state for row in allowed} == expected(state, role, relations)


def test_a_move_of_a_state_leads_to_one_state_and_takes_the_same_fields_everywhere() -> None:
    keys = [(origin, row.move) for row in DIFFICULTY_MOVES for origin in row.origins]

    assert len(set(keys)) == len(keys)
    assert all(row.fields == fields_of(DIFFICULTY_MOVES, row.move) for row in DIFFICULTY_MOVES)
    assert {row.move for row in DIFFICULTY_MOVES} == set(DifficultyMove)


def test_a_difficulty_is_edited_by_its_requester_until_it_is_assigned() -> None:
    may_edit = {
        (state, role)
        for state, role, relations in list(itertools.product(DifficultyState, Role, (OWN, RESPONSIBLE, OTHER)))
        if editable_fields(DIFFICULTY_EDITS, state, role, relations)
    }

    assert may_edit == {(OPEN, Role.CARRIER), (OPEN, Role.STREET)}
    assert not editable_fields(DIFFICULTY_EDITS, OPEN, Role.CARRIER, OTHER)


@pytest.mark.parametrize(
    ("state", "due_on", "day"),
    [
        (OPEN, None, date(2022, 9, 15)),
        (OPEN, date(2022, 9, 20), date(2022, 9, 15)),
        (ASSIGNED, date(2022, 9, 20), date(2022, 9, 20)),
        *((state, date(2022, 9, 20), None) for state in (ANSWERED, RESOLVED, WITHDRAWN, CLOSED)),
    ],
)
def test_the_assigned_date_replaces_the_requesters_until_there_is_an_answer(
    state: DifficultyState, due_on: date | None, day: date | None
) -> None:
    assert awaited_by(state, date(2022, 9, 15), due_on) == day
