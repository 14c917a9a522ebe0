"""Counts laid over others: what is supposed stands, in the month itself, and everything else as it was."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.summary import ReportRow
from shared.domain.supposed import Cell, supposing

MONTH, BEFORE = date(2022, 8, 1), date(2022, 5, 1)
Standing = dict[Cell, tuple[date, bool, int]]  # own month, accepted, value

cells = st.builds(Cell, st.integers(1, 3), st.sampled_from(["telecom", "economy"]), st.integers(1, 3))
months = st.fixed_dictionaries({org: st.sampled_from([MONTH, BEFORE]) for org in ("telecom", "economy")})
accepting = st.sets(st.sampled_from([("telecom", MONTH), ("economy", MONTH), ("economy", BEFORE)]))


def rows(standing: Standing) -> list[ReportRow]:
    """The rows that `summary.sql` gives for some counts."""
    grouped: dict[tuple[int, str, date, bool], dict[int, int]] = {}
    for cell, (own, accepted, value) in standing.items():
        grouped.setdefault((cell.metric, cell.org, own, accepted), {})[cell.area] = value
    return [
        (MONTH, metric, org, own, accepted, sorted(found), [found[area] for area in sorted(found)])
        for (metric, org, own, accepted), found in grouped.items()
    ]


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(cells, st.integers(0, 9)), st.dictionaries(cells, st.none() | st.integers(0, 9)), months, accepting)
def test_what_is_supposed_stands_and_nothing_else_moves(
    counted: dict[Cell, int], supposed: dict[Cell, int | None], own: dict[str, date], accepted: set[tuple[str, date]]
) -> None:
    standing = {cell: (own[cell.org], (cell.org, own[cell.org]) in accepted, value) for cell, value in counted.items()}
    signed = {(cell.metric, cell.org) for cell, (month, is_accepted, _) in standing.items() if month == MONTH and is_accepted}
    would_be = {cell: told for cell, told in standing.items() if cell not in supposed} | {
        cell: (MONTH, (cell.metric, cell.org) in signed, value) for cell, value in supposed.items() if value is not None
    }

    found = supposing(rows(standing), MONTH, supposed)

    assert sorted(found) == sorted(rows(would_be))
