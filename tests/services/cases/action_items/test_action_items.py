"""Action items over HTTP, on a real database."""

from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient

from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi
from tests.services.cases.challenges.challenging import accepted_month, opened
from tests.services.cases.items_api import TASK_FORCE, ItemsApi

BODY = {
    "orgs": ["unicom", "renhe"],
    "title": "加快改造",
    "text": "请于20日前完成并报送清单",
    "source": "meeting",
    "occasion": "专班例会",
    "due_on": "2022-09-20",
    "task": 1,
}


async def issue(items: ItemsApi, who: str = TASK_FORCE, **changed: Any) -> dict[str, str]:
    """Issue action items and return their paths by organisation."""
    answer = await items.post(who, "/v1/action-items", {**BODY, **changed})
    assert answer.status_code == 201, answer.text
    return {item["org"]: f"/v1/action-items/{item['id']}" for item in answer.json()["items"]}


async def test_each_organisation_reports_by_itself_and_the_task_force_accepts(items: ItemsApi) -> None:
    paths = await issue(items, "leading_group")
    reported = await items.moved("unicom", paths["unicom"], "report", report="已完成", person={"name": "王某", "title": "经理"})
    returned = await items.moved(TASK_FORCE, paths["unicom"], "return", reason="缺清单")
    again = await items.moved("unicom", paths["unicom"], "report", report="已补清单")
    accepted = await items.moved(TASK_FORCE, paths["unicom"], "accept")
    other = await items.ok("renhe", paths["renhe"])

    assert (reported["state"], reported["report"], reported["days_left"]) == ("reported", "已完成", None)
    assert (returned["state"], returned["days_left"], again["report"]) == ("returned", 14, "已补清单")
    assert (accepted["state"], accepted["actions"]) == ("accepted", [])
    assert (other["state"], other["issued_by"], other["issued_on"]) == ("open", "leading_group", "2022-09-06")
    history = (await items.ok("unicom", f"{paths['unicom']}/history"))["items"]
    assert [(each["move"], each["org"]) for each in history] == [
        ("report", "unicom"),
        ("return", "industry"),
        ("report", "unicom"),
        ("accept", "industry"),
    ]


async def test_a_bureau_reviews_the_report_of_the_only_task_force(items: ItemsApi) -> None:
    path = (await issue(items, "leading_group", orgs=["industry"]))["industry"]
    await items.moved(TASK_FORCE, path, "report", report="已完成")
    own = [await items.move(TASK_FORCE, path, move, reason="…") for move in ("accept", "return")]
    bureau_of_the_same = await items.client.get(path, headers=items.bearer("industry", Role.BUREAU))
    waiting = (await items.ok("economy", "/v1/inbox", kind="action_item"))["items"]
    returned = await items.moved("economy", path, "return", reason="缺清单")
    await items.moved(TASK_FORCE, path, "report", report="已补清单")
    accepted = await items.moved("economy", path, "accept")

    assert [(answer.status_code, answer.json()["detail"]) for answer in own] == [
        (403, "本单位是该事项所属单位，应由其他单位办理。")
    ] * 2
    assert bureau_of_the_same.json()["actions"] == []
    assert [(each["path"], each["action"]) for each in waiting] == [(path, "accept")]
    assert (returned["state"], accepted["state"]) == ("returned", "accepted")
    others = (await issue(items))["unicom"]
    await items.moved("unicom", others, "report", report="已完成")
    assert (await items.move("economy", others, "accept")).status_code == 403
    assert (await items.ok("economy", "/v1/inbox", kind="action_item"))["total"] == 0


async def test_the_issuer_edits_and_withdraws_what_it_issued(items: ItemsApi) -> None:
    paths = await issue(items)

    async def edit(who: str, **changed: Any) -> Any:
        return await items.client.patch(paths["unicom"], json=changed, headers=items.headers(who) | {"if-match": '"1"'})

    others = await edit("leading_group", due_on="2022-09-30")
    fixed = await edit(TASK_FORCE, source="visit")
    edited = await edit(TASK_FORCE, due_on="2022-09-30")
    refused = await items.move("leading_group", paths["unicom"], "withdraw", reason="重复")
    withdrawn = await items.moved(TASK_FORCE, paths["unicom"], "withdraw", reason="重复")

    assert (others.status_code, fixed.status_code) == (403, 422)
    assert (edited.json()["due_on"], edited.json()["revision"]) == ("2022-09-30", 2)
    assert (refused.status_code, withdrawn["state"]) == (403, "withdrawn")
    assert (await items.ok("renhe", paths["renhe"]))["due_on"] == "2022-09-20"


async def test_an_action_item_is_overdue_until_it_is_reported_and_again_once_returned(items: ItemsApi) -> None:
    path = (await issue(items, orgs=["unicom"], due_on="2022-09-06"))["unicom"]

    async def overdue() -> tuple[bool, int, int]:
        totals = [(await items.ok(TASK_FORCE, "/v1/action-items", overdue=flag))["total"] for flag in ("true", "false")]
        return (await items.ok("unicom", path))["overdue"], totals[0], totals[1]

    today = await overdue()
    items.set_day("2022-09-07")
    late = await overdue()
    await items.moved("unicom", path, "report", report="已办")
    reported = await overdue()
    await items.moved(TASK_FORCE, path, "return", reason="不完整")

    assert (today, late, reported, await overdue()) == ((False, 0, 1), (True, 1, 0), (False, 0, 1), (True, 1, 0))


async def test_action_items_issued_together_are_found_together(items: ItemsApi) -> None:
    answer = await items.post(TASK_FORCE, "/v1/action-items", BODY, idempotency_key="k")
    again = await items.post(TASK_FORCE, "/v1/action-items", BODY, idempotency_key="k")
    await issue(items)

    together = await items.client.get(answer.headers["location"], headers=items.headers("economy"))

    assert again.content == answer.content
    assert [item["org"] for item in together.json()["items"]] == ["unicom", "renhe"]
    assert (await items.ok("economy", "/v1/action-items"))["total"] == 4


async def test_a_link_is_to_an_item_that_the_issuer_and_every_organisation_may_see(items: ItemsApi) -> None:
    difficulty = {"title": "供电", "category": "power_supply", "place": "某处", "needed": "协调", "needed_by": "2022-09-20"}
    created = await items.post("tower", "/v1/difficulties", difficulty)
    link = created.json()["id"]
    draft = {"title": "t", "domain": "digital_government", "applicant": "a", "summary": "s"}
    case = (await items.post("tower", "/v1/cases", draft)).json()["id"]

    async def issued(orgs: list[str], **linked: Any) -> tuple[int, list[str]]:
        answer = await items.post("leading_group", "/v1/action-items", {**BODY, "orgs": orgs, **linked})
        return answer.status_code, [error["where"] for error in answer.json().get("errors", [])]

    assert await issued(["economy", "tower"], difficulty_id=link) == (201, [])
    assert await issued(["economy", "unicom"], difficulty_id=link) == (422, ["/orgs/1"])
    assert await issued(["renhe"], difficulty_id=link) == (422, ["/orgs/0"])
    assert await issued(["economy"], difficulty_id=str(uuid4())) == (422, ["/difficulty_id"])
    assert await issued(["economy"], case_id=case) == (422, ["/case_id"])  # a draft
    found = await items.ok("economy", "/v1/action-items", difficulty_id=link)
    assert [item["org"] for item in found["items"]] == ["economy", "tower"]


async def test_a_challenge_is_linked_for_organisations_that_may_see_it_only(api: AsyncClient, liangjiang: CampaignApi) -> None:
    await accepted_month(liangjiang, "telecom")
    link = (await opened(liangjiang)).rpartition("/")[2]
    items = ItemsApi(api, liangjiang.bearer, liangjiang.clock)

    async def issued(org: str, challenge: str = link) -> tuple[int, list[str]]:
        answer = await items.post(TASK_FORCE, "/v1/action-items", {**BODY, "orgs": [org], "challenge_id": challenge})
        return answer.status_code, [error["where"] for error in answer.json().get("errors", [])]

    assert await issued("telecom") == await issued("economy") == (201, [])
    assert await issued("mobile") == await issued("renhe") == (422, ["/orgs/0"])
    assert await issued("telecom", str(uuid4())) == (422, ["/challenge_id"])
    found = (await items.ok(TASK_FORCE, "/v1/action-items", challenge_id=link))["items"]
    assert [(item["org"], item["challenge_id"]) for item in found] == [("telecom", link), ("economy", link)]


@pytest.mark.parametrize(
    ("changed", "where", "code"),
    [
        ({"orgs": []}, "/orgs", "too_few"),
        ({"orgs": ["unicom", "nobody"]}, "/orgs/1", "unknown_org"),
        ({"orgs": ["unicom", "unicom"]}, "/orgs/1", "duplicate"),
        ({"orgs": ["regulator"]}, "/orgs/0", "invalid_value"),
        ({"due_on": "2022-09-05"}, "/due_on", "date_out_of_range"),
        ({"issued_on": "2022-09-07"}, "/issued_on", "date_out_of_range"),
        ({"issued_on": "2022-07-07"}, "/issued_on", "date_out_of_range"),  # before the plan
        ({"task": 13}, "/task", "unknown_task"),
        ({"source": "rumour"}, "/source", "unknown_value"),
    ],
)
async def test_an_invalid_issue_is_refused_whole(items: ItemsApi, changed: dict[str, Any], where: str, code: str) -> None:
    answer = await items.post(TASK_FORCE, "/v1/action-items", {**BODY, **changed})

    assert (answer.status_code, [(error["where"], error["code"]) for error in answer.json()["errors"]]) == (422, [(where, code)])
    assert (await items.ok(TASK_FORCE, "/v1/action-items"))["total"] == 0


async def test_only_the_task_force_and_the_leading_group_issue(items: ItemsApi) -> None:
    everyone = ("unicom", "renhe", "economy", "regulator", TASK_FORCE, "leading_group")

    statuses = {who: (await items.post(who, "/v1/action-items", BODY)).status_code for who in everyone}

    assert statuses == {**dict.fromkeys(everyone[:4], 403), TASK_FORCE: 201, "leading_group": 201}
