"""Pushes that name a challenge, in every state of the month, and the clocks around them."""

import asyncio
from typing import Any

import psycopg
import pytest

from tests.fixtures_campaign_api import CampaignApi
from tests.services.cases.challenges.challenging import (
    CLOSED,
    COUNT,
    ECONOMY,
    OTHER,
    TELECOM,
    WHOLE,
    accepted_month,
    correct,
    move,
    moved,
    on_day,
    open_challenge,
    opened,
    read,
)
from tests.services.ingest.pushing import stored
from tests.services.ingest.registers.lists import KANGMEI, RENHE, push, pushed, station


async def conceded(liangjiang: CampaignApi) -> str:
    """Return the path of a conceded challenge of a count in an accepted month."""
    await accepted_month(liangjiang, "telecom")
    path = await opened(liangjiang)
    await moved(liangjiang, path, TELECOM, "concede")
    return path


@pytest.mark.parametrize("moves", ["", "submit", "submit accept", "submit return", "submit accept reopen"])
async def test_only_the_challenged_count_changes_whatever_the_state_of_the_month(liangjiang: CampaignApi, moves: str) -> None:
    await liangjiang.push_ok("telecom", [(metric, WHOLE, value) for metric, value in CLOSED.items()])
    await liangjiang.make_moves("telecom", *moves.split(), cells=[(OTHER, WHOLE)])
    before = await liangjiang.get_ok("/v1/submissions/telecom/2022-08", "telecom")
    path = await opened(liangjiang)
    await moved(liangjiang, path, TELECOM, "concede")

    refused = [
        await correct(liangjiang, path, counts={COUNT: 75, OTHER: 19}),
        await correct(liangjiang, path, counts={OTHER: 19}),
        await correct(liangjiang, path, counts={COUNT: 15}),  # below `OTHER`, which is a part of it
        await correct(liangjiang, path, counts={COUNT: 75}, mode="replace"),  # and retracts the others
        await correct(liangjiang, path, month="2022-07"),
        await liangjiang.push("telecom", [(COUNT, WHOLE, 75)], "2022-07", challenge=path.rpartition("/")[2], reason="更正"),
    ]
    half = await correct(liangjiang, path, counts={COUNT: 75, OTHER: 19}, mode="partial")

    codes = [[error["code"] for error in answer.json().get("report", {}).get("errors", [])] for answer in refused]
    assert [answer.status_code for answer in refused] == [422, 422, 422, 409, 422, 422]
    assert codes == [["not_reopened"], ["not_reopened"], ["rule_broken"], [], [], ["month_not_asked"]]
    assert refused[3].json()["code"] == "not_reopened"
    assert half.json()["report"]["counts"]["updated"] == half.json()["report"]["counts"]["rejected"] == 1
    assert await stored(liangjiang, org="telecom") == {
        ("telecom", metric, WHOLE, value) for metric, value in {**CLOSED, COUNT: 75}.items()
    }
    assert (await read(liangjiang, path))["state"] == "corrected"
    after = await liangjiang.get_ok("/v1/submissions/telecom/2022-08", "telecom")
    changed = {"content_hash", "revision"}
    assert {name: after[name] for name in after.keys() - changed} == {name: before[name] for name in before.keys() - changed}


async def test_a_push_that_leaves_the_challenged_value_corrects_nothing(liangjiang: CampaignApi) -> None:
    path = await conceded(liangjiang)
    row = {"metric": COUNT, "area": WHOLE, "month": "2022-08", "value": CLOSED[COUNT]}

    for note in ({}, {"note": "含专线"}):
        question = {"challenge": path.rpartition("/")[2], "reason": "更正"}
        body = {"observations": [row | note]}
        headers = liangjiang.headers("telecom")
        assert (await liangjiang.api.post("/v1/observations", json=body, params=question, headers=headers)).status_code == 201
        assert (await read(liangjiang, path))["state"] == "conceded"


async def test_a_retry_of_a_correction_is_answered_again(liangjiang: CampaignApi) -> None:
    path = await conceded(liangjiang)

    first, again = [await correct(liangjiang, path, key="correction-1") for _ in range(2)]
    repeated = await correct(liangjiang, path)
    other = await correct(liangjiang, path, 74, key="correction-1")

    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert repeated.json()["report"]["same_as"] == first.json()["id"]
    assert other.json()["code"] == "idempotency_mismatch"
    assert (await read(liangjiang, path))["revision"] == 3


async def test_the_same_push_without_the_challenge_is_another_request(liangjiang: CampaignApi) -> None:
    path = await conceded(liangjiang)
    await correct(liangjiang, path, key="correction-1")

    without = await correct(liangjiang, path, key="correction-1", challenge=None)

    assert without.json()["code"] == "idempotency_mismatch"


async def test_a_correction_cannot_be_undone_while_the_month_is_closed(liangjiang: CampaignApi) -> None:
    path = await conceded(liangjiang)
    correction = (await correct(liangjiang, path)).json()["id"]

    undone = await liangjiang.api.post(
        f"/v1/imports/{correction}/undo", params={"reason": "误改"}, headers=liangjiang.headers("telecom")
    )

    assert undone.json()["code"] == "month_closed"


@pytest.mark.parametrize("challenge", ["00000000-0000-7000-8000-000000000000", "x"])
async def test_a_push_that_names_no_challenge_of_its_counts_is_refused(liangjiang: CampaignApi, challenge: str) -> None:
    await accepted_month(liangjiang, "telecom")

    answer = await liangjiang.push("telecom", [(COUNT, WHOLE, 75)], challenge=challenge, reason="更正")

    assert answer.status_code == (422 if challenge == "x" else 404)


async def test_a_concession_lapses_after_its_deadline(liangjiang: CampaignApi) -> None:
    on_day(liangjiang, "2022-09-29")
    await accepted_month(liangjiang, "telecom")
    path = await opened(liangjiang)
    on_day(liangjiang, "2022-09-30")
    assert (await moved(liangjiang, path, TELECOM, "concede"))["due"] == "2022-10-12"

    on_day(liangjiang, "2022-10-12", "23:59")
    last_day = await correct(liangjiang, path, dry_run=True)
    on_day(liangjiang, "2022-10-13", "00:00")
    too_late = await correct(liangjiang, path)

    assert last_day.status_code == 200
    assert (too_late.status_code, too_late.json()["state"]) == (409, "unanswered")
    challenge = await read(liangjiang, path)
    assert (challenge["state"], challenge["due"], challenge["overdue"]) == ("unanswered", "2022-10-19", False)
    listed = await liangjiang.get_ok("/v1/challenges", state="unanswered", facets=True)
    assert (listed["total"], listed["facets"][0]["values"]) == (1, [{"value": "unanswered", "count": 1}])
    assert (await liangjiang.get_ok("/v1/challenges", state="conceded"))["total"] == 0
    on_day(liangjiang, "2022-10-20")
    assert (await read(liangjiang, path))["overdue"] is True
    assert (await moved(liangjiang, path, ECONOMY, "uphold"))["state"] == "upheld"


async def test_an_upheld_count_is_open_for_one_correction_until_its_deadline(liangjiang: CampaignApi) -> None:
    await accepted_month(liangjiang, "telecom", "mobile")
    late, path = await opened(liangjiang, org="mobile"), await opened(liangjiang)
    await moved(liangjiang, path, TELECOM, "rebut")
    on_day(liangjiang, "2022-09-15")
    for each in (late, path):
        upheld = await moved(liangjiang, each, ECONOMY, "uphold")
        assert (upheld["state"], upheld["due"], upheld["next_moves"]) == ("upheld", "2022-09-22", ["correct"])

    on_day(liangjiang, "2022-09-22")
    assert (await correct(liangjiang, path)).status_code == 201

    corrected = await read(liangjiang, path)
    assert (corrected["state"], corrected["due"], corrected["next_moves"], corrected["overdue"]) == ("upheld", None, [], False)
    assert (await correct(liangjiang, path, 74)).json()["code"] == "conflict"
    on_day(liangjiang, "2022-09-23")
    missed = await read(liangjiang, late)
    assert (missed["state"], missed["due"], missed["next_moves"], missed["overdue"]) == ("upheld", None, [], False)
    assert (await open_challenge(liangjiang, value=75)).status_code == 201  # the corrected count may be challenged again


async def test_a_push_that_waits_past_the_deadline_is_refused(liangjiang: CampaignApi) -> None:
    path = await conceded(liangjiang)
    on_day(liangjiang, "2022-09-14", "23:59")
    async with await psycopg.AsyncConnection.connect(liangjiang.owner) as holder:
        await holder.execute("SELECT gigacity_begin(%s, '', 'campaign')", [liangjiang.campaign])
        await holder.execute("SELECT FROM campaign WHERE campaign = %s FOR UPDATE", [liangjiang.campaign])
        waiting = asyncio.create_task(correct(liangjiang, path))
        await _lock_is_awaited(holder)
        on_day(liangjiang, "2022-09-15", "00:00")
        await holder.rollback()
    answer = await waiting

    assert (answer.status_code, answer.json()["state"]) == (409, "unanswered")
    assert ("telecom", COUNT, WHOLE, CLOSED[COUNT]) in await stored(liangjiang)


async def _lock_is_awaited(connection: psycopg.AsyncConnection[Any]) -> None:
    for _ in range(200):
        waiting = await connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        if (await waiting.fetchone() or (0,))[0]:
            return
        await asyncio.sleep(0.005)
    raise AssertionError("nothing waits for the campaign")


async def test_of_two_concurrent_corrections_one_wins(liangjiang: CampaignApi) -> None:
    path = await conceded(liangjiang)

    answers = await asyncio.gather(*(correct(liangjiang, path, value) for value in (75, 74)))

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert (await read(liangjiang, path))["revision"] == 3


async def test_of_concurrent_openings_and_answers_one_wins(liangjiang: CampaignApi) -> None:
    await accepted_month(liangjiang, "telecom")

    openings = await asyncio.gather(*(open_challenge(liangjiang) for _ in range(3)))
    (path,) = [answer.headers["location"] for answer in openings if answer.status_code == 201]
    tag = '"1"'
    answers = await asyncio.gather(
        move(liangjiang, path, TELECOM, "concede", tag),
        move(liangjiang, path, TELECOM, "rebut", tag),
        move(liangjiang, path, ECONOMY, "withdraw", tag),
    )

    assert sorted(answer.status_code for answer in openings) == [201, 409, 409]
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
    assert len((await liangjiang.get_ok(f"{path}/history"))["items"]) == 1


async def test_a_count_that_registers_derive_is_corrected_by_its_rows(liangjiang: CampaignApi) -> None:
    rows = [station("T-1", "telecom"), station("T-2", "telecom"), station("T-3", "telecom", RENHE)]
    await pushed(liangjiang, "telecom", "base_stations", rows)
    await liangjiang.make_moves("telecom", "submit", "accept")
    path = await opened(liangjiang, metric="bs_5g_built_listed", area=KANGMEI, value=2)
    await moved(liangjiang, path, TELECOM, "concede")
    challenge = {"challenge": path.rpartition("/")[2], "reason": "一座未开通"}

    elsewhere = await push(liangjiang, "telecom", "base_stations", rows[:2], mode="replace", month="2022-08", **challenge)
    fewer = await push(liangjiang, "telecom", "base_stations", rows[1:], mode="replace", month="2022-08", **challenge)

    assert elsewhere.json()["code"] == "not_reopened"
    assert fewer.status_code == 201, fewer.text
    corrected = await read(liangjiang, path)
    assert (corrected["state"], corrected["corrected_by"]) == ("corrected", fewer.json()["id"])
