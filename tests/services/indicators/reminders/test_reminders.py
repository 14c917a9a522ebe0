"""Reminders of unfinished months, and the record of sent reminders."""

from datetime import datetime
from typing import Any

import psycopg
from httpx import Response

from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi

KANGMEI, RENHE = "500112022", "500112009"
SENT = {"month": "2022-08", "org": "tower", "channel": "wechat"}


def _now(practice: CampaignApi, instant: str) -> None:
    practice.clock.fixed = datetime.fromisoformat(instant)


async def _reminders(practice: CampaignApi, month: str = "2022-08") -> dict[str, dict[str, Any]]:
    page = await practice.get_ok("/v1/reminders", month=month)
    assert page["total"] == len(page["items"])
    return {item["org"]: item for item in page["items"]}


async def _log(practice: CampaignApi, by: str = "economy", key: str | None = None, **body: Any) -> Response:
    headers = practice.headers(by) | ({"Idempotency-Key": key} if key else {})
    return await practice.api.post("/v1/reminders/sent", json=SENT | body, headers=headers)


async def test_a_reminder_names_the_missing_counts_and_the_days_late(liangjiang: CampaignApi) -> None:
    _now(liangjiang, "2022-09-03T09:00+08:00")
    await liangjiang.samples("2022-08", "telecom", "mobile", "unicom", "economy")
    every_street = [
        row["area"]
        for row in (await liangjiang.get_ok("/v1/completeness", group_by="cell", org="tower", month="2022-08"))["items"]
    ][:8]
    await liangjiang.push_ok("tower", [("tower_sites_total", area, 5) for area in every_street if area not in (KANGMEI, RENHE)])
    early = (await _reminders(liangjiang))["tower"]
    _now(liangjiang, "2022-09-08T09:00+08:00")
    grace = (await _reminders(liangjiang))["tower"]
    _now(liangjiang, "2022-09-10T23:59+08:00")
    last = (await _reminders(liangjiang))["tower"]
    _now(liangjiang, "2022-09-20T09:30+08:00")

    tower = (await _reminders(liangjiang))["tower"]

    assert tower["text"]["zh"].splitlines() == [
        "【数据催报】铁塔两江分公司：",
        "两江新区“千兆城市”建设2022年8月数据的报送截止日期为2022年9月5日，已逾期15天。",
        "截至2022年9月20日09:30，贵单位尚有10项数据缺报：",
        "1. 铁塔站址总数（人和、康美）",
        "2. 承载5G基站的铁塔站址数（8个街道均缺报）",
        "请尽快补报；确实为零的请填“0”，不要留空。",
        "经济运行局",
        "2022年9月20日",
    ]
    assert tower["text"]["en"].splitlines()[1].endswith("the counts of 2022-08 were due on 2022-09-05 and are 15 days late.")
    assert tower["text"]["en"].splitlines()[4].endswith("(all 8 areas)")
    assert (tower["open_cells"], tower["due"], tower["days_past_due"], tower["late_days"]) == (10, "2022-09-05", 15, 15)
    assert [cell["area"] for cell in tower["cells"] if cell["metric"] == "tower_sites_total"] == [RENHE, KANGMEI]
    assert (early["days_past_due"], early["late_days"]) == (0, 0)
    assert early["text"]["zh"].splitlines()[0] == "【数据报送提醒】铁塔两江分公司："
    assert early["text"]["zh"].splitlines()[1].endswith("2022年9月5日，还有2天。")
    assert last["late_days"] == 0
    assert last["text"]["zh"].splitlines()[1].endswith("，已过5天，宽限期至2022年9月10日。")  # its last minute
    assert (grace["days_past_due"], grace["late_days"]) == (3, 0)
    assert grace["text"]["zh"].splitlines()[1].endswith("已过3天，宽限期至2022年9月10日。")
    await liangjiang.make_moves("tower", "submit")
    signed = (await _reminders(liangjiang))["tower"]
    assert (signed["submission"], signed["open_cells"]) == ("submitted", 10)
    assert signed["text"]["zh"].splitlines()[-3] == "该月数据已报送，如需补报，请先申请重新开放。"


async def test_complete_organisations_are_reminded_to_submit_and_submitted_ones_are_not(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08")
    await liangjiang.make_moves("telecom", "submit")
    await liangjiang.make_moves("tower", "submit", "return")

    found = await _reminders(liangjiang)

    assert {org: (each["submission"], each["open_cells"]) for org, each in found.items()} == {
        "economy": ("open", 0),
        "mobile": ("open", 0),
        "unicom": ("open", 0),
        "tower": ("returned", 0),
    }
    assert found["mobile"]["text"]["zh"].splitlines() == [  # whose counts are all there is not late
        "【数据报送提醒】移动重庆城二分公司：",
        "两江新区“千兆城市”建设2022年8月数据的报送截止日期为2022年9月5日。",
        "该月数据已填齐，尚未正式报送，请由负责人确认后报送。",
        "经济运行局",
        "2022年9月6日",
    ]
    assert found["tower"]["text"]["zh"].splitlines()[-3] == "该月数据已被退回（请核对），请核对更正后重新报送。"
    by_the_task_force = await liangjiang.api.get(
        "/v1/reminders", params={"month": "2022-08"}, headers=liangjiang.headers("industry", Role.TASK_FORCE)
    )
    assert by_the_task_force.json()["items"][0]["text"]["zh"].splitlines()[-2] == "产业促进局（工作专班）"


async def test_a_sent_reminder_is_recorded_once_and_audited(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08", "telecom")
    first = await _log(liangjiang, key="k-1")
    again = await _log(liangjiang, key="k-1")
    other = await _log(liangjiang, key="k-1", channel="phone")
    said = await _log(
        liangjiang, "industry", channel="phone", org="mobile", text="已电话告知王经理", sent_at="2022-09-05T16:00+08:00"
    )

    assert (first.status_code, again.status_code, other.status_code, said.status_code) == (201, 201, 422, 201)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    entry, spoken = first.json(), said.json()
    assert entry["text"] == (await _reminders(liangjiang))["tower"]["text"]["zh"]
    assert (entry["open_cells"], entry["by_org"], entry["sent_at"]) == (16, "economy", entry["logged_at"])
    assert (spoken["text"], spoken["sent_at"], spoken["by_org"]) == (
        "已电话告知王经理",
        "2022-09-05T08:00:00.000000Z",
        "industry",
    )
    read = await liangjiang.get_ok(first.headers["Location"])
    assert read == entry
    assert (await _reminders(liangjiang))["tower"]["sent"] == [read]

    page = await liangjiang.get_ok("/v1/reminders/sent", limit=1)
    rest = await liangjiang.get_ok("/v1/reminders/sent", limit=1, next=page["next"])
    assert (page["total"], [one["id"] for one in page["items"] + rest["items"]]) == (2, [spoken["id"], entry["id"]])
    assert (await liangjiang.get_ok("/v1/reminders/sent", org="mobile", month="2022-08"))["total"] == 1
    assert (await liangjiang.get_ok("/v1/reminders/sent", month="2022-07"))["items"] == []
    async with await psycopg.AsyncConnection.connect(liangjiang.owner) as owner:
        await owner.execute("SELECT gigacity_begin(%s, 'economy', 'campaign')", [liangjiang.campaign])
        audited = await owner.execute("SELECT org, subject FROM audit WHERE operation = 'log_reminder' ORDER BY id")
        assert await audited.fetchall() == [("economy", entry["id"]), ("industry", spoken["id"])]


async def test_an_impossible_reminder_is_refused_and_carriers_see_none(liangjiang: CampaignApi) -> None:
    for body, where, code in (
        ({"org": "kangmei"}, "/org", "nothing_expected"),
        ({"org": "nobody"}, "/org", "nothing_expected"),
        ({"sent_at": "2022-09-06T10:00:01+08:00"}, "/sent_at", "in_the_future"),
        ({"sent_at": "2022-09-06T09:00:00"}, "/sent_at", "not_a_timestamp"),
        ({"channel": "telegram"}, "/channel", "unknown_value"),
    ):
        refused = await _log(liangjiang, **body)
        assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, where)
        assert refused.json()["errors"][0]["code"] == code
    for org in ("telecom", "kangmei", "leading_group"):
        assert (await liangjiang.get("/v1/reminders", org)).status_code == 403
        assert (await _log(liangjiang, org)).status_code == 403
    task_force = await liangjiang.api.get("/v1/reminders", headers=liangjiang.headers("industry", Role.TASK_FORCE))
    assert task_force.json()["month"] == "2022-08"
    assert (await liangjiang.get("/v1/reminders/sent/00000000-0000-7000-8000-000000000000")).status_code == 404
