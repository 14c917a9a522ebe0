"""Quality findings: in the report of a push, over stored months, and what it takes to submit a month in spite of them."""

from datetime import date
from typing import Any

import pytest

from shared.campaign.definition import Definition
from shared.campaign.load import Definitions
from shared.database.database import Scope, campaign_reach
from shared.domain.quality_plan import quality_plan
from shared.reading.stored_counts import StoredCounts
from tests.fixtures_campaign import LIANGJIANG
from tests.fixtures_campaign_api import CampaignApi, rows
from tests.fixtures_postgres import OpenDatabase
from tests.services.ingest.pushing import WHOLE, as_pushed

KANGMEI = "500112022"
USERS = "mobile_subs_total"


async def doubled(practice: CampaignApi, note: str | None = None) -> dict[str, Any]:
    """Telecom's users double from July to August; the one finding of the push."""
    await practice.push_ok("telecom", [(USERS, WHOLE, 1_000)], "2022-07")
    body = rows([(USERS, WHOLE, 2_000)])
    if note:
        body["observations"][0]["note"] = note
    answer = await practice.api.post("/v1/observations", json=body, headers=practice.headers("telecom"))
    assert answer.status_code == 201, answer.text
    (finding,) = answer.json()["report"]["findings"]
    return dict(finding)


async def explained(practice: CampaignApi, finding: str, text: str, org: str = "telecom", **headers: str) -> Any:
    path = f"/v1/findings/{finding}/explanation"
    return await practice.api.put(path, json={"text": text}, headers=practice.headers(org) | headers)


async def test_a_push_tells_what_it_leaves_with_the_counts_that_were_judged(liangjiang: CampaignApi) -> None:
    finding = await doubled(liangjiang)

    assert finding | {"id": "", "message": ""} == {
        "id": "",
        "rule": "change_beyond_20_percent",
        "severity": "warn",
        "kind": "change_limit",
        "scope": "org",
        "org": "telecom",
        "month": "2022-08",
        "metric": USERS,
        "area": WHOLE,
        "values": [
            {"org": "telecom", "month": "2022-07", "metric": USERS, "area": WHOLE, "value": 1_000},
            {"org": "telecom", "month": "2022-08", "metric": USERS, "area": WHOLE, "value": 2_000},
        ],
        "message": "",
        "explained": None,
        "explanation": None,
    }
    assert "20" in finding["message"]["zh"]
    listed = await liangjiang.get_ok("/v1/findings", "telecom", month="2022-08")
    assert listed | {"items": as_pushed(listed["items"])} == {"items": [finding], "next": None, "total": 1}


async def test_a_dry_run_finds_the_same_and_leaves_nothing(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(USERS, WHOLE, 1_000)], "2022-07")
    tried = await liangjiang.api.post(
        "/v1/observations", params={"dry_run": "true"}, json=rows([(USERS, WHOLE, 500)]), headers=liangjiang.headers("telecom")
    )
    nothing = await liangjiang.get_ok("/v1/findings", "telecom", month="2022-08")
    pushed = await liangjiang.push_ok("telecom", [(USERS, WHOLE, 500)])

    assert nothing["items"] == []
    assert tried.json()["report"]["findings"] == pushed["report"]["findings"]
    assert [one["rule"] for one in pushed["report"]["findings"]] == ["change_beyond_20_percent", "stock_has_fallen"]


async def test_an_unexplained_warning_keeps_the_month_from_being_submitted_until_it_is_explained(liangjiang: CampaignApi) -> None:
    finding = await doubled(liangjiang)

    refused = await liangjiang.move("telecom", "submit")
    said = await explained(liangjiang, finding["id"], "新增物联网号段")
    submitted = await liangjiang.move("telecom", "submit")

    assert (refused.status_code, refused.json()["code"]) == (409, "findings_unexplained")
    assert [one["id"] for one in refused.json()["findings"]] == [finding["id"]]
    assert said.status_code == 200, said.text
    assert (said.json()["explained"], said.json()["explanation"]) == ("explanation", "新增物联网号段")
    assert submitted.status_code == 200, submitted.text


async def test_the_rows_note_explains_its_own_warning(liangjiang: CampaignApi) -> None:
    finding = await doubled(liangjiang, note="新增物联网号段")

    assert (finding["explained"], finding["explanation"]) == ("note", "新增物联网号段")
    assert (await liangjiang.move("telecom", "submit")).status_code == 200


async def test_what_a_later_rule_would_have_refused_is_put_right_and_not_explained(
    liangjiang: CampaignApi, definition: Definition
) -> None:
    without = tuple(rule for rule in definition.rules if rule.code != "pon_10g_within_total")
    await liangjiang.apply(definition.model_copy(update={"rules": without}))
    await liangjiang.push_ok("telecom", [("olt_pon_ports_10g", KANGMEI, 101), ("olt_pon_ports_total", KANGMEI, 100)])
    await liangjiang.apply(definition)

    (finding,) = (await liangjiang.get_ok("/v1/findings", "telecom", month="2022-08", severity="block"))["items"]
    said = await explained(liangjiang, finding["id"], "系统口径不同")

    assert (finding["rule"], said.status_code, said.json()["code"]) == ("pon_10g_within_total", 409, "not_explainable")
    assert (await liangjiang.move("telecom", "submit")).status_code == 409
    await liangjiang.push_ok("telecom", [("olt_pon_ports_10g", KANGMEI, 99)])
    assert (await liangjiang.get_ok("/v1/findings", "telecom", month="2022-08", severity="block"))["total"] == 0


async def test_other_counts_are_another_finding_that_wants_its_own_word(liangjiang: CampaignApi) -> None:
    finding = await doubled(liangjiang)
    await explained(liangjiang, finding["id"], "新增物联网号段")

    pushed = await liangjiang.push_ok("telecom", [(USERS, WHOLE, 3_000)])
    (other,) = pushed["report"]["findings"]
    gone = await liangjiang.get(f"/v1/findings/{finding['id']}", "telecom")

    assert other["id"] != finding["id"]
    assert other["explained"] is None
    assert gone.status_code == 404
    assert (await liangjiang.move("telecom", "submit")).status_code == 409


async def test_an_explanation_is_not_replaced_unread_and_the_same_text_again_changes_nothing(liangjiang: CampaignApi) -> None:
    finding = (await doubled(liangjiang))["id"]

    first = await explained(liangjiang, finding, "一")
    again = await explained(liangjiang, finding, "一")
    unread = await explained(liangjiang, finding, "二")
    stale = await explained(liangjiang, finding, "二", **{"If-Match": '"0-00000000"'})
    read = await liangjiang.get(f"/v1/findings/{finding}", "telecom")
    replaced = await explained(liangjiang, finding, "二", **{"If-Match": read.headers["etag"]})

    assert (first.content, first.headers["etag"]) == (again.content, again.headers["etag"])
    assert read.headers["etag"] == first.headers["etag"]
    assert (unread.status_code, stale.status_code) == (428, 412)
    assert (replaced.status_code, replaced.json()["explanation"]) == (200, "二")
    assert replaced.headers["etag"] != first.headers["etag"]


async def test_a_submitted_months_explanations_stand(liangjiang: CampaignApi) -> None:
    finding = (await doubled(liangjiang, note="一"))["id"]
    await liangjiang.make_moves("telecom", "submit")

    late = await explained(liangjiang, finding, "二")

    assert (late.status_code, late.json()["code"]) == (409, "month_closed")


async def test_nobody_sees_or_explains_anothers_finding_but_the_bureau_reads_all(liangjiang: CampaignApi) -> None:
    finding = await doubled(liangjiang)

    assert (await liangjiang.get(f"/v1/findings/{finding['id']}", "mobile")).status_code == 404
    assert (await liangjiang.get("/v1/findings", "mobile", month="2022-08", org="telecom")).status_code == 403
    assert (await liangjiang.get("/v1/findings", "mobile", month="2022-08", org="*")).status_code == 403
    assert (await liangjiang.get_ok("/v1/findings", "mobile", month="2022-08"))["items"] == []
    assert (await explained(liangjiang, finding["id"], "一", "mobile")).status_code == 404
    assert (await explained(liangjiang, finding["id"], "一", "economy")).status_code == 404
    assert as_pushed((await liangjiang.get_ok("/v1/findings", month="2022-08"))["items"]) == [finding]
    assert as_pushed((await liangjiang.get_ok("/v1/findings", month="2022-08", org="telecom"))["items"]) == [finding]
    assert (await liangjiang.get_ok(f"/v1/findings/{finding['id']}"))["id"] == finding["id"]


async def test_more_homes_than_households_is_told_to_the_carrier_with_the_bureaus_reference(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("economy", [("households_urban", KANGMEI, 26_285)], "2022-05")
    await liangjiang.push_ok("economy", [("households_urban", KANGMEI, 26_300)], "2022-09")

    pushed = await liangjiang.push_ok("telecom", [("homes_gigabit_covered", KANGMEI, 26_290)])

    (finding,) = pushed["report"]["findings"]
    assert finding["rule"] == "homes_above_households"
    assert [(one["org"], one["value"]) for one in finding["values"]] == [("telecom", 26_290), ("economy", 26_285)]
    assert as_pushed((await liangjiang.get_ok("/v1/findings", "telecom", month="2022-08"))["items"]) == [finding]


async def test_the_look_at_the_bureaus_reference_ends_with_it(liangjiang: CampaignApi, open_database: OpenDatabase) -> None:
    await liangjiang.push_ok("economy", [("households_urban", KANGMEI, 26_285)])
    scope, month = Scope(LIANGJIANG, "telecom"), date(2022, 8, 1)
    async with (await open_database("ingest")).write(scope) as connection:
        row = await (await connection.execute("SELECT definition_version FROM campaign")).fetchone()
        assert row is not None
        definition = await Definitions().at(connection, LIANGJIANG, row[0])
        plans = {("telecom", month): quality_plan(definition, "telecom", month)}
        async with campaign_reach(connection, scope):
            (state,) = (await StoredCounts(connection, scope, definition).rule_inputs(plans)).values()
        after = await (await connection.execute("SELECT DISTINCT org FROM observation")).fetchall()

    households = state.references[definition.metric_numbers["households_urban"]]
    assert households[definition.area_numbers[KANGMEI]] == 26_285
    assert after == []


async def test_rules_across_organisations_are_told_to_the_bureau_alone(liangjiang: CampaignApi) -> None:
    built, shared_in = ("bs_5g_built", KANGMEI), ("bs_5g_shared_in", KANGMEI)
    await liangjiang.push_ok("unicom", [(*built, 100)])
    pushed = await liangjiang.push_ok("telecom", [(*built, 200), (*shared_in, 101), ("bs_5g_total", KANGMEI, 301)])

    everything = await liangjiang.get_ok("/v1/findings", month="2022-08")
    across = await liangjiang.get_ok("/v1/findings", month="2022-08", org="*")

    assert pushed["report"]["findings"] == []
    assert (await liangjiang.get_ok("/v1/findings", "telecom", month="2022-08"))["items"] == []
    (finding,) = everything["items"]
    assert across["items"] == [finding]
    assert (finding["rule"], finding["org"], finding["area"]) == ("telecom_shares_what_unicom_built", "*", KANGMEI)
    assert [(one["org"], one["value"]) for one in finding["values"]] == [("telecom", 101), ("unicom", 100)]
    assert (await liangjiang.get(f"/v1/findings/{finding['id']}", "telecom")).status_code == 404
    assert (await liangjiang.get(f"/v1/findings/{finding['id']}")).status_code == 200
    assert (await liangjiang.move("telecom", "submit")).status_code == 200  # asks nobody for a word


async def test_a_campaigns_ratio_close_to_its_target_is_told_to_the_bureau_alone(
    liangjiang: CampaignApi, definition: Definition
) -> None:
    for org, fast in (("telecom", 200), ("mobile", 299), ("unicom", 250)):  # 749 of 3 000: 24.9 %
        await liangjiang.push_ok(org, [("fbb_subs_total", WHOLE, 1_000), ("fbb_subs_500m", WHOLE, fast)])

    (area,) = (await liangjiang.get_ok("/v1/findings", month="2022-08", org="*"))["items"]
    mobile = await liangjiang.get_ok("/v1/findings", "mobile", month="2022-08")
    (unicom,) = (await liangjiang.get_ok("/v1/findings", "unicom", month="2022-08"))["items"]

    assert (area["rule"], [one["value"] for one in area["values"]]) == ("area_fbb_500m_near_target", [749, 3_000])
    assert mobile["items"] == []
    assert (unicom["rule"], [one["value"] for one in unicom["values"]]) == ("fbb_500m_near_target", [250, 1_000])
    streets = [each.code for each in definition.streets(date(2022, 8, 1))]
    await liangjiang.push_ok("economy", [("households_urban", street, 100) for street in streets])
    for org in ("telecom", "mobile", "unicom"):
        await liangjiang.push_ok(org, [("homes_gigabit_covered", street, 80) for street in streets])
    told = [one["rule"] for one in (await liangjiang.get_ok("/v1/findings", month="2022-08", org="*"))["items"]]
    assert len(set(told)) > 1
    assert told == sorted(told, key=[rule.code for rule in definition.rules_of(date(2022, 8, 1))].index)


@pytest.mark.parametrize("limit", [1, 2])
async def test_findings_come_in_pages_and_by_severity(liangjiang: CampaignApi, limit: int) -> None:
    before = [("bs_5g_built", area, 100) for area in (KANGMEI, "500112009", "500112007")]
    await liangjiang.push_ok("telecom", before, "2022-07")
    await liangjiang.push_ok("telecom", [(metric, area, 200) for metric, area, _ in before])

    found: list[str] = []
    page = await liangjiang.get_ok("/v1/findings", "telecom", month="2022-08", limit=limit)
    found += [one["area"] for one in page["items"]]
    while page["next"]:
        page = await liangjiang.get_ok("/v1/findings", "telecom", month="2022-08", limit=limit, next=page["next"])
        found += [one["area"] for one in page["items"]]

    assert sorted(found) == sorted(area for _, area, _ in before)
    assert page["total"] == 3
    assert (await liangjiang.get_ok("/v1/findings", "telecom", month="2022-08", severity="info"))["total"] == 0
    assert (await liangjiang.get_ok("/v1/findings", "telecom", month="2022-08", explained=False))["total"] == 3
    await explained(liangjiang, page["items"][0]["id"], "集中入网")
    told = [await liangjiang.get_ok("/v1/findings", "telecom", month="2022-08", explained=asked) for asked in (True, False)]
    assert ([one["id"] for one in told[0]["items"]], told[1]["total"]) == ([page["items"][0]["id"]], 2)


async def test_a_refused_push_leaves_no_findings(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(USERS, WHOLE, 1_000)], "2022-07")

    refused = await liangjiang.push("telecom", [(USERS, WHOLE, 2_000), ("mobile_subs_5g", WHOLE, 3_000)])

    assert refused.json()["report"]["findings"] == []
    assert refused.json()["report"]["findings_total"] == 0


async def test_a_push_of_one_street_still_tells_what_stands_in_another(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [("bs_5g_built", KANGMEI, 100)], "2022-07")
    first = await liangjiang.push_ok("telecom", [("bs_5g_built", KANGMEI, 200)])
    second = await liangjiang.push_ok("telecom", [("bs_5g_built", "500112009", 10)])

    assert [one["area"] for one in first["report"]["findings"]] == [KANGMEI]
    assert second["report"]["findings"] == first["report"]["findings"]
