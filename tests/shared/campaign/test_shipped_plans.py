"""The two campaign files are right, and hold what the plan says."""

import csv
from datetime import date

import pytest

from shared.campaign.blocks import STATISTICAL
from shared.campaign.checks.registers import OWN
from shared.campaign.definition import Definition
from shared.vocabulary import Grain, MetricKind, RegisterCount, Role
from tests.shared.campaign.plans import ROOT, shipped

CARRIERS = ("telecom", "mobile", "unicom")
STREETS = ("yuanyang", "renhe", "tiangongdian", "cuiyun", "dazhulin", "lijia", "jinshan", "kangmei")
AUGUST = date(2022, 8, 1)


@pytest.fixture
def liangjiang() -> Definition:
    return shipped("liangjiang")


@pytest.fixture
def national() -> Definition:
    return shipped("national")


# number: due, lead, responsible, cooperating, targets by indicator
TASKS = {
    1: ("2022-08-30", (), CARRIERS, STREETS, {"home_gigabit_coverage": 80, "pon_10g_share": 25, "fbb_500m_share": 25}),
    2: ("2022-08-15", ("economy",), CARRIERS, STREETS, {"key_place_5g_reach": 80}),
    3: (None, (), CARRIERS + STREETS, (), {}),
    4: ("2022-08-15", (), CARRIERS, (), {}),
    5: ("2022-08-30", (), CARRIERS, (), {}),
    6: ("2022-08-15", ("industry",), CARRIERS, (), {}),
    7: ("2022-08-30", (), CARRIERS, ("industry", *STREETS), {"application_cases": 5}),
    8: (None, (), CARRIERS, ("industry",), {}),
    9: ("2022-07-15", (), CARRIERS, STREETS, {"mobile_5g_share": 25}),
    10: ("2022-07-30", (), CARRIERS, ("industry", *STREETS), {"bs_5g_per_10k": 12}),
    11: ("2022-07-15", ("industry",), CARRIERS, (), {}),
    12: ("2022-07-15", (), CARRIERS, (), {}),
}


@pytest.mark.parametrize("number", TASKS)
def test_each_of_the_twelve_tasks_has_its_date_roles_and_targets(liangjiang: Definition, number: int) -> None:
    due, lead, responsible, cooperating, targets = TASKS[number]

    task = next(task for task in liangjiang.tasks if task.number == number)

    assert task.due == (date.fromisoformat(due) if due else None)
    assert (task.lead, task.responsible, task.cooperating) == (lead, responsible, cooperating)
    assert {t.indicator: t.ratio for t in liangjiang.targets if t.task == number} == targets
    assert set(task.indicators) >= set(targets)
    assert len(task.measures) >= 4


def test_there_are_twelve_tasks_in_five_actions(liangjiang: Definition) -> None:
    assert [task.number for task in liangjiang.tasks] == list(range(1, 13))
    assert list(dict.fromkeys(task.action.zh for task in liangjiang.tasks)) == [
        "“千兆城市”建设行动",
        "承载能力增强行动",
        "行业融合赋能行动",
        "用户体验提升行动",
        "安全保障强化行动",
    ]


def test_the_measures_are_the_clauses_of_each_task(liangjiang: Definition) -> None:
    for task in liangjiang.tasks:
        assert [measure.code for measure in task.measures] == [f"{task.number}.{n}" for n in range(1, len(task.measures) + 1)]
        for measure in task.measures:
            assert measure.text.zh in task.content.zh


def test_the_seven_targets_are_due_at_the_end_of_september(liangjiang: Definition) -> None:
    targets = {target.indicator: (int(target.ratio), target.due) for target in liangjiang.targets if target.kind == "campaign"}

    end = date(2022, 9, 30)
    assert targets == {
        "home_gigabit_coverage": (80, end),
        "pon_10g_share": (25, end),
        "key_place_5g_reach": (80, end),
        "bs_5g_per_10k": (12, end),
        "fbb_500m_share": (25, end),
        "mobile_5g_share": (25, end),
        "application_cases": (5, end),
    }


def test_the_indicators_are_the_seven_and_four_informational_ones(liangjiang: Definition) -> None:
    indicators = liangjiang.indicators_of(AUGUST)

    assert [(i.code, i.numerator, i.denominator) for i in indicators] == [
        ("home_gigabit_coverage", "homes_gigabit_covered", "households_urban"),
        ("pon_10g_share", "olt_pon_ports_10g", "olt_pon_ports_total"),
        ("key_place_5g_reach", "key_places_reached", "key_places_listed"),
        ("bs_5g_per_10k", "bs_5g_built", "population_resident"),
        ("fbb_500m_share", "fbb_subs_500m", "fbb_subs_total"),
        ("mobile_5g_share", "mobile_subs_5g", "mobile_subs_total"),
        ("application_cases", None, None),
        ("fbb_1000m_share", "fbb_subs_1000m", "fbb_subs_total"),
        ("ipv6_user_share", "ipv6_users", "internet_users"),
        ("ipv6_traffic_share", "ipv6_traffic_gb", "traffic_total_gb"),
        ("sme_average_charge", "sme_charges_yuan", "sme_lines"),
    ]
    assert [i.code for i in indicators if i.informational] == [i.code for i in indicators[7:]]
    assert {i.code: (i.scale, i.decimals, i.unit.zh) for i in indicators}["bs_5g_per_10k"] == (10_000, 1, "个/万人")


@pytest.mark.parametrize(
    ("indicator", "variants", "decides"),
    [
        (
            "home_gigabit_coverage",
            {
                "lower": "max_by_area",
                "upper": "capped_sum",
                "declared": "sum",
                "lower_by_building": "sum",
                "upper_by_building": "sum",
            },
            "lower",
        ),
        ("key_place_5g_reach", {"each": "each", "any": "any", "all": "all"}, "each"),
        ("application_cases", {"approved": "cases"}, "approved"),
        ("pon_10g_share", {"sum": "sum"}, "sum"),
    ],
)
def test_the_variants_and_the_one_that_decides(
    liangjiang: Definition, indicator: str, variants: dict[str, str], decides: str
) -> None:
    found = next(i for i in liangjiang.indicators_of(AUGUST) if i.code == indicator)

    assert {variant.code: variant.reducer.value for variant in found.variants} == variants
    assert found.decides == decides


def test_what_each_carrier_the_tower_company_and_the_bureau_owe(liangjiang: Definition) -> None:
    owed = {org: {m.code for m in liangjiang.metrics if org in m.owed_by} for org in (*CARRIERS, "tower", "economy", *STREETS)}

    by_street = {
        *("homes_gigabit_covered", "olt_pon_ports_total", "olt_pon_ports_10g"),
        *("bs_5g_total", "bs_5g_built", "bs_5g_shared_in", "key_places_reached"),
    }
    by_area = {"fbb_subs_total", "fbb_subs_500m", "fbb_subs_1000m", "mobile_subs_total", "mobile_subs_5g"}
    for carrier in CARRIERS:
        assert owed[carrier] == by_street | by_area
    assert owed["tower"] == {"tower_sites_total", "tower_sites_5g"}
    assert owed["economy"] == {"households_urban", "population_resident", "key_places_listed"}
    assert not any(owed[street] for street in STREETS)
    assert {liangjiang.metric(code).grain for code in by_street | owed["tower"] | owed["economy"]} == {Grain.STREET}
    assert {liangjiang.metric(code).grain for code in by_area} == {Grain.CAMPAIGN}
    assert {liangjiang.metric(code).kind for code in owed["economy"]} == {MetricKind.REFERENCE}


def test_voluntary_metrics_belong_to_tasks_and_to_those_who_may_report_them(liangjiang: Definition) -> None:
    voluntary = [metric for metric in liangjiang.metrics if metric.reported_by and not metric.derived]

    assert len(voluntary) == 25 + 5
    for metric in voluntary:
        assert metric.task is not None
        assert metric.owed_by == ()
        assert (metric.reported_by, metric.grain) in {(CARRIERS, Grain.CAMPAIGN), (STREETS, Grain.STREET)}


def test_every_count_of_the_registers_has_its_derived_metric_and_the_reported_one_it_is_held_against(
    liangjiang: Definition,
) -> None:
    counts = liangjiang.derived_counts

    assert set(counts) == set(RegisterCount)
    assert {one.metric for one in counts.values()} == {metric.code for metric in liangjiang.metrics if metric.derived}
    assert {count: one.declared for count, one in counts.items() if one.declared} == {
        RegisterCount.PLACES_LISTED: "key_places_listed",
        RegisterCount.PLACES_EACH: "key_places_reached",
        RegisterCount.HOUSEHOLDS: "households_urban",
        RegisterCount.HOMES_EACH: "homes_gigabit_covered",
        RegisterCount.STATIONS_BUILT: "bs_5g_built",
        RegisterCount.STATIONS_SHARED_IN: "bs_5g_shared_in",
    }
    for one in counts.values():
        assert liangjiang.metric(one.metric).reported_by == (CARRIERS if one.count in OWN else ())


def test_who_keeps_which_register(liangjiang: Definition) -> None:
    kept = {register.code.value: register.kept_by for register in liangjiang.registers}

    assert kept == {
        "key_places": ("economy", "industry", *STREETS),
        **dict.fromkeys(("place_tests", "home_coverage", "base_stations"), CARRIERS),
        "compounds": STREETS,
    }


def test_the_eight_streets_have_their_codes_and_names(liangjiang: Definition) -> None:
    assert {street.code: street.short.zh for street in liangjiang.streets(AUGUST)} == {
        "500112007": "鸳鸯",
        "500112008": "翠云",
        "500112009": "人和",
        "500112010": "天宫殿",
        "500112014": "大竹林",
        "500112019": "礼嘉",
        "500112021": "金山",
        "500112022": "康美",
    }
    assert liangjiang.area("500112022").title.zh == "康美街道"
    for street in STREETS:
        own = liangjiang.area(liangjiang.organisation(street).area or "")
        assert own.short.en.lower() == street


def test_a_question_about_2012_does_not_know_kangmei(liangjiang: Definition) -> None:
    assert "500112022" not in {street.code for street in liangjiang.streets(date(2012, 6, 1))}
    assert "500112022" in {street.code for street in liangjiang.streets(date(2013, 11, 1))}


def test_every_organisation_has_its_roles_and_its_duties_as_positions(liangjiang: Definition) -> None:
    roles = {organisation.code: organisation.roles for organisation in liangjiang.organisations}

    assert roles == {
        "leading_group": (Role.LEADER,),
        "industry": (Role.BUREAU, Role.TASK_FORCE),
        "economy": (Role.BUREAU,),
        "regulator": (Role.REGULATOR,),
        **dict.fromkeys((*CARRIERS, "tower"), (Role.CARRIER,)),
        **dict.fromkeys(STREETS, (Role.STREET,)),
    }
    assert all(organisation.duties for organisation in liangjiang.organisations)


def test_the_hard_rules_of_the_validation_catalogue_are_there(liangjiang: Definition) -> None:
    hard = [rule for rule in liangjiang.rules if rule.refuses]
    parts = {(rule.part, rule.whole) for rule in hard if rule.kind == "part_of"}
    sums = {(rule.total, rule.parts) for rule in hard if rule.kind == "sum_equals"}

    assert parts >= {
        ("fbb_subs_500m", "fbb_subs_total"),
        ("fbb_subs_1000m", "fbb_subs_500m"),
        ("mobile_subs_5g", "mobile_subs_total"),
        ("olt_pon_ports_10g", "olt_pon_ports_total"),
    }
    assert sums == {("bs_5g_total", ("bs_5g_built", "bs_5g_shared_in"))}


def test_the_soft_rules_of_the_validation_catalogue_want_an_explanation(liangjiang: Definition) -> None:
    soft = {rule.code: rule for rule in liangjiang.rules if rule.severity == "warn"}

    assert [rule.kind.value for rule in soft.values()] == [
        *("change_limit", "stock_fall", "copied_report", "above_reference", "above_reference"),
        *("near_threshold", "near_threshold", "near_threshold"),
    ]
    assert soft["change_beyond_20_percent"].percent == 20
    assert (soft["homes_above_households"].part, soft["homes_above_households"].whole) == (
        "homes_gigabit_covered",
        "households_urban",
    )
    assert (soft["places_reached_above_listed"].part, soft["places_reached_above_listed"].whole) == (
        "key_places_reached",
        "key_places_listed",
    )
    assert {rule.margin for rule in soft.values() if rule.indicator} == {"0.5"}
    assert not any(rule.across for rule in soft.values())


def test_rules_across_organisations_only_inform(liangjiang: Definition) -> None:
    across = [rule for rule in liangjiang.rules if rule.across]

    assert {rule.severity.value for rule in across} == {"info"}
    assert {(rule.part_by, rule.part, rule.whole_by, rule.whole) for rule in across if rule.kind == "part_of"} == {
        (("telecom",), "bs_5g_shared_in", ("unicom",), "bs_5g_built"),
        (("unicom",), "bs_5g_shared_in", ("telecom",), "bs_5g_built"),
        (("tower",), "tower_sites_5g", CARRIERS[:3], "bs_5g_built"),
    }


def test_what_stands_out_is_held_against_history_and_other_streets_and_asks_nobody(liangjiang: Definition) -> None:
    statistical = [rule for rule in liangjiang.rules if rule.kind in STATISTICAL]

    assert {rule.severity.value for rule in statistical} == {"info"}
    assert {rule.deviations for rule in statistical} == {"3.5"}  # Iglewicz and Hoaglin
    assert {rule.part for rule in statistical if not rule.across} == {
        *(None, "homes_gigabit_covered", "olt_pon_ports_10g", "key_places_reached", "bs_5g_built", "tower_sites_5g"),
    }


def test_the_declared_homes_may_exceed_all_of_them_and_are_told_as_such(liangjiang: Definition) -> None:
    above = {(rule.indicator, rule.variant, rule.limit) for rule in liangjiang.rules if rule.kind == "above_limit"}

    assert above == {("home_gigabit_coverage", "declared", "100"), ("key_place_5g_reach", None, "100")}


def test_the_case_domains_are_the_plans_four(liangjiang: Definition) -> None:
    assert [domain.code for domain in liangjiang.case_domains] == [
        "information_consumption",
        "vertical_industry",
        "social_livelihood",
        "digital_government",
    ]


def test_the_categories_of_difficulties_cover_what_carriers_meet(liangjiang: Definition) -> None:
    assert [category.code for category in liangjiang.difficulty_categories] == [
        "site_access",
        "property_management",
        "power_supply",
        "ducts_and_poles",
        "public_resources",
        "demolition_and_relocation",
        "publicity",
        "funding",
        "other",
    ]


def test_months_open_and_fall_due_as_each_campaign_says(liangjiang: Definition, national: Definition) -> None:
    assert liangjiang.calendar.model_dump(mode="json") == {
        "opens": "month_start",
        "due_day": 5,
        "grace_days": 5,
        "first_month": "2021-12",  # what was counted at the end of the year before is the base of this year's additions
        "holidays": [],
        "working_days": [],
    }
    assert set(liangjiang.challenges.model_dump().values()) == {5}
    assert national.calendar.opens == "always"
    assert {liangjiang.campaign.timezone, national.campaign.timezone} == {"Asia/Shanghai"}


def test_the_nation_is_one_area_that_one_organisation_loads(national: Definition) -> None:
    with (ROOT / "samples/national/2022.csv").open(encoding="utf-8") as lines:
        series = list(csv.DictReader(lines))

    assert {metric.code for metric in national.metrics} == {row["metric"] for row in series}
    assert {area.code for area in national.areas} == {row["area"] for row in series} == {"CN"}
    assert {metric.reporters for metric in national.metrics} == {("miit",)}
    assert national.organisation("miit").roles == (Role.BUREAU,)


def test_a_share_of_users_and_a_penetration_by_population_are_two_indicators(national: Definition) -> None:
    read = {i.code: (i.numerator, i.denominator) for i in national.indicators}

    assert read["mobile_5g_share"] == ("mobile_subs_5g", "mobile_subs_total")
    assert read["mobile_5g_penetration"] == ("mobile_subs_5g", "population_resident")


def test_the_published_benchmarks_are_there(liangjiang: Definition) -> None:
    values = {benchmark.place.zh: benchmark.values for benchmark in liangjiang.benchmarks}

    assert values["包头"] == {"bs_5g_per_10k": "21.0", "mobile_5g_share": "43", "pon_10g_share": "25", "fbb_500m_share": "29"}
    assert values["千兆城市平均"] == {
        "bs_5g_per_10k": "22.2",
        "mobile_5g_share": "38.9",
        "pon_10g_share": "46.7",
        "fbb_500m_share": "32.6",
    }
