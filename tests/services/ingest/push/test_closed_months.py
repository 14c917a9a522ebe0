"""Months that are submitted or accepted take no counts until they are returned or reopened, and then with a reason."""

import json
from typing import Any

import pytest
from httpx import Response

from cli.postgres.database_urls import DatabaseUrls
from tests.fixtures_campaign_api import CampaignApi, rows
from tests.services.ingest.pushing import WHOLE, counts, everything, stored


@pytest.mark.parametrize("moves", [["submit"], ["submit", "accept"]])
async def test_a_submitted_or_accepted_month_takes_no_counts(
    liangjiang: CampaignApi, urls: DatabaseUrls, moves: list[str]
) -> None:
    await liangjiang.push_ok("telecom", [("fbb_subs_total", WHOLE, 80)])
    await liangjiang.make_moves("telecom", *moves)
    before = everything(urls, liangjiang.campaign)

    closed = await liangjiang.push("telecom", [("fbb_subs_total", WHOLE, 90)], key="k-1")
    same = await liangjiang.push("telecom", [("fbb_subs_total", WHOLE, 80)])
    after = everything(urls, liangjiang.campaign)
    another = await liangjiang.push("telecom", [("fbb_subs_total", WHOLE, 90)], "2022-07")
    competitor = await liangjiang.push("mobile", [("fbb_subs_total", WHOLE, 90)])
    await liangjiang.make_moves("telecom", "reopen" if "accept" in moves else "return")
    opened = await liangjiang.push("telecom", [("fbb_subs_total", WHOLE, 90)], key="k-1", reason="更正")

    assert (closed.status_code, closed.json()["code"]) == (409, "month_closed")
    path = "/v1/submissions/telecom/2022-08/reopenings"
    assert f"POST {path}" in closed.json()["detail"]
    assert closed.json()["closed"] == [
        {"month": "2022-08", "state": "accepted" if "accept" in moves else "submitted", "reopenings": path}
    ]
    assert same.status_code == 409
    assert before == after
    assert (another.status_code, competitor.status_code) == (201, 201)
    assert (opened.status_code, opened.json()["report"]["counts"]) == (201, counts(received=1, updated=1))


async def test_a_push_over_several_months_is_refused_whole_if_one_of_them_is_closed(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [("fbb_subs_total", WHOLE, 80)])
    await liangjiang.make_moves("telecom", "submit")
    row = {"metric": "mobile_subs_total", "area": WHOLE, "value": 5}

    body = json.dumps({"observations": [row | {"month": "2022-07"}, row | {"month": "2022-08"}]})
    closed = await liangjiang.send("telecom", body)

    assert closed.status_code == 409
    assert await stored(liangjiang) == {("telecom", "fbb_subs_total", WHOLE, 80)}


@pytest.mark.parametrize("moves", [["submit", "return"], ["submit", "accept", "reopen"]])
@pytest.mark.parametrize("question", [{}, {"dry_run": True}, {"mode": "partial"}, {"mode": "replace", "month": "2022-08"}])
async def test_what_was_submitted_before_is_changed_with_a_reason_only(
    liangjiang: CampaignApi, urls: DatabaseUrls, moves: list[str], question: dict[str, Any]
) -> None:
    await liangjiang.push_ok("telecom", [("fbb_subs_total", WHOLE, 80)])
    await liangjiang.make_moves("telecom", *moves)
    before = everything(urls, liangjiang.campaign)
    imports = (await liangjiang.get_ok("/v1/imports"))["total"]
    change = [("fbb_subs_total", WHOLE, 90)]

    async def push(**reason: str) -> Response:
        headers = liangjiang.headers("telecom")
        return await liangjiang.api.post("/v1/observations", json=rows(change), params=question | reason, headers=headers)

    without, blank = await push(), await push(reason=" ")
    after = everything(urls, liangjiang.campaign)
    elsewhere = await liangjiang.push("telecom", change, "2022-07")
    given = await push(reason="漏报一个分局")

    assert [(each.status_code, each.json()["code"]) for each in (without, blank)] == [(422, "reason_required")] * 2
    assert without.json()["months"] == ["2022-08"]
    assert before == after
    assert elsewhere.status_code == 201
    assert given.json()["report"]["counts"]["updated"] == 1
    assert given.json()["reason"] == "漏报一个分局"
    assert (await liangjiang.get_ok("/v1/imports"))["total"] == imports + 2


async def test_a_month_that_was_never_submitted_needs_no_reason(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [("fbb_subs_total", WHOLE, 80)])
    await liangjiang.make_moves("mobile", "submit", "return")
    await liangjiang.for_month("2022-07").make_moves("telecom", "submit", "return")

    assert (await liangjiang.push("telecom", [("fbb_subs_total", WHOLE, 81)])).status_code == 201
    both = {"metric": "fbb_subs_total", "area": WHOLE, "value": 82}
    over = json.dumps({"observations": [both | {"month": "2022-07"}, both | {"month": "2022-08"}]})
    refused = await liangjiang.send("telecom", over)
    assert (refused.status_code, refused.json()["months"]) == (422, ["2022-07"])
