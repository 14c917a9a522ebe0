"""Lists that do not fit together, and what the tower company counts against them: told to the bureau alone."""

from typing import Any

from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.registers.lists import KANGMEI, RENHE, building, place, pushed, station

MONTH = {"month": "2022-08"}


async def of_kind(practice: CampaignApi, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await practice.get_ok("/v1/findings", **MONTH, kind=kind))["items"]
    assert (await practice.get_ok("/v1/findings", "telecom", **MONTH, kind=kind))["items"] == []
    assert all((one["org"], one["severity"]) == ("*", "info") for one in found)
    return found


def things(finding: dict[str, Any]) -> list[tuple[str, str, str | None, str | None]]:
    return [(one["org"], one["key"], one["column"], one["value"]) for one in finding["things"]]


def stands(finding: dict[str, Any]) -> list[tuple[str, str, bool]]:
    assert {(one["column"], one["value"]) for one in finding["things"]} == {(None, None)}
    return [(one["org"], one["key"], one["stands"]) for one in finding["things"]]


async def test_a_shared_station_that_only_one_carrier_lists_is_told_with_whose_list_lacks_it(liangjiang: CampaignApi) -> None:
    own = station("1", "telecom", shared_with=["unicom"])
    await pushed(
        liangjiang, "telecom", "base_stations", [own, station("7", "unicom", shared_with=["mobile"]), station("8", "unicom")]
    )
    await pushed(liangjiang, "mobile", "base_stations", [station("1", "mobile")])  # whom only the builder can name
    assert await of_kind(liangjiang, "shared_unlisted") == []  # Unicom has no list yet

    await pushed(liangjiang, "unicom", "base_stations", [station("8", "unicom", shared_with=["cbn"]), station("9", "unicom")])
    built, unshared, kept = await of_kind(liangjiang, "shared_unlisted")

    assert stands(built) == [("telecom", "unicom/7", True), ("unicom", "unicom/7", False)]
    assert built["reason"] == {
        "zh": "电信在康美登记了由联通建设的5G基站1个，联通的登记表中没有",
        "en": "5G stations in Kangmei that Telecom lists as built by Unicom and Unicom does not list: 1",
    }
    assert things(unshared) == [
        ("telecom", "unicom/8", "built_by", "unicom"),
        ("unicom", "unicom/8", "shared_with", "cbn"),
    ]
    assert stands(kept) == [("telecom", "telecom/1", True), ("unicom", "telecom/1", False)]
    assert [(one["org"], one["metric"], one["value"]) for one in kept["values"]] == [("telecom", None, 1)]
    assert kept["attention"] == [
        {"org": "industry", "what": "check"},
        *({"org": org, "what": "answer"} for org in ("telecom", "unicom")),
    ]
    assert (await liangjiang.get_ok(f"/v1/findings/{kept['id']}"))["things"] == kept["things"]

    shared = [station(key, "unicom", shared_with=["telecom"]) for key in ("7", "8")]
    await pushed(liangjiang, "unicom", "base_stations", [*shared, own])
    assert await of_kind(liangjiang, "shared_unlisted") == []


async def test_one_thing_that_several_lists_describe_differently_is_told_with_what_each_says(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "telecom", "base_stations", [station("1", "telecom"), station("2", "telecom")])
    others = [station("1", "telecom", RENHE, site="S-9", note="共享"), station("2", "telecom", shared_with=["telecom"])]
    await pushed(liangjiang, "unicom", "base_stations", others)
    await pushed(liangjiang, "economy", "key_places", [place("A", name="医院")])
    await pushed(liangjiang, "kangmei", "key_places", [place("A", name="中心医院", category="other")])
    await pushed(liangjiang, "kangmei", "compounds", [building("1", 100), building("2", 50)])

    places, stations = sorted(await of_kind(liangjiang, "listed_differently"), key=lambda one: str(one["rule"]))

    assert stations["rule"] == "stations_listed_alike"
    assert (stations["area"], [one["value"] for one in stations["values"]]) == (KANGMEI, [1])
    assert things(stations) == [
        *(("telecom", "telecom/1", "area", KANGMEI), ("unicom", "telecom/1", "area", RENHE)),
        *(("telecom", "telecom/1", "site", "S-1"), ("unicom", "telecom/1", "site", "S-9")),
    ]
    assert stations["reason"]["zh"] == "电信、联通的“5G基站”登记表中，康美有1条记录编号相同而内容不一致：站址编号、街道"
    assert (places["rule"], [thing["register"] for thing in places["things"]]) == ("places_listed_alike", ["key_places"] * 2)
    assert things(places) == [("economy", "A", "category", "hospital"), ("kangmei", "A", "category", "other")]


async def test_tower_sites_are_held_against_the_sites_of_every_carriers_list(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("tower", [("tower_sites_5g", KANGMEI, 3), ("tower_sites_5g", RENHE, 3)])
    await pushed(liangjiang, "telecom", "base_stations", [station("1", "telecom"), station("2", "telecom", site="S-1")])
    await pushed(liangjiang, "mobile", "base_stations", [station("1", "mobile", site="S-2")])
    assert await of_kind(liangjiang, "sites_unlisted") == []  # Unicom may list the third one

    await pushed(liangjiang, "unicom", "base_stations", [station("1", "unicom", site="S-2")])
    (finding,) = await of_kind(liangjiang, "sites_unlisted")

    assert (finding["metric"], finding["area"]) == ("tower_sites_5g", KANGMEI)
    assert [(one["org"], one["metric"], one["value"]) for one in finding["values"]] == [
        ("tower", "tower_sites_5g", 3),
        ("*", None, 2),
    ]
    assert "3" in finding["reason"]["zh"]
    assert finding["attention"] == [{"org": "industry", "what": "check"}, {"org": "tower", "what": "answer"}]

    await liangjiang.push_ok("tower", [("tower_sites_5g", KANGMEI, 2)])
    assert await of_kind(liangjiang, "sites_unlisted") == []
