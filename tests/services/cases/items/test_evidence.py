"""Attachments as evidence of moves, and attachments that are struck out."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response

from services.cases.items import attachments, changes
from shared.settings import Settings
from tests.fixtures_campaign_api import CampaignApi
from tests.services.cases.action_items.test_action_items import issue
from tests.services.cases.attachments.sample_files import CSV
from tests.services.cases.challenges.challenging import accepted_month, opened
from tests.services.cases.items.test_attachments import service_of
from tests.services.cases.items_api import TASK_FORCE, ItemsApi

ASSIGNMENT = "/v1/tasks/6/assignments/telecom"
STRIKE = {"move": "strike_out", "reason": "误传"}
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def everywhere(api: AsyncClient, items: ItemsApi) -> ItemsApi:
    """All services: challenges are about counts."""
    return ItemsApi(api, items.bearer, items.clock)


@pytest.fixture
def limited(items: ItemsApi, settings: Settings) -> None:
    """An item may have three attachments."""
    service_of(items.client).settings = settings.model_copy(update={"attachments_max": 3})


async def attach(items: ItemsApi, who: str, path: str, name: str = "清单.csv") -> Response:
    """Attach a file to an item."""
    return await items.client.post(f"{path}/attachments", files={"file": (name, CSV)}, headers=items.headers(who))


async def attached(items: ItemsApi, who: str, path: str) -> str:
    """Attach a file and return its id."""
    answer = await attach(items, who, path)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def shown(items: ItemsApi, who: str, path: str) -> Mapping[str, Any]:
    """Return the attachments of an item by their ids."""
    return {each["id"]: each for each in (await items.ok(who, f"{path}/attachments"))["items"]}


def errors(answer: Response) -> list[tuple[str, str]]:
    """Return where and why a request was refused."""
    assert answer.status_code == 422, answer.text
    return [(error["where"], error["code"]) for error in answer.json()["errors"]]


async def test_attachments_are_the_evidence_of_measures(items: ItemsApi) -> None:
    items.set_day("2022-07-20")
    await items.moved("telecom", ASSIGNMENT, "report_progress", text="已启动")
    mine, bureaus = await attached(items, "telecom", ASSIGNMENT), await attached(items, "industry", ASSIGNMENT)
    done = [{"code": "6.1", "state": "done"}, *({"code": f"6.{n}", "state": "done", "evidence": "清单"} for n in (2, 3))]
    named = {"code": "6.4", "state": "done", "attachments": [mine, bureaus]}

    lacking = await items.move(
        "telecom", ASSIGNMENT, "report_done", text="完成", measures=[*done, {"code": "6.4", "state": "done", "attachments": []}]
    )
    reported = await items.moved("telecom", ASSIGNMENT, "report_done", text="完成", measures=[*done, named])

    assert errors(lacking) == [("/measures", "missing_evidence")]
    assert [measure["attachments"] for measure in reported["measures"]] == [[], [], [], [mine, bureaus]]
    listed = await shown(items, "telecom", ASSIGNMENT)
    assert {key: (each["is_evidence"], each["actions"]) for key, each in listed.items()} == {
        mine: (True, []),
        bureaus: (True, []),
    }


async def test_the_evidence_of_a_measure_stays_until_a_report_names_other(items: ItemsApi) -> None:
    items.set_day("2022-07-20")
    file = await attached(items, "telecom", ASSIGNMENT)

    async def report(**measure: Any) -> tuple[str, str | None, str | None, list[str]]:
        reported = await items.moved(
            "telecom", ASSIGNMENT, "report_progress", text="进展", measures=[{"code": "6.4", "state": "under_way", **measure}]
        )
        (found,) = [each for each in reported["measures"] if each["code"] == "6.4"]
        return found["state"], found["reason"], found["evidence"], found["attachments"]

    assert await report(state="not_applicable", reason="无此场景") == ("not_applicable", "无此场景", None, [])
    assert await report(evidence="清单", attachments=[file]) == ("under_way", None, "清单", [file])
    assert await report(state="done") == ("done", None, "清单", [file])
    assert await report(evidence="新清单", attachments=None) == ("under_way", None, "新清单", [file])
    assert await report(attachments=[]) == ("under_way", None, "新清单", [])
    assert await report() == ("under_way", None, "新清单", [])


async def test_a_move_names_attachments_of_its_own_item_that_stand(items: ItemsApi) -> None:
    items.set_day("2022-07-20")
    other = await attached(items, "telecom", ASSIGNMENT.replace("6", "2"))
    struck, mine = await attached(items, "telecom", ASSIGNMENT), await attached(items, "telecom", ASSIGNMENT)
    await items.post("telecom", f"{ASSIGNMENT}/attachments/{struck}/moves", STRIKE)

    async def refused(*ids: str) -> list[tuple[str, str]]:
        measures = [
            {"code": "6.1", "state": "under_way", "attachments": [mine]},
            {"code": "6.2", "state": "done", "attachments": ids},
        ]
        return errors(await items.move("telecom", ASSIGNMENT, "report_progress", text="进展", measures=measures))

    second = "/measures/1/attachments"
    assert await refused(mine, other, struck, str(uuid4())) == [(f"{second}/{n}", "unknown_attachment") for n in (1, 2, 3)]
    assert await refused(mine, mine) == [(second, "invalid_value")]
    assert await refused("x") == [(f"{second}/0", "not_a_uuid")]
    assert (await items.ok("telecom", ASSIGNMENT))["revision"] == 1
    assert not any(each["is_evidence"] for each in (await shown(items, "telecom", ASSIGNMENT)).values())


async def test_attachments_are_the_evidence_of_reports_and_rebuttals(everywhere: ItemsApi, liangjiang: CampaignApi) -> None:
    items = everywhere
    action = (await issue(items))["unicom"]
    await accepted_month(liangjiang, "telecom")
    challenge = await opened(liangjiang)
    list_of_sites, orders = await attached(items, "unicom", action), await attached(items, "telecom", challenge)

    reported = await items.moved("unicom", action, "report", report="已完成", attachments=[list_of_sites])
    await items.moved("telecom", challenge, "rebut", reason="新开通", evidence="装机工单", attachments=[orders])
    concession = await items.move("telecom", challenge, "concede", attachments=[orders])

    assert reported["report_attachments"] == [list_of_sites]
    assert errors(concession) == [("/attachments", "invalid_combination")]
    for who, path, file in (("unicom", action, list_of_sites), ("telecom", challenge, orders)):
        history = (await items.ok("economy", f"{path}/history"))["items"]
        assert [change["details"]["attachments"] for change in history] == [[file]]
        assert (await shown(items, who, path))[file]["is_evidence"]
        refused = await items.post(who, f"{path}/attachments/{file}/moves", STRIKE)
        assert (refused.status_code, refused.json()["state"], refused.json()["actions"]) == (409, "evidence", [])
    again = await items.moved(TASK_FORCE, action, "return", reason="不全")
    kept = await items.moved("unicom", action, "report", report="已补充")
    await items.moved(TASK_FORCE, action, "return", reason="仍不全")
    replaced = await items.moved("unicom", action, "report", report="已更正", attachments=[])
    assert [each["report_attachments"] for each in (again, kept, replaced)] == [[list_of_sites], [list_of_sites], []]
    assert (await items.post("unicom", f"{action}/attachments/{list_of_sites}/moves", STRIKE)).status_code == 409


async def test_an_attachment_is_struck_out_by_its_organisation_which_alone_downloads_it_then(items: ItemsApi) -> None:
    path = (await issue(items))["unicom"]
    file = await attached(items, "unicom", path)
    moves = f"{path}/attachments/{file}/moves"

    answers = [
        await items.post(TASK_FORCE, moves, STRIKE),
        await items.post("renhe", moves, STRIKE),
        await items.post("unicom", moves, {"move": "strike_out"}),
        await items.post("unicom", moves, STRIKE),
        await items.post("unicom", moves, STRIKE),
        await items.post("unicom", f"{path}/attachments/{uuid4()}/moves", STRIKE),
    ]

    assert [answer.status_code for answer in answers] == [403, 404, 422, 200, 409, 404]
    document = answers[3].json()
    assert (document["struck_at"], document["strike_reason"], document["actions"]) == ("2022-09-06T02:00:00.000000Z", "误传", [])
    assert (await shown(items, TASK_FORCE, path))[file] == document
    statuses = {who: (await items.get(who, document["path"])).status_code for who in ("unicom", "renhe", TASK_FORCE, "economy")}
    assert statuses == {"unicom": 200, "renhe": 404, TASK_FORCE: 404, "economy": 404}
    assert "struck out" in (await items.client.get(document["path"], headers=items.headers("economy") | ENGLISH)).json()["detail"]


async def test_of_many_who_strike_out_at_once_one_does(items: ItemsApi) -> None:
    path = (await issue(items))["unicom"]
    file = await attached(items, "unicom", path)
    comment = (await items.post("unicom", f"{path}/comments", {"text": "已办"})).json()["id"]

    for struck in (f"attachments/{file}", f"comments/{comment}"):
        answers = await asyncio.gather(*(items.post("unicom", f"{path}/{struck}/moves", STRIKE) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


@pytest.mark.parametrize("first", ["move", "strike_out"])
async def test_a_move_and_the_striking_of_its_evidence_wait_for_each_other(
    items: ItemsApi, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each begins while the other has its lock and has not committed."""
    path = (await issue(items))["unicom"]
    file = await attached(items, "unicom", path)
    locked, second = asyncio.Event(), asyncio.Event()
    name = {"move": "keep_evidence", "strike_out": "move_attachment"}[first]
    module = changes if first == "move" else attachments
    function = getattr(module, name)

    async def holding(*arguments: Any) -> Any:
        result = await function(*arguments)
        locked.set()
        await second.wait()
        await asyncio.sleep(0.2)
        return result

    monkeypatch.setattr(module, name, holding)
    report = {"move": "report", "report": "已办", "attachments": [file]}
    requests = {
        "move": items.post("unicom", f"{path}/moves", report, if_match='"1"'),
        "strike_out": items.post("unicom", f"{path}/attachments/{file}/moves", STRIKE),
    }
    begun = asyncio.create_task(requests.pop(first))
    await locked.wait()
    (other,) = requests.values()
    waiting = asyncio.create_task(other)
    second.set()

    assert (await begun).status_code == 200
    assert (await waiting).status_code == {"move": 409, "strike_out": 422}[first]


@pytest.mark.usefixtures("limited")
async def test_an_assignment_without_a_row_has_no_more_attachments_than_it_may_have(items: ItemsApi) -> None:
    answers = await asyncio.gather(*(attach(items, "telecom", ASSIGNMENT, f"{number}.csv") for number in range(6)))
    for _ in range(3):  # one that waited too long for the others was 503
        late = await attach(items, "telecom", ASSIGNMENT)

    assert {answer.status_code for answer in answers} <= {201, 409, 503}
    assert (late.status_code, late.json()["code"]) == (409, "too_many_attachments")
    assert len(await shown(items, "telecom", ASSIGNMENT)) == 3
