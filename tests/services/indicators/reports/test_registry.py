"""Tasks and items in a report: as they were on the day of issue, and what became of them since the previous report."""

import io
from datetime import date
from typing import Any

import pytest
import python_calamine
from httpx import Response

from services.indicators.reports import registry_sections, report_data
from services.indicators.reports.files import word_registry
from services.indicators.reports.files.wording import NUMERALS
from shared.vocabulary import Role
from tests.filed_cases import WHOLE_CASE, approve_case, file_case, move_case
from tests.fixtures_campaign_api import CampaignApi, CreateCampaign
from tests.services.cases.challenges.challenging import TASK_FORCE, move, opened
from tests.services.cases.tasks.conftest import TasksApi
from tests.services.indicators.reports.files.test_render import content_of, paragraphs, rows_of
from tests.services.indicators.reports.practice import issue

DIFFICULTY = {"category": "property_management", "place": "某小区", "needed": "请协调物业", "needed_by": "2022-08-20", "task": 1}
ACTION_ITEM = {"text": "请报送整改计划", "source": "meeting", "due_on": "2022-08-15", "task": 11}


class _Story:
    """Items that organisations move forward on days of August and September."""

    def __init__(self, campaign: CampaignApi) -> None:
        self.campaign, self.tasks = campaign, TasksApi(campaign)
        self.on = self.tasks.on

    async def send(self, who: str, path: str, body: dict[str, Any]) -> Response:
        headers = self.tasks.headers(who)
        if path.endswith("/moves"):
            item = await self.campaign.api.get(path.removesuffix("/moves"), headers=headers)
            headers = headers | {"If-Match": item.headers["etag"]}
        answer = await self.campaign.api.post(path, json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer

    async def difficulty(self, who: str, title: str, needed_by: str = "2022-08-20") -> str:
        body = {**DIFFICULTY, "title": title, "needed_by": needed_by}
        return str((await self.send(who, "/v1/difficulties", body)).headers["location"])

    async def move(self, who: str, path: str, move: str, **fields: Any) -> None:
        await self.send(who, f"{path}/moves", {"move": move, **fields})

    async def action_items(self, title: str, *orgs: str) -> list[str]:
        body = {**ACTION_ITEM, "title": title, "orgs": orgs}
        items = (await self.send("task_force", "/v1/action-items", body)).json()["items"]
        return [f"/v1/action-items/{item['id']}" for item in items]

    async def report(self, month: str) -> dict[str, Any]:
        return await content_of(self.campaign, (await issue(self.campaign, month)).json()["number"])


@pytest.fixture
async def story(liangjiang: CampaignApi) -> _Story:
    """July is issued on 8 August; what follows is new in the report of August, which is not issued yet."""
    story = _Story(liangjiang)
    story.on("2022-08-05")
    await liangjiang.samples("2022-07")
    resolved, assigned = await story.difficulty("telecom", "物业不同意进场"), await story.difficulty("mobile", "机房用电未批复")
    reported, _ = await story.action_items("报送任务11整改计划", "telecom", "unicom")
    await story.tasks.finish(9, "telecom")
    approved = await file_case(liangjiang, "智能工厂")
    await file_case(liangjiang, "远程诊疗")
    story.on("2022-08-08")
    await story.report("2022-07")

    story.on("2022-08-12")
    await story.tasks.move_ok("task_force", 9, "telecom", "return", reason="缺少验收清单")
    await story.tasks.finish(6, "mobile", accepted_by="task_force")
    for path in (resolved, assigned):
        await story.move("task_force", path, "assign", responsible="industry", due_on="2022-09-01")
    await story.move("industry", resolved, "answer", answer="已协调")
    await story.move("telecom", resolved, "resolve")
    await story.move("unicom", await story.difficulty("unicom", "管道租用受阻"), "withdraw")
    await story.difficulty("kangmei", "社会公共资源未开放")
    await story.move("telecom", reported, "report", report="已完成整改")
    await story.move("task_force", reported, "accept")
    await approve_case(liangjiang, approved, "2022-08-12")
    returned = await file_case(liangjiang, "超高清直播")
    await move_case(liangjiang, returned, "industry", Role.TASK_FORCE, move="return", reason="缺少成效数据")
    draft = await liangjiang.api.post("/v1/cases", json=WHOLE_CASE, headers=liangjiang.headers("telecom"))
    await move_case(liangjiang, draft.headers["location"], "telecom", move="withdraw", reason="重复")  # nobody else saw it
    await liangjiang.samples("2022-08")
    for metric in ("fbb_subs_total", "mobile_subs_total"):
        (count,) = (await liangjiang.get_ok("/v1/observations", org="telecom", metric=metric, month="2022-08"))["items"]
        path = await opened(liangjiang, metric=metric, value=count["value"])
    story.on("2022-08-22")
    await move(liangjiang, path, TASK_FORCE, "uphold")
    story.on("2022-09-12")
    return story


def _totals(opened: int, resolved: int, ended: int, unfinished: int, overdue: int) -> dict[str, int]:
    names = ("opened", "resolved", "ended", "unfinished", "overdue")
    return dict(zip(names, (opened, resolved, ended, unfinished, overdue), strict=True))


def _listed(section: dict[str, Any], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(item[name] for name in names) for item in section["items"]]


async def test_a_report_counts_what_became_of_items_since_the_previous_one(story: _Story) -> None:
    july, august = await content_of(story.campaign, 1), await story.report("2022-08")

    assert july["difficulties"]["totals"] == _totals(2, 0, 0, 2, 0)
    assert july["action_items"]["totals"] == _totals(2, 0, 0, 2, 0)
    assert july["challenges"] == {"totals": _totals(0, 0, 0, 0, 0), "organisations": [], "items": []}
    assert [state["before"] for state in july["cases"]["states"]] == [None]
    difficulties, actions, challenges = (august[name] for name in ("difficulties", "action_items", "challenges"))
    assert difficulties["totals"] == _totals(2, 1, 1, 2, 2)
    assert [(each["org"], each["unfinished"], each["overdue"]) for each in difficulties["organisations"]] == [
        ("telecom", 0, 0),
        ("mobile", 1, 1),
        ("unicom", 0, 0),
        ("kangmei", 1, 1),
    ]
    assert _listed(difficulties, "title", "state", "responsible", "due", "days_left", "overdue") == [
        ("社会公共资源未开放", "open", None, "2022-08-20", -23, True),
        ("机房用电未批复", "assigned", "industry", "2022-09-01", -11, True),
        ("物业不同意进场", "resolved", "industry", None, None, False),
        ("管道租用受阻", "withdrawn", None, None, None, False),
    ]
    assert actions["totals"] == _totals(0, 1, 0, 1, 1)
    assert _listed(actions, "org", "state", "due", "overdue") == [
        ("unicom", "open", "2022-08-15", True),
        ("telecom", "accepted", None, False),
    ]
    assert challenges["totals"] == _totals(2, 1, 0, 1, 1)
    assert [(each["org"], each["unfinished"], each["overdue"]) for each in challenges["organisations"]] == [
        ("economy", 1, 1),  # the challenger, who has not decided
        ("telecom", 0, 0),
    ]
    assert _listed(challenges, "metric", "state", "due", "days_left") == [
        ("fbb_subs_total", "unanswered", "2022-08-26", -17),
        ("mobile_subs_total", "upheld", None, None),
    ]
    states = [tuple(state[name] for name in ("state", "count", "before", "entered")) for state in august["cases"]["states"]]
    assert states == [("submitted", 1, 2, 0), ("returned", 1, 0, 1), ("approved", 1, 0, 1)]
    day = {"by": "industry", "day": "2022-08-12"}
    assert august["task_reviews"] == [
        {"number": 6, "org": "mobile", "move": "accept", **day, "reason": None},
        {"number": 9, "org": "telecom", "move": "return", **day, "reason": "缺少验收清单"},
    ]

    again = await story.report("2022-08")  # compared with the one that it replaces
    assert again["difficulties"]["totals"] == _totals(0, 0, 0, 2, 2)
    assert _listed(again["action_items"], "org") == [("unicom",)]
    assert again["task_reviews"] == []
    assert [state["entered"] for state in again["cases"]["states"]] == [0, 0, 0]


async def test_tasks_are_those_of_the_board_of_the_day_of_issue(story: _Story) -> None:
    report = await story.report("2022-08")
    then = await story.tasks.get_ok("leading_group", "/board", as_of=report["data_version"])
    story.on("2022-09-13")
    await story.tasks.move_ok("task_force", 6, "mobile", "reopen", reason="抽查不合格")
    await story.move("telecom", await story.difficulty("telecom", "站址被拒", "2022-09-30"), "withdraw")
    await story.difficulty("telecom", "站址又被拒", "2022-09-30")

    board = await story.tasks.get_ok("leading_group", "/board", as_of=report["data_version"])

    assert board == then
    names = ("number", "status", "days_left", "open_difficulties", "assignments")
    assert [{name: task[name] for name in names} for task in report["tasks"]] == [
        {name: task[name] for name in names} for task in board["tasks"]
    ]
    statuses = {(task["number"], each["org"]): each["status"] for task in report["tasks"] for each in task["assignments"]}
    assert (statuses[6, "mobile"], statuses[6, "telecom"], statuses[3, "renhe"]) == ("done", "overdue", "at_risk")
    assert report["tasks"][0]["open_difficulties"] == 2
    assert (await story.tasks.get_ok("leading_group", "/board"))["tasks"][0]["open_difficulties"] == 3


async def test_the_files_name_what_is_late_and_what_was_decided(story: _Story) -> None:
    await story.report("2022-08")
    docx, xlsx = [(await story.campaign.get(f"/v1/reports/2/report.{ending}")).content for ending in ("docx", "xlsx")]
    lines = paragraphs(docx)

    headings = [line for line in lines if line.split("、")[0] in NUMERALS]
    assert headings[4:8] == ["五、重点任务推进情况", "六、具体困难协调解决情况", "七、督办事项办理情况", "八、数据质疑处理情况"]
    assert headings[-1] == "十二、数据来源"
    assert (
        "截至2022年9月12日，重点任务分解到责任单位的44项中，按期完成1项、有风险14项、已逾期29项；在办具体困难2件，其中逾期2件；"
        "在办督办事项1项，其中逾期1项；未裁定数据质疑1项，其中逾期1项。"
    ) in lines
    challenged = "500Mbps及以上用户占比（1项）、1000Mbps及以上用户占比（1项）"
    assert f"下列指标所依据的数据正在质疑处理中，裁定前数值不作调整：{challenged}。" in lines
    assert "上期月报发布以来，验收通过1项、验收退回1项。" in lines
    assert "上期月报发布以来，新反映2件、已解决1件、撤回或关闭1件；目前在办具体困难2件，其中逾期2件。" in lines
    assert "上期月报发布以来，已办结1项；目前在办督办事项1项，其中逾期1项。" in lines
    assert "上期月报发布以来，新提出2项、已裁定1项；目前未裁定数据质疑1项，其中逾期1项。" in lines
    assert "已逾期28天：电信、联通按期完成：移动" in lines
    assert "未报送完成；2022年8月5日后未填报进展；2022年8月12日验收退回，待重新报送" in lines
    assert {"待分派（逾期23天）", "办理中（逾期11天）", "待办理（逾期28天）", "质疑成立"} <= set(lines)

    for sheet, caption in {
        "重点任务": "重点任务进展",
        "具体困难": "具体困难清单",
        "督办事项": "督办事项清单",
        "数据质疑": "数据质疑清单",
    }.items():
        header = next(row for row in rows_of(xlsx, sheet) if "\n" in str(row[0]))
        titles = [str(title).split("\n")[0] for title in header if title]
        at = lines.index(caption) + 1
        assert lines[at : at + len(titles)] == titles
    late = next(row for row in rows_of(xlsx, "具体困难") if row[1] == "机房用电未批复")
    assert late[2:7] == ["移动", "物业协调", "产业促进局", date(2022, 9, 1), "办理中（逾期11天）"]


async def test_a_long_list_is_cut_in_the_files_and_counted_in_full(
    liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_sections, "LISTED_MAX", 3)
    monkeypatch.setattr(word_registry, "ROWS_MAX", 2)
    story = _Story(liangjiang)
    for number in range(4):
        await story.difficulty("telecom", f"困难{number}", "2022-09-30")
    content = await story.report("2022-08")
    docx, xlsx = [(await liangjiang.get(f"/v1/reports/1/report.{ending}")).content for ending in ("docx", "xlsx")]

    assert (content["difficulties"]["totals"]["unfinished"], len(content["difficulties"]["items"])) == (4, 3)
    lines = paragraphs(docx)
    assert "下表列出前2项，其余见月报工作簿。" in lines
    assert {f"困难{number}" in lines for number in (0, 1)} == {True}
    assert "困难2" not in lines
    assert ["共4项，上表列出前3项。 The first 3 of 4 are listed."] in [row[:1] for row in rows_of(xlsx, "具体困难")]


async def test_the_latest_cases_are_listed_and_all_are_counted(liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_data, "LISTED_MAX", 2)
    story = _Story(liangjiang)
    await file_case(liangjiang, "甲", "2022-08-12")
    await file_case(liangjiang, "乙", "2022-08-10", domain="digital_government")
    await file_case(liangjiang, "丙", "2022-08-11", domain="digital_government")
    cases = (await story.report("2022-08"))["cases"]

    assert [case["title"] for case in cases["approved"]] == ["丙", "甲"]
    assert cases["total"] == 3
    numbers = {each["code"]: each["approved"] for each in cases["domains"] if each["approved"]}
    assert numbers == {"vertical_industry": 1, "digital_government": 2}


async def test_nothing_is_printed_of_what_a_campaign_does_not_have(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"])
    await town.push_ok("telecom", [("fbb_subs_500m", "liangjiang", 900), ("fbb_subs_total", "liangjiang", 1_000)])
    report = (await issue(town)).json()
    files = {file["ending"]: (await town.get(file["path"])).content for file in report["files"]}

    words = ("任务进展", "困难", "督办", "质疑", "案例状态")
    assert not [line for line in paragraphs(files["docx"]) if any(word in line for word in words)]
    sheets = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(files["xlsx"])).sheet_names
    assert not {"重点任务", "具体困难", "督办事项", "数据质疑", "应用案例"} & set(sheets)
