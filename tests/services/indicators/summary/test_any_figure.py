"""Whatever is reported, every figure is what fractions make of it: a value, or the reason why there is none."""

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.indicators.rendering import line_document
from shared.campaign.applied import AppliedDefinition
from shared.campaign.load import load
from shared.domain import summary_lines as computing
from shared.domain.arithmetic import Threshold
from shared.domain.counts import MetricCounts
from shared.domain.reducers import REDUCERS
from shared.domain.summary import summarise
from shared.domain.summary_plan import summary_plan
from shared.values.months import month_of
from shared.vocabulary import Reducer
from tests.fixtures_campaign import CAMPAIGNS, LIANGJIANG
from tests.fixtures_campaign_api import CampaignApi
from tests.services.indicators import by_hand
from tests.services.indicators.any_town import (
    EVERY,
    MONTH,
    OLDER,
    body_of,
    campaigns,
    cells_of,
    found_out,
    plainly,
    rows_of,
    some_accepted,
)
from tests.services.indicators.by_hand import Cell, Town

LARGEST = 2**53 - 1
BREAKDOWNS = [(False, False), (True, False), (False, True), (True, True)]
Counts = dict[Cell, tuple[str, int]]


@st.composite
def towns(draw: st.DrawFn) -> tuple[int, str, Town]:
    """A month of some campaign, seen by one indicator: full or with holes, of any size, or close to its target."""
    number = draw(st.integers(0, len(campaigns()) - 1))
    definition = campaigns()[number]
    code = draw(st.sampled_from([each.code for each in definition.indicators]))
    town = Town(body_of(definition), MONTH, {}, draw(st.integers(0, 9)), frozenset(draw(some_accepted(definition))))
    holes = draw(st.booleans())
    size = st.sampled_from([0, 1, 2, LARGEST // 4, LARGEST]) | st.integers(0, 9) | st.integers(0, LARGEST)
    cells = sorted(cells_of(town, code))
    values = draw(st.lists(st.none() | size if holes else size, min_size=len(cells), max_size=len(cells)))
    counts = {cell: value for cell, value in zip(cells, values, strict=True) if value is not None}
    if draw(st.booleans()):
        counts |= draw(_near(town, code, cells))
    references = {metric for metric, block in town.blocks("metric").items() if block["kind"] == "reference"}
    months = [draw(st.sampled_from([MONTH, OLDER])) if cell[1] in references else MONTH for cell in counts]
    dated = {cell: (month, value) for month, (cell, value) in zip(months, counts.items(), strict=True)}
    return number, code, Town(town.body, MONTH, dated, town.cases, town.accepted)


@st.composite
def _near(draw: st.DrawFn, town: Town, code: str, cells: Sequence[Cell]) -> dict[Cell, int]:
    """Counts whose sum just reaches the target, or misses it by one."""
    indicator = town.blocks("indicator")[code]
    decides = by_hand.decides_of(indicator)
    each = draw(st.sampled_from([1, LARGEST // 8, LARGEST // 9]))
    targets = [Fraction(one["value"]) for one in town.body["target"] if one["indicator"] == code] or [Fraction(25)]
    below = [cell for cell in cells if cell[1] == by_hand.divisor_of(indicator, decides)]
    wanted = math.ceil(draw(st.sampled_from(targets)) * each * len(below) / indicator["scale"]) - draw(st.integers(0, 1))
    above = [cell for cell in cells if cell[1] == (decides["numerator"] or indicator["numerator"])]
    shares = [wanted // len(above) + (number < wanted % len(above)) for number in range(len(above))]
    return dict.fromkeys(below, each) | dict(zip(above, [max(0, share) for share in shares], strict=True))


def agrees(definition: AppliedDefinition, code: str, town: Town) -> None:
    """Hold every line of an indicator, in every breakdown, against the same by hand."""
    plan, rows = summary_plan(definition, month_of(town.month)), rows_of(town, definition)
    for by_area, by_org in BREAKDOWNS:
        computed = [
            plainly(line_document(each, definition, None))
            for each in summarise([plan], rows, by_area=by_area, by_org=by_org)
            if each.indicator.code == code
        ]
        assert computed == list(by_hand.lines(town, code, by_area=by_area, by_org=by_org))
        for line in computed:
            assert (line["value"] is None) is (line["status"] == "incomplete" or line["denominator"] == 0)


def drawn_agrees(drawn: tuple[int, str, Town]) -> None:
    number, code, town = drawn
    agrees(campaigns()[number], code, town)


@EVERY
@given(towns())
def test_every_line_is_what_fractions_make_of_it(drawn: tuple[int, str, Town]) -> None:
    drawn_agrees(drawn)


def _rounded(numerator: int, denominator: int, scale: int, decimals: int) -> str:
    return f"{numerator * scale / denominator:.{decimals}f}"


def _by_floats(target: Threshold, numerator: int, denominator: int, scale: int) -> bool:
    return numerator * scale / denominator >= float(target.ratio)


def _gap_cut(target: Threshold, numerator: int, denominator: int, scale: int) -> int:
    return max(0, int(target.ratio * denominator / scale) - numerator)


def _never_missing(*asked: Any) -> Any:
    side = _SIDE(*asked)
    side.missing.clear()
    return side


_SIDE = computing.counts_read


def _silently_capped(numerator: MetricCounts, denominator: MetricCounts) -> tuple[int, int]:
    top, bottom = REDUCERS[Reducer.EACH](numerator, denominator)
    return min(top, bottom), bottom


MUTANTS: Sequence[tuple[str, Callable[..., Any]]] = [
    ("display_of", _rounded),
    ("value_of", lambda numerator, denominator, scale: round(numerator * scale / denominator, 4)),
    ("counts_read", _never_missing),
]
VERDICTS: Sequence[tuple[str, Callable[..., Any]]] = [
    ("is_reached", lambda target, numerator, denominator, scale: Fraction(numerator * scale, denominator) > target.ratio),
    ("is_reached", _by_floats),
    ("gap", _gap_cut),
]
REDUCED: Sequence[tuple[Reducer, Callable[..., tuple[int, int]]]] = [
    (Reducer.MAX_BY_AREA, REDUCERS[Reducer.SUM]),
    (Reducer.CAPPED_SUM, REDUCERS[Reducer.MAX_BY_AREA]),
    (Reducer.EACH, REDUCERS[Reducer.SUM]),
    (Reducer.SUM, _silently_capped),
]


@pytest.mark.parametrize(("name", "mutant"), MUTANTS)
def test_a_mutant_of_the_arithmetic_is_found_out(monkeypatch: pytest.MonkeyPatch, name: str, mutant: Callable[..., Any]) -> None:
    monkeypatch.setattr(computing, name, mutant)

    assert found_out(towns(), drawn_agrees)


@pytest.mark.parametrize(("name", "mutant"), VERDICTS)
def test_a_mutant_of_a_verdict_is_found_out(monkeypatch: pytest.MonkeyPatch, name: str, mutant: Callable[..., Any]) -> None:
    monkeypatch.setattr(Threshold, name, mutant)

    assert found_out(towns(), drawn_agrees)


@pytest.mark.parametrize(("reducer", "mutant"), REDUCED)
def test_a_mutant_of_a_reducer_is_found_out(
    monkeypatch: pytest.MonkeyPatch, reducer: Reducer, mutant: Callable[..., tuple[int, int]]
) -> None:
    monkeypatch.setitem(REDUCERS, reducer, mutant)

    assert found_out(towns(), drawn_agrees)


async def test_what_the_samples_come_to_is_what_fractions_make_of_the_counts_that_are_listed(liangjiang: CampaignApi) -> None:
    """From pushed files through the database to the answer."""
    body = load(CAMPAIGNS / f"{LIANGJIANG}.toml").body()
    for month in ("2022-07", MONTH):
        await liangjiang.samples(month)
    stored: dict[tuple[str, str, str, str], int] = {}
    cursor: dict[str, str] = {}
    while True:
        page = await liangjiang.get_ok("/v1/observations", limit=500, **cursor)
        stored |= {(row["org"], row["metric"], row["area"], row["month"]): row["value"] for row in page["items"]}
        if page["next"] is None:
            break
        cursor = {"next": page["next"]}
    for month in ("2022-07", MONTH):
        town = Town(body, month, _latest(stored, body, month))
        for by_area, by_org in BREAKDOWNS:
            group = ",".join(name for name, asked in (("area", by_area), ("org", by_org)) if asked)
            answered = await liangjiang.lines(month=month, **({"group_by": group} if group else {}))
            expected = [
                line for code in town.blocks("indicator") for line in by_hand.lines(town, code, by_area=by_area, by_org=by_org)
            ]
            assert [plainly(line) for line in answered] == expected


def _latest(stored: Mapping[tuple[str, str, str, str], int], body: Mapping[str, Any], month: str) -> Counts:
    """The counts that hold in a month: its own, and of references the latest not after it."""
    references = {each["code"] for each in body["metric"] if each["kind"] == "reference"}
    counts: Counts = {}
    for (org, metric, area, own), value in sorted(stored.items(), key=lambda each: each[0][3]):
        if own == month or (own < month and metric in references):
            counts[org, metric, area] = (own, value)
    return counts
