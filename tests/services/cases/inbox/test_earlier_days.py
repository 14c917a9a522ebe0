"""Inbox and workload of a day are the same whenever they are asked for, whatever has moved since."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import psycopg
import pytest
from httpx import AsyncClient
from psycopg.rows import dict_row
from sqlalchemy import inspect
from sqlmodel import select

from cli.postgres.database_urls import DatabaseUrls
from shared.campaign.definition import Definition
from shared.database.compiled import compiled
from shared.reading.items_at import table_at
from shared.tables.case_file import CaseFile
from shared.vocabulary import RegistryKind, Role
from tests.filed_cases import WHOLE_CASE, file_case
from tests.fixtures_campaign import LIANGJIANG
from tests.fixtures_campaign_api import CampaignApi, CreateCampaign, small_definition
from tests.services.cases.challenges.challenging import COUNT, OTHER, WHOLE, correct, on_day, opened
from tests.services.cases.items_api import ACTION, DIFFICULTY, TASK_FORCE, ItemsApi

OVERSIGHT: Final = (TASK_FORCE, "economy", "leading_group", "regulator")
EVERYBODY: Final = (*OVERSIGHT, "telecom", "unicom", "tower", "yuanyang", "renhe")
Day = dict[str, Any]


@pytest.fixture
def everywhere(api: AsyncClient, items: ItemsApi) -> ItemsApi:
    """All services, for months and items."""
    return ItemsApi(api, items.bearer, items.clock)


async def everything(items: ItemsApi, as_of: str | None = None) -> Day:
    """Return everybody's inbox of a day, and the workload."""
    query = {"limit": "500"} | ({"as_of": as_of} if as_of else {})
    inboxes = {who: await items.ok(who, "/v1/inbox", **query) for who in EVERYBODY}
    return inboxes | {f"workload for {who}": await items.ok(who, "/v1/workload", **query) for who in OVERSIGHT}


class Story:
    """Items of every kind, months and findings on six days."""

    def __init__(self, items: ItemsApi, liangjiang: CampaignApi) -> None:
        self.items, self.liangjiang = items, liangjiang
        self.paths: dict[str, str] = {"assignment": "/v1/tasks/6/assignments/telecom"}  # led by the industry bureau

    async def create(self, name: str, who: str, path: str, body: dict[str, Any]) -> None:
        """Create an item."""
        answer = await self.items.post(who, path, body)
        assert answer.status_code == 201, answer.text
        issued = answer.json().get("items")  # of action items, one for each organisation
        self.paths[name] = f"{path}/{issued[0]['id']}" if issued else str(answer.headers["location"])

    async def move(self, name: str, who: str, move: str, **fields: Any) -> None:
        """Make a move."""
        await self.items.moved(who, self.paths[name], move, **fields)

    async def begin(self) -> None:
        """Open items."""
        await self.create("difficulty", "telecom", "/v1/difficulties", DIFFICULTY)
        await self.create("action", TASK_FORCE, "/v1/action-items", ACTION)
        await self.create("case", "telecom", "/v1/cases", WHOLE_CASE)
        await self.move("difficulty", TASK_FORCE, "assign", responsible="yuanyang", due_on="2022-09-07")
        await self.move("difficulty", TASK_FORCE, "escalate", reason="涉及多部门")
        await self.liangjiang.push_ok("telecom", [(COUNT, WHOLE, 100), (OTHER, WHOLE, 30)], "2022-07")

    async def report(self) -> None:
        """Report, and push counts with findings."""
        await self.move("difficulty", TASK_FORCE, "assign", responsible="renhe", due_on="2022-09-09")
        await self.move("action", "unicom", "report", report="已报")
        await self.move("case", "telecom", "submit")
        await self.move("assignment", "telecom", "report_progress", text="已启动")
        await self.liangjiang.push_ok("telecom", [(COUNT, WHOLE, 80), (OTHER, WHOLE, 20)])
        link = {"difficulty_id": self.paths["difficulty"].rpartition("/")[2], "orgs": ["economy"]}
        await self.create("instruction", "leading_group", "/v1/action-items", {**ACTION, **link})

    async def submit(self) -> None:
        """Explain the findings, submit the month, and report a task done."""
        await self.move("case", TASK_FORCE, "take_up")
        await self.liangjiang.make_moves("telecom", "submit")
        self.paths["challenge"] = await opened(self.liangjiang)
        task = await self.items.ok("telecom", "/v1/tasks/6")
        measures = [{"code": each["code"], "state": "not_applicable", "reason": "不涉及"} for each in task["measures"]]
        await self.move("assignment", "telecom", "report_done", text="已完成", measures=measures)

    async def decide(self) -> None:
        """Accept, approve and return."""
        await self.move("difficulty", "renhe", "answer", answer="已办")
        await self.move("difficulty", "telecom", "not_resolved", reason="未办")
        await self.move("action", TASK_FORCE, "return", reason="不全")
        await self.move("case", TASK_FORCE, "approve", on="2022-09-08")
        await self.move("challenge", "telecom", "concede")
        await self.move("assignment", TASK_FORCE, "accept")
        await self.liangjiang.make_moves("telecom", "accept")
        assert (await self.liangjiang.request_reopening("telecom")).status_code == 201

    async def correct(self) -> None:
        """Correct a challenged count, and request a revocation."""
        await self.move("case", "telecom", "request_revocation", reason="已停用")
        assert (await correct(self.liangjiang, self.paths["challenge"])).status_code == 201

    async def end(self) -> None:
        """End items."""
        await self.move("difficulty", TASK_FORCE, "close", reason="另案处理")
        await self.move("action", TASK_FORCE, "withdraw", reason="另案处理")
        await self.move("case", TASK_FORCE, "decline_revocation", reason="仍在使用")
        await self.move("case", TASK_FORCE, "recommend", recommended_to="competition", on="2022-09-13")
        await self.move("challenge", "economy", "dismiss", reason="已更正")
        await self.move("assignment", TASK_FORCE, "reopen", reason="复核")
        await self.liangjiang.move("telecom", "reopen", "industry", Role.TASK_FORCE, reason="同意")

    async def go_on(self) -> None:
        """Change everything again."""
        await self.create("difficulty", "telecom", "/v1/difficulties", DIFFICULTY)
        await self.move("case", "regulator", "record_outcome", selected=True, note="入选", on="2022-09-20")
        await self.create("case", "telecom", "/v1/cases", WHOLE_CASE | {"title": "另一案例"})
        await self.move("assignment", "telecom", "report_done", text="已完成")
        await self.liangjiang.push_ok("telecom", [(COUNT, WHOLE, 99)], reason="更正")
        await opened(self.liangjiang, value=99)


async def test_a_day_is_the_same_whenever_it_is_asked_for(everywhere: ItemsApi, liangjiang: CampaignApi) -> None:
    story, days = Story(everywhere, liangjiang), dict[str, Day]()
    for day, act in {
        "2022-09-05": story.begin,
        "2022-09-06": story.report,
        "2022-09-07": story.submit,
        "2022-09-08": story.decide,
        "2022-09-09": story.correct,
        "2022-09-13": story.end,
    }.items():
        everywhere.set_day(day)
        await act()
        days[day] = await everything(everywhere)
    everywhere.set_day("2022-09-20")
    await story.go_on()

    for day, then in days.items():
        now = await everything(everywhere, day)
        for what, answer in then.items():
            assert now[what] == answer, (day, what)
    for one, next_one in pairwise(days.values()):
        assert all(one[what]["items"] != next_one[what]["items"] for what in (TASK_FORCE, "telecom", "workload for economy"))
    entries = [entry for day in days.values() for who in EVERYBODY for entry in day[who]["items"]]
    assert {(entry["kind"], entry["action"]) for entry in entries} >= {
        *(("case", action) for action in ("submit", "take_up", "approve", "decide_revocation", "record_outcome")),
        *(("assignment", action) for action in ("report_progress", "report_done", "accept")),
        *(("difficulty", action) for action in ("answer", "create_action_items")),
        *(("action_item", action) for action in ("report", "accept")),
        *(("challenge", action) for action in ("answer", "correct", "decide_challenge")),
        *(("month", "submit"), ("month", "accept"), ("reopening", "decide"), ("finding", "explain")),
    }


NOT_UNDONE: Final = {"revision", "was_submitted", "search_text"}
"""Columns that have no history."""
OTHER_CASE: Final[dict[str, Any]] = {
    **{name: None for name, value in WHOLE_CASE.items() if isinstance(value, str | int)},
    **{name: [] for name, value in WHOLE_CASE.items() if isinstance(value, list)},
    "title": "改名",
    "domain": "social_livelihood",
    "applicant": "另一企业",
    "summary": "“改写” 100% $[*]",
}


async def test_each_column_of_an_item_is_as_it_was(items: ItemsApi, urls: DatabaseUrls) -> None:
    def read(at: datetime | None) -> dict[str, Any]:
        table = inspect(CaseFile).local_table
        query = select(*[column for column in table.columns if column.name not in NOT_UNDONE])
        sql, binds = compiled(query.add_cte(table_at(RegistryKind.CASE, CaseFile, LIANGJIANG, past=at is not None)))
        with psycopg.connect(urls.services["cases"], row_factory=dict_row) as connection:
            connection.execute("SELECT gigacity_begin(%s, 'telecom', 'campaign')", [LIANGJIANG])
            (row,) = connection.execute(sql, {**binds, "item_time": at}).fetchall()
        return row

    path = str((await items.post("telecom", "/v1/cases", WHOLE_CASE)).headers["location"])
    rows = {items.clock.now(): read(None)}
    for day, who, change in (
        ("2022-09-07", "telecom", OTHER_CASE),
        ("2022-09-08", "telecom", WHOLE_CASE),
        ("2022-09-09", "telecom", {"move": "submit"}),
        ("2022-09-10", TASK_FORCE, {"move": "take_up"}),
        ("2022-09-11", TASK_FORCE, {"move": "approve", "on": "2022-09-10"}),
        ("2022-09-12", TASK_FORCE, {"move": "publish"}),
        ("2022-09-13", "telecom", {"move": "request_revocation", "reason": "已停用"}),
        ("2022-09-14", TASK_FORCE, {"move": "revoke", "on": "2022-09-13", "reason": "已停用"}),
    ):
        items.set_day(day)
        if "move" in change:
            await items.moved(who, path, **change)
        else:
            tag = (await items.get(who, path)).headers["etag"]
            edited = await items.client.patch(path, json=change, headers=items.headers(who) | {"If-Match": tag})
            assert edited.status_code == 200, edited.text
        rows[items.clock.now()] = read(None)

    for at, row in rows.items():
        assert read(at) == read(at + timedelta(hours=1)) == row
    changed = {name for row, next_row in pairwise(rows.values()) for name in row if row[name] != next_row[name]}
    assert changed >= {*WHOLE_CASE, "state", "updated_at", "approved_version", "published", "revocation_requested_on", "ended_on"}


async def test_an_instant_has_the_changes_up_to_it(everywhere: ItemsApi) -> None:
    path = str((await everywhere.post("telecom", "/v1/difficulties", DIFFICULTY)).headers["location"])
    everywhere.set_day("2022-09-08")
    await everywhere.moved(TASK_FORCE, path, "close", reason="另案处理")

    async def counted(as_of: str) -> list[tuple[int, int, int | None]]:
        lines = (await everywhere.ok("economy", "/v1/workload", kind="difficulty", as_of=as_of))["items"]
        return [(line["open"], line["closed"], line["median_days"]) for line in lines]

    assert await counted("2022-09-06T09:59:59+08:00") == []
    assert await counted("2022-09-08T09:59:59+08:00") == [(1, 0, None)]
    assert await counted("2022-09-08T10:00:00+08:00") == await counted("2022-09-08") == [(0, 1, 2)]
    assert (await everywhere.get("economy", "/v1/workload", as_of="2022-09-09")).json()["code"] == "future_version"


async def test_before_it_took_part_nothing_waited_for_an_organisation(
    create_campaign: CreateCampaign, definition: Definition
) -> None:
    small = small_definition(definition, ["fbb_500m_share"], ["telecom"], ["500112022"])
    campaign = await create_campaign.from_definition(small, "office", later_role=Role.STREET)
    await file_case(campaign, area="500112022")
    on_day(campaign, "2022-09-08")
    body = small.body()
    (office,) = [each for each in body["organisation"] if each["area"] == "500112022"]
    body["organisation"].append({**office, "code": "office", "title": {"zh": "某街道办事处", "en": "An office"}})
    await campaign.apply(Definition.model_validate(body))

    assert (await campaign.get_ok("/v1/inbox", "office", as_of="2022-09-07"))["items"] == []
    assert (await campaign.get("/v1/inbox", "office")).status_code == 200
