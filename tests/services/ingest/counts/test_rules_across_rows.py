"""Rules across rows: judged on the state that a push would leave."""

from shared.campaign.blocks.rule import STATISTICAL
from shared.campaign.checks.rules import OF_A_WHOLE_MONTH
from shared.campaign.definition import Definition
from shared.vocabulary import RuleKind, Severity
from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.pushing import WHOLE, codes, counts, stored


async def test_rules_across_rows_are_judged_on_the_state_the_push_would_leave(liangjiang: CampaignApi) -> None:
    total, fast = ("fbb_subs_total", WHOLE), ("fbb_subs_500m", WHOLE)

    async def outcome(*rows: tuple[str, str, int]) -> list[tuple[int, str, str]]:
        answer = await liangjiang.push("telecom", rows)
        return [] if answer.status_code == 201 else codes(answer.json()["report"])

    assert await outcome((*total, 100)) == []
    assert await outcome((*fast, 101)) == [(1, "value", "rule_broken")]  # the total came yesterday
    assert await outcome((*fast, 90)) == []
    assert await outcome((*total, 89)) == [(1, "value", "rule_broken")]
    assert await outcome((*total, 200), (*fast, 150)) == []  # alone, the second row would not do
    assert sorted(await outcome((*total, 10), (*fast, 11))) == [(1, "value", "rule_broken"), (2, "value", "rule_broken")]
    assert await stored(liangjiang) == {("telecom", *total, 200), ("telecom", *fast, 150)}


async def test_a_rule_is_judged_within_one_street_and_month_only(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [("olt_pon_ports_total", "500112007", 10)])

    await liangjiang.push_ok("telecom", [("olt_pon_ports_10g", "500112008", 11)])
    await liangjiang.push_ok("telecom", [("olt_pon_ports_10g", "500112007", 11)], "2022-07")
    refused = await liangjiang.push("telecom", [("olt_pon_ports_10g", "500112007", 11), ("olt_pon_ports_10g", "500112009", 1)])

    (error,) = refused.json()["report"]["errors"]
    assert (error["row"], error["code"]) == (1, "rule_broken")
    assert error["hint"] == {
        "zh": "鸳鸯街道（500112007）：10G及以上PON端口数（olt_pon_ports_10g）为11，OLT PON端口总数（olt_pon_ports_total）为10",
        "en": "Yuanyang Subdistrict (500112007): OLT PON ports of 10G class and above (olt_pon_ports_10g) = 11,"
        " OLT PON ports (olt_pon_ports_total) = 10",
    }
    assert refused.json()["report"]["counts"] == counts(received=2, rejected=1, withheld=1)


async def test_a_rule_of_one_organisation_never_looks_at_anothers_counts(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("mobile", [("fbb_subs_total", WHOLE, 10)])
    await liangjiang.push_ok("telecom", [("fbb_subs_500m", WHOLE, 1_000)])

    assert await stored(liangjiang) == {("mobile", "fbb_subs_total", WHOLE, 10), ("telecom", "fbb_subs_500m", WHOLE, 1_000)}


def _strict(definition: Definition) -> Definition:
    """The plan with a fall, a jump and homes above households refused instead of asked about."""
    strict = {"change_beyond_20_percent", "stock_has_fallen", "homes_above_households"}
    rules = tuple(
        rule.model_copy(update={"severity": Severity.BLOCK}) if rule.code in strict else rule for rule in definition.rules
    )
    return definition.model_copy(update={"rules": rules})


async def test_a_rule_over_time_refuses_where_the_plan_says_block(liangjiang: CampaignApi, definition: Definition) -> None:
    await liangjiang.apply(_strict(definition))
    users, kangmei = ("mobile_subs_total", WHOLE), "500112022"
    await liangjiang.push_ok("telecom", [(*users, 100)], "2022-07")
    await liangjiang.push_ok("economy", [("households_urban", kangmei, 10)], "2022-07")

    fallen = await liangjiang.push("telecom", [(*users, 99)])
    jumped = await liangjiang.push("telecom", [(*users, 121), ("homes_gigabit_covered", kangmei, 11)])
    await liangjiang.push_ok("telecom", [(*users, 120), ("homes_gigabit_covered", kangmei, 10)])

    assert codes(fallen.json()["report"]) == [(1, "value", "rule_broken")]
    assert fallen.json()["report"]["errors"][0]["hint"]["en"] == (
        "Liangjiang New Area (liangjiang): Mobile subscriptions (mobile_subs_total) in 2022-07 = 100,"
        " Mobile subscriptions (mobile_subs_total) in 2022-08 = 99"
    )
    assert sorted(codes(jumped.json()["report"])) == [(1, "value", "rule_broken"), (2, "value", "rule_broken")]
    assert jumped.json()["report"]["counts"] == counts(received=2, rejected=2)


async def test_a_partial_push_keeps_what_a_rule_over_time_lets_stand(liangjiang: CampaignApi, definition: Definition) -> None:
    await liangjiang.apply(_strict(definition))
    users, fast = ("mobile_subs_total", WHOLE), ("mobile_subs_5g", WHOLE)
    both = [
        {"metric": metric, "area": area, "month": month, "value": value}
        for month, value in (("2022-07", 100), ("2022-08", 90))
        for metric, area in (users, fast)
    ]
    both[3]["value"] = 100  # within no more users than the 90 that are refused for having fallen

    answer = await liangjiang.api.post(
        "/v1/observations", params={"mode": "partial"}, json={"observations": both}, headers=liangjiang.headers("telecom")
    )
    report = answer.json()["report"]

    assert answer.status_code == 201, answer.text
    assert report["counts"] == counts(received=4, created=2, rejected=2)
    assert {error["row"] for error in report["errors"]} == {3, 4}
    assert {error["row"] for error in report["errors"] if "cannot exceed" not in error["message"]["en"]} == {3}


def test_each_kind_of_rule_either_rejects_rows_or_may_not_block() -> None:
    rejecting = {
        *(RuleKind.PART_OF, RuleKind.SUM_EQUALS),
        *(RuleKind.CHANGE_LIMIT, RuleKind.STOCK_FALL, RuleKind.ABOVE_REFERENCE),
    }
    never_blocking = {
        *OF_A_WHOLE_MONTH,
        *STATISTICAL,
        *(RuleKind.DECLARED_DIFFERS, RuleKind.ABOVE_LIMIT),
        *(RuleKind.LISTED_DIFFERENTLY, RuleKind.SHARED_UNLISTED, RuleKind.SITES_UNLISTED),
    }

    assert rejecting | never_blocking == set(RuleKind)
    assert rejecting & never_blocking == set()
