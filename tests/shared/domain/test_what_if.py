"""Counts laid over others: what is supposed stands, in its own month, and everything else as it was."""

from collections.abc import Mapping
from datetime import date
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.campaign.applied import AppliedDefinition
from shared.domain.counts import CellKey
from shared.domain.summary import CountsRow
from shared.domain.summary_plan import MonthPlan, SummaryCells
from shared.domain.what_if import with_hypothetical_counts

MONTHS = BEFORE, MONTH, AFTER = date(2022, 5, 1), date(2022, 8, 1), date(2022, 9, 1)
STOCKS, REFERENCE = (1, 2), 3
Standing = dict[CellKey, tuple[date, bool, int]]  # own month, accepted, value

PLAN = MonthPlan(
    MONTH,
    cast("AppliedDefinition", None),  # not asked: which cells are references says `cells`
    (),
    SummaryCells(
        metrics=STOCKS, orgs=("telecom", "economy"), references=tuple(CellKey(REFERENCE, "economy", area) for area in (1, 2, 3))
    ),
)
cells = st.one_of(
    st.builds(CellKey, st.sampled_from(STOCKS), st.sampled_from(["telecom", "economy"]), st.integers(1, 3)),
    st.builds(CellKey, st.just(REFERENCE), st.just("economy"), st.integers(1, 3)),
)
counts = st.dictionaries(cells, st.tuples(st.sampled_from([BEFORE, MONTH]), st.integers(0, 9)))
supposing_some = st.fixed_dictionaries({month: st.dictionaries(cells, st.none() | st.integers(0, 9)) for month in MONTHS})
accepting = st.sets(st.sampled_from([("telecom", MONTH), ("economy", MONTH), ("economy", BEFORE)]))


def rows(standing: Standing) -> list[CountsRow]:
    """The rows that `summary.sql` gives for some counts."""
    grouped: dict[tuple[int, str, date, bool], dict[int, int]] = {}
    for cell, (own, accepted, value) in standing.items():
        grouped.setdefault((cell.metric, cell.org, own, accepted), {})[cell.area] = value
    return [
        (MONTH, metric, org, own, accepted, sorted(found), [found[area] for area in sorted(found)])
        for (metric, org, own, accepted), found in grouped.items()
    ]


def would_be(standing: Standing, supposed: Mapping[date, Mapping[CellKey, int | None]]) -> dict[CellKey, tuple[date, int]]:
    """Each cell as August reads it: told month by month, as a person would."""
    found = {cell: (own, value) for cell, (own, _, value) in standing.items()}
    for month in (BEFORE, MONTH):
        for cell, value in supposed[month].items():
            if month != MONTH and (cell.metric != REFERENCE or found.get(cell, (BEFORE, 0))[0] > month):
                continue  # another month's own count, or one that a later vintage has replaced
            found.pop(cell, None)
            if value is not None:
                found[cell] = (month, value)
    return found


@settings(max_examples=200, deadline=None)
@given(counts, supposing_some, accepting)
def test_what_is_supposed_stands_in_its_own_month_and_nothing_else_moves(
    counted: dict[CellKey, tuple[date, int]],
    supposed: dict[date, dict[CellKey, int | None]],
    accepted: set[tuple[str, date]],
) -> None:
    months = {cell: own if cell.metric == REFERENCE else MONTH for cell, (own, _) in counted.items()}
    standing = {cell: (months[cell], (cell.org, months[cell]) in accepted, value) for cell, (_, value) in counted.items()}
    signed = {(cell.metric, cell.org, own) for cell, (own, is_accepted, _) in standing.items() if is_accepted}

    found = with_hypothetical_counts(PLAN, rows(standing), supposed)

    told = would_be(standing, supposed)
    expected = {cell: (own, (cell.metric, cell.org, own) in signed, value) for cell, (own, value) in told.items()}
    assert sorted(found) == sorted(rows(expected))
