"""The content of a definition in a month."""

from datetime import date
from fractions import Fraction

import pytest
from pydantic import ValidationError

from shared.campaign.blocks import Calendar, Indicator, Target
from shared.campaign.definition import Definition
from shared.values.months import month_of, month_text, next_month
from shared.vocabulary import Reducer
from tests.shared.campaign.plans import Raw, block, definition, small

AUGUST, SEPTEMBER, OCTOBER = date(2022, 8, 1), date(2022, 9, 1), date(2022, 10, 1)


def repeated(kind: str, code: str, **values: object) -> Raw:
    """The small file with a block that is repeated from September on."""
    raw = small()
    raw[kind].append({**block(raw, kind, code), **values, "from": "2022-09"})
    return raw


def test_the_last_indicator_from_not_after_the_month_holds() -> None:
    plan = definition(repeated("indicator", "fast_share", scale=1000))

    assert {i.code: i.scale for i in plan.indicators_of(AUGUST)}["fast_share"] == 100
    assert {i.code: i.scale for i in plan.indicators_of(SEPTEMBER)}["fast_share"] == 1000
    assert [i.code for i in plan.indicators_of(SEPTEMBER)] == ["fast_share", "reach", "cases"]


def test_an_indicator_that_only_begins_later_is_not_there_before() -> None:
    raw = small()
    block(raw, "indicator", "reach")["from"] = "2022-09"

    assert [i.code for i in definition(raw).indicators_of(AUGUST)] == ["fast_share", "cases"]


def test_who_owes_a_metric_may_change_from_a_month_on() -> None:
    plan = definition(repeated("metric", "ports", owed_by=["red"]))

    owed = {month: next(m for m in plan.metrics_of(month) if m.code == "ports").owed_by for month in (AUGUST, SEPTEMBER)}

    assert owed == {AUGUST: ("red", "blue"), SEPTEMBER: ("red",)}


def test_a_metric_that_has_ended_is_owed_no_more() -> None:
    raw = small()
    block(raw, "metric", "ports")["valid_to"] = "2022-08"

    assert "ports" in [m.code for m in definition(raw).metrics_of(AUGUST)]
    assert "ports" not in [m.code for m in definition(raw).metrics_of(SEPTEMBER)]


def test_an_organisation_owes_only_while_it_takes_part() -> None:
    raw = small()
    block(raw, "organisation", "blue")["valid_from"] = "2022-09"
    plan = definition(raw)

    assert plan.orgs_required(plan.metric("ports"), AUGUST) == ["red"]
    assert plan.orgs_required(plan.metric("ports"), SEPTEMBER) == ["red", "blue"]


def test_streets_are_the_leaves_that_exist_in_the_month() -> None:
    plan = definition(small())

    assert [street.code for street in plan.streets(date(2022, 2, 1))] == ["001"]
    assert [street.code for street in plan.streets(date(2022, 3, 1))] == ["001", "002"]


def test_a_street_that_is_divided_is_a_leaf_until_its_parts_exist() -> None:
    raw = small()
    raw["area"].append({**block(raw, "area", "002"), "code": "0021", "parent": "002", "valid_from": "2022-09"})

    assert [street.code for street in definition(raw).streets(AUGUST)] == ["001", "002"]
    assert [street.code for street in definition(raw).streets(SEPTEMBER)] == ["001", "0021"]


def test_a_metric_is_counted_everywhere_or_where_its_reporter_is() -> None:
    plan = definition(small())

    assert [a.code for a in plan.areas_for(plan.metric("ports"), "red", AUGUST)] == ["001", "002"]
    assert [a.code for a in plan.areas_for(plan.metric("users"), "red", AUGUST)] == ["town"]
    assert [a.code for a in plan.areas_for(plan.metric("events"), "office", AUGUST)] == ["001"]


def target(plan: Definition, month: date, area: str | None = None, org: str | None = None) -> str | None:
    """The value of the target that a month of `fast_share` is judged against."""
    found = plan.target_of("fast_share", month, area, org)
    return found.value if found else None


def test_the_campaigns_target_holds_for_areas_and_never_for_organisations() -> None:
    plan = definition(small())

    assert target(plan, AUGUST) == "25"
    assert target(plan, AUGUST, area="001") == "25"
    assert target(plan, AUGUST, org="red") is None
    assert target(plan, AUGUST, area="001", org="red") is None


def test_an_area_and_an_organisation_may_have_targets_of_their_own() -> None:
    raw = small()
    raw["target"] += [{**raw["target"][0], "value": 30, "area": "001"}, {**raw["target"][0], "value": 40, "org": "red"}]
    plan = definition(raw)

    assert [target(plan, AUGUST), target(plan, AUGUST, area="001"), target(plan, AUGUST, area="002")] == ["25", "30", "25"]
    assert [target(plan, AUGUST, org="red"), target(plan, AUGUST, org="blue")] == ["40", None]
    assert target(plan, AUGUST, area="001", org="red") == "40"


def test_a_tasks_target_is_never_the_one_a_month_is_judged_against() -> None:
    raw = small()
    raw["target"] = raw["target"][1:]

    assert target(definition(raw), AUGUST) is None


def test_of_several_targets_the_next_one_due_holds_and_after_all_the_last() -> None:
    raw = small()
    raw["target"].append({**raw["target"][0], "value": 40, "due": "2023-12-31"})
    plan = definition(raw)

    assert [target(plan, month) for month in (AUGUST, SEPTEMBER, OCTOBER, date(2024, 1, 1))] == ["25", "25", "40", "40"]


def test_a_target_may_change_from_a_month_on() -> None:
    raw = small()
    raw["target"].append({**raw["target"][0], "value": 30, "due": "2022-12-31", "from": "2022-09"})
    plan = definition(raw)

    assert [target(plan, month) for month in (AUGUST, SEPTEMBER)] == ["25", "30"]


def test_a_tasks_target_stands_beside_the_campaigns_and_each_gives_way_to_an_areas_own_and_to_a_later_one() -> None:
    raw = small()
    campaigns, tasks = raw["target"]
    raw["target"] += [
        {**campaigns, "value": 30, "from": "2022-09"},
        {**campaigns, "value": 35, "from": "2022-09", "due": "2022-12-31"},
        {**campaigns, "value": 50, "area": "001"},
        {**tasks, "value": 20, "area": "002"},
        {**tasks, "value": 40, "org": "red"},
    ]
    plan = definition(raw)

    def standing(month: date, area: str | None = None, org: str | None = None) -> list[tuple[str, str]]:
        return [(each.kind, each.value) for each in plan.targets_of("fast_share", month, area, org)]

    assert standing(AUGUST) == [("campaign", "25"), ("task", "25")]
    assert standing(SEPTEMBER) == [("campaign", "30"), ("campaign", "35"), ("task", "25")]
    assert standing(SEPTEMBER, area="001") == [("campaign", "50"), ("task", "25")]
    assert standing(AUGUST, area="002") == [("campaign", "25"), ("task", "20")]
    assert standing(AUGUST, org="red") == standing(AUGUST, area="001", org="red") == [("task", "40")]
    assert standing(AUGUST, org="blue") == []
    assert plan.targets_of("reach", AUGUST) == []
    for month in (AUGUST, SEPTEMBER, OCTOBER):
        for area in (None, "001", "002"):
            assert plan.target_of("fast_share", month, area) in plan.targets_of("fast_share", month, area)


def test_a_targets_value_is_exact() -> None:
    plain = {"indicator": "x", "due": "2022-09-30", "source": {"zh": "x", "en": "x"}}

    assert Target.model_validate({**plain, "value": "0.29"}).ratio == Fraction(29, 100)
    assert Target.model_validate({**plain, "value": 12}).ratio == 12
    for wrong in (0.29, "29%", "-1", True, "1e3", "２５"):
        with pytest.raises(ValidationError):
            Target.model_validate({**plain, "value": wrong})


def test_an_indicator_without_variants_is_a_plain_sum_that_decides() -> None:
    indicator: Indicator = definition(small()).indicators_of(AUGUST)[0]

    assert [(variant.code, variant.reducer) for variant in indicator.variants] == [("sum", Reducer.SUM)]
    assert indicator.deciding.code == "sum"
    assert indicator.numerator_of(indicator.deciding) == "fast_ports"


def test_a_variant_may_count_a_metric_of_its_own_and_divide_by_another() -> None:
    reach = definition(small()).indicators_of(AUGUST)[1]

    assert [reach.numerator_of(variant) for variant in reach.variants] == ["ports", "reached_any"]
    assert [reach.denominator_of(variant) for variant in reach.variants] == ["people", "listed"]
    assert reach.metrics == ("ports", "people", "reached_any", "listed")


def test_a_month_is_open_from_its_first_day_and_due_on_a_day_of_the_next() -> None:
    calendar = Calendar(opens="month_start", due_day=5, grace_days=5)

    assert not calendar.is_open(OCTOBER, date(2022, 9, 30))
    assert calendar.is_open(OCTOBER, date(2022, 10, 1))
    assert calendar.due(date(2022, 12, 1)) == date(2023, 1, 5)


def test_a_finished_series_is_always_open() -> None:
    assert Calendar(opens="always", due_day=25).is_open(date(2022, 12, 1), date(2022, 9, 6))


def test_before_the_first_month_only_references_are_reported() -> None:
    bounded, free = (
        definition(small() | {"calendar": small()["calendar"] | own})
        for own in ({"first_month": "2022-09"}, {"first_month": None})
    )

    assert [metric.code for metric in bounded.reported_in(AUGUST)] == ["people"]
    assert bounded.reported_in(SEPTEMBER) == free.reported_in(AUGUST) == [m for m in free.metrics_of(AUGUST) if not m.derived]
    assert (bounded.era(AUGUST), bounded.era(SEPTEMBER)) == (free.era(AUGUST), SEPTEMBER)
    assert bounded.calendar.hint(AUGUST, OCTOBER).zh == "最早可填报 2022-09 的数据（基准数除外）"


@pytest.mark.parametrize(
    ("today", "latest"),
    [
        ("2022-09-05", "2022-07"),
        ("2022-09-06", "2022-08"),
        ("2022-09-30", "2022-08"),
        ("2023-01-05", "2022-11"),
        ("2023-01-06", "2022-12"),
    ],
)
def test_the_latest_month_past_its_due_day(today: str, latest: str) -> None:
    assert month_text(Calendar(opens="month_start", due_day=5).latest_due(date.fromisoformat(today))) == latest


def test_months_are_text_outside_and_first_days_inside() -> None:
    assert month_of("2022-09") == SEPTEMBER
    assert next_month(date(2022, 12, 1)) == date(2023, 1, 1)
    for wrong in ("2022-9", "2022-00", "2022-13", "0000-01", "２０２２-09", "2022-09-01", date(2022, 9, 2), 202209, None):
        with pytest.raises(ValueError, match="month"):
            month_of(wrong)


def test_a_definition_reads_back_from_its_stored_body_and_keeps_its_digest() -> None:
    plan = definition(small())

    again = Definition.model_validate(plan.body())

    assert again == plan
    assert again.digest() == plan.digest()


def test_a_digest_tells_any_two_definitions_apart() -> None:
    raw = small()
    raw["calendar"]["grace_days"] = 4

    assert definition(raw).digest() != definition(small()).digest()


def test_a_key_left_out_is_the_same_as_its_default() -> None:
    raw = small()
    raw["target"][0]["kind"] = "campaign"

    assert definition(raw).digest() == definition(small()).digest()
