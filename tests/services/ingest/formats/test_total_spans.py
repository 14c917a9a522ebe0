"""Rows that are parts of totals."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.formats.rows import SummedRows
from services.ingest.formats.total_spans import TotalSpans

KEY = ("homes", "a", "2022-08")


def test_a_row_is_a_part_if_it_stands_between_and_is_of_what_the_total_names() -> None:
    spans_of_totals = TotalSpans(
        [
            SummedRows(2, 5, ("homes", None, None)),
            SummedRows(5, 7, ("homes", None, None)),
            SummedRows(3, 4, (None, "b", None)),
        ]
    )

    assert not any(TotalSpans([]).cover(number, number, KEY) for number in range(10))
    assert [number for number in range(10) if spans_of_totals.cover(number, number, KEY)] == [3, 4, 6]
    assert not any(spans_of_totals.cover(number, number, ("ports", "a", "2022-08")) for number in range(10))


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 6)), min_size=1, max_size=12))
def test_many_spans_are_as_each_by_itself(spans: list[tuple[int, int]]) -> None:
    spans_of_totals = TotalSpans([SummedRows(after, after + length, KEY) for after, length in spans])

    expected = [number for number in range(50) if any(after < number < after + length for after, length in spans)]
    assert [number for number in range(50) if spans_of_totals.cover(number, number, KEY)] == expected


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)), min_size=1, max_size=6))
def test_two_rows_belong_together_if_one_total_adds_up_both(spans: list[tuple[int, int]]) -> None:
    totals = TotalSpans([SummedRows(after, after + length, KEY) for after, length in spans])
    pairs = [(first, last) for first in range(45) for last in range(first, 45)]

    expected = [pair for pair in pairs if any(after < pair[0] and pair[1] < after + length for after, length in spans)]
    assert [pair for pair in pairs if totals.cover(*pair, KEY)] == expected
