"""The day by which a difficulty is awaited."""

from datetime import date

import pytest

from shared.domain.difficulty_moves import awaited_by
from shared.vocabulary import DifficultyState

OPEN, ASSIGNED = DifficultyState.OPEN, DifficultyState.ASSIGNED


@pytest.mark.parametrize(
    ("state", "due_on", "day"),
    [
        (OPEN, None, date(2022, 9, 15)),
        (OPEN, date(2022, 9, 20), date(2022, 9, 15)),
        (ASSIGNED, date(2022, 9, 20), date(2022, 9, 20)),
        *((state, date(2022, 9, 20), None) for state in DifficultyState if state not in {OPEN, ASSIGNED}),
    ],
)
def test_the_assigned_date_replaces_the_requesters_until_there_is_an_answer(
    state: DifficultyState, due_on: date | None, day: date | None
) -> None:
    assert awaited_by(state, date(2022, 9, 15), due_on) == day
