"""Whatever is reported, a series says what was added, or why nothing is said, as it comes out by hand."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import trunc
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.indicators.rendering import line_document
from shared.domain.arithmetic import change_value
from shared.domain.counts import Breakdown
from shared.domain.series import additions, period_values
from shared.domain.series.additions import compute_addition
from shared.domain.series.period_values import PeriodValue, period_value
from shared.domain.series.periods import period_ending
from shared.domain.summary import counts_by_month
from shared.domain.summary_plan import indicators_plan
from shared.values.months import month_of
from tests.services.indicators import by_hand
from tests.services.indicators.any_town import EVERY, body_of, campaigns, cells_of, found_out, plainly, rows_of
from tests.services.indicators.by_hand import Block, Town

MONTHS = tuple(f"2022-{month:02}" for month in range(4, 10))
CAPPED = {"max_by_area", "capped_sum"}
MEANT = ("scale", "unit", "caliber", "decides")
Line = tuple[str | None, str | None]  # area and organisation
Added = tuple[int | None, int | None, float | None]


def counted(indicator: Block) -> str | None:
    """The metric of the deciding numerator."""
    numerator: str | None = by_hand.decides_of(indicator)["numerator"] or indicator["numerator"]
    return numerator


@st.composite
def histories(draw: st.DrawFn) -> tuple[int, str, Line, Sequence[Town]]:
    """Half a year of one line of an indicator: full, or with a hole or two in each month."""
    number = draw(st.integers(0, len(campaigns()) - 1))
    definition = campaigns()[number]
    code = draw(st.sampled_from([each.code for each in definition.indicators]))
    towns, holes = [], draw(st.booleans())
    for month in MONTHS:
        empty = Town(body_of(definition), month, {}, draw(st.integers(0, 5)))
        cells = sorted(cells_of(empty, code))
        size = st.integers(0, 9) | st.sampled_from([0, 2**53 - 1])
        values = draw(st.lists(size, min_size=len(cells), max_size=len(cells)))
        absent = draw(st.lists(st.sampled_from(cells), max_size=2)) if holes and cells else []
        counts = {cell: (month, value) for cell, value in zip(cells, values, strict=True) if cell not in absent}
        towns.append(Town(empty.body, month, counts, empty.cases))
    last = towns[-1]
    indicator = last.blocks("indicator")[code]
    blocks = last.blocks("metric")
    by_street = any(blocks[metric]["grain"] == "street" for metric in by_hand.read(indicator))
    numerator = blocks[counted(indicator) or ""] if counted(indicator) else {"owed_by": [], "reported_by": []}
    area = draw(st.sampled_from([None, *(last.places if by_street else [])]))
    org = draw(st.sampled_from([None, *numerator["owed_by"], *numerator["reported_by"]]))
    return number, code, (area, org), towns


def line_of(town: Town, code: str, line: Line) -> dict[str, Any] | None:
    """A line by hand; None where there is none such."""
    area, org = line
    lines = by_hand.lines(town, code, by_area=area is not None, by_org=org is not None)
    return next((each for each in lines if (each["area"], each["org"]) == line), None)


def quarter(towns: Sequence[Town], code: str) -> Town | None:
    """Three months as one: a stock is its last month's, a flow its sum; None where the months do not mean the same."""
    last = towns[-1]
    kinds = {metric: block["kind"] for metric, block in last.blocks("metric").items()}
    flows = {metric for metric in by_hand.read(last.blocks("indicator")[code]) if kinds[metric] == "flow"}
    if not flows:
        return last
    everybody = [Town(town.body, town.month, dict.fromkeys(cells_of(town, code), ("", 0))) for town in towns]
    meanings = [
        (meaning(town, code), *(town.expected(town.blocks("indicator")[code], flow) for flow in sorted(flows)))
        for town in everybody
    ]
    if any(one != meanings[-1] for one in meanings):
        return None
    counts = {cell: dated for cell, dated in last.counts.items() if cell[1] not in flows}
    seen = [{cell: town.counts[cell][1] for cell in town.counts if cell[1] in flows} for town in towns]
    for cell in reduce(lambda some, others: some & others, [set(each) for each in seen]):
        counts[cell] = (last.month, sum(each[cell] for each in seen))
    active = frozenset(org for each in seen for org, _, _ in each)
    return Town(last.body, last.month, counts, last.cases, active=active, period="quarter")


def meaning(town: Town, code: str) -> Sequence[Any]:
    indicator = town.blocks("indicator")[code]
    decides = by_hand.decides_of(indicator)
    return [*(indicator[key] for key in MEANT), counted(indicator), by_hand.divisor_of(indicator, decides), decides["reducer"]]


def added(earlier: Town, later: Town, code: str, line: Line) -> Added:
    """Return the additions between two periods; None if the counts are not comparable."""
    if line_of(earlier, code, line) is None or meaning(earlier, code) != meaning(later, code):
        return None, None, None
    if "not_reported" in [(line_of(town, code, line) or {})["status"] for town in (earlier, later)]:
        return None, None, None
    indicator = later.blocks("indicator")[code]
    decides = by_hand.decides_of(indicator)
    reducer, metrics = decides["reducer"], (counted(indicator), by_hand.divisor_of(indicator, decides))
    cells = [[town.within(indicator, metric, *line) for metric in metrics] for town in (earlier, later)]
    whole = [
        sorted(before) == sorted(after)
        and not any(cell not in town.counts for town, own in ((earlier, before), (later, after)) for cell in own)
        for before, after in zip(*cells, strict=True)
    ]
    flow = [metric is not None and later.blocks("metric")[metric]["kind"] == "flow" for metric in metrics]
    (top, bottom), (new_top, new_bottom) = (
        by_hand.reduced(town, indicator, decides, *own) for town, own in zip((earlier, later), cells, strict=True)
    )
    rests_on = [whole[0] and (whole[1] or reducer not in CAPPED), whole[1] and (whole[0] or reducer != "each")]
    numerator, denominator = (
        new - old if rests and not is_flow else None
        for new, old, rests, is_flow in zip((new_top, new_bottom), (top, bottom), rests_on, flow, strict=True)
    )
    if not (all(whole) and bottom and new_bottom):
        return numerator, denominator, None
    change = Fraction(new_top * indicator["scale"], new_bottom) - Fraction(top * indicator["scale"], bottom)
    return numerator, denominator, trunc(change * 10_000) / 10_000


def agrees(drawn: tuple[int, str, Line, Sequence[Town]]) -> None:
    """Hold half a year of a line, by month and by quarter, against the same by hand."""
    number, code, line, towns = drawn
    definition = campaigns()[number]
    within = Breakdown(definition.area_numbers[line[0]] if line[0] else None, line[1])
    plans = {month_of(town.month): indicators_plan(definition, month_of(town.month), frozenset((code,))) for town in towns}
    facts = counts_by_month(plans.values(), [row for town in towns for row in rows_of(town, definition)])
    for length in (1, 3):
        periods: Mapping[str, Town | None] = (
            {town.month: town for town in towns}
            if length == 1
            else {group[-1].month: quarter(group, code) for group in (towns[:3], towns[3:])}
        )
        found_figures = {month: period_value(period_ending(month_of(month), length), plans, facts, within) for month in periods}
        for month, town in periods.items():
            expected, found = line_of(town, code, line) if town else None, found_figures[month]
            assert (plainly(line_document(found.line, definition, None)) if isinstance(found, PeriodValue) else None) == expected
        for (month, town), (after, later) in zip(list(periods.items())[:-1], list(periods.items())[1:], strict=True):
            found, base = found_figures[after], found_figures[month]
            if not isinstance(found, PeriodValue) or later is None:
                continue
            told = compute_addition(found.period.previous(), base if isinstance(base, PeriodValue) else None, found, ())
            change = None if told.value is None else change_value(told.value)
            expected_added = (None, None, None) if town is None else added(town, later, code, line)
            assert (told.numerator, told.denominator, change) == expected_added
            assert None not in expected_added or told.breaks
            shown = [each.line.deciding.display for each in (base, found) if isinstance(each, PeriodValue)]
            assert (told.display is None) is (change is None)
            assert told.display is None or Decimal(told.display) == Decimal(shown[1] or "") - Decimal(shown[0] or "")


@EVERY
@given(histories())
def test_every_point_and_every_addition_is_as_it_comes_out_by_hand(drawn: tuple[int, str, Line, Sequence[Town]]) -> None:
    agrees(drawn)


@pytest.mark.parametrize(
    ("module", "name", "mutant"),
    [
        (period_values, "_flows", lambda *_: {}),  # a quarter of a flow is its last month
        (period_values, "_same_throughout", lambda *_: True),
        (additions, "_changed_reporters", lambda *_: ()),
        (additions, "_dependent_sides", lambda *_: frozenset()),
    ],
)
def test_a_mutant_of_the_series_is_found_out(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, mutant: Callable[..., Any]
) -> None:
    monkeypatch.setattr(module, name, mutant)

    assert found_out(histories(), agrees)
