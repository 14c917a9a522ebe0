"""Counts that stand out, over HTTP: told where findings are read, to whom they concern, and nobody is held up by them."""

from typing import Any

from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.pushing import WHOLE

STREETS = ("500112007", "500112008", "500112009", "500112010", "500112014", "500112019", "500112021", "500112022")
KANGMEI = STREETS[-1]
USERS = "fbb_subs_total"
SERIES = {"2022-03": 1_000, "2022-04": 1_010, "2022-05": 1_022, "2022-06": 1_030, "2022-07": 1_041, "2022-08": 1_141}


async def of_rule(practice: CampaignApi, kind: str, org: str = "economy", /, **question: Any) -> list[dict[str, Any]]:
    return list((await practice.get_ok("/v1/findings", org, month="2022-08", kind=kind, **question))["items"])


async def test_a_net_addition_unlike_the_earlier_ones_is_told_with_reason_evidence_and_who_is_to_look(
    liangjiang: CampaignApi,
) -> None:
    for month, count in SERIES.items():
        pushed = await liangjiang.push_ok("telecom", [(USERS, WHOLE, count)], month)

    assert pushed["report"]["findings"] == []  # a push looks at last month only
    (finding,) = await of_rule(liangjiang, "unlike_history", "telecom")
    assert (finding["rule"], finding["severity"], finding["org"]) == ("unlike_own_history", "info", "telecom")
    assert (finding["metric"], finding["area"]) == (USERS, WHOLE)
    assert {one["month"]: one["value"] for one in finding["values"]} == SERIES
    assert finding["statistics"] == {
        "compared": "net_addition",
        "unit": {"zh": "户", "en": "subscriptions"},
        "value": 100,
        "median": 10.5,
        "mad": 1,
        "deviations": 60.3669,  # 89.5 ÷ 1.4826
        "limit": "3.5",
        "sample_size": 4,
        "sample": [
            {"month": month, "area": WHOLE, "value": value}
            for month, value in (("2022-04", 10), ("2022-05", 12), ("2022-06", 8), ("2022-07", 11))
        ],
    }
    assert finding["reason"]["zh"] == (
        "电信（全区）“固定宽带用户数”本月净增为100户，此前4个月的中位数为10.5、绝对中位差为1，偏离60.3669个标准差"
    )
    assert finding["attention"] == [{"org": "telecom", "what": "check"}]
    assert await of_rule(liangjiang, "unlike_history") == [finding | {"actions": []}]  # a reader explains nothing
    assert await of_rule(liangjiang, "unlike_history", "mobile") == []

    said = await liangjiang.api.put(
        f"/v1/findings/{finding['id']}/explanation", json={"text": "并入一个分局"}, headers=liangjiang.headers("telecom")
    )
    assert (said.status_code, said.json()["explanation"]) == (200, "并入一个分局")
    assert said.json()["statistics"] == finding["statistics"]
    assert [one["explained"] for one in await of_rule(liangjiang, "unlike_history", explained=True)] == ["explanation"]

    await liangjiang.push_ok("telecom", [(USERS, WHOLE, 1_012)], "2022-04")  # another history is another finding
    (other,) = await of_rule(liangjiang, "unlike_history", "telecom")
    assert (other["id"] != finding["id"], other["explained"]) == (True, None)
    assert (await liangjiang.get(f"/v1/findings/{finding['id']}", "telecom")).status_code == 404


async def test_what_stands_out_keeps_no_month_from_being_submitted(liangjiang: CampaignApi) -> None:
    for month, count in SERIES.items():
        await liangjiang.push_ok("telecom", [(USERS, WHOLE, count)], month)

    assert (await liangjiang.move("telecom", "submit")).status_code == 200
    assert len(await of_rule(liangjiang, "unlike_history", "telecom")) == 1


async def test_a_street_unlike_the_others_is_told_to_the_carrier_and_of_all_carriers_together_to_the_bureau_alone(
    liangjiang: CampaignApi,
) -> None:
    people = [("population_resident", street, 100_000) for street in STREETS]
    await liangjiang.push_ok("economy", people, "2022-05")
    alone: list[Any] = []
    for org in ("telecom", "mobile", "unicom"):
        built = [("bs_5g_built", street, 40 + place % 3) for place, street in enumerate(STREETS[:-1])]
        await liangjiang.push_ok(org, [*built, ("bs_5g_built", KANGMEI, 90 if org == "telecom" else 41)])
        alone.append((await liangjiang.get("/v1/findings", "telecom", month="2022-08")).content)

    assert len(set(alone)) == 1  # what rivals report shows nowhere in one's own
    (own,) = await of_rule(liangjiang, "unlike_areas", "telecom")
    assert (own["rule"], own["org"], own["area"]) == ("stations_unlike_other_streets", "telecom", KANGMEI)
    assert [(one["org"], one["value"]) for one in own["values"]] == [("telecom", 90), ("economy", 100_000)]
    told = own["statistics"]
    assert (told["compared"], told["value"], told["median"], told["unit"]["zh"]) == ("ratio", 9, 4.1, "个/万人")
    assert {one["area"]: one["value"] for one in told["sample"]} == {
        street: (9 if street == KANGMEI else 4 + place % 3 / 10) for place, street in enumerate(STREETS)
    }
    assert own["attention"] == [{"org": "telecom", "what": "check"}, {"org": "economy", "what": "check"}]
    assert await of_rule(liangjiang, "unlike_areas", "mobile") == []

    (together,) = await of_rule(liangjiang, "unlike_areas", org="*")
    assert (together["rule"], together["area"]) == ("area_stations_unlike_other_streets", KANGMEI)
    assert [(one["org"], one["value"]) for one in together["values"]] == [
        *(("telecom", 90), ("mobile", 41), ("unicom", 41), ("economy", 100_000)),
    ]
    assert together["attention"] == [
        {"org": "industry", "what": "check"},
        {"org": "economy", "what": "check"},
        *({"org": org, "what": "answer"} for org in ("telecom", "mobile", "unicom")),
    ]
    assert (await liangjiang.get(f"/v1/findings/{together['id']}")).json()["id"] == together["id"]
    for org in ("telecom", "kangmei"):
        assert (await liangjiang.get(f"/v1/findings/{together['id']}", org)).status_code == 404

    assert {one["id"] for one in await of_rule(liangjiang, "unlike_areas")} == {own["id"], together["id"]}
    assert await of_rule(liangjiang, "unlike_areas", attention="industry") == [together]
    assert await of_rule(liangjiang, "unlike_areas", attention="tower") == []

    await liangjiang.push_ok("mobile", [("bs_5g_built", STREETS[0], 41)])  # another street's count is another yardstick
    ids = {one["id"] for one in await of_rule(liangjiang, "unlike_areas")}
    assert (own["id"] in ids, together["id"] in ids, len(ids)) == (True, False, 2)


async def test_all_carriers_together_are_not_judged_while_one_of_them_is_missing(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("economy", [("population_resident", street, 100_000) for street in STREETS], "2022-05")
    await liangjiang.push_ok("telecom", [("bs_5g_built", street, 90 if street == KANGMEI else 40) for street in STREETS])

    assert [one["org"] for one in await of_rule(liangjiang, "unlike_areas")] == ["telecom"]
