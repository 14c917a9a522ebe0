"""Traps of time: population vintages, a reporter that is absent, the boundary of a month."""

from datetime import datetime

import pytest

from shared.clock import Clock
from tests.fixtures_campaign_api import CreateCampaign

KANGMEI = "500112022"


async def test_trap_12_another_population_is_another_version_and_the_old_answer_stays(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("bs_5g_per_10k", carriers=["telecom"])

    await town.push_ok("economy", [("population_resident", KANGMEI, 2_191_493)], "2020-12")
    old = await town.push_ok("telecom", [("bs_5g_built", KANGMEI, 2_640)])
    before = await town.get("/v1/summary", month="2022-08")
    new = await town.push_ok("economy", [("population_resident", KANGMEI, 2_205_800)], "2021-12")
    now = await town.line("bs_5g_per_10k")
    then = await town.line("bs_5g_per_10k", as_of=old["data_version"])
    again = await town.get("/v1/summary", month="2022-08", as_of=old["data_version"])

    assert (then["value"], then["display"], then["status"]) == (12.0465, "12.0", "met")
    assert then["references"] == [{"metric": "population_resident", "month": "2020-12"}]
    assert (now["value"], now["display"], now["status"]) == (11.9684, "11.9", "not_met")
    assert now["references"] == [{"metric": "population_resident", "month": "2021-12"}]
    assert new["data_version"] == old["data_version"] + 1
    assert again.content == before.content


async def test_trap_12_a_vintage_after_the_month_is_not_used(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("bs_5g_per_10k", carriers=["telecom"])

    await town.push_ok("economy", [("population_resident", KANGMEI, 60_000)], "2022-08")
    await town.push_ok("telecom", [("bs_5g_built", KANGMEI, 73)], "2022-07")
    july = await town.line("bs_5g_per_10k", month="2022-07")

    assert july["status"] == "incomplete"
    assert july["missing"] == [{"org": "economy", "metric": "population_resident", "area": KANGMEI, "month": "2022-07"}]


async def test_trap_16_with_a_reporter_absent_there_is_no_verdict_and_nothing_is_carried_forward(
    create_campaign: CreateCampaign,
) -> None:
    town = await create_campaign("fbb_500m_share")
    fast, total = "fbb_subs_500m", "fbb_subs_total"

    for carrier, part, whole in (("telecom", 60, 200), ("mobile", 90, 400), ("unicom", 45, 100)):
        await town.push_ok(carrier, [(fast, "liangjiang", part), (total, "liangjiang", whole)])
        if carrier != "unicom":
            await town.push_ok(carrier, [(fast, "liangjiang", part), (total, "liangjiang", whole)], "2022-09")
    august = await town.line("fbb_500m_share")
    september = await town.line("fbb_500m_share", month="2022-09")

    assert (august["numerator"], august["denominator"], august["display"], august["status"]) == (195, 700, "27.8", "met")
    assert september["status"] == "incomplete"
    assert [september[name] for name in ("numerator", "denominator", "value", "display", "gap")] == [None] * 5
    assert september["missing"] == [
        {"org": "unicom", "metric": metric, "area": "liangjiang", "month": "2022-09"} for metric in (fast, total)
    ]
    assert september["partial"] == {"numerator": 150, "denominator": 600}
    assert september["cells"] == {"reported": 4, "zero": 0, "missing": 2}


@pytest.mark.parametrize(("instant", "status"), [("2022-09-30T15:59:59+00:00", 422), ("2022-09-30T16:00:00+00:00", 201)])
async def test_trap_23_october_opens_at_midnight_in_chongqing(
    create_campaign: CreateCampaign, clock: Clock, instant: str, status: int
) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"])
    clock.fixed = datetime.fromisoformat(instant)

    october = await town.push("telecom", [("fbb_subs_total", "liangjiang", 10)], "2022-10")
    september = await town.push("telecom", [("fbb_subs_total", "liangjiang", 10)], "2022-09")

    assert october.status_code == status
    assert september.status_code == 201
    if status == 422:
        (error,) = october.json()["report"]["errors"]
        assert (error["column"], error["code"], error["value"]) == ("month", "month_not_open", "2022-10")
        assert "2022-09" in error["hint"]["en"]


async def test_trap_23_half_past_midnight_is_the_new_month_although_the_server_says_september(
    create_campaign: CreateCampaign, clock: Clock
) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"])
    clock.fixed = datetime.fromisoformat("2022-09-30T16:30:00+00:00")

    await town.push_ok("telecom", [("fbb_subs_total", "liangjiang", 10)], "2022-10")
    (row,) = (await town.get_ok("/v1/observations"))["items"]

    assert (row["month"], row["reported_at"]) == ("2022-10", "2022-09-30T16:30:00.000000Z")


async def test_trap_23_a_due_day_lasts_to_midnight_in_chongqing(create_campaign: CreateCampaign, clock: Clock) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"])

    clock.fixed = datetime.fromisoformat("2022-09-05T15:59:59+00:00")  # 5 September, 23:59:59 in Chongqing
    on_the_day = await town.get_ok("/v1/summary")
    clock.fixed = datetime.fromisoformat("2022-09-05T16:00:00+00:00")
    after_it = await town.get_ok("/v1/summary")

    assert {line["month"] for line in on_the_day["lines"]} == {"2022-07"}
    assert {line["month"] for line in after_it["lines"]} == {"2022-08"}
