"""Modes of a push: bad rows, absent rows and dry runs."""

from typing import Any

import pytest
from httpx import Response

from cli.postgres.database_urls import DatabaseUrls
from tests.fixtures_campaign_api import CampaignApi, Counts, rows
from tests.services.ingest.pushing import WHOLE, codes, counts, everything, stored

TOTAL, FAST, FIVE_G = "fbb_subs_total", "fbb_subs_500m", "mobile_subs_5g"


async def send(practice: CampaignApi, counts: Counts, of: str = "2022-08", **question: Any) -> Response:
    """Push as telecom, asked in a certain way."""
    headers = practice.headers("telecom")
    return await practice.api.post("/v1/observations", json=rows(counts, of), params=question, headers=headers)


async def test_a_partial_push_stores_the_good_rows_and_reports_the_others(liangjiang: CampaignApi) -> None:
    mixed = [(TOTAL, WHOLE, 100), ("no_such_metric", WHOLE, 1), (FAST, WHOLE, 60), (FAST, WHOLE, 60), (TOTAL, "500112007", 3)]
    answer = await send(liangjiang, mixed, mode="partial")

    report = answer.json()["report"]
    assert (answer.status_code, answer.json()["state"], answer.json()["changed"]) == (201, "applied", True)
    assert report["counts"] == counts(received=5, created=2, merged=1, rejected=2)
    assert codes(report) == [(2, "metric", "unknown_metric"), (5, "area", "wrong_grain")]
    assert await stored(liangjiang) == {("telecom", TOTAL, WHOLE, 100), ("telecom", FAST, WHOLE, 60)}
    kept = await liangjiang.get_ok(f"/v1/imports/{answer.json()['id']}/errors", "telecom")
    assert [error["row"] for error in kept["items"]] == [2, 5]


async def test_in_a_partial_push_a_broken_group_loses_all_its_rows_and_nothing_else(
    liangjiang: CampaignApi,
) -> None:
    await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 100), ("fbb_subs_1000m", WHOLE, 50)])

    answer = await send(liangjiang, [(TOTAL, WHOLE, 10), (FAST, WHOLE, 20), ("mobile_subs_total", WHOLE, 7)], mode="partial")

    report = answer.json()["report"]
    assert report["counts"] == counts(received=3, created=1, rejected=2)
    assert {row for row, _, _ in codes(report)} == {1, 2}
    assert ("telecom", TOTAL, WHOLE, 100) in await stored(liangjiang)


async def test_what_is_left_of_a_partial_push_is_judged_on_the_state_without_the_refused_rows(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 100), (FAST, WHOLE, 30), ("fbb_subs_1000m", WHOLE, 10)])

    # 500M = 300 breaks with the total of 200 and takes it along; 1000M = 50 would have been fine beside 300, not beside 30
    answer = await send(liangjiang, [(TOTAL, WHOLE, 200), (FAST, WHOLE, 300), ("fbb_subs_1000m", WHOLE, 50)], mode="partial")

    report = answer.json()["report"]
    assert report["counts"] == counts(received=3, rejected=3)
    assert sorted({row for row, _, _ in codes(report)}) == [1, 2, 3]
    assert (answer.status_code, answer.json()["changed"]) == (201, False)


async def test_a_contradiction_within_a_partial_push_loses_every_row_that_names_the_cell(liangjiang: CampaignApi) -> None:
    answer = await send(liangjiang, [(TOTAL, WHOLE, 1), (TOTAL, WHOLE, 2), (FIVE_G, WHOLE, 5)], mode="partial")

    assert answer.json()["report"]["counts"] == counts(received=3, created=1, rejected=2)
    assert await stored(liangjiang) == {("telecom", FIVE_G, WHOLE, 5)}


async def test_replacing_a_month_takes_back_what_is_absent_and_keeps_it_in_the_history(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 100), (FAST, WHOLE, 60), (FIVE_G, WHOLE, 9)])
    await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 7)], "2022-07")
    before = (await liangjiang.get_ok("/v1/summary", month="2022-08"))["data_version"]

    answer = await send(liangjiang, [(TOTAL, WHOLE, 100), (FAST, WHOLE, 61)], mode="replace", month="2022-08")

    assert answer.status_code == 201, answer.text
    assert answer.json()["report"]["counts"] == counts(received=2, unchanged=1, updated=1, retracted=1)
    assert await stored(liangjiang, month="2022-08") == {("telecom", TOTAL, WHOLE, 100), ("telecom", FAST, WHOLE, 61)}
    assert await stored(liangjiang, month="2022-07") == {("telecom", TOTAL, WHOLE, 7)}
    then = await liangjiang.lines(month="2022-08", group_by="org", as_of=before)
    (share,) = [line for line in then if (line["indicator"], line["org"]) == ("fbb_500m_share", "telecom")]
    assert share["numerator"] == 60


async def test_replacing_is_of_one_month_and_nothing_at_all_only_when_meant(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 100)])

    nameless = await send(liangjiang, [(TOTAL, WHOLE, 1)], mode="replace")
    foreign = await send(liangjiang, [(TOTAL, WHOLE, 1)], "2022-07", mode="replace", month="2022-08")
    empty = await send(liangjiang, [], mode="replace", month="2022-08")
    assert [answer.status_code for answer in (nameless, foreign, empty)] == [422, 422, 422]
    assert codes(foreign.json()["report"]) == [(1, "month", "month_not_asked")]
    assert empty.json()["code"] == "empty"
    assert await stored(liangjiang) == {("telecom", TOTAL, WHOLE, 100)}

    meant = await send(liangjiang, [], mode="replace", month="2022-08", allow_empty=True)
    assert meant.json()["report"]["counts"] == counts(retracted=1)
    assert await stored(liangjiang) == set()


async def test_a_replacing_push_with_a_bad_row_changes_nothing(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 100), (FAST, WHOLE, 60)])

    answer = await send(liangjiang, [(TOTAL, WHOLE, 100), ("no_such", WHOLE, 1)], mode="replace", month="2022-08")

    assert answer.json()["report"]["counts"] == counts(received=2, rejected=1, withheld=1)
    assert len(await stored(liangjiang)) == 2


@pytest.mark.parametrize("mode", ["atomic", "partial", "replace"])
async def test_a_dry_run_tells_what_the_push_would_do_and_does_nothing(
    liangjiang: CampaignApi, urls: DatabaseUrls, mode: str
) -> None:
    await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 100), (FAST, WHOLE, 60)])
    before = everything(urls, liangjiang.campaign)
    ask = {"mode": mode, "month": "2022-08"}
    pushed = [(TOTAL, WHOLE, 110), (FIVE_G, WHOLE, 1)]

    rehearsed = await send(liangjiang, pushed, dry_run=True, **ask)
    again = await send(liangjiang, pushed, dry_run=True, **ask)

    assert everything(urls, liangjiang.campaign) == before
    assert (rehearsed.status_code, again.content) == (200, rehearsed.content)
    recorded = await liangjiang.get_ok(rehearsed.headers["Location"], "telecom")
    assert (recorded["state"], recorded["dry_run"], recorded["report"]) == ("dry_run", True, rehearsed.json()["report"])
    done = await send(liangjiang, pushed, **ask)
    assert done.json()["report"] == rehearsed.json()["report"]


async def test_a_dry_run_of_a_bad_push_is_refused_like_the_push_and_consumes_no_key(liangjiang: CampaignApi) -> None:
    headers = liangjiang.headers("telecom") | {"Idempotency-Key": "once"}
    bad = await send(liangjiang, [("no_such", WHOLE, 1)], dry_run=True)
    assert (bad.status_code, codes(bad.json()["report"])) == (422, [(1, "metric", "unknown_metric")])

    body = rows([(TOTAL, WHOLE, 5)])
    rehearsed = await liangjiang.api.post("/v1/observations?dry_run=true", json=body, headers=headers)
    pushed = await liangjiang.api.post("/v1/observations", json=body, headers=headers)
    replayed = await liangjiang.api.post("/v1/observations", json=body, headers=headers)
    later = await liangjiang.api.post("/v1/observations?dry_run=true", json=body, headers=headers)

    assert (rehearsed.status_code, pushed.status_code, replayed.content) == (200, 201, pushed.content)
    assert later.json()["report"]["counts"] == counts(received=1, unchanged=1)
