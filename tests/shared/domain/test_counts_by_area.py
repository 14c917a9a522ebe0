"""A column of counts behaves as a dict of counts would."""

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.counts_by_area import CountsByArea, common_counts

WIDTH = 9
counts = st.dictionaries(st.integers(1, WIDTH - 1), st.integers(0, 2**53 - 1))


def column(by_area: dict[int, int]) -> CountsByArea:
    filled = CountsByArea(WIDTH)
    for area, count in by_area.items():
        filled[area] = count
    return filled


@given(counts)
def test_a_column_holds_what_a_dict_holds(by_area: dict[int, int]) -> None:
    filled = column(by_area)

    assert dict(filled.items()) == by_area
    assert (filled.areas(), filled.counts()) == (sorted(by_area), [by_area[area] for area in sorted(by_area)])
    assert (len(filled), bool(filled)) == (len(by_area), bool(by_area))
    assert [filled.get(area) for area in range(WIDTH)] == [by_area.get(area) for area in range(WIDTH)]
    assert filled == column(dict(reversed(by_area.items())))


@given(counts, counts)
def test_two_columns_are_compared_where_both_have_a_count(one: dict[int, int], other: dict[int, int]) -> None:
    both = sorted(one.keys() & other.keys())

    assert column(one).areas_above(column(other)) == [area for area in both if one[area] > other[area]]
    assert dict(common_counts([column(one), column(other)])) == {area: (one[area], other[area]) for area in both}
    assert column(one).has_areas_of(column(other)) is (one.keys() == other.keys())
    assert dict(column(one).updated(column(other)).items()) == one | other


@given(counts, st.lists(st.integers(1, WIDTH - 1), min_size=1))
def test_many_counts_are_added_all_or_none(by_area: dict[int, int], areas: list[int]) -> None:
    filled = column(by_area)
    free = len(set(areas)) == len(areas) and by_area.keys().isdisjoint(areas)

    assert filled.add_all(areas, range(len(areas))) is free
    assert dict(filled.items()) == (by_area | {area: n for n, area in enumerate(areas)} if free else by_area)


@given(counts, st.sets(st.integers(1, WIDTH - 1)))
def test_what_is_left_out_is_absent_and_the_column_itself_unchanged(by_area: dict[int, int], areas: set[int]) -> None:
    filled = column(by_area)

    assert dict(filled.without(areas).items()) == {area: count for area, count in by_area.items() if area not in areas}
    assert dict(filled.items()) == by_area


@given(counts)
def test_bytes_do_not_depend_on_areas_that_came_later(by_area: dict[int, int]) -> None:
    wider = CountsByArea.of(WIDTH + 5, list(by_area), list(by_area.values())) if by_area else CountsByArea(WIDTH + 5)

    assert wider.to_bytes() == column(by_area).to_bytes()
