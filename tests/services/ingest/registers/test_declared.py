"""Declared counts are compared with the counts of the organisation's registers."""

import pytest

from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.pushing import as_pushed
from tests.services.ingest.registers.lists import KANGMEI, building, place, push, pushed, station, test_of

BUILT = ("bs_5g_built", KANGMEI)


@pytest.mark.parametrize("declared", [1, 3])
async def test_a_carriers_own_count_that_its_register_does_not_give_is_a_finding_of_its_own(
    liangjiang: CampaignApi, declared: int
) -> None:
    await liangjiang.push_ok("telecom", [(*BUILT, declared)])

    told = (await push(liangjiang, "telecom", "base_stations", [station("1", "telecom"), station("2", "telecom")])).json()

    (finding,) = told["report"]["findings"]
    assert (finding["rule"], finding["kind"], finding["severity"]) == ("declared_stations_built", "declared_differs", "info")
    assert (finding["org"], finding["metric"], finding["area"]) == ("telecom", *BUILT)
    assert [(one["metric"], one["value"]) for one in finding["values"]] == [("bs_5g_built", declared), ("bs_5g_built_listed", 2)]
    assert as_pushed((await liangjiang.get_ok("/v1/findings", "telecom", month="2022-08"))["items"]) == [finding]
    assert finding in as_pushed((await liangjiang.get_ok("/v1/findings", month="2022-08"))["items"])
    assert (await liangjiang.get_ok("/v1/findings", "mobile", month="2022-08"))["items"] == []
    catalogue = await liangjiang.get_ok("/v1/catalogue")
    assert "declared_stations_built" in {rule["code"] for rule in catalogue["rules"]}

    corrected = await liangjiang.push_ok("telecom", [(*BUILT, 2)])

    assert corrected["report"]["findings"] == []


async def test_counts_of_several_lists_are_told_to_the_bureau_alone(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("economy", [("key_places_listed", KANGMEI, 2), ("households_urban", KANGMEI, 150)], "2022-07")
    counted = await push(liangjiang, "economy", "key_places", [place("A")])
    registered = await push(liangjiang, "kangmei", "compounds", [building("1", 151)])

    found = (await liangjiang.get_ok("/v1/findings", month="2022-08", org="*"))["items"]

    assert [(one["rule"], one["org"], [(said["org"], said["value"]) for said in one["values"]]) for one in found] == [
        ("declared_places_listed", "*", [("economy", 2), ("*", 1)]),  # July's reference holds until there is a newer one
        ("declared_households", "*", [("economy", 150), ("*", 151)]),
    ]
    assert [counted.json()["report"]["findings"], registered.json()["report"]["findings"]] == [[], []]
    assert (await liangjiang.get_ok("/v1/findings", "kangmei", month="2022-08"))["items"] == []
    assert (await liangjiang.get(f"/v1/findings/{found[1]['id']}")).status_code == 200

    await pushed(liangjiang, "kangmei", "compounds", [building("1", 150)])
    await pushed(liangjiang, "economy", "key_places", [place("B")])

    assert (await liangjiang.get_ok("/v1/findings", month="2022-08", org="*"))["items"] == []


async def test_what_nobody_declared_differs_from_nothing(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "economy", "key_places", [place("A")])
    told = (await push(liangjiang, "telecom", "place_tests", [test_of("A", reached=True)])).json()

    assert told["report"]["findings"] == []
    assert (await liangjiang.get_ok("/v1/findings", month="2022-08"))["items"] == []
