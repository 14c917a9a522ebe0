"""A retry never hurts: keys, concurrent posts, and bodies that come again without a key."""

import asyncio
import gzip
import json
from typing import Any

import psycopg
import pytest

from cli.postgres.database_urls import DatabaseUrls
from services.ingest.push import engine
from shared.campaign.definition import Definition
from shared.database.ledger import LedgerEnd, lock_campaign
from shared.http import idempotency
from tests.fixtures_campaign_api import CampaignApi, rows
from tests.services.ingest.pushing import WHOLE, counts, stored

TOTAL = ("fbb_subs_total", WHOLE)


async def test_twenty_identical_posts_at_once_are_one_import_and_one_answer(liangjiang: CampaignApi) -> None:
    answers = await asyncio.gather(*(liangjiang.push("telecom", [(*TOTAL, 80)], key="k-1") for _ in range(20)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 19
    assert (await liangjiang.get_ok("/v1/imports"))["total"] == 1
    assert await stored(liangjiang) == {("telecom", *TOTAL, 80)}


async def test_twenty_different_bodies_at_once_with_one_key_are_one_import_and_nineteen_refusals(liangjiang: CampaignApi) -> None:
    answers = await asyncio.gather(*(liangjiang.push("telecom", [(*TOTAL, value)], key="k-1") for value in range(20)))

    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 19
    (kept,) = [answer.json() for answer in answers if answer.status_code == 201]
    ((*_, value),) = await stored(liangjiang)
    assert kept["report"]["counts"] == counts(received=1, created=1)
    assert answers[value].json() == kept


async def test_a_key_is_bound_to_the_format_too(liangjiang: CampaignApi) -> None:
    body = f'{{"metric":"fbb_subs_total","area":"{WHOLE}","month":"2022-08","value":1}}'
    headers = {"Idempotency-Key": "k-1"}

    first = await liangjiang.send("telecom", body, ".ndjson", **headers)
    other = await liangjiang.send("telecom", body, ".json", **headers)

    assert (first.status_code, other.status_code, other.json()["code"]) == (201, 422, "idempotency_mismatch")


async def test_a_key_is_bound_to_everything_that_was_asked(liangjiang: CampaignApi) -> None:
    headers = liangjiang.headers("telecom") | {"Idempotency-Key": "k-1"}
    paths = ["/v1/observations", "/v1/registers/home_coverage/rows"]
    asked: list[dict[str, str]] = [{"mode": "partial"}, {"month": "2022-08"}, {"reason": "更正"}]
    asked += [{"mode": "replace", "month": "2022-08"}, {"mode": "replace", "month": "2022-08", "allow_empty": "true"}]
    first = await liangjiang.api.post(paths[0], json=rows([(*TOTAL, 1)]), headers=headers)

    others = [
        await liangjiang.api.post(path, json=rows([(*TOTAL, 1)]), params=question, headers=headers)
        for path in paths
        for question in [{}, *asked]
        if (path, question) != (paths[0], {})
    ]

    assert first.status_code == 201
    assert {(other.status_code, other.json()["code"]) for other in others} == {(422, "idempotency_mismatch")}


async def test_a_post_whose_key_is_held_too_long_is_told_to_come_back(liangjiang: CampaignApi, urls: DatabaseUrls) -> None:
    parts = [liangjiang.campaign.encode(), b"telecom", b"k-1"]
    held = int.from_bytes(idempotency.request_digest(parts)[:8], "big", signed=True)

    with psycopg.connect(urls.owner) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [held])
        running = await liangjiang.push("telecom", [(*TOTAL, 80)], key="k-1")
    after = await liangjiang.push("telecom", [(*TOTAL, 80)], key="k-1")

    assert (running.status_code, running.json()["code"]) == (409, "still_running")
    assert int(running.headers["Retry-After"]) >= 1
    assert (after.status_code, "Idempotency-Replayed" in after.headers) == (201, False)


async def test_a_key_that_is_none_is_refused(liangjiang: CampaignApi) -> None:
    sender = (b"Authorization", liangjiang.headers("telecom")["Authorization"].encode())

    for key in ("", "k 1", "ключ", "k" * 256):
        headers = [sender, (b"Idempotency-Key", key.encode())]
        refused = await liangjiang.api.post("/v1/observations", json={"observations": []}, headers=headers)

        assert (key, refused.status_code) == (key, 400)
        assert refused.json()["errors"][0]["where"] == "header.Idempotency-Key"


VISIBLE = "".join(map(chr, range(0x21, 0x7F)))


@pytest.mark.parametrize("key", ["0", VISIBLE, "k" * 255])
async def test_a_key_has_1_to_255_visible_characters(liangjiang: CampaignApi, key: str) -> None:
    first = await liangjiang.push("telecom", [(*TOTAL, 1)], key=key)
    again = await liangjiang.push("telecom", [(*TOTAL, 1)], key=key)

    assert (first.status_code, first.json()["idempotency_key"]) == (201, key)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")


async def test_a_key_is_the_organisations_for_all_of_its_operations(liangjiang: CampaignApi) -> None:
    telecom, mobile = [await liangjiang.push(org, [(*TOTAL, 1)], key="k-1") for org in ("telecom", "mobile")]
    undo = await liangjiang.api.post(
        f"/v1/imports/{telecom.json()['id']}/undo", headers=liangjiang.headers("telecom") | {"Idempotency-Key": "k-1"}
    )
    reopening = await liangjiang.request_reopening("telecom", key="k-1")

    assert (telecom.status_code, mobile.status_code) == (201, 201)
    assert (undo.status_code, undo.json()["code"]) == (422, "idempotency_mismatch")
    assert (reopening.status_code, reopening.json()["code"]) == (422, "idempotency_mismatch")
    assert await stored(liangjiang, org="mobile") == {("mobile", *TOTAL, 1)}


async def test_a_compressed_repeat_is_the_same_request(liangjiang: CampaignApi) -> None:
    body = json.dumps(rows([(*TOTAL, 1)])).encode()
    first = await liangjiang.send("telecom", body, **{"Idempotency-Key": "k-1"})
    again = await liangjiang.send("telecom", gzip.compress(body), **{"Idempotency-Key": "k-1", "Content-Encoding": "gzip"})

    assert (first.status_code, again.content, again.headers["Idempotency-Replayed"]) == (201, first.content, "true")


async def test_the_same_body_again_is_recorded_and_changes_nothing_while_nothing_newer_stands(liangjiang: CampaignApi) -> None:
    first = await liangjiang.push_ok("telecom", [(*TOTAL, 80)])
    await liangjiang.push_ok("mobile", [(*TOTAL, 5)])  # another organisation's change is none of telecom's
    again = await liangjiang.push_ok("telecom", [(*TOTAL, 80)])

    assert again["report"]["same_as"] == first["id"]
    assert again["id"] != first["id"]
    assert (again["changed"], again["data_version"]) == (False, first["data_version"] + 1)
    assert again["report"]["counts"] == counts(received=1, unchanged=1)
    assert (await liangjiang.get_ok("/v1/imports", "telecom"))["total"] == 2


async def test_the_same_body_again_is_a_push_like_any_other_once_something_newer_stands(
    liangjiang: CampaignApi, definition: Definition
) -> None:
    async def again() -> dict[str, Any]:
        report: dict[str, Any] = (await liangjiang.push_ok("telecom", [(*TOTAL, 80)], reason="核对"))["report"]
        return report

    await again()
    assert (await again())["same_as"] is not None

    await liangjiang.push_ok("telecom", [("mobile_subs_total", WHOLE, 1)], "2022-07")  # counts of another month
    assert (await again())["same_as"] is None
    assert (await again())["same_as"] is not None

    await liangjiang.make_moves("telecom", "submit", "return")
    assert (await again())["same_as"] is None
    assert (await again())["same_as"] is not None

    changed = definition.model_copy(update={"targets": definition.targets[1:]})
    await liangjiang.apply(changed)
    assert (await again())["same_as"] is None
    assert (await again())["counts"] == counts(received=1, unchanged=1)


async def test_the_same_body_again_is_read_by_a_definition_that_is_applied_while_it_waits_for_the_lock(
    liangjiang: CampaignApi, definition: Definition, monkeypatch: pytest.MonkeyPatch
) -> None:
    await liangjiang.push_ok("telecom", [(*TOTAL, 80)])
    changed = definition.model_copy(update={"targets": definition.targets[1:]})

    async def apply_first(*asked: Any) -> LedgerEnd:
        monkeypatch.setattr(engine, "lock_campaign", lock_campaign)
        await liangjiang.apply(changed)
        return await lock_campaign(*asked)

    monkeypatch.setattr(engine, "lock_campaign", apply_first)
    again = await liangjiang.push("telecom", [(*TOTAL, 80)])

    assert (again.status_code, again.json()["report"]["same_as"]) == (201, None)
    assert again.json()["report"]["counts"] == counts(received=1, unchanged=1)


async def test_a_refused_body_again_is_refused_again(liangjiang: CampaignApi) -> None:
    first = await liangjiang.push("telecom", [("fbb_subs_total", "nowhere", 1)])
    again = await liangjiang.push("telecom", [("fbb_subs_total", "nowhere", 1)])

    assert (first.status_code, again.status_code) == (422, 422)
    assert again.json()["report"] == first.json()["report"]
    assert again.json()["import_id"] != first.json()["import_id"]


async def test_a_body_refused_by_the_calendar_is_taken_when_its_month_has_opened(liangjiang: CampaignApi) -> None:
    early = await liangjiang.push("telecom", [(*TOTAL, 1)], "2022-10")
    liangjiang.clock.fixed = liangjiang.clock.now().replace(month=10)
    late = await liangjiang.push("telecom", [(*TOTAL, 1)], "2022-10")

    assert (early.status_code, late.status_code) == (422, 201)
