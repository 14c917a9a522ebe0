"""Findings in the inbox: those that keep the caller's months from being submitted, today and on earlier days."""

from typing import Any

from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi
from tests.services.cases.challenges.challenging import WHOLE, on_day

BEFORE = [("mobile_subs_total", WHOLE, 100), ("fbb_subs_total", WHOLE, 50), ("homes_gigabit_covered", "500112007", 10)]
NOW = [("mobile_subs_total", WHOLE, 130), ("fbb_subs_total", WHOLE, 45), ("homes_gigabit_covered", "500112007", 11)]
"""Against the month before: more than 20 % up, a stock that has fallen, and nothing to explain."""


async def inbox(campaign: CampaignApi, who: str = "telecom", role: Role | None = None, **query: Any) -> dict[str, Any]:
    """Return the findings in an inbox by id."""
    answer = await campaign.api.get("/v1/inbox", params={"kind": "finding", **query}, headers=campaign.headers(who, role))
    assert answer.status_code == 200, answer.text
    return {entry["id"]: entry for entry in answer.json()["items"]}


async def to_explain(campaign: CampaignApi, who: str = "telecom") -> set[str]:
    """Return the ids of the findings that an organisation may explain and has not."""
    found = set()
    for month in ("2022-07", "2022-08"):
        page = await campaign.get_ok("/v1/findings", who, month=month, explained=False, severity="warn", limit=500)
        found |= {finding["id"] for finding in page["items"] if finding["org"] == who and finding["actions"] == ["explain"]}
    return found


async def test_a_finding_waits_for_its_organisation_until_it_is_explained_corrected_or_noted(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", BEFORE, "2022-07")
    await liangjiang.push_ok("telecom", NOW)
    days = {"2022-09-06": await inbox(liangjiang)}
    by_metric = {entry["title"].split()[1]: entry for entry in days["2022-09-06"].values()}

    assert days["2022-09-06"].keys() == await to_explain(liangjiang)
    assert by_metric.keys() == {"移动电话用户数", "固定宽带用户数"}
    grown = by_metric["移动电话用户数"]
    assert grown == {
        "kind": "finding",
        "id": grown["id"],
        "path": f"/v1/findings/{grown['id']}",
        "org": "telecom",
        "title": f"2022-08 移动电话用户数 {grown['title'].split()[2]}",
        "action": "explain",
        "label": {"zh": "更正或说明", "en": "correct the counts or explain the finding"},
        "due_on": "2022-09-05",
        "days_left": -1,
        "overdue": True,
    }
    assert grown["title"].endswith("：较上月增减超过20%，请核实并说明原因（如建设进展、口径变化或数据更正）")
    for who, role in (("mobile", None), ("economy", None), ("industry", Role.TASK_FORCE), ("leading_group", None)):
        assert await inbox(liangjiang, who, role) == {}

    on_day(liangjiang, "2022-09-07")
    explained = await liangjiang.api.put(
        f"{grown['path']}/explanation", json={"text": "新增用户"}, headers=liangjiang.headers("telecom")
    )
    assert explained.status_code in (200, 201), explained.text
    days["2022-09-07"] = await inbox(liangjiang)
    assert days["2022-09-07"].keys() == await to_explain(liangjiang) == {by_metric["固定宽带用户数"]["id"]}

    on_day(liangjiang, "2022-09-08")
    await liangjiang.push_ok("telecom", [("fbb_subs_total", WHOLE, 48)])  # still a fall, another finding
    days["2022-09-08"] = await inbox(liangjiang)
    assert days["2022-09-08"].keys() == await to_explain(liangjiang)
    assert days["2022-09-08"].keys().isdisjoint(days["2022-09-06"])

    on_day(liangjiang, "2022-09-09")
    noted = {"metric": "fbb_subs_total", "area": WHOLE, "month": "2022-08", "value": 47, "note": "两家公司销户"}
    pushed = await liangjiang.send("telecom", str({"observations": [noted]}).replace("'", '"'))
    assert pushed.status_code == 201, pushed.text
    days["2022-09-09"] = await inbox(liangjiang)
    assert days["2022-09-09"].keys() == await to_explain(liangjiang) == set()

    on_day(liangjiang, "2022-09-10")
    await liangjiang.push_ok("telecom", [("fbb_subs_total", WHOLE, 51), ("mobile_subs_total", WHOLE, 90)])
    days["2022-09-10"] = await inbox(liangjiang)
    assert days["2022-09-10"].keys() == await to_explain(liangjiang) != set()
    on_day(liangjiang, "2022-09-12")
    await liangjiang.make_moves("telecom", "submit")
    assert await inbox(liangjiang) == {}

    for day, then in days.items():
        assert await inbox(liangjiang, as_of=day) == then, day


async def test_a_submitted_months_findings_wait_for_nobody_and_those_of_a_returned_month_do(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", BEFORE, "2022-07")
    await liangjiang.push_ok("telecom", BEFORE[1:])
    await liangjiang.make_moves("telecom", "submit")
    on_day(liangjiang, "2022-09-07")
    await liangjiang.push_ok("telecom", [("fbb_subs_total", WHOLE, 70)], "2022-07")  # so that August falls

    closed = await inbox(liangjiang), await to_explain(liangjiang)
    await liangjiang.make_moves("telecom", "return")
    returned = await inbox(liangjiang)

    assert closed == ({}, set())
    assert returned.keys() == await to_explain(liangjiang) != set()


async def test_a_finding_against_a_reference_is_that_of_the_reference_then(liangjiang: CampaignApi) -> None:
    street = "500112007"
    await liangjiang.push_ok("economy", [("households_urban", street, 10)], "2022-06")
    await liangjiang.push_ok("telecom", [("homes_gigabit_covered", street, 11)])
    before = await inbox(liangjiang)
    on_day(liangjiang, "2022-09-07")
    await liangjiang.push_ok("economy", [("households_urban", street, 20)], "2022-06")

    assert before.keys() == {entry["id"] for entry in before.values() if "大于该街道城市家庭户数" in entry["title"]} != set()
    assert await inbox(liangjiang) == {}
    assert await inbox(liangjiang, as_of="2022-09-06") == before
