"""The clocks of challenges, day by day around every deadline."""

from datetime import date, timedelta

import pytest

from shared.campaign.definition import Definition
from shared.domain.challenges import Deadlines, deadlines_from, opens_count, position_on
from shared.vocabulary import ChallengeState
from tests.shared.campaign.plans import shipped

LIANGJIANG = shipped("liangjiang")
BEFORE_NATIONAL_DAY = date(2022, 9, 29)  # a Thursday


def days(*numbers: int, month: int = 10) -> list[str]:
    """Days of October 2022, or of another month."""
    return [str(date(2022, month, number)) for number in numbers]


@pytest.mark.parametrize(
    ("state", "entered", "due", "decision_due"),
    [
        ("open", "2022-08-01", "2022-08-08", "2022-08-15"),
        ("open", "2022-09-29", "2022-10-11", "2022-10-18"),  # 30 September, 8 and 9 October count
        ("open", "2022-10-08", "2022-10-13", "2022-10-20"),  # a moved working day, a Saturday
        ("conceded", "2022-09-30", "2022-10-12", "2022-10-19"),
        ("rebutted", "2022-09-28", "2022-10-10", None),
        ("corrected", "2022-10-01", "2022-10-12", None),  # on a holiday
        ("upheld", "2022-09-30", "2022-10-12", None),
        ("dismissed", "2022-09-30", None, None),
        ("withdrawn", "2022-09-30", None, None),
    ],
)
def test_a_state_sets_its_deadlines(state: str, entered: str, due: str | None, decision_due: str | None) -> None:
    found = deadlines_from(ChallengeState(state), date.fromisoformat(entered), LIANGJIANG)

    assert [day and str(day) for day in found] == [due, decision_due]


def test_the_campaign_file_sets_the_numbers_of_days() -> None:
    body = LIANGJIANG.body() | {"challenges": {"answer_days": 1, "correction_days": 2, "decision_days": 3}}
    definition = Definition.model_validate(body)

    assert deadlines_from(ChallengeState.OPEN, BEFORE_NATIONAL_DAY, definition) == (date(2022, 9, 30), date(2022, 10, 10))
    assert deadlines_from(ChallengeState.CONCEDED, BEFORE_NATIONAL_DAY, definition) == (date(2022, 10, 8), date(2022, 10, 11))
    assert deadlines_from(ChallengeState.REBUTTED, BEFORE_NATIONAL_DAY, definition) == (date(2022, 10, 9), None)
    assert deadlines_from(ChallengeState.UPHELD, BEFORE_NATIONAL_DAY, definition) == (date(2022, 10, 8), None)


@pytest.mark.parametrize("day", [BEFORE_NATIONAL_DAY + timedelta(days=offset) for offset in range(25)], ids=str)
@pytest.mark.parametrize("state", ChallengeState)
def test_the_position_on_each_day_after_a_move_before_the_national_day_week(state: ChallengeState, day: date) -> None:
    found = position_on(state, deadlines_from(state, BEFORE_NATIONAL_DAY, LIANGJIANG), day)

    due, decision_due = "2022-10-11", "2022-10-18"
    if state in ("open", "conceded"):
        shown, shown_due = ("unanswered", decision_due) if str(day) > due else (state, due)
        assert found == (shown, date.fromisoformat(shown_due), str(day) > decision_due)
    elif state == "upheld":  # after its deadline nothing is expected, and nothing is late
        assert found == (state, date.fromisoformat(due) if str(day) <= due else None, False)
    elif state in ("rebutted", "corrected"):
        assert found == (state, date.fromisoformat(due), str(day) > due)
    else:
        assert found == (state, None, False)


@pytest.mark.parametrize("state", ChallengeState)
def test_a_count_is_open_from_the_concession_or_decision_to_the_deadline(state: ChallengeState) -> None:
    deadlines = deadlines_from(state, BEFORE_NATIONAL_DAY, LIANGJIANG)
    open_days = [str(day) for day in (date(2022, 10, number) for number in range(9, 14)) if opens_count(state, deadlines, day)]

    assert open_days == (days(9, 10, 11) if state in ("conceded", "upheld") else [])


def test_an_upheld_count_that_was_corrected_is_open_no_more() -> None:
    assert not opens_count(ChallengeState.UPHELD, Deadlines(None, None), BEFORE_NATIONAL_DAY)
    assert position_on(ChallengeState.UPHELD, Deadlines(None, None), BEFORE_NATIONAL_DAY) == ("upheld", None, False)
