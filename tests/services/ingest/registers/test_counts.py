"""The counts that registers give, told by examples."""

from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.registers.lists import (
    KANGMEI,
    RENHE,
    building,
    covered,
    derived,
    place,
    pushed,
    station,
    test_of,
)


async def test_places_are_reached_by_any_all_and_each_carrier(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "economy", "key_places", [place("A"), place("B"), place("C"), place("R", RENHE)])
    for carrier, reached in {"telecom": "AB", "mobile": "B", "unicom": "B"}.items():
        await pushed(liangjiang, carrier, "place_tests", [test_of(key, reached=key in reached) for key in "ABC"])

    assert derived(liangjiang) == {
        ("*", "key_places_on_register", KANGMEI): 3,
        ("*", "key_places_on_register", RENHE): 1,
        ("*", "key_places_reached_any", KANGMEI): 2,
        ("*", "key_places_reached_all", KANGMEI): 1,
        ("telecom", "key_places_reached_tested", KANGMEI): 2,
        ("mobile", "key_places_reached_tested", KANGMEI): 1,
        ("unicom", "key_places_reached_tested", KANGMEI): 1,
    }


async def test_what_is_reached_is_unknown_until_every_carrier_has_tested_in_the_street(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "economy", "key_places", [place("A")])
    for carrier in ("telecom", "mobile"):
        await pushed(liangjiang, carrier, "place_tests", [test_of("A", reached=True)])

    assert ("*", "key_places_reached_any", KANGMEI) not in derived(liangjiang)

    await pushed(liangjiang, "unicom", "place_tests", [test_of("A", reached=False)])

    assert derived(liangjiang)["*", "key_places_reached_any", KANGMEI] == 1
    assert derived(liangjiang)["*", "key_places_reached_all", KANGMEI] == 0


async def test_homes_are_bounded_building_by_building(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "kangmei", "compounds", [building("1", 100), building("2", 50)])
    for carrier, first, second in (("telecom", 80, 0), ("mobile", 70, 20), ("unicom", 30, 25)):
        await pushed(liangjiang, carrier, "home_coverage", [covered("1", first), covered("2", second)])

    found = derived(liangjiang)

    assert found["*", "households_registered", KANGMEI] == 150
    assert found["*", "homes_gigabit_lower", KANGMEI] == 80 + 25
    assert found["*", "homes_gigabit_upper", KANGMEI] == 100 + 45
    assert [found[org, "homes_gigabit_listed", KANGMEI] for org in ("telecom", "mobile", "unicom")] == [80, 90, 55]


async def test_a_shared_station_counts_once_with_its_builder(liangjiang: CampaignApi) -> None:
    await pushed(
        liangjiang, "telecom", "base_stations", [station("1", "telecom", shared_with=["unicom"]), station("2", "telecom")]
    )
    await pushed(liangjiang, "unicom", "base_stations", [station("1", "telecom", RENHE), station("1", "unicom")])

    assert derived(liangjiang) == {
        ("*", "bs_5g_stations_once", KANGMEI): 3,
        ("telecom", "bs_5g_built_listed", KANGMEI): 2,
        ("telecom", "bs_5g_shared_in_listed", KANGMEI): 0,
        ("unicom", "bs_5g_built_listed", KANGMEI): 1,
        ("unicom", "bs_5g_shared_in_listed", KANGMEI): 0,
        ("unicom", "bs_5g_built_listed", RENHE): 0,
        ("unicom", "bs_5g_shared_in_listed", RENHE): 1,
    }


async def test_the_summary_has_every_variant_once_the_registers_are_loaded(liangjiang: CampaignApi) -> None:
    streets = [area["code"] for area in (await liangjiang.get_ok("/v1/catalogue"))["areas"] if area["parent"]]
    await liangjiang.push_ok("economy", [("key_places_listed", street, 2) for street in streets])
    carriers = ("telecom", "mobile", "unicom")
    for carrier in carriers:
        await liangjiang.push_ok(carrier, [("key_places_reached", street, 1) for street in streets])
    await pushed(liangjiang, "economy", "key_places", [place(f"{street}-{n}", street) for street in streets for n in (1, 2)])
    for carrier in carriers:
        tests = [test_of(f"{street}-{n}", reached=n == 1 or carrier == "mobile") for street in streets for n in (1, 2)]
        await pushed(liangjiang, carrier, "place_tests", tests)

    line = await liangjiang.line("key_place_5g_reach")

    figures = {figure["variant"]: (figure["numerator"], figure["denominator"]) for figure in line["variants"]}
    assert figures == {"each": (24, 48), "any": (16, 16), "all": (8, 16)}
