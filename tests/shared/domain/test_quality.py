"""Each kind of quality rule at its edge, with the numbers of the domain."""

from datetime import date
from typing import Any

import pytest

from shared.campaign.applied import AppliedDefinition
from shared.campaign.definition import Definition
from shared.domain.counts_by_area import CountsByArea
from shared.domain.quality import RuleInput, evidence_of, find_breaches
from shared.domain.quality_plan import quality_plan
from tests.shared.campaign.plans import TEXT, shipped

AUGUST = date(2022, 8, 1)
KANGMEI, RENHE = "500112022", "500112009"
Counts = dict[tuple[str, str], int]


def definition(*rules: dict[str, Any]) -> AppliedDefinition:
    """Liangjiang under these rules alone, or under its own."""
    definition = shipped("liangjiang")
    if rules:
        body = definition.body() | {"rule": [{"code": f"rule_{n}", "message": TEXT, **rule} for n, rule in enumerate(rules)]}
        definition = Definition.model_validate(body)
    metrics = {code: number for number, code in enumerate((metric.code for metric in definition.metrics), start=1)}
    areas = {area.code: number for number, area in enumerate(definition.areas, start=1)}
    return AppliedDefinition.of(definition, version=1, metric_numbers=metrics, area_numbers=areas)


def columns(plan: AppliedDefinition, counts: Counts) -> dict[int, CountsByArea]:
    found: dict[int, CountsByArea] = {}
    for (metric, area), value in counts.items():
        number = plan.metric_numbers[metric]
        column = found.setdefault(number, CountsByArea(len(plan.area_numbers) + 1))
        column[plan.area_numbers[area]] = value
    return found


def judged(
    plan: AppliedDefinition, now: Counts, before: Counts | None = None, references: Counts | None = None, org: str = "telecom"
) -> set[tuple[str, str | None, str | None]]:
    """Rule, metric and area of everything that is found."""
    state = RuleInput(columns(plan, now), columns(plan, before or {}), columns(plan, references or {}))
    return {
        (breach.rule.rule.code, plan.metric_codes.get(breach.metric or 0), plan.area_codes.get(area or 0))
        for breach in find_breaches(quality_plan(plan, org, AUGUST), state)
        for area in breach.areas
    }


def one(metric: str, value: int, area: str = "liangjiang") -> Counts:
    return {(metric, area): value}


LIMIT = {"kind": "change_limit", "severity": "warn", "percent": 20}
FALL = {"kind": "stock_fall", "severity": "warn"}


@pytest.mark.parametrize(
    ("was", "now", "found"),
    [(100, 120, False), (100, 121, True), (100, 80, False), (100, 79, True), (100, 100, False), (0, 1, True), (0, 0, False)],
)
def test_a_change_beyond_20_per_cent_is_found_and_20_itself_is_not(was: int, now: int, *, found: bool) -> None:
    plan = definition(LIMIT)

    hits = judged(plan, one("mobile_subs_total", now), one("mobile_subs_total", was))

    assert hits == ({("rule_0", "mobile_subs_total", "liangjiang")} if found else set())


def test_a_jump_of_24_per_cent_is_asked_about_like_chongqings_of_2023() -> None:
    assert judged(definition(LIMIT), one("bs_5g_built", 237, KANGMEI), one("bs_5g_built", 190, KANGMEI))


def test_trap_15_a_fall_of_a_stock_from_130_to_129_is_found_and_a_rise_is_not() -> None:
    plan = definition(FALL)

    assert judged(plan, one("fbb_subs_total", 129), one("fbb_subs_total", 130)) == {("rule_0", "fbb_subs_total", "liangjiang")}
    assert judged(plan, one("fbb_subs_total", 130), one("fbb_subs_total", 129)) == set()
    assert judged(plan, one("complaints_5g_forced", 1), one("complaints_5g_forced", 9)) == set()  # a flow may


def test_a_missing_count_contradicts_nothing() -> None:
    plan = definition()

    assert judged(plan, one("fbb_subs_total", 1), {}) == set()
    assert judged(plan, {}, one("fbb_subs_total", 1)) == set()
    assert judged(plan, one("bs_5g_built", 1, KANGMEI), one("bs_5g_built", 9, RENHE)) == set()


def test_metrics_that_are_named_are_watched_and_no_others() -> None:
    plan = definition({**LIMIT, "metrics": ["complaints_5g_forced"]})
    before = {**one("complaints_5g_forced", 1), **one("fbb_subs_total", 1)}

    assert judged(plan, dict.fromkeys(before, 9), before) == {("rule_0", "complaints_5g_forced", "liangjiang")}


def test_a_report_with_every_count_of_last_month_is_a_copy_and_one_other_count_makes_it_none() -> None:
    plan = definition({"kind": "copied_report", "severity": "warn"})
    month = {**one("fbb_subs_total", 100), **one("fbb_subs_500m", 40), **one("bs_5g_built", 3, KANGMEI)}

    assert judged(plan, month, month) == {("rule_0", None, None)}
    assert judged(plan, {**month, **one("fbb_subs_total", 101)}, month) == set()
    assert judged(plan, {**month, **one("bs_5g_built", 3, RENHE)}, month) == set()
    assert judged(plan, one("fbb_subs_total", 100), month) == set()
    assert judged(plan, one("fbb_subs_total", 100), one("fbb_subs_total", 100)) == set()  # one count may well be the same


def test_references_do_not_make_a_copy() -> None:
    plan = definition({"kind": "copied_report", "severity": "warn"})
    references = {**one("households_urban", 100, KANGMEI), **one("population_resident", 230, KANGMEI)}

    assert judged(plan, references, references, org="economy") == set()


@pytest.mark.parametrize(
    ("fast", "everybody", "near"),
    [
        *((2_449, 10_000, False), (2_450, 10_000, True), (2_496, 10_000, True), (2_500, 10_000, True)),
        *((2_550, 10_000, True), (2_551, 10_000, False), (0, 0, False)),
    ],
)
def test_a_share_within_half_a_point_of_its_target_is_found(fast: int, everybody: int, *, near: bool) -> None:
    plan = definition({"kind": "near_threshold", "severity": "warn", "indicator": "fbb_500m_share", "margin": "0.5"})

    found = judged(plan, {**one("fbb_subs_500m", fast), **one("fbb_subs_total", everybody)})

    assert found == ({("rule_0", "fbb_subs_500m", "liangjiang")} if near else set())


def test_a_share_counted_by_street_is_judged_over_all_streets_once_they_are_all_there() -> None:
    plan = definition({"kind": "near_threshold", "severity": "warn", "indicator": "pon_10g_share", "margin": "0.5"})
    streets = [street.code for street in plan.streets(AUGUST)]
    fast = {("olt_pon_ports_10g", street): 25 for street in streets}
    whole = {("olt_pon_ports_total", street): 100 for street in streets}

    assert judged(plan, {**fast, **whole}) == {("rule_0", "olt_pon_ports_10g", "liangjiang")}
    assert judged(plan, {**fast, **whole, ("olt_pon_ports_10g", KANGMEI): 33}) == set()  # 26.0 %
    assert judged(plan, {**{cell: n for cell, n in fast.items() if cell[1] != KANGMEI}, **whole}) == set()


def test_more_homes_covered_than_kangmei_has_households_is_found() -> None:
    plan = definition(
        {"kind": "above_reference", "severity": "warn", "part": "homes_gigabit_covered", "whole": "households_urban"}
    )
    households = one("households_urban", 26_285, KANGMEI)

    assert judged(plan, one("homes_gigabit_covered", 26_286, KANGMEI), {}, households) == {
        ("rule_0", "homes_gigabit_covered", KANGMEI)
    }
    assert judged(plan, one("homes_gigabit_covered", 26_285, KANGMEI), {}, households) == set()
    assert judged(plan, one("homes_gigabit_covered", 26_286, RENHE), {}, households) == set()  # nobody knows


def test_trap_3_a_total_of_stations_that_is_not_built_and_shared_in_is_found() -> None:
    rule = {"kind": "sum_equals", "severity": "warn", "total": "bs_5g_total", "parts": ["bs_5g_built", "bs_5g_shared_in"]}
    counts = {**one("bs_5g_built", 200, KANGMEI), **one("bs_5g_shared_in", 100, KANGMEI)}

    assert judged(definition(rule), {**counts, **one("bs_5g_total", 300, KANGMEI)}) == set()
    assert judged(definition(rule), {**counts, **one("bs_5g_total", 301, KANGMEI)}) == {("rule_0", "bs_5g_total", KANGMEI)}
    assert judged(definition(rule), counts) == set()


def test_streets_that_do_not_add_up_to_the_count_of_the_whole_area_are_found() -> None:
    plan = definition({"kind": "sum_equals", "severity": "warn", "total": "mobile_subs_total", "parts": ["key_places_reached"]})
    streets = {("key_places_reached", street.code): 10 for street in plan.streets(AUGUST)}

    assert judged(plan, {**streets, **one("mobile_subs_total", 80)}) == set()
    assert judged(plan, {**streets, **one("mobile_subs_total", 81)}) == {("rule_0", "mobile_subs_total", "liangjiang")}
    streets.popitem()
    assert judged(plan, {**streets, **one("mobile_subs_total", 81)}) == set()


def test_the_evidence_is_the_counts_that_were_judged() -> None:
    plan = definition(LIMIT)
    rules = quality_plan(plan, "telecom", AUGUST)
    state = RuleInput(
        columns(plan, one("bs_5g_built", 237, KANGMEI)), columns(plan, one("bs_5g_built", 190, KANGMEI)), columns(plan, {})
    )
    (breach,) = find_breaches(rules, state)

    told = [
        (plan.metric_codes[each.metric or 0], each.month, each.value)
        for each in evidence_of(rules, breach, breach.areas[0], state)
    ]

    assert told == [("bs_5g_built", date(2022, 7, 1), 190), ("bs_5g_built", AUGUST, 237)]


def test_an_organisation_without_a_metric_of_a_rule_has_none_of_its_findings() -> None:
    plan = definition(LIMIT, {**FALL, "metrics": ["tower_sites_total"]})

    assert {each.rule.code for each in quality_plan(plan, "tower", AUGUST).rules} == {"rule_0", "rule_1"}
    assert "rule_1" not in {each.rule.code for each in quality_plan(plan, "telecom", AUGUST).rules}
    assert quality_plan(plan, "regulator", AUGUST).rules == ()
