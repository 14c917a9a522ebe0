"""Large pushes: at most two at once, and their progress can be read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import psycopg
import pytest

from cli.postgres.database_urls import DatabaseUrls
from cli.server import applications
from services.ingest.counts.dataset import Observations, ParsedCounts
from services.ingest.imports.read import RUNNING_TIMEOUT
from services.ingest.push import sizes
from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.pushing import counts

LARGE = [("fbb_subs_total", "liangjiang", 100), ("fbb_subs_500m", "liangjiang", 60)]


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules for large pushes without their weight."""
    monkeypatch.setattr(sizes, "LARGE_BYTES", 100)


@asynccontextmanager
async def taken(urls: DatabaseUrls, places: int) -> AsyncIterator[None]:
    """Some places are taken by others."""
    async with await psycopg.AsyncConnection.connect(urls.services["ingest"]) as other:
        for place in range(places):
            await other.execute(sizes._TAKE_PLACE, [place])
        yield


async def test_a_third_large_push_is_told_to_come_back_and_a_small_one_is_not(
    liangjiang: CampaignApi, urls: DatabaseUrls
) -> None:
    async with taken(urls, sizes.PLACES):
        started = monotonic()
        refused = await liangjiang.push("telecom", LARGE)
        waited = monotonic() - started
        small = await liangjiang.send("telecom", b"metric,area,month,value\nfbb_subs_total,liangjiang,2022-08,1\n", ".csv")
    async with taken(urls, sizes.PLACES - 1):
        later = await liangjiang.push("telecom", LARGE)

    assert (refused.status_code, refused.json()["code"], refused.headers["Retry-After"]) == (503, "overloaded", "5")
    assert 1 <= waited < 4
    assert (small.status_code, later.status_code) == (201, 201)
    assert (await liangjiang.get_ok("/v1/imports"))["total"] == 2


async def test_two_large_pushes_under_way_leave_no_place_for_a_third(
    liangjiang: CampaignApi, urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizes, "WAIT_S", 0.1)
    held = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database()"
    async with await psycopg.AsyncConnection.connect(urls.owner) as other:
        await other.execute("SELECT gigacity_begin(%s, '*', 'campaign')", [liangjiang.campaign])
        await other.execute("SELECT FROM campaign WHERE campaign = %s FOR UPDATE", [liangjiang.campaign])
        under_way = [asyncio.create_task(liangjiang.push(org, LARGE)) for org in ("telecom", "mobile")]
        for _ in range(50):
            if (await (await other.execute(f"{held} AND l.locktype = 'advisory'")).fetchone()) == (sizes.PLACES,):
                break
            await asyncio.sleep(0.02)
        third = await liangjiang.push("unicom", LARGE)
    answers = await asyncio.gather(*under_way)
    again = await liangjiang.push("unicom", LARGE)

    assert (third.status_code, third.json()["code"], third.headers["Retry-After"]) == (503, "overloaded", "5")
    assert [answer.status_code for answer in (*answers, again)] == [201] * 3


async def test_a_place_is_free_again_when_its_push_ends_however_it_ends(liangjiang: CampaignApi) -> None:
    for _ in range(sizes.PLACES + 1):
        assert (await liangjiang.push("telecom", [("no_such_metric_at_all", "liangjiang", 1)] * 2)).status_code == 422
        assert (await liangjiang.send("telecom", b"{" * 200)).status_code == 400
    assert (await liangjiang.push("telecom", LARGE)).status_code == 201


async def test_the_sender_can_read_how_far_a_large_push_is(
    liangjiang: CampaignApi, urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizes, "_PROGRESS_S", 0)  # at each batch
    async with await psycopg.AsyncConnection.connect(urls.owner) as other:
        await other.execute("SELECT gigacity_begin(%s, '*', 'campaign')", [liangjiang.campaign])
        await other.execute("SELECT FROM campaign WHERE campaign = %s FOR UPDATE", [liangjiang.campaign])
        pushing = asyncio.create_task(liangjiang.push("telecom", LARGE, key="large"))
        await asyncio.sleep(0.4)
        listed = await liangjiang.get_ok("/v1/imports", "telecom", idempotency_key="large")
        (running,) = listed["items"]
        shown = await liangjiang.get_ok(f"/v1/imports/{running['id']}", "telecom")
        rival = await liangjiang.get(f"/v1/imports/{running['id']}", "mobile")
    done = await pushing

    assert (listed["total"], running["state"], shown["state"], rival.status_code) == (1, "running", "running", 404)
    assert (running["rows_done"], shown["rows_done"], shown["report"]["counts"]) == (2, 2, counts())
    assert (done.status_code, done.json()["id"], done.json()["rows_done"]) == (201, running["id"], 2)
    after = await liangjiang.get_ok("/v1/imports", "telecom", idempotency_key="large")
    assert [each["state"] for each in after["items"]] == ["applied"]


async def test_a_push_may_read_for_minutes_and_one_that_the_server_gives_up_is_told_to_come_back(
    liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert applications.IDLE_TIMEOUT_MS["ingest"] / 1_000 >= RUNNING_TIMEOUT.total_seconds() > 60
    monkeypatch.setitem(applications.IDLE_TIMEOUT_MS, "ingest", 300)
    parse = Observations.parse

    async def slowly(*run: Any) -> ParsedCounts:
        await asyncio.sleep(0.6)
        return await parse(*run)

    with monkeypatch.context() as slow:
        slow.setattr(Observations, "parse", slowly)
        given_up = await liangjiang.push("telecom", LARGE)
    later = await liangjiang.push("telecom", LARGE)

    assert (given_up.status_code, given_up.json()["code"], given_up.headers["Retry-After"]) == (503, "overloaded", "1")
    assert (later.status_code, later.json()["report"]["counts"]) == (201, counts(received=2, created=2))


async def test_a_push_that_fails_or_dies_is_not_shown_as_running_for_ever(
    liangjiang: CampaignApi, urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await liangjiang.send("telecom", b"{" * 200)).status_code == 400
    assert (await liangjiang.get_ok("/v1/imports", state="running"))["total"] == 0

    async def nothing(*_: object) -> None:
        """As if the process had died before it could clear up."""

    monkeypatch.setattr(sizes.LargePush, "end", nothing)
    assert (await liangjiang.send("telecom", b"{" * 200)).status_code == 400
    (left,) = (await liangjiang.get_ok("/v1/imports", state="running"))["items"]
    for later in ("-3 minutes", "6 minutes"):  # the second as if the clock had been set back since
        with psycopg.connect(urls.owner) as owner:
            owner.execute("SELECT gigacity_begin(%s, 'telecom', 'own')", [liangjiang.campaign])
            owner.execute("UPDATE running_import SET beat_at = beat_at + CAST(%s AS interval)", [later])
        running = await liangjiang.get_ok("/v1/imports", state="running")
        assert (running["total"], running["items"]) == (0, [])
        assert (await liangjiang.get(f"/v1/imports/{left['id']}", "telecom")).status_code == 404


async def test_a_large_push_has_the_same_effects_and_findings_as_a_small_one(
    liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    await liangjiang.push_ok("telecom", LARGE, "2022-07")
    await liangjiang.push_ok("telecom", [("fbb_subs_total", "liangjiang", 90), ("fbb_subs_500m", "liangjiang", 70)])
    jump = [("fbb_subs_total", "liangjiang", 900), ("fbb_subs_500m", "liangjiang", 50)]

    large = (await liangjiang.push("telecom", jump, dry_run=True)).json()
    monkeypatch.setattr(sizes, "LARGE_BYTES", 1 << 20)
    small = (await liangjiang.push("telecom", jump, dry_run=True)).json()

    assert large == small
    assert [(line["before"]["numerator"], line["after"]["numerator"]) for line in small["report"]["effects"]] == [(70, 50)]
    assert {finding["rule"] for finding in small["report"]["findings"]} >= {"change_beyond_20_percent", "stock_has_fallen"}


async def test_a_large_push_that_fails_while_it_writes_leaves_no_connection_behind(
    liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as failing:
        failing.setattr(ParsedCounts, "write", broken)
        failed = [(await liangjiang.push("telecom", LARGE)).status_code for _ in range(10)]
    later = await liangjiang.push("telecom", LARGE)

    assert (failed, later.status_code) == ([500] * 10, 201)


async def test_a_large_push_that_was_answered_before_is_not_shown_as_running(liangjiang: CampaignApi) -> None:
    first = await liangjiang.push("telecom", LARGE, key="k-1")
    again = await liangjiang.push("telecom", LARGE, key="k-1")

    assert (again.content, "Idempotency-Replayed" in again.headers) == (first.content, True)
    assert [each["state"] for each in (await liangjiang.get_ok("/v1/imports"))["items"]] == ["applied"]


async def test_a_push_fails_for_its_own_reason_even_if_its_progress_cannot_be_deleted(
    liangjiang: CampaignApi, urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lose(_: object, connection: psycopg.AsyncConnection) -> None:
        with psycopg.connect(urls.services["ingest"], autocommit=True) as same_role:
            same_role.execute("SELECT pg_terminate_backend(%s, 2000)", [connection.info.backend_pid])

    with monkeypatch.context() as broken:
        broken.setattr(sizes.LargePush, "end", lose)
        failed = await liangjiang.send("telecom", b"{" * 200)

    assert (failed.status_code, failed.json()["code"]) == (400, "malformed")


async def test_a_push_that_is_given_up_at_its_first_record_of_progress_is_not_shown_as_running(
    liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = sizes.LargePush.rows_read

    async def give_up(push: sizes.LargePush, rows: int) -> None:
        await record(push, rows)
        raise asyncio.CancelledError

    with monkeypatch.context() as cancelled:
        cancelled.setattr(sizes.LargePush, "rows_read", give_up)
        with pytest.raises(asyncio.CancelledError):
            await liangjiang.push("telecom", LARGE)

    assert (await liangjiang.get_ok("/v1/imports"))["total"] == 0
