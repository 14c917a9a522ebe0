"""`GET /v1/completeness`: expected and reported counts, and lateness while the clock moves."""

from datetime import datetime
from typing import Any

from tests.fixtures_campaign_api import CampaignApi, rows

WHOLE, KANGMEI, RENHE = "liangjiang", "500112022", "500112009"
OWED_BY_A_CARRIER = 7 * 8 + 5
OWED = 3 * OWED_BY_A_CARRIER + 2 * 8 + 3 * 8  # carriers, tower, economy
COUNTS = ("expected", "reported", "zero", "missing", "on_time", "late", "overdue", "late_days")


async def _asked(practice: CampaignApi, reader: str = "economy", **question: Any) -> dict[str, Any]:
    return await practice.get_ok("/v1/completeness", reader, **{"month": "2022-08", **question})


async def _groups(practice: CampaignApi, by: str, reader: str = "economy", **question: Any) -> dict[str, tuple[Any, ...]]:
    items = (await _asked(practice, reader, group_by=by, **question))["items"]
    assert all([key for key in ("org", "area", "metric") if item[key] is not None] == [by] for item in items)
    return {item[by]: tuple(item[each] for each in COUNTS) for item in items}


def _now(practice: CampaignApi, instant: str) -> None:
    practice.clock.fixed = datetime.fromisoformat(instant)


async def test_reported_and_late_counts_by_organisation_area_and_metric(liangjiang: CampaignApi) -> None:
    _now(liangjiang, "2022-09-05T12:00+08:00")
    await liangjiang.push_ok("tower", [("tower_sites_total", KANGMEI, 3), ("tower_sites_5g", KANGMEI, 0)])
    _now(liangjiang, "2022-09-08T12:00+08:00")
    await liangjiang.push_ok("economy", [("population_resident", KANGMEI, 60_456)], "2022-05")
    within_grace = await _asked(liangjiang)
    _now(liangjiang, "2022-09-15T12:00+08:00")
    await liangjiang.push_ok("tower", [("tower_sites_total", KANGMEI, 4)])  # a correction
    await liangjiang.push_ok("telecom", [("fbb_subs_total", WHOLE, 10), ("ipv6_users", WHOLE, 3)])  # one owed, one voluntary
    _now(liangjiang, "2022-09-20T09:00+08:00")

    page = await _asked(liangjiang)
    by_org = await _groups(liangjiang, "org")
    by_area = await _groups(liangjiang, "area")
    by_metric = await _groups(liangjiang, "metric")

    assert [within_grace["whole"][each] for each in COUNTS] == [OWED, 2, 1, OWED - 3, 3, 0, 0, 0]
    assert [page["whole"][each] for each in COUNTS] == [OWED, 3, 1, OWED - 4, 3, 1, OWED - 4, 15]
    assert (page["at"], page["due"], page["grace_until"]) == ("2022-09-19T16:00:00.000000Z", "2022-09-05", "2022-09-10")
    assert (page["whole"]["value"], page["whole"]["display"]) == (1.7937, "1.7")  # 4 of 223
    assert {item["complete_at"] for item in (page["whole"], *page["items"])} == {None}  # though some came
    assert by_org == {
        "economy": (24, 1, 0, 23, 1, 0, 23, 15),
        "mobile": (OWED_BY_A_CARRIER, 0, 0, OWED_BY_A_CARRIER, 0, 0, OWED_BY_A_CARRIER, 15),
        "telecom": (OWED_BY_A_CARRIER, 1, 0, OWED_BY_A_CARRIER - 1, 0, 1, OWED_BY_A_CARRIER - 1, 15),
        "tower": (16, 1, 1, 14, 2, 0, 14, 15),
        "unicom": (OWED_BY_A_CARRIER, 0, 0, OWED_BY_A_CARRIER, 0, 0, OWED_BY_A_CARRIER, 15),
    }
    assert by_area[KANGMEI] == (21 + 2 + 3, 2, 1, 23, 3, 0, 23, 15)
    assert by_area[WHOLE] == (15, 1, 0, 14, 0, 1, 14, 15)
    assert by_metric["fbb_subs_total"] == (3, 1, 0, 2, 0, 1, 2, 15)
    assert by_metric["tower_sites_5g"] == (8, 0, 1, 7, 1, 0, 7, 15)
    assert "ipv6_users" not in by_metric
    for groups in (by_org, by_area, by_metric):
        assert [sum(each) for each in zip(*groups.values(), strict=True)][:-1] == [page["whole"][each] for each in COUNTS[:-1]]


async def test_a_month_is_complete_when_its_last_count_is_reported_and_shows_its_submission(liangjiang: CampaignApi) -> None:
    _now(liangjiang, "2022-09-03T12:00+08:00")
    await liangjiang.samples("2022-08")
    await liangjiang.make_moves("tower", "submit")

    page = await _asked(liangjiang)
    groups = {item["org"]: item for item in page["items"]}

    assert page["whole"]["display"] == "100.0"
    assert page["whole"]["complete_at"].startswith("2022-09-03T04:00:00")
    assert {org: group["submission"] for org, group in groups.items()} == {
        **dict.fromkeys(("economy", "mobile", "telecom", "unicom"), "open"),
        "tower": "submitted",
    }


async def test_lateness_as_of_a_version_or_timestamp_stays_the_same(liangjiang: CampaignApi) -> None:
    _now(liangjiang, "2022-09-04T12:00+08:00")
    await liangjiang.push_ok("tower", [("tower_sites_total", KANGMEI, 3), ("tower_sites_total", RENHE, 4)])
    _now(liangjiang, "2022-09-12T12:00+08:00")
    version = (await liangjiang.push_ok("tower", [("tower_sites_total", KANGMEI, 0)]))["data_version"]

    _now(liangjiang, "2022-09-14T12:00+08:00")
    questions: list[dict[str, Any]] = [{"as_of": version}, {"as_of": "2022-09-14T12:00+08:00"}, {"as_of": version - 1}]
    answers = [await liangjiang.get("/v1/completeness", **{"month": "2022-08", **each}) for each in questions]
    tower = [next(item for item in answer.json()["items"] if item["org"] == "tower") for answer in answers]

    _now(liangjiang, "2022-10-12T12:00+08:00")
    replace = {"mode": "replace", "month": "2022-08"}
    body = rows([("tower_sites_total", RENHE, 9)])
    await liangjiang.api.post("/v1/observations", json=body, params=replace, headers=liangjiang.headers("tower"))
    for value in (7, 8):
        await liangjiang.push_ok("tower", [("tower_sites_total", KANGMEI, value)])
    again = [await liangjiang.get("/v1/completeness", **{"month": "2022-08", **each}) for each in questions]

    assert [tuple(each[count] for count in COUNTS) for each in tower] == [
        (16, 1, 1, 14, 2, 0, 14, 7),
        (16, 1, 1, 14, 2, 0, 14, 9),
        (16, 2, 0, 14, 2, 0, 0, 0),
    ]
    assert [each.content for each in again] == [each.content for each in answers]
    assert [each.headers["ETag"] for each in again] == [each.headers["ETag"] for each in answers]
    now = await _groups(liangjiang, "org")
    assert now["tower"] == (16, 2, 0, 14, 1, 1, 14, 37)  # taken back and reported again: late
    assert (await _asked(liangjiang, as_of=version + 1, group_by="area"))["whole"]["reported"] == 1
    assert (await liangjiang.get("/v1/completeness", as_of=999)).status_code == 422


async def test_carriers_see_their_own_counts_and_subdistrict_offices_their_subdistrict(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08", "telecom", "economy")

    assert set(await _groups(liangjiang, "org", "telecom")) == {"telecom"}
    assert (await _asked(liangjiang, "telecom"))["whole"]["expected"] == OWED_BY_A_CARRIER
    assert await _groups(liangjiang, "org", "kangmei") == {
        "economy": (3, 3, 0, 0, 3, 0, 0, 0),
        "mobile": (7, 0, 0, 7, 0, 0, 0, 0),
        "telecom": (7, 7, 0, 0, 7, 0, 0, 0),
        "tower": (2, 0, 0, 2, 0, 0, 0, 0),
        "unicom": (7, 0, 0, 7, 0, 0, 0, 0),
    }
    assert set(await _groups(liangjiang, "area", "kangmei")) == {KANGMEI}
    assert (await _asked(liangjiang, "leading_group"))["whole"] == (await _asked(liangjiang))["whole"]
    assert (await liangjiang.get("/v1/completeness", "kangmei", as_of=1)).status_code == 403
