"""A push that is not acknowledged leaves nothing; an acknowledged one is committed."""

from typing import Any

import psycopg
import pytest

from cli.postgres.database_urls import DatabaseUrls
from services.ingest.push import engine as push
from services.ingest.push import receive
from shared.database import audit
from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.pushing import WHOLE, everything, stored

TOTAL = ("fbb_subs_total", WHOLE)
GOOD = [(*TOTAL, 90), ("fbb_subs_500m", WHOLE, 10)]
BAD = [(*TOTAL, 90), ("fbb_subs_500m", WHOLE, 91)]


def recorded(urls: DatabaseUrls, campaign: str) -> list[Any]:
    """Everything of the campaign, with imports, their errors and the audit."""
    with psycopg.connect(urls.owner) as owner:
        owner.execute("SELECT gigacity_begin(%s, '*', 'campaign')", [campaign])
        counted = [owner.execute(f'SELECT count(*) FROM "{table}"').fetchone() for table in ("import", "import_error", "audit")]
    return [counted, everything(urls, campaign)]


@pytest.mark.parametrize("failure", [RuntimeError("a defect"), psycopg.OperationalError("the connection is lost")])
@pytest.mark.parametrize("rows", [GOOD, BAD], ids=["good", "bad"])
async def test_a_failure_after_everything_is_written_leaves_nothing(
    liangjiang: CampaignApi,
    urls: DatabaseUrls,
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception,
    rows: list[tuple[str, str, int]],
) -> None:
    await liangjiang.push_ok("telecom", [(*TOTAL, 80)])
    before = recorded(urls, liangjiang.campaign)
    written: list[int] = []

    async def fail(connection: psycopg.AsyncConnection, **_: object) -> None:
        counted = await (await connection.execute("SELECT count(*) FROM observation WHERE value = 90")).fetchone()
        written.extend(counted or ())
        raise failure

    with monkeypatch.context() as broken:
        broken.setattr(audit, "record", fail)
        failed = await liangjiang.push("telecom", rows, key="k-1")

    assert written == [1 if rows is GOOD else 0]
    assert failed.status_code == (500 if isinstance(failure, RuntimeError) else 503)
    assert recorded(urls, liangjiang.campaign) == before
    retried = await liangjiang.push("telecom", rows, key="k-1")
    assert retried.status_code == (201 if rows is GOOD else 422)
    assert "Idempotency-Replayed" not in retried.headers


async def test_a_connection_lost_during_commit_is_an_unknown_outcome_and_is_not_committed_twice(
    liangjiang: CampaignApi, urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = recorded(urls, liangjiang.campaign)

    async def push_and_lose(connection: psycopg.AsyncConnection, *asked: Any) -> push.PushOutcome:
        outcome = await push.push(connection, *asked)
        with psycopg.connect(urls.services["ingest"], autocommit=True) as same_role:
            same_role.execute("SELECT pg_terminate_backend(%s, 2000)", [connection.info.backend_pid])
        return outcome

    with monkeypatch.context() as broken:
        broken.setattr(receive, "push", push_and_lose)
        lost = await liangjiang.push("telecom", GOOD)

    assert (lost.status_code, lost.json()["code"]) == (503, "unknown_outcome")
    assert "Retry-After" in lost.headers
    assert recorded(urls, liangjiang.campaign) == before
    again = await liangjiang.push("telecom", GOOD)
    assert again.status_code == 201
    assert await stored(liangjiang) == {("telecom", *row) for row in GOOD}


async def test_every_recorded_push_has_one_audit_row_with_the_request_it_came_in(
    liangjiang: CampaignApi, urls: DatabaseUrls
) -> None:
    accepted = await liangjiang.push("telecom", GOOD)
    repeated = await liangjiang.push("telecom", GOOD)
    refused = await liangjiang.push("telecom", BAD)

    with psycopg.connect(urls.owner) as owner:
        owner.execute("SELECT gigacity_begin(%s, 'telecom', 'own')", [liangjiang.campaign])
        audited = owner.execute(
            "SELECT subject, actor, request_id FROM audit WHERE operation = 'push_observations' ORDER BY id"
        ).fetchall()

    imports = [accepted.json()["id"], repeated.json()["id"], refused.json()["import_id"]]
    requests = [answer.headers["X-Request-Id"] for answer in (accepted, repeated, refused)]
    assert audited == [(one, "liangjiang-2022.telecom.1", request) for one, request in zip(imports, requests, strict=True)]
