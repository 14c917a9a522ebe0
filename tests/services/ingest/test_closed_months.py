"""Months that are submitted or accepted take no counts until they are returned or reopened."""

import json

import pytest

from cli.databases import Addresses
from tests.fixtures_practice import Practice
from tests.services.ingest.pushing import WHOLE, counts, everything, stored


@pytest.mark.parametrize("moves", [["submit"], ["submit", "accept"]])
async def test_a_submitted_or_accepted_month_takes_no_counts(
    liangjiang: Practice, addresses: Addresses, moves: list[str]
) -> None:
    await liangjiang.pushed("telecom", [("fbb_subs_total", WHOLE, 80)])
    await liangjiang.moved("telecom", *moves)
    before = everything(addresses, liangjiang.campaign)

    closed = await liangjiang.push("telecom", [("fbb_subs_total", WHOLE, 90)], key="k-1")
    same = await liangjiang.push("telecom", [("fbb_subs_total", WHOLE, 80)])
    after = everything(addresses, liangjiang.campaign)
    another = await liangjiang.push("telecom", [("fbb_subs_total", WHOLE, 90)], "2022-07")
    competitor = await liangjiang.push("mobile", [("fbb_subs_total", WHOLE, 90)])
    await liangjiang.moved("telecom", "reopen" if "accept" in moves else "return")
    opened = await liangjiang.push("telecom", [("fbb_subs_total", WHOLE, 90)], key="k-1")

    assert (closed.status_code, closed.json()["code"]) == (409, "month_closed")
    assert "2022-08" in closed.json()["detail"]
    assert same.status_code == 409
    assert before == after
    assert (another.status_code, competitor.status_code) == (201, 201)
    assert (opened.status_code, opened.json()["report"]["counts"]) == (201, counts(received=1, updated=1))


async def test_a_push_over_several_months_is_refused_whole_if_one_of_them_is_closed(liangjiang: Practice) -> None:
    await liangjiang.pushed("telecom", [("fbb_subs_total", WHOLE, 80)])
    await liangjiang.moved("telecom", "submit")
    row = {"metric": "mobile_subs_total", "area": WHOLE, "value": 5}

    body = json.dumps({"observations": [row | {"month": "2022-07"}, row | {"month": "2022-08"}]})
    closed = await liangjiang.send("telecom", body)

    assert closed.status_code == 409
    assert await stored(liangjiang) == {("telecom", "fbb_subs_total", WHOLE, 80)}


async def test_only_the_task_force_reopens_and_nobody_its_own(liangjiang: Practice) -> None:
    await liangjiang.pushed("telecom", [("fbb_subs_total", WHOLE, 80)])
    await liangjiang.moved("telecom", "submit", "accept")

    own = await liangjiang.move("telecom", "reopen", reason="请求更正")
    bureau = await liangjiang.move("telecom", "reopen", "economy", reason="请求更正")

    assert (own.status_code, bureau.status_code) == (403, 403)
    assert (await liangjiang.push("telecom", [("fbb_subs_total", WHOLE, 81)])).status_code == 409
