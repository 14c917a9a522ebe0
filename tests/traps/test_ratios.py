"""Traps of ratios: averaged, rounded, over an empty base, over another base."""

from tests.fixtures_campaign_api import CampaignApi, CreateCampaign
from tests.services.ingest.registers.lists import building, covered, pushed

KANGMEI, RENHE, LIJIA = "500112022", "500112009", "500112019"


async def test_trap_1_streets_of_90_in_100_and_10_in_900_are_10_per_cent_and_not_the_average(
    create_campaign: CreateCampaign,
) -> None:
    town = await create_campaign("pon_10g_share", carriers=["telecom"], streets=[KANGMEI, RENHE])

    await town.push_ok(
        "telecom",
        [
            ("olt_pon_ports_10g", KANGMEI, 90),
            ("olt_pon_ports_total", KANGMEI, 100),
            ("olt_pon_ports_10g", RENHE, 10),
            ("olt_pon_ports_total", RENHE, 900),
        ],
    )
    line = await town.line("pon_10g_share")

    assert (line["numerator"], line["denominator"]) == (100, 1000)
    assert (line["value"], line["display"], line["status"], line["gap"]) == (10.0, "10.0", "not_met", 150)


async def test_trap_2_homes_covered_by_three_carriers_are_bounded_and_the_declared_sum_is_not_capped(
    create_campaign: CreateCampaign,
) -> None:
    town = await create_campaign("home_gigabit_coverage")

    await town.push_ok("economy", [("households_urban", KANGMEI, 1000)])
    for carrier, homes in (("telecom", 800), ("mobile", 700), ("unicom", 300)):
        await town.push_ok(carrier, [("homes_gigabit_covered", KANGMEI, homes)])
    line = await town.line("home_gigabit_coverage")
    variants = {variant["variant"]: variant for variant in line["variants"]}

    assert {code: (one["numerator"], one["display"]) for code, one in variants.items()} == {
        "lower": (800, "80.0"),
        "upper": (1000, "100.0"),
        "declared": (1800, "180.0"),
        **dict.fromkeys(("lower_by_building", "upper_by_building"), (None, None)),
    }
    assert [code for code, one in variants.items() if one["decides"]] == ["lower"]
    assert (line["numerator"], line["denominator"], line["status"], line["gap"]) == (800, 1000, "met", 0)


async def test_trap_2_bounds_by_building_are_over_the_households_of_those_buildings(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("home_gigabit_coverage", carriers=["telecom", "mobile"])

    await town.push_ok("economy", [("households_urban", KANGMEI, 1000)])
    for carrier, homes in (("telecom", 800), ("mobile", 700)):
        await town.push_ok(carrier, [("homes_gigabit_covered", KANGMEI, homes)])
    await pushed(town, "kangmei", "compounds", [building("1", 100), building("2", 60)])
    for carrier, first, second in (("telecom", 90, 0), ("mobile", 20, 30)):
        await pushed(town, carrier, "home_coverage", [covered("1", first), covered("2", second)])
    line = await town.line("home_gigabit_coverage")
    by_building = {one["variant"]: one for one in line["variants"][-2:]}

    assert {code: (one["numerator"], one["denominator"], one["display"]) for code, one in by_building.items()} == {
        "lower_by_building": (90 + 30, 160, "75.0"),
        "upper_by_building": (100 + 30, 160, "81.2"),
    }
    assert {code: (one["status"], one["gap"]) for code, one in by_building.items()} == {
        "lower_by_building": ("not_met", 8),
        "upper_by_building": ("met", 0),
    }
    assert (line["numerator"], line["denominator"]) == (800, 1000)


async def test_trap_2_bounds_are_taken_street_by_street(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("home_gigabit_coverage", carriers=["telecom", "mobile"], streets=[KANGMEI, RENHE])

    await town.push_ok("economy", [("households_urban", KANGMEI, 1000), ("households_urban", RENHE, 500)])
    await town.push_ok("telecom", [("homes_gigabit_covered", KANGMEI, 700), ("homes_gigabit_covered", RENHE, 600)])
    await town.push_ok("mobile", [("homes_gigabit_covered", KANGMEI, 100), ("homes_gigabit_covered", RENHE, 550)])
    line = await town.line("home_gigabit_coverage")

    assert {one["variant"]: one["numerator"] for one in line["variants"]} == {
        "lower": 700 + 500,
        "upper": 800 + 500,
        "declared": 800 + 1150,
        **dict.fromkeys(("lower_by_building", "upper_by_building")),
    }


async def test_trap_10_no_share_rounds_into_its_target(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"])
    cases = {
        "2022-05": (2_496, "24.9", "not_met", 4),
        "2022-06": (2_499, "24.9", "not_met", 1),
        "2022-07": (2_500, "25.0", "met", 0),
        "2022-08": (2_501, "25.0", "met", 0),
    }

    for month, (fast, *_) in cases.items():
        await town.push_ok("telecom", [("fbb_subs_total", "liangjiang", 10_000), ("fbb_subs_500m", "liangjiang", fast)], month)
    lines = await town.lines(**{"from": "2022-05", "to": "2022-08"})

    assert {line["month"]: (line["numerator"], line["display"], line["status"], line["gap"]) for line in lines} == cases
    assert [line["value"] for line in lines] == [24.96, 24.99, 25.0, 25.01]


async def test_trap_10_a_share_that_floats_get_wrong_is_compared_as_integers(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"])
    whole = 2**53 - 1

    await town.push_ok("telecom", [("fbb_subs_total", "liangjiang", whole), ("fbb_subs_500m", "liangjiang", whole // 4)])
    line = await town.line("fbb_500m_share")

    assert (line["numerator"] * 4 >= line["denominator"], line["status"], line["gap"]) == (False, "not_met", 1)
    assert (line["value"], line["display"]) == (24.9999, "24.9")


async def test_trap_11_stations_are_counted_by_people_and_not_by_whole_ten_thousands(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("bs_5g_per_10k", carriers=["telecom"])
    cases = {
        "2022-06": (60_456, 73, 12.0748, "12.0", "met", 0),
        "2022-07": (60_456, 72, 11.9094, "11.9", "not_met", 1),
        "2022-08": (60_900, 73, 11.9868, "11.9", "not_met", 1),
    }

    for month, (people, stations, *_) in cases.items():
        await town.push_ok("economy", [("population_resident", KANGMEI, people)], month)
        await town.push_ok("telecom", [("bs_5g_built", KANGMEI, stations)], month)
    lines = await town.lines(**{"from": "2022-06", "to": "2022-08"})

    assert {
        line["month"]: tuple(line[name] for name in ("denominator", "numerator", "value", "display", "status", "gap"))
        for line in lines
    } == cases


async def test_trap_17_an_empty_list_of_places_is_not_applicable_and_leaves_the_pool_alone(
    create_campaign: CreateCampaign,
) -> None:
    hospitals, universities, airports = KANGMEI, RENHE, LIJIA  # three groups of places, a street each
    town = await create_campaign("key_place_5g_reach", carriers=["telecom"], streets=[hospitals, universities, airports])

    listed = [(hospitals, 4, 3), (universities, 2, 2), (airports, 0, 0)]
    await town.push_ok("economy", [("key_places_listed", street, count) for street, count, _ in listed])
    await town.push_ok("telecom", [("key_places_reached", street, count) for street, _, count in listed])
    pooled = await town.line("key_place_5g_reach")
    streets = {line["area"]: line for line in await town.lines(group_by="area")}

    assert (pooled["numerator"], pooled["denominator"], pooled["display"], pooled["status"]) == (5, 6, "83.3", "met")
    assert {area: (line["display"], line["status"]) for area, line in streets.items()} == {
        hospitals: ("75.0", "not_met"),
        universities: ("100.0", "met"),
        airports: (None, "not_applicable"),
    }
    assert (streets[airports]["value"], streets[airports]["gap"]) == (None, None)
    assert streets[airports]["cells"] == {"reported": 0, "zero": 2, "missing": 0}


async def test_trap_6_share_of_users_and_penetration_are_two_indicators(national: CampaignApi) -> None:
    october = national.for_month("2022-10")

    await october.push_ok("miit", [("population_resident", "CN", 1_412_600_000)], "2021-12")
    await october.push_ok("miit", [("mobile_subs_5g", "CN", 524_000_000), ("mobile_subs_total", "CN", 1_682_000_000)])
    share = await october.line("mobile_5g_share")
    penetration = await october.line("mobile_5g_penetration")

    assert (share["value"], share["display"], share["references"]) == (31.1533, "31.1", [])
    assert (penetration["value"], penetration["display"]) == (37.0947, "37.0")
    assert penetration["references"] == [{"metric": "population_resident", "month": "2021-12"}]
    assert {share["status"], penetration["status"]} == {"no_target"}
