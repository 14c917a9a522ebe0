"""Traps of the definition: combo ports, roads among places, and what a changed definition leaves as it was."""

from typing import Any

from shared.campaign.definition import Definition
from tests.fixtures_campaign_api import CampaignApi, CreateCampaign

KANGMEI = "500112022"
TOTAL, TEN_G = "olt_pon_ports_total", "olt_pon_ports_10g"


async def _in_force(town: CampaignApi) -> dict[str, Any]:
    newest = (await town.get_ok("/v1/definitions", limit=1))["items"][0]["version"]
    body: dict[str, Any] = (await town.get_ok(f"/v1/definitions/{newest}"))["definition"]
    return body


def _block(body: dict[str, Any], kind: str, code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in body[kind] if each["code"] == code)
    return found


async def test_trap_8_a_combo_port_is_one_port_and_50g_is_in_the_numerator_already(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("pon_10g_share", carriers=["telecom"])

    channels = await town.push("telecom", [("olt_pon_channels", KANGMEI, 1300)])
    await town.push_ok("telecom", [(TOTAL, KANGMEI, 1000), (TEN_G, KANGMEI, 300)])
    await town.push_ok("telecom", [("olt_pon_ports_50g", "liangjiang", 40)])
    line = await town.line("pon_10g_share")
    told = await town.get_ok("/v1/indicators/pon_10g_share/explanation", month="2022-08")

    (error,) = channels.json()["report"]["errors"]
    assert (error["code"], TOTAL in error["hint"]["en"], TEN_G in error["hint"]["zh"]) == ("unknown_metric", True, True)
    assert (line["numerator"], line["denominator"], line["display"], line["status"]) == (300, 1000, "30.0", "met")
    assert {fact["metric"]: fact["value"] for fact in told["facts"]} == {TEN_G: 300, TOTAL: 1000}
    calibers = {metric["code"]: metric["caliber"]["en"] for metric in told["metrics"]}
    assert "A combo port counts as one port, not by channel" in calibers[TOTAL]
    assert "50G-PON" in calibers[TEN_G]


async def test_trap_14_a_definition_changed_from_a_month_on_leaves_earlier_months_as_they_were(
    create_campaign: CreateCampaign,
) -> None:
    town = await create_campaign("pon_10g_share", carriers=["telecom"])
    for month in ("2022-07", "2022-08"):
        await town.push_ok("telecom", [(TOTAL, KANGMEI, 1000), (TEN_G, KANGMEI, 245)], month)
    body = await _in_force(town)
    share, target = _block(body, "indicator", "pon_10g_share"), body["target"][0]
    later: dict[str, Any] = {
        "indicator": [{**share, "from": "2022-08", "decimals": 2, "caliber": {"zh": "新口径", "en": "A new caliber"}}],
        "target": [{**target, "from": "2022-08", "value": "24"}],
    }
    path = "/v1/indicators/pon_10g_share/explanation"
    question = {"from": "2022-07", "to": "2022-08"}
    july, august = await town.lines(**question)
    before = await town.get_ok(path, month="2022-07")

    body["indicator"] += later["indicator"]
    body["target"] += later["target"]
    version = await town.apply(Definition.model_validate(body))
    july_then, august_then = await town.lines(**question)
    after = await town.get_ok(path, month="2022-07")
    since = await town.get_ok(path, month="2022-08")

    assert july_then == july
    assert (august["display"], august["status"]) == ("24.5", "not_met")
    assert (august_then["display"], august_then["status"], august_then["target"]) == ("24.50", "met", 24)
    assert {name: after[name] for name in ("line", "indicator", "target", "variants", "facts", "metrics")} == {
        name: before[name] if name != "indicator" else {**before["indicator"], "targets": after["indicator"]["targets"]}
        for name in ("line", "indicator", "target", "variants", "facts", "metrics")
    }
    assert (after["definition"]["version"], after["indicator"]["valid_from"]) == (version, None)
    assert (since["indicator"]["valid_from"], since["indicator"]["caliber"]["zh"]) == ("2022-08", "新口径")
    then = await town.get_ok(path, month="2022-08", as_of=version - 1)
    assert (then["indicator"]["caliber"], then["line"]) == (share["caliber"], august)


async def test_trap_20_a_road_is_one_place_among_places_and_kilometres_are_an_indicator_of_their_own(
    create_campaign: CreateCampaign,
) -> None:
    town = await create_campaign("key_place_5g_reach", carriers=["telecom"])
    await town.push_ok("economy", [("key_places_listed", KANGMEI, 5)])  # four hospitals, and a road of 20 km
    await town.push_ok("telecom", [("key_places_reached", KANGMEI, 4)])  # 15 km of 20 are below 95 %: the road is not reached
    body = await _in_force(town)
    listed, reached = _block(body, "metric", "key_places_listed"), _block(body, "metric", "key_places_reached")
    metres = {"unit": {"zh": "米", "en": "metres"}, "caliber": None}
    whole = {**listed, **metres, "code": "key_roads_m", "title": {"zh": "重点道路里程", "en": "Key roads, length"}}
    good = {
        **reached,
        **metres,
        "code": "key_roads_good_m",
        "title": {"zh": "达标里程", "en": "Key roads, length that is covered"},
    }
    by_length = {
        **_block(body, "indicator", "key_place_5g_reach"),
        "code": "key_road_5g_length",
        "numerator": "key_roads_good_m",
        "denominator": "key_roads_m",
        "decides": "sum",
        "variant": [{"code": "sum", "title": {"zh": "合计", "en": "sum"}, "reducer": "sum"}],
    }
    body["metric"] += [whole, good]
    body["indicator"] += [by_length]
    await town.apply(Definition.model_validate(body))
    await town.push_ok("economy", [("key_roads_m", KANGMEI, 20_000)])
    await town.push_ok("telecom", [("key_roads_good_m", KANGMEI, 15_000)])
    mixed = await town.send("economy", f"metric,area,month,value,unit\nkey_places_listed,{KANGMEI},2022-08,24,公里\n", ".csv")
    places, roads = await town.line("key_place_5g_reach"), await town.line("key_road_5g_length")

    assert (places["numerator"], places["denominator"], places["display"], places["status"]) == (4, 5, "80.0", "met")
    assert (roads["numerator"], roads["denominator"], roads["display"]) == (15_000, 20_000, "75.0")
    assert [error["code"] for error in mixed.json()["report"]["errors"]] == ["unit_differs"]
