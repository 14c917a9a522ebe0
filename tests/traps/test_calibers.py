"""Traps of what is counted: shared stations, tower sites, 5G users, nested tiers."""

from tests.fixtures_campaign_api import CampaignApi, CreateCampaign

KANGMEI = "500112022"


async def _stations(town: CampaignApi) -> None:
    await town.push_ok("economy", [("population_resident", KANGMEI, 600_000)])
    for carrier, total, built, shared_in in (("telecom", 300, 200, 100), ("unicom", 300, 100, 200), ("mobile", 400, 400, 0)):
        counts = [("bs_5g_total", total), ("bs_5g_built", built), ("bs_5g_shared_in", shared_in)]
        await town.push_ok(carrier, [(metric, KANGMEI, value) for metric, value in counts])


async def test_trap_3_a_shared_station_counts_once_with_who_built_it(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("bs_5g_per_10k")

    await _stations(town)
    line = await town.line("bs_5g_per_10k")

    assert (line["numerator"], line["denominator"]) == (700, 600_000)
    assert (line["value"], line["display"], line["status"], line["gap"]) == (11.6666, "11.6", "not_met", 20)


async def test_trap_3_a_total_that_is_not_built_plus_shared_in_is_refused(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("bs_5g_per_10k")

    refused = await town.push(
        "telecom", [("bs_5g_total", KANGMEI, 350), ("bs_5g_built", KANGMEI, 200), ("bs_5g_shared_in", KANGMEI, 100)]
    )
    report = refused.json()["report"]

    assert refused.status_code == 422
    assert [(error["row"], error["code"]) for error in report["errors"]] == [
        (2, "rule_broken"),
        (3, "rule_broken"),
        (1, "rule_broken"),
    ]
    assert report["errors"][0]["message"]["en"] == "All 5G base stations must be those built plus those shared in"
    assert (await town.get_ok("/v1/observations"))["total"] == 0


async def test_trap_4_tower_sites_are_never_stations_and_tower_owes_no_indicator(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("bs_5g_per_10k", "home_gigabit_coverage", carriers=["telecom", "mobile", "unicom", "tower"])

    await _stations(town)
    await town.push_ok("tower", [("tower_sites_total", KANGMEI, 400), ("tower_sites_5g", KANGMEI, 350)])
    stations = await town.line("bs_5g_per_10k")
    homes = await town.line("home_gigabit_coverage")
    users = await town.push("tower", [("bs_5g_built", KANGMEI, 350)])

    assert stations["numerator"] == 700
    assert stations["cells"] == {"reported": 3 + 1, "zero": 0, "missing": 0}
    owing = {cell["org"] for cell in homes["missing"] if cell["metric"] == "homes_gigabit_covered"}
    assert owing == {"telecom", "mobile", "unicom"}
    assert [error["code"] for error in users.json()["report"]["errors"]] == ["not_entitled"]


async def test_trap_5_only_5g_mobile_subscriptions_decide_and_tempting_words_are_told_so(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("mobile_5g_share", carriers=["telecom"])

    refused = await town.push(
        "telecom",
        [
            ("mobile_subs_total", "liangjiang", 1_600_000),
            ("mobile_subs_5g_package", "liangjiang", 600_000),
            ("mobile_terminals_5g", "liangjiang", 420_000),
        ],
    )
    nothing = await town.line("mobile_5g_share")
    await town.push_ok("telecom", [("mobile_subs_total", "liangjiang", 1_600_000), ("mobile_subs_5g", "liangjiang", 380_000)])
    line = await town.line("mobile_5g_share")

    errors = refused.json()["report"]["errors"]
    assert [(error["row"], error["column"], error["code"], error["value"]) for error in errors] == [
        (2, "metric", "unknown_metric", "mobile_subs_5g_package"),
        (3, "metric", "unknown_metric", "mobile_terminals_5g"),
    ]
    assert all("mobile_subs_5g" in error["hint"]["zh"] and "mobile_subs_5g" in error["hint"]["en"] for error in errors)
    assert nothing["status"] == "incomplete"
    assert (line["value"], line["display"], line["status"], line["gap"]) == (23.75, "23.7", "not_met", 20_000)


async def test_trap_9_users_of_1000m_are_among_those_of_500m_and_are_not_added_again(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", "fbb_1000m_share", carriers=["telecom"])

    await town.push_ok(
        "telecom",
        [("fbb_subs_total", "liangjiang", 2000), ("fbb_subs_500m", "liangjiang", 500), ("fbb_subs_1000m", "liangjiang", 200)],
    )
    fast = await town.line("fbb_500m_share")
    faster = await town.line("fbb_1000m_share")

    assert (fast["numerator"], fast["display"], fast["status"]) == (500, "25.0", "met")
    assert (faster["numerator"], faster["display"], faster["status"], faster["target"]) == (200, "10.0", "no_target", None)


async def test_trap_9_a_tier_larger_than_the_one_around_it_is_refused(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"])
    total, fast, faster = "fbb_subs_total", "fbb_subs_500m", "fbb_subs_1000m"

    too_many = await town.push("telecom", [(total, "liangjiang", 2000), (fast, "liangjiang", 2001)])
    not_among = await town.push("telecom", [(total, "liangjiang", 2000), (fast, "liangjiang", 300), (faster, "liangjiang", 301)])

    for answer, rows in ((too_many, {1, 2}), (not_among, {2, 3})):
        assert answer.status_code == 422
        assert {error["row"] for error in answer.json()["report"]["errors"]} == rows
        assert {error["code"] for error in answer.json()["report"]["errors"]} == {"rule_broken"}


async def test_trap_7_the_denominator_is_ports_of_line_terminals_and_not_access_ports(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("pon_10g_share", carriers=["telecom"])
    ports = [("olt_pon_ports_10g", KANGMEI, 300), ("olt_pon_ports_total", KANGMEI, 1_000)]

    refused = await town.push("telecom", [*ports, ("ftth_ports", KANGMEI, 30_000)])
    await town.push_ok("telecom", ports)
    line = await town.line("pon_10g_share")

    (error,) = refused.json()["report"]["errors"]
    assert (error["row"], error["column"], error["code"]) == (3, "metric", "unknown_metric")
    assert "olt_pon_ports_total" in error["hint"]["zh"]
    assert (line["numerator"], line["denominator"], line["display"], line["status"]) == (300, 1_000, "30.0", "met")  # not 1.0
