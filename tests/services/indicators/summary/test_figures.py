"""Fields of a summary line other than its numbers: status, provisional, references."""

from typing import Any

from tests.fixtures_campaign_api import CampaignApi, CreateCampaign, Line

KANGMEI, RENHE = "500112022", "500112009"


def short(line: Line) -> tuple[Any, ...]:
    """Return the parts of a line that a person reads first."""
    return line["numerator"], line["denominator"], line["display"], line["status"], line["gap"]


async def test_a_status_is_told_in_order_incomplete_then_not_applicable_then_no_target(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", "fbb_1000m_share", carriers=["telecom", "mobile"])
    total, fast, faster = "fbb_subs_total", "fbb_subs_500m", "fbb_subs_1000m"

    async def statuses() -> list[str]:
        return [line["status"] for line in await town.lines()]

    assert await statuses() == ["incomplete", "incomplete"]
    await town.push_ok("telecom", [(metric, "liangjiang", 0) for metric in (total, fast, faster)])
    assert await statuses() == ["incomplete", "incomplete"]  # a denominator of 0 so far, yet somebody is missing
    await town.push_ok("mobile", [(metric, "liangjiang", 0) for metric in (total, fast, faster)])
    assert await statuses() == ["not_applicable", "not_applicable"]  # also the one without a target
    await town.push_ok("mobile", [(total, "liangjiang", 4), (fast, "liangjiang", 1)])
    assert await statuses() == ["met", "no_target"]
    await town.push_ok("mobile", [(total, "liangjiang", 5)])
    assert await statuses() == ["not_met", "no_target"]


async def test_a_voluntary_indicator_is_of_those_who_report_it_and_then_wants_both_sides(liangjiang: CampaignApi) -> None:
    users, internet = "ipv6_users", "internet_users"
    nobody = await liangjiang.line("ipv6_user_share")
    await liangjiang.push_ok("telecom", [(users, "liangjiang", 30), (internet, "liangjiang", 40)])
    complete = await liangjiang.line("ipv6_user_share")
    await liangjiang.push_ok("mobile", [(users, "liangjiang", 30)])
    half = await liangjiang.line("ipv6_user_share")
    orgs = {line["org"] for line in await liangjiang.lines(group_by="org") if line["indicator"] == "ipv6_user_share"}

    assert (nobody["status"], nobody["cells"]["missing"], nobody["numerator"]) == ("not_reported", 0, None)
    assert short(complete) == (30, 40, "75.0", "no_target", None)
    assert half["missing"] == [{"org": "mobile", "metric": internet, "area": "liangjiang", "month": "2022-08"}]
    assert half["partial"] == {"numerator": 60, "denominator": 40}
    assert orgs == {"telecom", "mobile"}


async def test_a_figure_is_provisional_until_every_contributors_month_is_accepted(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("bs_5g_per_10k", "fbb_500m_share", carriers=["telecom", "mobile"])
    await town.push_ok("economy", [("population_resident", KANGMEI, 10_000)])
    for carrier in ("telecom", "mobile"):
        users = [("fbb_subs_total", "liangjiang", 4), ("fbb_subs_500m", "liangjiang", 1)]
        await town.push_ok(carrier, [("bs_5g_built", KANGMEI, 6), *users])

    async def provisional() -> tuple[bool, bool]:
        stations, users = await town.line("bs_5g_per_10k"), await town.line("fbb_500m_share")
        return stations["provisional"], users["provisional"]

    assert await provisional() == (True, True)
    await town.make_moves("telecom", "submit", "accept")
    await town.make_moves("mobile", "submit")
    assert await provisional() == (True, True)
    await town.make_moves("mobile", "accept")
    assert await provisional() == (True, False)  # the population's month is not accepted yet
    await town.make_moves("economy", "submit", "accept")
    assert await provisional() == (False, False)
    await town.make_moves("mobile", "reopen")
    assert await provisional() == (True, True)


async def test_a_reference_is_named_where_it_is_older_and_only_there(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("bs_5g_per_10k", carriers=["telecom"], streets=[KANGMEI, RENHE])
    await town.push_ok("economy", [("population_resident", KANGMEI, 60_000), ("population_resident", RENHE, 70_000)], "2022-06")
    await town.push_ok("economy", [("population_resident", RENHE, 80_000)], "2022-08")
    await town.push_ok("telecom", [("bs_5g_built", KANGMEI, 60), ("bs_5g_built", RENHE, 96)])

    whole = await town.line("bs_5g_per_10k")
    streets = {line["area"]: line for line in await town.lines(group_by="area")}

    assert (whole["denominator"], whole["references"]) == (140_000, [{"metric": "population_resident", "month": "2022-06"}])
    assert (streets[KANGMEI]["denominator"], len(streets[KANGMEI]["references"])) == (60_000, 1)
    assert (streets[RENHE]["denominator"], streets[RENHE]["references"]) == (80_000, [])
    assert whole["cells"] == {"reported": 4, "zero": 0, "missing": 0}
