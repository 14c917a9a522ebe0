"""Whatever is reported, every figure is what fractions make of it: a value, or the reason why there is none."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.indicators.rendering import line_document
from shared.campaign.definition import Definition
from shared.campaign.load import load
from shared.campaign.loaded import LoadedDefinition
from shared.campaign.months import month_of
from shared.domain import lines as computing
from shared.domain.facts import CASES, NOBODY, Report
from shared.domain.plan import plan_of
from shared.domain.reduce import REDUCERS
from shared.domain.summary import ReportRow, summarise
from shared.vocabulary import Reducer
from tests.fixtures_campaign import CAMPAIGNS, LIANGJIANG, NATIONAL
from tests.fixtures_practice import Practice, small
from tests.services.indicators import by_hand
from tests.services.indicators.by_hand import EVERYBODY, Cell, Town

MONTH, OLDER = "2022-08", "2020-12"
STREETS = ("500112007", "500112009", "500112022")
CARRIERS = ("telecom", "mobile", "unicom")
LARGEST = 2**53 - 1
BREAKDOWNS = [(False, False), (True, False), (False, True), (True, True)]
Counts = dict[Cell, tuple[str, int]]


@cache
def campaigns() -> Sequence[LoadedDefinition]:
    """Liangjiang's over three streets, the same with everything odd, and the nation's."""
    liangjiang, national = (load(CAMPAIGNS / f"{code}.toml") for code in (LIANGJIANG, NATIONAL))
    plain = small(liangjiang, [each.code for each in liangjiang.indicators], CARRIERS, STREETS)
    odd = plain.body()
    for number, indicator in enumerate(odd["indicator"]):
        indicator |= {"decimals": number % 5, "decides": indicator["variant"][-1]["code"]}
        indicator["scale"] = (1, 7, 100, 999_983)[number % 4]
        target = {**odd["target"][0], "indicator": indicator["code"], "value": f"{number}.333333", "due": "2022-07-31"}
        odd["target"] += [target, target | {"area": STREETS[0], "value": "0", "due": "2022-08-31", "from": "2022-02"}]
    odd["area"][-1]["valid_from"] = "2022-09"
    (mobile,) = [each for each in odd["organisation"] if each["code"] == "mobile"]
    mobile["valid_to"] = "2022-07"
    return [numbered(each) for each in (plain, Definition.model_validate(odd), national)]


def numbered(definition: Definition) -> LoadedDefinition:
    """A definition as if it had been applied."""
    metrics = {code: number for number, code in enumerate(dict.fromkeys(each.code for each in definition.metrics), start=1)}
    return LoadedDefinition(definition, 1, metrics, {each.code: number for number, each in enumerate(definition.areas, start=1)})


@cache
def body_of(loaded: LoadedDefinition) -> dict[str, Any]:
    return loaded.definition.body()


@st.composite
def towns(draw: st.DrawFn) -> tuple[int, str, Town]:
    """A month of some campaign, seen by one indicator: full or with holes, of any size, or close to its target."""
    number = draw(st.integers(0, len(campaigns()) - 1))
    loaded = campaigns()[number]
    code = draw(st.sampled_from([each.code for each in loaded.definition.indicators]))
    town = Town(body_of(loaded), MONTH, {}, draw(st.integers(0, 9)), frozenset(draw(_accepted(loaded))))
    holes = draw(st.booleans())
    size = st.sampled_from([0, 1, 2, LARGEST // 4, LARGEST]) | st.integers(0, 9) | st.integers(0, LARGEST)
    cells = sorted(_cells(town, code))
    values = draw(st.lists(st.none() | size if holes else size, min_size=len(cells), max_size=len(cells)))
    counts = {cell: value for cell, value in zip(cells, values, strict=True) if value is not None}
    if draw(st.booleans()):
        counts |= draw(_near(town, code, cells))
    references = {metric for metric, block in town.blocks("metric").items() if block["kind"] == "reference"}
    months = [draw(st.sampled_from([MONTH, OLDER])) if cell[1] in references else MONTH for cell in counts]
    dated = {cell: (month, value) for month, (cell, value) in zip(months, counts.items(), strict=True)}
    return number, code, Town(town.body, MONTH, dated, town.cases, town.accepted)


def _accepted(loaded: LoadedDefinition) -> st.SearchStrategy[list[tuple[str, str]]]:
    months = [(org.code, month) for org in loaded.definition.organisations for month in (MONTH, OLDER)]
    return st.just(months) | st.lists(st.sampled_from(months))


def _cells(town: Town, code: str) -> Iterator[Cell]:
    """Where anybody could report what an indicator reads."""
    for metric in by_hand.read(town.blocks("indicator")[code]):
        block = town.blocks("metric")[metric]
        areas = town.streets if block["grain"] == "street" else [town.body["campaign"]["area"]]
        for org in [*block["owed_by"], *block["reported_by"]] or [EVERYBODY]:
            if org == EVERYBODY or town.alive(town.organisation(org)):
                yield from ((org, metric, area) for area in areas)


@st.composite
def _near(draw: st.DrawFn, town: Town, code: str, cells: Sequence[Cell]) -> dict[Cell, int]:
    """Counts whose sum just reaches the target, or misses it by one."""
    indicator = town.blocks("indicator")[code]
    each = draw(st.sampled_from([1, LARGEST // 8, LARGEST // 9]))
    targets = [Fraction(one["value"]) for one in town.body["target"] if one["indicator"] == code] or [Fraction(25)]
    below = [cell for cell in cells if cell[1] == indicator["denominator"]]
    wanted = math.ceil(draw(st.sampled_from(targets)) * each * len(below) / indicator["scale"]) - draw(st.integers(0, 1))
    above = [cell for cell in cells if cell[1] == indicator["numerator"]]
    shares = [wanted // len(above) + (number < wanted % len(above)) for number in range(len(above))]
    return dict.fromkeys(below, each) | dict(zip(above, [max(0, share) for share in shares], strict=True))


def rows_of(town: Town, loaded: LoadedDefinition) -> list[ReportRow]:
    """The town's counts as the database hands them over."""
    grouped: dict[tuple[str, str, str], list[tuple[int, int]]] = defaultdict(list)
    for (org, metric, area), (month, value) in town.counts.items():
        grouped[metric, org, month].append((loaded.area_numbers[area], value))
    asked = month_of(town.month)
    rows: list[ReportRow] = [(asked, CASES, NOBODY, asked, True, [0], [town.cases])]
    for (metric, org, month), counted in grouped.items():
        areas, values = ([*side] for side in zip(*sorted(counted), strict=True))
        accepted = (org, month) in town.accepted
        rows.append((asked, loaded.metric_numbers[metric], org, month_of(month), accepted, areas, values))
    return rows


def plainly(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a line of the answer says, in the words of the other implementation."""
    said = {name: value for name, value in document.items() if name not in {"unit", "target", "comparator", "due"}}
    said["missing"] = sorted((cell["org"], cell["metric"], cell["area"]) for cell in document["missing"])
    said["references"] = sorted((one["metric"], one["month"]) for one in document["references"])
    return said


def agrees(loaded: LoadedDefinition, code: str, town: Town) -> None:
    """Hold every line of an indicator, in every breakdown, against the same by hand."""
    plan, rows = plan_of(loaded, month_of(town.month)), rows_of(town, loaded)
    for by_area, by_org in BREAKDOWNS:
        computed = [
            plainly(line_document(each, loaded))
            for each in summarise([plan], rows, by_area=by_area, by_org=by_org)
            if each.line.indicator.code == code
        ]
        assert computed == list(by_hand.lines(town, code, by_area=by_area, by_org=by_org))
        for line in computed:
            assert (line["value"] is None) is (line["status"] == "incomplete" or line["denominator"] == 0)


every = settings(max_examples=150, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


def drawn_agrees(drawn: tuple[int, str, Town]) -> None:
    number, code, town = drawn
    agrees(campaigns()[number], code, town)


@every
@given(towns())
def test_every_line_is_what_fractions_make_of_it(drawn: tuple[int, str, Town]) -> None:
    drawn_agrees(drawn)


def _rounded(numerator: int, denominator: int, scale: int, decimals: int) -> str:
    return f"{numerator * scale / denominator:.{decimals}f}"


def _by_floats(numerator: int, denominator: int, scale: int, target: Fraction) -> bool:
    return numerator * scale / denominator >= float(target)


def _gap_cut(numerator: int, denominator: int, scale: int, target: Fraction) -> int:
    return max(0, int(target * denominator / scale) - numerator)


def _never_missing(*side: Any) -> Any:
    return _SIDE(*side)._replace(missing=())


_SIDE = computing.side_of


def _silently_capped(numerator: Sequence[Report], denominator: Sequence[Report]) -> tuple[int, int]:
    top, bottom = REDUCERS[Reducer.EACH](numerator, denominator)
    return min(top, bottom), bottom


MUTANTS: Sequence[tuple[str, Callable[..., Any]]] = [
    ("display_of", _rounded),
    ("value_of", lambda numerator, denominator, scale: round(numerator * scale / denominator, 4)),
    ("reaches", lambda numerator, denominator, scale, target: Fraction(numerator * scale, denominator) > target),
    ("reaches", _by_floats),
    ("gap_of", _gap_cut),
    ("side_of", _never_missing),
]
REDUCED: Sequence[tuple[Reducer, Callable[..., tuple[int, int]]]] = [
    (Reducer.MAX_BY_AREA, REDUCERS[Reducer.SUM]),
    (Reducer.CAPPED_SUM, REDUCERS[Reducer.MAX_BY_AREA]),
    (Reducer.EACH, REDUCERS[Reducer.SUM]),
    (Reducer.SUM, _silently_capped),
]


def _is_found_out() -> bool:
    """Whether the property fails, which any mutant must bring about."""
    search = settings(every, max_examples=2_000, phases=[Phase.generate], derandomize=True, report_multiple_bugs=False)
    try:
        search(given(towns())(drawn_agrees))()
    except AssertionError:
        return True
    return False


@pytest.mark.parametrize(("name", "mutant"), MUTANTS)
def test_a_mutant_of_the_arithmetic_is_found_out(monkeypatch: pytest.MonkeyPatch, name: str, mutant: Callable[..., Any]) -> None:
    monkeypatch.setattr(computing, name, mutant)

    assert _is_found_out()


@pytest.mark.parametrize(("reducer", "mutant"), REDUCED)
def test_a_mutant_of_a_reducer_is_found_out(
    monkeypatch: pytest.MonkeyPatch, reducer: Reducer, mutant: Callable[..., tuple[int, int]]
) -> None:
    monkeypatch.setitem(REDUCERS, reducer, mutant)

    assert _is_found_out()


async def test_what_the_samples_come_to_is_what_fractions_make_of_the_counts_that_are_listed(liangjiang: Practice) -> None:
    """From pushed files through the database to the answer."""
    body = load(CAMPAIGNS / f"{LIANGJIANG}.toml").body()
    for month in ("2022-07", MONTH):
        await liangjiang.samples(month)
    stored: dict[tuple[str, str, str, str], int] = {}
    cursor: dict[str, str] = {}
    while True:
        page = await liangjiang.got("/v1/observations", limit=500, **cursor)
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
