"""The day by which an action item is awaited."""

from datetime import date

import pytest

from shared.domain.action_item_moves import awaited_by
from shared.vocabulary import ActionItemState

UNREPORTED = (ActionItemState.OPEN, ActionItemState.RETURNED)


@pytest.mark.parametrize("state", ActionItemState)
def test_a_report_is_awaited_while_there_is_none_or_it_was_returned(state: ActionItemState) -> None:
    assert awaited_by(state, date(2022, 9, 20)) == (date(2022, 9, 20) if state in UNREPORTED else None)
