"""The inbox over HTTP: what waits for whom, today and on earlier days."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.fixtures_campaign_api import CampaignApi
from tests.services.cases.items_api import ACTION, DIFFICULTY, TASK_FORCE, ItemsApi

Entry = tuple[str, str, str | None]
"""Path, action and due date of an entry."""


@pytest.fixture
def everywhere(api: AsyncClient, items: ItemsApi) -> ItemsApi:
    """All services, for months and items."""
    return ItemsApi(api, items.bearer, items.clock)


async def inbox(items: ItemsApi, who: str, **query: Any) -> list[Entry]:
    """Return the entries about items that somebody created."""
    entries, others = (await items.ok(who, "/v1/inbox", **query))["items"], ("month", "reopening", "assignment")
    return [(entry["path"], entry["action"], entry["due_on"]) for entry in entries if entry["kind"] not in others]


async def report(items: ItemsApi, **changed: Any) -> str:
    """Report a difficulty of telecom and return its path."""
    answer = await items.post("telecom", "/v1/difficulties", {**DIFFICULTY, **changed})
    return str(answer.headers["location"])


async def test_an_item_waits_for_one_organisation_after_the_other(items: ItemsApi) -> None:
    path = await report(items)
    steps = [{who: await inbox(items, who) for who in (TASK_FORCE, "telecom", "yuanyang")}]
    for who, move, fields in (
        (TASK_FORCE, "assign", {"responsible": "yuanyang", "due_on": "2022-09-16"}),
        ("yuanyang", "answer", {"answer": "已约定"}),
        ("telecom", "resolve", {}),
    ):
        await items.moved(who, path, move, **fields)
        steps.append({each: await inbox(items, each) for each in (TASK_FORCE, "telecom", "yuanyang")})

    empty: dict[str, list[Entry]] = {TASK_FORCE: [], "telecom": [], "yuanyang": []}
    assert steps == [
        {**empty, TASK_FORCE: [(path, "assign", "2022-09-20")]},
        {**empty, "yuanyang": [(path, "answer", "2022-09-16")]},
        {**empty, "telecom": [(path, "resolve", None)]},
        empty,
    ]


async def test_an_entry_says_what_is_to_be_done_and_how_urgent_it_is(items: ItemsApi) -> None:
    issued = (await items.post(TASK_FORCE, "/v1/action-items", ACTION)).json()["items"]
    items.set_day("2022-09-10")
    page = await items.ok("unicom", "/v1/inbox", kind="action_item")
    late = await items.ok("unicom", "/v1/inbox", kind="action_item", overdue="false")

    assert page["as_of"] == "2022-09-10"
    assert page["items"] == [
        {
            "kind": "action_item",
            "id": issued[0]["id"],
            "path": f"/v1/action-items/{issued[0]['id']}",
            "org": "unicom",
            "title": "报送清单",
            "action": "report",
            "label": {"zh": "反馈办理情况", "en": "report"},
            "due_on": "2022-09-08",
            "days_left": -2,
            "overdue": True,
        }
    ]
    assert late["items"] == []


async def test_an_escalated_difficulty_waits_for_the_leading_group_until_it_issues_an_action_item(items: ItemsApi) -> None:
    path = await report(items)
    await items.moved(TASK_FORCE, path, "escalate", reason="涉及多部门")
    waiting = await inbox(items, "leading_group")
    link = path.rpartition("/")[2]
    issued = await items.post("leading_group", "/v1/action-items", {**ACTION, "orgs": ["economy"], "difficulty_id": link})
    done = await inbox(items, "leading_group")
    items.set_day("2022-09-07")
    await items.moved(TASK_FORCE, path, "escalate", reason="仍未解决")
    again = await inbox(items, "leading_group")
    await items.moved(TASK_FORCE, path, "close", reason="另案处理")

    assert issued.status_code == 201
    assert waiting == again == [(path, "create_action_items", "2022-09-20")]
    assert done == await inbox(items, "leading_group") == []


async def test_months_are_submitted_by_their_organisation_and_decided_by_the_task_force(
    everywhere: ItemsApi, liangjiang: CampaignApi
) -> None:
    async def months(who: str, **query: Any) -> list[Entry]:
        entries = (await everywhere.ok(who, "/v1/inbox", **query))["items"]
        return [(entry["path"], entry["action"], entry["due_on"]) for entry in entries if entry["kind"] in ("month", "reopening")]

    path = "/v1/submissions/telecom/2022-08"
    before = await months("telecom")
    await liangjiang.make_moves("telecom", "submit")
    submitted = await months("telecom"), await months(TASK_FORCE), await months("yuanyang")
    await liangjiang.make_moves("telecom", "accept")
    request = (await liangjiang.request_reopening("telecom")).headers["location"]
    requested = await months("telecom"), await months(TASK_FORCE)

    assert (path, "submit", "2022-09-05") in before
    assert (path, "submit", "2022-09-05") not in submitted[0]
    assert (path, "accept", None) in submitted[1]
    assert not any(entry[0] == path for entry in submitted[2])
    assert not any(entry[0] == path for entry in requested[0])
    assert (request, "decide", None) in requested[1]
    assert (path, "accept", None) not in requested[1]


@pytest.mark.parametrize(
    ("as_of", "code"),
    [
        ("2022-09-07", "future_version"),
        ("9999-12-31", "future_version"),
        ("0001-01-01", "schema"),
        ("2021-09-06", "schema"),
        ("2022-02-30", "schema"),
        ("9", "future_version"),
    ],
)
async def test_the_inbox_has_times_of_the_campaign_up_to_now(items: ItemsApi, as_of: str, code: str) -> None:
    answer = await items.get("economy", "/v1/inbox", as_of=as_of)

    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_the_inbox_of_an_instant_has_the_changes_up_to_it(items: ItemsApi) -> None:
    path = await report(items)
    items.set_day("2022-09-08")
    await items.moved(TASK_FORCE, path, "close", reason="另案处理")

    assert await inbox(items, TASK_FORCE, as_of="2022-09-08T09:59:59+08:00") == [(path, "assign", "2022-09-20")]
    assert await inbox(items, TASK_FORCE, as_of="2022-09-08T10:00:00+08:00") == []
    assert await inbox(items, TASK_FORCE, as_of="2022-09-06T09:59:59+08:00") == []
