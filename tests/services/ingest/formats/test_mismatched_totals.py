"""Rows that are parts of totals that differ."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.formats.mismatched_totals import MismatchedTotals
from services.ingest.formats.rows import SummedRows

KEY = ("homes", "a", "2022-08")


def test_a_row_is_a_part_if_it_stands_between_and_is_of_what_the_total_names() -> None:
    mismatched_totals = MismatchedTotals(
        [
            SummedRows(2, 5, ("homes", None, None)),
            SummedRows(5, 7, ("homes", None, None)),
            SummedRows(3, 4, (None, "b", None)),
        ]
    )

    assert not any(MismatchedTotals([]).covers(number, KEY) for number in range(10))
    assert [number for number in range(10) if mismatched_totals.covers(number, KEY)] == [3, 4, 6]
    assert not any(mismatched_totals.covers(number, ("ports", "a", "2022-08")) for number in range(10))


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 6)), min_size=1, max_size=12))
def test_many_spans_are_as_each_by_itself(spans: list[tuple[int, int]]) -> None:
    mismatched_totals = MismatchedTotals([SummedRows(after, after + length, KEY) for after, length in spans])

    expected = [number for number in range(50) if any(after < number < after + length for after, length in spans)]
    assert [number for number in range(50) if mismatched_totals.covers(number, KEY)] == expected
