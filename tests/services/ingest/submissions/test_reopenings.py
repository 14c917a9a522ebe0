"""Requests for reopening: who asked for what and why, and what became of it."""

import asyncio
from typing import Any

import psycopg
import pytest
from httpx import Response

from cli.postgres.database_urls import DatabaseUrls
from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.pushing import everything

WHOLE = "liangjiang"
TOTAL = ("fbb_subs_total", WHOLE)
MONTH = "/v1/submissions/telecom/2022-08"
PATH = f"{MONTH}/reopenings"


@pytest.fixture
async def accepted(liangjiang: CampaignApi) -> CampaignApi:
    """Telecom's August is accepted."""
    await liangjiang.push_ok("telecom", [(*TOTAL, 80)])
    await liangjiang.make_moves("telecom", "submit", "accept")
    return liangjiang


async def _decline(practice: CampaignApi, location: str) -> Response:
    headers = practice.headers("industry", Role.TASK_FORCE)
    tag = (await practice.api.get(location, headers=headers)).headers["ETag"]
    body = {"move": "decline", "reason": "差异在允许范围内"}
    return await practice.api.post(f"{location}/moves", json=body, headers=headers | {"If-Match": tag})


async def test_a_request_names_cells_and_reason_and_everybody_concerned_reads_it(accepted: CampaignApi) -> None:
    answer = await accepted.request_reopening("telecom", TOTAL, ("bs_5g_built", "500112022"))

    asked = answer.json()
    assert answer.status_code == 201
    assert asked["cells"] == [
        {"metric": "fbb_subs_total", "area": WHOLE},
        {"metric": "bs_5g_built", "area": "500112022"},
    ]
    assert (asked["org"], asked["month"], asked["state"], asked["reason"]) == ("telecom", "2022-08", "open", "漏报一个分局")
    assert (asked["decided_at"], asked["decision"], asked["actions"]) == (None, None, [])
    assert await accepted.get_ok(answer.headers["Location"], "telecom") == asked
    page = await accepted.get_ok(PATH, "economy")
    assert (page["items"], page["total"], page["next"]) == ([asked], 1, None)
    assert (await accepted.get_ok(MONTH))["reopening"] == asked["id"]
    task_force = await accepted.api.get(answer.headers["Location"], headers=accepted.headers("industry", Role.TASK_FORCE))
    assert task_force.json()["actions"] == ["decline"]
    for path in (PATH, answer.headers["Location"]):
        assert (await accepted.get(path, "mobile")).status_code == 404


async def test_reopening_grants_the_request_and_names_its_cells(accepted: CampaignApi) -> None:
    location = (await accepted.request_reopening("telecom", TOTAL)).headers["Location"]

    reopened = await accepted.move("telecom", "reopen", "industry", Role.TASK_FORCE, reason="同意更正")
    granted = await accepted.get_ok(location, "telecom")

    assert (reopened.json()["state"], reopened.json()["reopening"]) == ("open", None)
    assert reopened.json()["cells"] == granted["cells"]
    assert (granted["state"], granted["decided_org"], granted["decision"]) == ("granted", "industry", "同意更正")
    assert (await accepted.push("telecom", [(*TOTAL, 90)], reason="更正")).status_code == 201


async def test_without_a_request_nobody_reopens_and_the_refusal_says_how_to_ask(
    accepted: CampaignApi, urls: DatabaseUrls
) -> None:
    before = everything(urls, accepted.campaign)

    refused = await accepted.move("telecom", "reopen", "industry", Role.TASK_FORCE, reason="x")

    assert (refused.status_code, refused.json()["state"], refused.json()["actions"]) == (409, "accepted", [])
    assert f"POST {PATH}" in refused.json()["detail"]
    assert everything(urls, accepted.campaign) == before


async def test_a_declined_request_is_settled_and_another_may_be_made(accepted: CampaignApi) -> None:
    first = (await accepted.request_reopening("telecom")).headers["Location"]
    second_while_open = await accepted.request_reopening("telecom")
    declined = await _decline(accepted, first)
    again = await _decline(accepted, first)
    second = await accepted.request_reopening("telecom")

    assert (second_while_open.status_code, second_while_open.json()["reopening"]) == (409, first)
    assert (declined.json()["state"], declined.json()["decision"]) == ("declined", "差异在允许范围内")
    assert (declined.json()["decided_org"], again.status_code, second.status_code) == ("industry", 409, 201)
    pages, page = [], await accepted.get_ok(PATH, limit=1)
    while page["next"]:
        pages.append(page["items"])
        page = await accepted.get_ok(PATH, limit=1, next=page["next"])
    states = [each["state"] for (each,) in [*pages, page["items"]]]
    assert (states, page["total"]) == (["declined", "open"], 2)


async def test_returning_a_submitted_month_grants_the_request_and_accepting_it_leaves_it_open(liangjiang: CampaignApi) -> None:
    await liangjiang.make_moves("telecom", "submit")
    first = (await liangjiang.request_reopening("telecom")).headers["Location"]
    await liangjiang.make_moves("telecom", "return", "submit")
    second = (await liangjiang.request_reopening("telecom")).headers["Location"]
    await liangjiang.make_moves("telecom", "accept")

    assert (await liangjiang.get_ok(first))["state"] == "granted"
    assert (await liangjiang.get_ok(second))["state"] == "open"
    reopened = await liangjiang.move("telecom", "reopen", "industry", Role.TASK_FORCE, reason="同意")
    assert (reopened.status_code, (await liangjiang.get_ok(second))["state"]) == (200, "granted")


async def test_a_decision_needs_the_tag_that_was_read(accepted: CampaignApi) -> None:
    location = (await accepted.request_reopening("telecom")).headers["Location"]
    headers, body = accepted.headers("industry", Role.TASK_FORCE), {"move": "decline", "reason": "x"}
    tag = (await accepted.api.get(location, headers=headers)).headers["ETag"]
    submission = await accepted.api.get(MONTH, headers=headers)
    await accepted.api.post(f"{location}/moves", json=body, headers=headers | {"If-Match": tag})
    await accepted.request_reopening("telecom")

    without = await accepted.api.post(f"{location}/moves", json=body, headers=headers)
    stale = await accepted.api.post(f"{location}/moves", json=body, headers=headers | {"If-Match": tag})
    other_request = await accepted.api.post(
        f"{MONTH}/moves",
        json={"move": "reopen", "reason": "同意"},
        headers=headers | {"If-Match": submission.headers["ETag"]},
    )

    assert (without.status_code, stale.status_code) == (428, 412)
    assert other_request.status_code == 412  # who read of one request does not grant another


@pytest.mark.parametrize(
    "body",
    [
        {"reason": "x"},
        {"cells": [], "reason": "x"},
        {"cells": [{"metric": "fbb_subs_total", "area": WHOLE}]},
        {"cells": [{"metric": "fbb_subs_total", "area": WHOLE}], "reason": " "},
        {"cells": [{"metric": "fbb_subs_total", "area": WHOLE, "value": 1}], "reason": "x"},
        {"cells": [{"metric": "fbb_subs_total"}], "reason": "x"},
        {"cells": [{"metric": "fbb_subs_total", "area": "500112022"}], "reason": "x"},
        {"cells": [{"metric": "tower_sites_total", "area": "500112022"}], "reason": "x"},
        {"cells": [{"metric": "fbb_subs_total", "area": WHOLE}] * 2, "reason": "x"},
    ],
)
async def test_a_request_that_names_no_cells_of_ones_own_or_no_reason_is_refused(
    accepted: CampaignApi, body: dict[str, Any]
) -> None:
    answer = await accepted.api.post(PATH, json=body, headers=accepted.headers("telecom"))

    assert (answer.status_code, answer.json()["code"]) == (422, "schema")
    assert (await accepted.get_ok(PATH))["total"] == 0


async def test_a_repeat_with_the_key_is_the_same_request(accepted: CampaignApi) -> None:
    one, two = await asyncio.gather(
        accepted.request_reopening("telecom", key="r-1"), accepted.request_reopening("telecom", key="r-1")
    )
    other = await accepted.request_reopening("telecom", ("mobile_subs_total", WHOLE), key="r-1")

    assert (one.status_code, two.status_code, one.content) == (201, 201, two.content)
    assert one.headers["ETag"] == two.headers["ETag"]
    assert {one.headers.get("Idempotency-Replayed"), two.headers.get("Idempotency-Replayed")} == {None, "true"}
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert (await accepted.get_ok(PATH))["total"] == 1


async def test_of_two_requests_at_once_one_is_made_and_of_granting_and_declining_one_holds(accepted: CampaignApi) -> None:
    asked = await asyncio.gather(
        accepted.request_reopening("telecom"), accepted.request_reopening("telecom", ("mobile_subs_total", WHOLE))
    )
    assert sorted(answer.status_code for answer in asked) == [201, 409]
    location = next(answer.headers["Location"] for answer in asked if answer.status_code == 201)

    reopened, declined = await asyncio.gather(
        accepted.move("telecom", "reopen", "industry", Role.TASK_FORCE, reason="同意"), _decline(accepted, location)
    )
    state = (await accepted.get_ok(location))["state"]

    assert sorted((reopened.status_code, declined.status_code)) in ([200, 409], [200, 412])
    assert state == ("granted" if reopened.status_code == 200 else "declined")
    assert ((await accepted.get_ok(MONTH))["state"] == "open") == (reopened.status_code == 200)


async def test_requests_take_no_data_version_and_stand_in_the_audit(accepted: CampaignApi, urls: DatabaseUrls) -> None:
    before = everything(urls, accepted.campaign)

    location = (await accepted.request_reopening("telecom")).headers["Location"]
    await _decline(accepted, location)

    assert everything(urls, accepted.campaign) == before
    with psycopg.connect(urls.owner) as owner:
        owner.execute("SELECT gigacity_begin(%s, 'telecom', 'own')", [accepted.campaign])
        audited = owner.execute("SELECT operation, subject FROM audit WHERE operation LIKE '%reopening' ORDER BY id").fetchall()
    request = location.rsplit("/", 1)[1]
    assert audited == [("create_reopening", request), ("move_reopening", f"{request} decline")]
