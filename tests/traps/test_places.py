"""Traps of lists of places, through the registers: empty categories, any, all or each carrier, shrinking lists."""

from typing import Any

from tests.fixtures_campaign_api import CampaignApi, CreateCampaign
from tests.services.ingest.registers.lists import KANGMEI, place, push, pushed, test_of

CARRIERS = ("telecom", "mobile", "unicom")


async def _tested(town: CampaignApi, carrier: str, places: str, reached: str, month: str = "2022-08") -> None:
    tests = [test_of(key, reached=key in reached, month=month, tested_at=f"{month}-02T09:00:00+08:00") for key in places]
    await pushed(town, carrier, "place_tests", tests)


async def _figures(town: CampaignApi, month: str = "2022-08") -> dict[str, tuple[Any, ...]]:
    """Numerator, denominator and display of each variant."""
    line = await town.line("key_place_5g_reach", month=month)
    return {one["variant"]: (one["numerator"], one["denominator"], one["display"]) for one in line["variants"]}


async def test_trap_17_a_category_without_a_place_adds_nothing_to_the_pool(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("key_place_5g_reach", carriers=CARRIERS)
    hospitals, universities = "ABCD", "EF"  # and no trunk airport

    await town.push_ok("economy", [("key_places_listed", KANGMEI, 6)])
    listed = [(key, "hospital") for key in hospitals] + [(key, "university") for key in universities]
    await pushed(town, "economy", "key_places", [place(key, category=category) for key, category in listed])
    for carrier in CARRIERS:
        await _tested(town, carrier, "ABCDEF", "ABCEF")

    assert {variant: figure for variant, figure in (await _figures(town)).items() if variant != "each"} == {
        "any": (5, 6, "83.3"),  # neither 87.5, nor 58.3, nor 91.7
        "all": (5, 6, "83.3"),
    }


async def test_trap_18_any_all_and_each_carrier_stand_beside_each_other(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("key_place_5g_reach", carriers=CARRIERS)
    places, missed = "ABCDEFGHIJ", {"telecom": "IJ", "mobile": "A", "unicom": "AIBC"}

    await town.push_ok("economy", [("key_places_listed", KANGMEI, len(places))])
    await pushed(town, "economy", "key_places", [place(key) for key in places])
    for carrier, failing in missed.items():
        await _tested(town, carrier, places, "".join(sorted(set(places) - set(failing))))
        await town.push_ok(carrier, [("key_places_reached", KANGMEI, len(places) - len(failing))])
    line = await town.line("key_place_5g_reach")

    assert await _figures(town) == {"each": (23, 30, "76.6"), "any": (10, 10, "100.0"), "all": (5, 10, "50.0")}
    assert [one["variant"] for one in line["variants"] if one["decides"]] == ["each"]
    assert {one["variant"]: one["status"] for one in line["variants"]} == {"each": "not_met", "any": "met", "all": "not_met"}


async def test_trap_18_what_the_register_says_is_held_against_the_register_and_not_the_declared_list(
    create_campaign: CreateCampaign,
) -> None:
    town = await create_campaign("key_place_5g_reach", carriers=CARRIERS)
    before = await _figures(town)

    await town.push_ok("economy", [("key_places_listed", KANGMEI, 40)])
    for carrier in CARRIERS:
        await town.push_ok(carrier, [("key_places_reached", KANGMEI, 36)])
    counted = await _figures(town)
    await pushed(town, "economy", "key_places", [place(key) for key in "ABCDE"])
    for carrier, reached in (("telecom", "ABCDE"), ("mobile", "ABCD"), ("unicom", "ABC")):
        await _tested(town, carrier, "ABCDE", reached)
    figures, told = await _figures(town), await town.get_ok("/v1/indicators/key_place_5g_reach/explanation", month="2022-08")

    nothing = (None, None, None)
    assert before == {"each": nothing, "any": nothing, "all": nothing}
    assert counted == {"each": (108, 120, "90.0"), "any": nothing, "all": nothing}
    assert figures == {"each": (108, 120, "90.0"), "any": (5, 5, "100.0"), "all": (3, 5, "60.0")}  # not 12.5 and 7.5
    assert {one["variant"]: one["denominator"] for one in told["variants"]} == {
        "each": "key_places_listed",
        **dict.fromkeys(("any", "all"), "key_places_on_register"),
    }
    bases = {fact["metric"]: (fact["variants"], fact["value"]) for fact in told["facts"] if fact["side"] == "denominator"}
    assert bases == {"key_places_listed": (["each"], 40), "key_places_on_register": (["any", "all"], 5)}
    (base,) = [step for step in told["variants"][1]["steps"] if step["kind"] == "denominator"]
    assert (base["expression"], base["result"]) == ("5", "5")
    assert base["text"] == {"zh": "分母：登记表中的重点场所数", "en": "Denominator: Key places on the register"}
    assert [step["expression"] for step in told["variants"][1]["steps"] if step["kind"] == "value"] == ["5 × 100 ÷ 5"]


async def test_trap_19_a_list_that_shrinks_says_why_and_leaves_the_months_before_as_they_were(
    create_campaign: CreateCampaign,
) -> None:
    town = await create_campaign("key_place_5g_reach", carriers=CARRIERS)
    places, reached, failing = "ABCDEFGHIJ", "ABCDEFGH", "IJ"
    july = town.for_month("2022-07")

    await july.push_ok("economy", [("key_places_listed", KANGMEI, 10)])
    await pushed(town, "economy", "key_places", [place(key, month="2022-07") for key in places])
    for carrier in CARRIERS:
        await _tested(town, carrier, places, reached, "2022-07")
    before = await _figures(town, "2022-07")
    await july.make_moves("economy", "submit")

    silent = await push(town, "economy", "key_places", [place(key) for key in reached])
    dropped = await push(town, "economy", "key_places", [place(key, month="2022-07", removed_because="拆除") for key in failing])
    assert (silent.status_code, silent.json()["code"]) == (409, "places_missing")
    assert (dropped.status_code, dropped.json()["code"]) == (409, "month_closed")
    reasons = [place(key, removed_because="场所已拆除") for key in failing]
    await pushed(town, "economy", "key_places", [*(place(key) for key in reached), *reasons])
    await town.push_ok("economy", [("key_places_listed", KANGMEI, 8)])
    for carrier in CARRIERS:
        await _tested(town, carrier, reached, reached)

    assert before["any"] == await _any(town, "2022-07") == (8, 10, "80.0")
    assert await _any(town, "2022-08") == (8, 8, "100.0")


async def _any(town: CampaignApi, month: str) -> tuple[Any, ...]:
    return (await _figures(town, month))["any"]
