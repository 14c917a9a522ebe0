"""`GET /v1/completeness?group_by=cell`: each expected count of a month, while the clock moves."""

from datetime import datetime
from typing import Any

from tests.fixtures_campaign_api import CampaignApi, rows

WHOLE = "liangjiang"
OWED_BY_A_CARRIER = 7 * 8 + 5
OWED = 3 * OWED_BY_A_CARRIER + 2 * 8 + 3 * 8  # carriers, tower, economy


async def _cell(practice: CampaignApi, org: str, metric: str, area: str = WHOLE, by: str = "economy") -> dict[str, Any]:
    page = await practice.get_ok("/v1/completeness", by, group_by="cell", month="2022-08", org=org, limit=500)
    (cell,) = [each for each in page["items"] if (each["metric"], each["area"]) == (metric, area)]
    found: dict[str, Any] = cell
    return found


def _now(practice: CampaignApi, instant: str) -> None:
    practice.clock.fixed = datetime.fromisoformat(instant)


async def test_the_bureau_sees_every_cell_and_the_page_says_when_it_was_judged(liangjiang: CampaignApi) -> None:
    _now(liangjiang, "2022-09-12T10:00+08:00")
    await liangjiang.push_ok("telecom", [("fbb_subs_total", WHOLE, 0), ("fbb_subs_500m", WHOLE, 0), ("ipv6_users", WHOLE, 3)])

    page = await liangjiang.get_ok("/v1/completeness", group_by="cell", month="2022-08", limit=1)

    assert page["total"] == OWED + 1
    whole = page["whole"]
    assert [whole[each] for each in ("expected", "reported", "zero", "missing", "late")] == [OWED, 0, 2, OWED - 2, 2]
    assert (page["at"], page["month"]) == ("2022-09-12T02:00:00.000000Z", "2022-08")
    assert (page["due"], page["grace_until"]) == ("2022-09-05", "2022-09-10")


async def test_the_pages_walk_through_every_cell_once(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08", "telecom")
    whole = (await liangjiang.get_ok("/v1/completeness", group_by="cell", month="2022-08", limit=500))["items"]
    walked, page = [], await liangjiang.get_ok("/v1/completeness", group_by="cell", month="2022-08", limit=40)
    walked += page["items"]
    while page["next"]:
        page = await liangjiang.get_ok("/v1/completeness", group_by="cell", month="2022-08", limit=40, next=page["next"])
        walked += page["items"]

    assert walked == whole
    assert len(walked) == page["total"]
    other = await liangjiang.get("/v1/completeness", group_by="cell", month="2022-07", next=(await _first(liangjiang))["next"])
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "invalid_cursor")


async def _first(practice: CampaignApi) -> dict[str, Any]:
    return await practice.get_ok("/v1/completeness", group_by="cell", month="2022-08", limit=1)


async def test_reporters_see_their_own_and_nobody_elses(liangjiang: CampaignApi) -> None:
    for org, cells in (("telecom", OWED_BY_A_CARRIER), ("tower", 16), ("economy", OWED)):
        page = await liangjiang.get_ok("/v1/completeness", org, group_by="cell", month="2022-08", limit=500)
        assert page["total"] == page["whole"]["expected"] == cells
        assert org == "economy" or {each["org"] for each in page["items"]} == {org}

    assert (await liangjiang.get("/v1/completeness", "telecom", group_by="cell", org="mobile")).status_code == 403
    by_area = await liangjiang.get_ok("/v1/completeness", "kangmei", group_by="cell", month="2022-08")
    assert {each["area"] for each in by_area["items"]} == {"500112022"}
    unknown = await liangjiang.get("/v1/completeness", group_by="cell", org="telecm")
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "unknown_org")


async def test_the_filters_narrow_the_items_and_the_totals_stay(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [("fbb_subs_total", WHOLE, 0), ("mobile_subs_total", WHOLE, 7)])

    zero = await liangjiang.get_ok("/v1/completeness", group_by="cell", month="2022-08", org="telecom", state="zero")

    assert [(each["metric"], each["state"]) for each in zero["items"]] == [("fbb_subs_total", "zero")]
    assert zero["total"] == 1
    assert [zero["whole"][state] for state in ("reported", "zero", "missing", "late")] == [1, 1, OWED_BY_A_CARRIER - 2, 0]
    without = await liangjiang.get("/v1/completeness", month="2022-08", state="zero")
    assert (without.status_code, without.json()["errors"][0]["where"]) == (422, "query.state")


async def test_a_late_correction_of_a_report_in_time_is_not_late_and_a_late_report_is(liangjiang: CampaignApi) -> None:
    _now(liangjiang, "2022-09-05T23:59:59+08:00")
    await liangjiang.push_ok("telecom", [("fbb_subs_total", WHOLE, 80)])
    for day, value in (("2022-09-15", 81), ("2022-09-18", 82)):
        _now(liangjiang, f"{day}T09:00+08:00")
        await liangjiang.push_ok("telecom", [("fbb_subs_total", WHOLE, value)])
        await liangjiang.push_ok("mobile", [("fbb_subs_total", WHOLE, value)])

    corrected = await _cell(liangjiang, "telecom", "fbb_subs_total")
    late = await _cell(liangjiang, "mobile", "fbb_subs_total")
    missing = await _cell(liangjiang, "unicom", "fbb_subs_total")

    assert (corrected["late_days"], corrected["late_since"]) == (0, None)
    assert corrected["reported_at"].startswith("2022-09-05T15:59:59")
    assert (late["late_days"], late["late_since"]) == (10, "2022-09-06")
    assert (missing["state"], missing["late_days"], missing["late_since"]) == ("missing", 13, "2022-09-06")


async def test_a_count_that_was_taken_back_is_missing_and_reported_when_it_comes_again(liangjiang: CampaignApi) -> None:
    _now(liangjiang, "2022-09-01T09:00+08:00")
    await liangjiang.push_ok("telecom", [("fbb_subs_total", WHOLE, 80), ("mobile_subs_total", WHOLE, 5)])
    await liangjiang.push_ok("telecom", [("fbb_subs_total", WHOLE, 81)])
    _now(liangjiang, "2022-09-15T09:00+08:00")
    body = rows([("mobile_subs_total", WHOLE, 6)])
    question = {"mode": "replace", "month": "2022-08"}
    taken = await liangjiang.api.post("/v1/observations", json=body, params=question, headers=liangjiang.headers("telecom"))
    missing = await _cell(liangjiang, "telecom", "fbb_subs_total")
    _now(liangjiang, "2022-09-18T09:00+08:00")
    for value in (90, 91):
        await liangjiang.push_ok("telecom", [("fbb_subs_total", WHOLE, value)])

    again = await _cell(liangjiang, "telecom", "fbb_subs_total")
    kept = await _cell(liangjiang, "telecom", "mobile_subs_total")

    assert taken.json()["report"]["counts"]["retracted"] == 1
    assert (missing["state"], missing["reported_at"], missing["late_days"]) == ("missing", None, 10)
    assert (again["state"], again["late_days"]) == ("reported", 13)
    assert again["reported_at"].startswith("2022-09-18")
    assert (kept["late_days"], kept["reported_at"][:10]) == (0, "2022-09-01")


async def test_a_reference_of_an_older_month_satisfies_and_names_its_vintage(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("economy", [("population_resident", "500112022", 60_456)], "2022-05")
    await liangjiang.push_ok("economy", [("population_resident", "500112007", 119_000)], "2022-09")

    older = await _cell(liangjiang, "economy", "population_resident", "500112022")
    newer = await _cell(liangjiang, "economy", "population_resident", "500112007")

    assert (older["state"], older["reported_month"]) == ("reported", "2022-05")
    assert newer["state"] == "missing"


async def test_without_a_month_it_is_the_latest_past_its_due_day_and_a_month_to_come_is_not_open(
    liangjiang: CampaignApi,
) -> None:
    assert (await liangjiang.get_ok("/v1/completeness", group_by="cell"))["month"] == "2022-08"
    _now(liangjiang, "2022-09-05T10:00+08:00")
    assert (await liangjiang.get_ok("/v1/completeness", group_by="cell"))["month"] == "2022-07"
    ahead = await liangjiang.get("/v1/completeness", group_by="cell", month="2022-10")
    assert (ahead.status_code, ahead.json()["code"]) == (422, "month_not_open")


async def test_a_finished_series_is_owed_too(national: CampaignApi) -> None:
    page = await national.get_ok("/v1/completeness", group_by="cell", month="2022-09", limit=500)

    assert page["total"] == page["whole"]["missing"] > 0
