"""Which rows are parts of totals that differ."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.formats.rows import SummedRows
from services.ingest.formats.totals.mismatches import MismatchedTotals

KEY = ("homes", "a", "2022-08")


def test_a_row_is_a_part_if_it_stands_between_and_is_of_what_the_total_names() -> None:
    untrue = MismatchedTotals()
    assert not untrue
    for parts in (
        SummedRows(2, 5, ("homes", None, None)),
        SummedRows(5, 7, ("homes", None, None)),
        SummedRows(3, 4, (None, "b", None)),
    ):
        untrue.add(parts)

    assert untrue
    assert [number for number in range(10) if untrue.covers(number, KEY)] == [3, 4, 6]
    assert not any(untrue.covers(number, ("ports", "a", "2022-08")) for number in range(10))


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 6)), min_size=1, max_size=12))
def test_many_spans_are_as_each_by_itself(spans: list[tuple[int, int]]) -> None:
    untrue = MismatchedTotals()
    for after, length in spans:
        untrue.add(SummedRows(after, after + length, KEY))

    expected = [number for number in range(50) if any(after < number < after + length for after, length in spans)]
    assert [number for number in range(50) if untrue.covers(number, KEY)] == expected
