"""Bodies of pushes with errors are kept for a while."""

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from cli.postgres.database_urls import DatabaseUrls
from services.ingest.push.row_errors import ERRORS_RECORDED
from shared.settings import Settings
from tests.fixtures_api import serving
from tests.fixtures_campaign_api import CampaignApi, rows
from tests.services.ingest.pushing import WHOLE

GOOD = [("fbb_subs_total", WHOLE, 5)]
BAD = [("fbb_subs_total", WHOLE, 5), ("no_such_metric", WHOLE, 1)]


def kept(urls: DatabaseUrls, campaign: str) -> list[tuple[str, int, bytes]]:
    """Organisation, number and content of every piece that is kept."""
    with psycopg.connect(urls.owner) as owner:
        owner.execute("SELECT gigacity_begin(%s, '*', 'campaign')", [campaign])
        return owner.execute("SELECT org, number, content FROM import_part ORDER BY org, import_id, number").fetchall()


def kept_errors(urls: DatabaseUrls, campaign: str) -> dict[str, int]:
    """Number of row errors that are kept, by organisation."""
    with psycopg.connect(urls.owner) as owner:
        owner.execute("SELECT gigacity_begin(%s, '*', 'campaign')", [campaign])
        return dict(owner.execute("SELECT org, count(*) FROM import_error GROUP BY org").fetchall())


async def post(practice: CampaignApi, org: str, body: bytes, **question: str) -> str:
    """Push a body of NDJSON; where its import is."""
    headers = practice.headers(org) | {"Content-Type": "application/x-ndjson"}
    answer = await practice.api.post("/v1/observations/files", content=body, params=question, headers=headers)
    return answer.headers["Location"]


async def test_the_body_of_a_refused_push_is_kept_and_that_of_a_good_one_is_not(
    liangjiang: CampaignApi, urls: DatabaseUrls
) -> None:
    await liangjiang.push("telecom", GOOD)
    assert kept(urls, liangjiang.campaign) == []

    refused = await liangjiang.push("telecom", BAD)

    assert refused.status_code == 422
    assert kept(urls, liangjiang.campaign) == [("telecom", 1, refused.request.content)]


async def test_the_body_of_a_push_taken_in_part_is_kept_and_that_of_a_dry_run_is_not(
    liangjiang: CampaignApi, urls: DatabaseUrls
) -> None:
    headers = liangjiang.headers("telecom")
    await liangjiang.api.post("/v1/observations", json=rows(BAD), params={"dry_run": "true"}, headers=headers)
    assert kept(urls, liangjiang.campaign) == []
    assert kept_errors(urls, liangjiang.campaign) == {}

    partial = await liangjiang.api.post("/v1/observations", json=rows(BAD), params={"mode": "partial"}, headers=headers)

    assert partial.status_code == 201
    assert [org for org, _, _ in kept(urls, liangjiang.campaign)] == ["telecom"]
    assert kept_errors(urls, liangjiang.campaign) == {"telecom": 1}


async def test_a_large_body_is_kept_in_pieces_and_comes_back_whole(liangjiang: CampaignApi, urls: DatabaseUrls) -> None:
    line = b'{"metric": "no_such_metric", "area": "liangjiang", "month": "2022-08", "value": 1}\n'
    body = line * (5 << 18 >> 6)

    path = await post(liangjiang, "telecom", body)

    pieces = kept(urls, liangjiang.campaign)
    assert [number for _, number, _ in pieces] == [1, 2]
    assert b"".join(content for _, _, content in pieces) == body
    marked = await liangjiang.get(f"{path}/errors.csv", "telecom")
    assert marked.text.count("unknown_metric") == ERRORS_RECORDED < body.count(b"\n")
    assert marked.text.count(f"only the first {ERRORS_RECORDED} errors are marked") == 1
    assert kept_errors(urls, liangjiang.campaign) == {"telecom": ERRORS_RECORDED}
    listed = await liangjiang.get_ok(f"{path}/errors", "telecom", limit=1)
    report = (await liangjiang.get_ok(path, "telecom"))["report"]
    assert listed["total"] == ERRORS_RECORDED
    assert (report["errors_total"], report["errors_by_code"]) == (20_480, {"unknown_metric": 20_480})


@pytest.mark.parametrize("limits", [{"keep_inputs_max_bytes": 100}, {"keep_inputs_days": 0}])
async def test_a_body_over_the_limit_is_not_kept_nor_any_where_the_setting_says_none(
    liangjiang: CampaignApi, urls: DatabaseUrls, settings: Settings, limits: dict[str, int]
) -> None:
    async with serving("ingest", urls.fill(settings.model_copy(update=limits)), liangjiang.clock) as ingest:
        practice = replace(liangjiang, api=ingest)
        path = await post(practice, "telecom", b'{"metric": "no_such"}\n' * 100)
        answer = await practice.get(f"{path}/errors.csv", "telecom")

    assert kept(urls, liangjiang.campaign) == []
    assert (answer.status_code, answer.json()["code"]) == (404, "input_not_kept")
    assert kept_errors(urls, liangjiang.campaign) == ({} if limits.get("keep_inputs_days") == 0 else {"telecom": 400})


async def test_after_ninety_days_a_body_is_gone_and_the_next_refused_push_deletes_it(
    liangjiang: CampaignApi, urls: DatabaseUrls
) -> None:
    path = await post(liangjiang, "telecom", b'{"metric": "first"}')
    await post(liangjiang, "mobile", b'{"metric": "another"}')
    assert liangjiang.clock.fixed is not None
    liangjiang.clock.fixed += timedelta(days=90)
    assert (await liangjiang.get(f"{path}/errors.csv", "telecom")).status_code == 200
    assert (await liangjiang.get_ok(f"{path}/errors", "telecom"))["total"] == 4

    liangjiang.clock.fixed += timedelta(seconds=1)
    gone = await liangjiang.get(f"{path}/errors.csv", "telecom")
    assert (gone.status_code, gone.json()["code"]) == (404, "input_not_kept")
    gone = await liangjiang.get(f"{path}/errors", "telecom")
    assert (gone.status_code, gone.json()["code"]) == (404, "errors_not_kept")
    await post(liangjiang, "telecom", b'{"metric": "second"}')

    contents = [(org, content) for org, _, content in kept(urls, liangjiang.campaign)]
    assert contents == [("mobile", b'{"metric": "another"}'), ("telecom", b'{"metric": "second"}')]
    assert kept_errors(urls, liangjiang.campaign) == {"mobile": 4, "telecom": 4}


async def test_a_dry_run_has_its_errors_in_its_report_only(liangjiang: CampaignApi) -> None:
    answer = await liangjiang.api.post(
        "/v1/observations", json=rows(BAD), params={"dry_run": "true"}, headers=liangjiang.headers("telecom")
    )
    (run,) = (await liangjiang.get_ok("/v1/imports"))["items"]

    errors = await liangjiang.get(f"/v1/imports/{run['id']}/errors", "telecom")

    assert [error["code"] for error in answer.json()["report"]["errors"]] == ["unknown_metric"]
    assert (errors.status_code, errors.json()["code"]) == (404, "errors_not_kept")
