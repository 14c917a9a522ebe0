"""Each kind of finding says why it is one, with its numbers, and values above all there is are handled by rule."""

from typing import Any

from services.ingest.findings import reasons
from shared.campaign.blocks import OF_STORED_MONTHS
from shared.vocabulary import RuleKind
from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.pushing import WHOLE
from tests.services.ingest.registers.lists import KANGMEI, station
from tests.services.ingest.registers.lists import pushed as listed


async def found(practice: CampaignApi, org: str = "economy", **question: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """Findings by organisation and rule."""
    items = (await practice.get_ok("/v1/findings", org, month="2022-08", **question))["items"]
    return {(one["org"], one["rule"]): one for one in items}


async def test_trap_2_a_declared_coverage_of_180_per_cent_is_told_as_it_is_and_says_that_it_decides_nothing(
    liangjiang: CampaignApi,
) -> None:
    households = 1_000
    await liangjiang.push_ok("economy", [("households_urban", KANGMEI, households)], "2022-07")
    for org, homes in (("telecom", 800), ("mobile", 700)):
        await liangjiang.push_ok(org, [("homes_gigabit_covered", KANGMEI, homes)])
    question = {"kind": "above_limit"}
    assert await found(liangjiang, **question) == {}  # nobody knows yet what Unicom covers

    await liangjiang.push_ok("unicom", [("homes_gigabit_covered", KANGMEI, 300)])
    (finding,) = (await found(liangjiang, **question)).values()

    assert (finding["rule"], finding["metric"], finding["area"]) == (
        *("declared_homes_above_100_percent", "homes_gigabit_covered", KANGMEI),
    )
    assert [(one["org"], one["month"], one["value"]) for one in finding["values"]] == [
        *(("telecom", "2022-08", 800), ("mobile", "2022-08", 700), ("unicom", "2022-08", 300)),
        ("economy", "2022-07", households),
    ]
    assert finding["reason"]["en"] == (
        "“Urban homes covered by gigabit fibre” of Kangmei, calculated as “Sum of the carriers' reported counts (with overlaps,"
        " may exceed 100 %)”, is 180.0 % (1800 ÷ 1000), above the limit of 100 %; another"
        " variant decides whether the target is met"
    )
    assert finding["attention"][0] == {"org": "economy", "what": "check"}
    for org in ("telecom", "kangmei"):
        assert await found(liangjiang, org, **question) == {}

    await liangjiang.push_ok("telecom", [("homes_gigabit_covered", KANGMEI, 0)])  # 700 + 300: exactly all of them
    assert await found(liangjiang, **question) == {}


async def test_more_places_reached_than_listed_wants_a_word_of_the_carrier_and_a_look_of_who_keeps_the_list(
    liangjiang: CampaignApi,
) -> None:
    await liangjiang.push_ok("economy", [("key_places_listed", KANGMEI, 10)])
    await liangjiang.push_ok("telecom", [("key_places_reached", KANGMEI, 11)])

    finding = (await found(liangjiang, "telecom"))["telecom", "places_reached_above_listed"]

    assert (
        finding["reason"]["zh"]
        == "电信（康美）“5G网络通达的重点场所数”为11处，经济运行局（康美）“清单内重点场所数”为10处，多出1处"
    )
    assert finding["attention"] == [{"org": "telecom", "what": "explain"}, {"org": "economy", "what": "check"}]
    assert (await liangjiang.move("telecom", "submit")).status_code == 409


async def test_every_other_kind_says_why_with_its_numbers(liangjiang: CampaignApi) -> None:
    users, fast = ("mobile_subs_total", WHOLE), ("mobile_subs_5g", WHOLE)
    await liangjiang.push_ok("telecom", [(*users, 10_000), (*fast, 3_000), ("bs_5g_built", KANGMEI, 0)], "2022-07")
    now = [(*users, 10_000), (*fast, 2_496), ("bs_5g_built", KANGMEI, 2), ("bs_5g_shared_in", KANGMEI, 5)]
    await liangjiang.push_ok("telecom", [*now, ("bs_5g_total", KANGMEI, 7)])
    for month in ("2022-07", "2022-08"):
        await liangjiang.push_ok("mobile", [(*users, 10), (*fast, 9)], month)
    await liangjiang.push_ok("unicom", [("bs_5g_built", KANGMEI, 4)])
    await listed(liangjiang, "telecom", "base_stations", [station("1", "telecom")])

    reason_by_rule = {(org, rule): one["reason"] for (org, rule), one in (await found(liangjiang)).items()}

    told = {who: reason["zh"] for who, reason in reason_by_rule.items()}
    assert told["telecom", "stock_has_fallen"] == "电信（全区）“5G移动电话用户数”为2496户，上月为3000户，变动-504户（-16.8%）"
    assert told["telecom", "change_beyond_20_percent"] == "电信（康美）“自建5G基站数”为2个，上月为0个，变动+2个"
    assert told["telecom", "mobile_5g_near_target"] == (
        "电信“5G用户占比”为24.96%（2496÷10000），目标25%，与目标相差不超过0.5个百分点，未达标"
    )
    assert (
        told["telecom", "declared_stations_built"]
        == "电信（康美）“自建5G基站数”为2个，电信（康美）“登记的自建5G基站数”为1个，相差1个"
    )
    assert told["mobile", "copy_of_last_month"] == "移动2022年8月填报的2项数据与上月完全相同"
    assert (
        told["*", "telecom_shares_what_unicom_built"]
        == "电信（康美）“共享共入5G基站数”为5个，联通（康美）“自建5G基站数”为4个，多出1个"
    )
    assert reason_by_rule["telecom", "stock_has_fallen"]["en"] == (
        "“5G mobile subscriptions” of Telecom in Liangjiang is 2496, last month 3000: -504 (-16.8%)"
    )


def test_each_kind_of_rule_over_one_month_has_a_reason() -> None:
    assert set(reasons._REASONS) == set(RuleKind) - OF_STORED_MONTHS
