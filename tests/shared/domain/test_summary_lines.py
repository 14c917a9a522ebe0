"""From counts to lines, against a second reading of the definitions that knows nothing of the code."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from math import ceil, floor
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.campaign.applied import AppliedDefinition
from shared.campaign.load import load
from shared.domain.summary import summarise
from shared.domain.summary_lines import SummaryLine
from shared.domain.summary_plan import summary_plan
from tests.fixtures_campaign_api import small_definition

MONTH, BEFORE = date(2022, 8, 1), date(2022, 6, 1)
CARRIERS = ("telecom", "mobile", "unicom")
STREETS = ("500112007", "500112022")
WHOLE = "liangjiang"
PLACES = {
    **dict.fromkeys(("homes_gigabit_covered", "olt_pon_ports_total", "olt_pon_ports_10g"), (CARRIERS, STREETS)),
    **dict.fromkeys(("bs_5g_built", "key_places_reached"), (CARRIERS, STREETS)),
    **dict.fromkeys(("fbb_subs_total", "fbb_subs_1000m"), (CARRIERS, (WHOLE,))),
    **dict.fromkeys(("households_urban", "population_resident", "key_places_listed"), (("economy",), STREETS)),
    **dict.fromkeys(("key_places_reached_any", "key_places_reached_all", "key_places_on_register"), (("*",), STREETS)),
    **dict.fromkeys(("homes_gigabit_lower", "homes_gigabit_upper", "households_registered"), (("*",), STREETS)),
}
REFERENCES = ("households_urban", "population_resident", "key_places_listed")


@dataclass(frozen=True)
class Formula:
    """The formula of an indicator, written independently of the code."""

    base: str
    scale: int
    decimals: int
    target: int | None
    variants: dict[str, tuple[str, str]]  # numerator and reducer
    own_bases: tuple[tuple[str, str], ...] = ()  # variant and what it is divided by, where that is not the base


TOLD = {
    "home_gigabit_coverage": Formula(
        "households_urban",
        100,
        1,
        80,
        {
            "lower": ("homes_gigabit_covered", "largest"),
            "upper": ("homes_gigabit_covered", "together"),
            "declared": ("homes_gigabit_covered", "sum"),
            "lower_by_building": ("homes_gigabit_lower", "sum"),
            "upper_by_building": ("homes_gigabit_upper", "sum"),
        },
        (("lower_by_building", "households_registered"), ("upper_by_building", "households_registered")),
    ),
    "pon_10g_share": Formula("olt_pon_ports_total", 100, 1, 25, {"sum": ("olt_pon_ports_10g", "sum")}),
    "key_place_5g_reach": Formula(
        "key_places_listed",
        100,
        1,
        80,
        {
            "each": ("key_places_reached", "each"),
            "any": ("key_places_reached_any", "sum"),
            "all": ("key_places_reached_all", "sum"),
        },
        (("any", "key_places_on_register"), ("all", "key_places_on_register")),
    ),
    "bs_5g_per_10k": Formula("population_resident", 10_000, 1, 12, {"sum": ("bs_5g_built", "sum")}),
    "fbb_1000m_share": Formula("fbb_subs_total", 100, 1, None, {"sum": ("fbb_subs_1000m", "sum")}),
}
Cell = tuple[str, str, str]  # metric, organisation, area
CELLS: Sequence[Cell] = [(metric, org, area) for metric, (orgs, areas) in PLACES.items() for org in orgs for area in areas]

values = st.integers(0, 4) | st.just(0) | st.integers(0, 2**53 - 1)
counted = st.lists(st.none() | values | values | values, min_size=len(CELLS), max_size=len(CELLS)) | st.lists(
    values, min_size=len(CELLS), max_size=len(CELLS)
)
accepting = st.sets(st.sampled_from([(org, month) for org in (*CARRIERS, "economy") for month in (MONTH, BEFORE)]))
older = st.sets(st.sampled_from([cell for cell in CELLS if cell[0] in REFERENCES]))


@cache
def definition() -> AppliedDefinition:
    """Three carriers and two streets of Liangjiang."""
    whole = load(Path(__file__).parents[3] / "campaigns" / "liangjiang-2022.toml")
    definition = small_definition(whole, list(TOLD), CARRIERS, STREETS)
    return AppliedDefinition.of(
        definition,
        version=1,
        metric_numbers={metric.code: number for number, metric in enumerate(definition.metrics, start=1)},
        area_numbers={area.code: number for number, area in enumerate(definition.areas, start=1)},
    )


def computed(cells: dict[Cell, int], accepted: set[tuple[str, date]], old: set[Cell], group_by: str) -> Iterator[SummaryLine]:
    """Return the summary lines that the code computes from the counts."""
    numbers = definition()
    reports: dict[tuple[str, str, date], list[tuple[int, int]]] = defaultdict(list)
    for cell, value in cells.items():
        metric, org, area = cell
        reports[metric, org, BEFORE if cell in old else MONTH].append((numbers.area_numbers[area], value))
    rows = [
        (
            MONTH,
            numbers.metric_numbers[metric],
            org,
            month,
            (org, month) in accepted,
            [area for area, _ in found],
            [value for _, value in found],
        )
        for (metric, org, month), found in reports.items()
    ]
    no_case = (MONTH, 0, "*", MONTH, True, [0], [0])
    return summarise([summary_plan(numbers, MONTH)], [*rows, no_case], by_area="area" in group_by, by_org="org" in group_by)


def within(metric: str, area: str | None, org: str | None) -> list[Cell]:
    """The owed cells of a metric that a line is about."""
    orgs, areas = PLACES[metric]
    return [
        (metric, one, place)
        for one in orgs
        for place in areas
        if (org is None or org not in orgs or one == org) and (area is None or place in {area, WHOLE})
    ]


def reduced(reducer: str, top: list[Cell], bottom: list[Cell], cells: dict[Cell, int]) -> tuple[int, int]:
    """Numerator and denominator of complete cells, street by street."""
    over = under = 0
    for street in dict.fromkeys(place for _, _, place in bottom):
        base = sum(cells[cell] for cell in bottom if cell[2] == street)
        counts = [cells[cell] for cell in top if cell[2] == street]
        if reducer == "largest":
            over += min(base, *counts) if len(counts) == 1 else min(base, max(counts))
        elif reducer == "together":
            over += min(base, sum(counts))
        else:
            over += sum(counts)
        under += base * (len(counts) if reducer == "each" else 1)
    return over, under


def check(line: SummaryLine, cells: dict[Cell, int], accepted: set[tuple[str, date]], old: set[Cell]) -> None:
    """Compare one line with its second telling."""
    told = TOLD[line.indicator.code]
    number, org = line.breakdown
    area = None if number is None else definition().area_codes[number]
    for figure in line.values:
        numerator, reducer = told.variants[figure.variant]
        top = within(numerator, area, None if numerator.startswith("key_places_reached_a") else org)
        bottom = within(dict(told.own_bases).get(figure.variant, told.base), area, org)
        owed = [*top, *bottom]
        absent = [cell for cell in owed if cell not in cells]
        if figure.decides:
            codes = definition().area_codes
            assert {(cell.metric, cell.org, codes[cell.area]) for cell in line.missing} == set(absent)
            assert len(line.missing) == len(absent)
            assert line.zero == sum(cells.get(cell) == 0 for cell in owed)
            assert line.reported + line.zero + len(line.missing) == len(owed)
            signed = all((cell[1], BEFORE if cell in old else MONTH) in accepted for cell in owed)
            assert line.provisional is not (signed and not absent)
            stale = any(cell in old and cell in cells for cell in bottom)
            assert line.references == (((told.base, BEFORE),) if stale else ())
        if absent:
            assert figure.status == "incomplete"
            assert (figure.numerator, figure.denominator, figure.value, figure.display, figure.gap) == (None,) * 5
            assert figure.partial is not None
            if reducer == "sum":
                reported = [[cells[cell] for cell in side if cell in cells] for side in (top, bottom)]
                assert figure.partial == tuple(sum(side) if side else None for side in reported)
            continue
        over, under = reduced(reducer, top, bottom, cells)
        assert (figure.numerator, figure.denominator, figure.partial) == (over, under, None)
        if under == 0:
            assert (figure.status, figure.value, figure.display, figure.gap) == ("not_applicable", None, None, None)
            continue
        exact = Fraction(over * told.scale, under)
        assert figure.value == float(Fraction(floor(exact * 10_000), 10_000))
        assert Fraction(figure.display or "") == Fraction(floor(exact * 10**told.decimals), 10**told.decimals)
        if org is not None or told.target is None:
            assert (figure.status, figure.gap) == ("no_target", None)
        else:
            assert figure.status == ("met" if exact >= told.target else "not_met")
            assert figure.gap == max(0, ceil(Fraction(told.target * under, told.scale)) - over)


@settings(max_examples=150, deadline=None)
@given(counted, accepting, older, st.sampled_from(["", "area", "org", "area,org"]))
def test_any_counts_make_the_lines_that_a_second_reading_makes(
    found: list[int | None], accepted: set[tuple[str, date]], old: set[Cell], group_by: str
) -> None:
    cells = {cell: value for cell, value in zip(CELLS, found, strict=True) if value is not None}

    lines = list(computed(cells, accepted, old, group_by))

    by_street, by_org = "area" in group_by, "org" in group_by
    places = len(STREETS) if by_street else 1
    expected = {code: (places if code != "fbb_1000m_share" else 1) * (len(CARRIERS) if by_org else 1) for code in TOLD}
    assert {code: sum(line.indicator.code == code for line in lines) for code in TOLD} == expected
    assert len({(line.indicator.code, line.breakdown) for line in lines}) == len(lines)
    for line in lines:
        check(line, cells, accepted, old)
