"""The state of a target against its due date, by cases and against a second telling with fractions."""

from calendar import monthrange
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.arithmetic import Threshold
from shared.domain.deadline import Deadline, MonthValue, deadline_of, last_month_ended_by
from shared.vocabulary import Comparator, DeadlineState

QUARTER = Threshold(Fraction(25), Comparator.AT_LEAST)
DUE = date(2022, 8, 31)


def months(*numerators: int | None) -> list[MonthValue]:
    """Months from June on with numerators over 100."""
    return [MonthValue(date(2022, 6 + place, 1), numerator, 100, 100) for place, numerator in enumerate(numerators)]


@pytest.mark.parametrize(
    ("numerators", "state", "first_met"),
    [
        ((24, 24), "open", None),
        ((25, 24), "open", "2022-06-01"),  # not due yet, whatever was met before
        ((24, 24, 25), "on_time", "2022-08-01"),
        ((25, 24, 25), "on_time", "2022-06-01"),
        ((24, 25, 24, 24), "lapsed", "2022-07-01"),
        ((24, 25, 24, 25), "on_time", "2022-07-01"),  # regained
        ((24, 24, 24), "missed", None),
        ((24, 24, 24, 25), "late", "2022-09-01"),
        ((24, 24, 24, 25, 24), "missed", "2022-09-01"),  # late, and not any more
        ((24, 24, None), None, None),
        ((25, 25, None), None, "2022-06-01"),
        ((25, None, None, 25), "on_time", "2022-06-01"),
        ((24, None, None, 25), "late", "2022-09-01"),
    ],
)
def test_the_state_of_a_target_of_the_end_of_august(
    numerators: tuple[int | None, ...], state: str | None, first_met: str | None
) -> None:
    found = deadline_of(DUE, QUARTER, months(*numerators))

    assert (found.state, found.first_met_month and str(found.first_met_month)) == (state, first_met)
    at_due = numerators[2] if len(numerators) > 2 else None
    assert found.value_at_due == at_due


@pytest.mark.parametrize(
    ("due", "last"),
    [
        ("2022-08-31", "2022-08"),
        ("2022-08-30", "2022-07"),
        ("2022-03-01", "2022-02"),
        ("2024-02-28", "2024-01"),
        ("2024-02-29", "2024-02"),
    ],
)
def test_a_due_date_within_a_month_is_judged_by_the_month_before(due: str, last: str) -> None:
    assert f"{last_month_ended_by(date.fromisoformat(due)):%Y-%m}" == last


def test_a_denominator_of_0_is_no_value_and_one_that_must_not_be_exceeded_is_reached_from_above() -> None:
    at_most = Threshold(Fraction(3), Comparator.AT_MOST)
    values = [MonthValue(date(2022, 7, 1), 4, 1, 1), MonthValue(date(2022, 8, 1), 3, 1, 1), MonthValue(date(2022, 9, 1), 3, 0, 1)]

    assert deadline_of(DUE, at_most, values[:2]) == Deadline(DUE, DeadlineState.ON_TIME, date(2022, 8, 1), 3.0)
    assert deadline_of(DUE, at_most, values) == Deadline(DUE, None, date(2022, 8, 1), 3.0)


counts = st.tuples(st.none() | st.integers(0, 9), st.integers(0, 9), st.sampled_from([1, 7]))


@settings(max_examples=300, deadline=None)
@given(st.lists(counts, min_size=1, max_size=9), st.dates(date(2021, 12, 1), date(2022, 12, 31)), st.sampled_from(Comparator))
def test_any_history_is_judged_as_its_months_say(
    found: list[tuple[int | None, int, int]], due: date, comparator: Comparator
) -> None:
    target = Fraction(5, 3)
    ends = [date(2022, month, monthrange(2022, month)[1]) for month in range(1, len(found) + 1)]
    ratios = [None if top is None or not bottom else Fraction(top * scale, bottom) for top, bottom, scale in found]
    met = [ratio is not None and (ratio <= target if comparator == "<=" else ratio >= target) for ratio in ratios]

    told = deadline_of(
        due, Threshold(target, comparator), [MonthValue(end.replace(day=1), *each) for end, each in zip(ends, found, strict=True)]
    )

    in_time = any(each for each, end in zip(met, ends, strict=True) if end <= due)
    assert (told.state == "open") is (due > ends[-1])
    if due <= ends[-1]:
        expected = {(True, True): "on_time", (True, False): "late", (False, True): "lapsed", (False, False): "missed"}
        assert told.state == (None if ratios[-1] is None else expected[met[-1], in_time])
    assert told.first_met_month == next((end.replace(day=1) for each, end in zip(met, ends, strict=True) if each), None)
    last = [ratio for ratio, end in zip(ratios, ends, strict=True) if end <= due][-1:]
    reached = any(end.replace(day=1) == last_month_ended_by(due) for end in ends)
    at_due = last[0] if last and reached else None
    assert told.value_at_due == (None if at_due is None else int(at_due * 10_000) / 10_000)
