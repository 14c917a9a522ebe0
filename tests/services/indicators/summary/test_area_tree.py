"""Lines of areas between the subdistricts and the whole area, rolled up by parents that exist in the month."""

from typing import Any

from tests.fixtures_campaign_api import CampaignApi, CreateCampaign

KANGMEI, RENHE, LIJIA = "500112022", "500112009", "500112019"
PORTS, FAST = "olt_pon_ports_total", "olt_pon_ports_10g"
DISTRICTS = (("north", "北片", "liangjiang", None, "2022-08"), ("middle", "中片", "north", "2022-07", None))


def _districts(body: dict[str, Any]) -> None:
    """North holds Renhe and, through the middle, Kangmei; the middle begins in July; north ends in August. Lijia has none."""
    street = next(area for area in body["area"] if area["code"] == KANGMEI)
    for code, zh, parent, first, last in (
        ("north", "北片", "liangjiang", None, "2022-08"),
        ("middle", "中片", "north", "2022-07", None),
    ):
        text = {"zh": zh, "en": code}
        names = {"code": code, "title": text, "short": text, "aliases": []}
        body["area"].append(street | names | {"parent": parent, "valid_from": first, "valid_to": last})
    parents = {KANGMEI: "middle", RENHE: "north"}
    for area in body["area"]:
        area["parent"] = parents.get(area["code"], area["parent"])
    target = next(each for each in body["target"] if each["kind"] == "campaign")
    body["target"] = [target, target | {"area": "north", "value": "40"}]


async def _campaign(create_campaign: CreateCampaign) -> CampaignApi:
    town = await create_campaign("pon_10g_share", carriers=["telecom"], streets=[KANGMEI, RENHE, LIJIA], edit=_districts)
    for month in ("2022-06", "2022-07", "2022-08", "2022-09"):
        counts = [(FAST, KANGMEI, 10), (FAST, RENHE, 60), (FAST, LIJIA, 1)]
        await town.push_ok("telecom", [*counts, *((PORTS, area, 100) for area in (KANGMEI, RENHE, LIJIA))], month)
    return town


async def test_every_area_of_the_tree_has_a_line_with_the_counts_below_it(create_campaign: CreateCampaign) -> None:
    town = await _campaign(create_campaign)

    lines = {}
    for month in ("2022-06", "2022-08", "2022-09"):
        found = await town.lines(month=month, group_by="area")
        lines[month] = {line["area"]: (line["numerator"], line["denominator"], line["target"], line["status"]) for line in found}

    streets = {KANGMEI: (10, 100, 25, "not_met"), RENHE: (60, 100, 25, "met"), LIJIA: (1, 100, 25, "not_met")}
    assert lines["2022-06"] == {**streets, "north": (70, 200, 40, "not_met")}  # no middle yet
    assert lines["2022-08"] == {**lines["2022-06"], "middle": (10, 100, 25, "not_met")}
    assert lines["2022-09"] == {**streets, "middle": (10, 100, 25, "not_met")}  # north has ended
    assert (await town.line("pon_10g_share", month="2022-08"))["numerator"] == 71  # each street once


async def test_their_lines_are_explained_and_drawn_but_not_ranked_with_subdistricts(
    create_campaign: CreateCampaign,
) -> None:
    town = await _campaign(create_campaign)

    series = await town.get_ok("/v1/indicators/pon_10g_share/series", **{"from": "2022-06", "to": "2022-09", "area": "north"})
    explained = await town.get_ok("/v1/indicators/pon_10g_share/explanation", month="2022-08", area="north")
    targets = {line["area"]: line for line in (await town.get_ok("/v1/targets", month="2022-08", group_by="area"))["lines"]}
    (ranking,) = (await town.get_ok("/v1/rankings", month="2022-08"))["rankings"]
    orgs = {(line["area"], line["org"]): line["numerator"] for line in await town.lines(group_by="area,org")}

    assert [point["month"] for point in series["points"]] == ["2022-06", "2022-07", "2022-08"]
    assert [(gap["period"], gap["kind"]) for gap in series["gaps"]] == [("2022-09", "not_defined")]
    assert explained["line"]["numerator"] == 70
    assert {count["area"] for count in explained["facts" if "facts" in explained else "counts"]} == {KANGMEI, RENHE}
    assert [target["value"] for target in targets["north"]["targets"]] == [40]
    assert [entry["area"] for entry in ranking["entries"]] == [RENHE, KANGMEI, LIJIA]
    assert orgs["north", "telecom"] == 70


async def test_pushes_scenarios_and_changes_move_them(create_campaign: CreateCampaign) -> None:
    town = await _campaign(create_campaign)
    version = (await town.get_ok("/v1/summary", month="2022-08"))["data_version"]
    scenario = {"month": "2022-08", "counts": [{"metric": FAST, "area": KANGMEI, "value": 20, "org": "telecom"}]}

    what_if = (await town.api.post("/v1/what-if", json=scenario, headers=town.headers("economy"))).json()
    pushed = await town.push_ok("telecom", [(FAST, KANGMEI, 20)])
    changes = await town.get_ok("/v1/changes", since=version, month="2022-08", group_by="area")
    refused = await town.push("telecom", [(FAST, "north", 1)])

    moved = {KANGMEI, "middle", "north"}
    assert {line["area"] for line in what_if["lines"] if line["org"] is None} == {None, *moved}
    assert {line["area"] for line in changes["lines"]} == moved
    assert all(line["versions"] == [int(pushed["data_version"])] for line in changes["lines"])
    effects = pushed["report"]["effects"] if "report" in pushed else []
    assert {line["area"] for line in effects if line["area"]} >= moved
    assert refused.status_code == 422  # an area between is a sum and never counted
