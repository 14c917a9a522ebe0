"""A large push has the results of a small one, holds up nobody while it is read, and leaves nothing when it fails."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from time import monotonic
from typing import Any

import orjson
import pytest

from cli.postgres.database_urls import DatabaseUrls
from services.ingest.counts import dataset, writing
from services.ingest.formats.rows import Batch
from services.ingest.push import sizes
from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.pushing import WHOLE, batches_of, codes, counts, everything, stored

STREETS = tuple(f"50011200{number}" for number in range(7, 10))
CELLS = [(metric, area) for metric in ("olt_pon_ports_total", "olt_pon_ports_10g") for area in STREETS]
Meanwhile = Callable[[], Awaitable[None]]


@pytest.fixture(autouse=True)
def every_row_is_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large pushes without their weight: each row comes by itself, and is written by itself."""
    monkeypatch.setattr(sizes, "LARGE_BYTES", 100)
    monkeypatch.setattr(writing, "BATCH_CELLS", 1)
    monkeypatch.setattr(dataset, "read_batches", batches_of(1))


def body(*rows: tuple[str, str, str, object]) -> bytes:
    """Lines of metric, area, month and value."""
    names = ("metric", "area", "month", "value")
    return b"".join(orjson.dumps(dict(zip(names, row, strict=True))) + b"\n" for row in rows)


def month(text: str, value: int = 9, part: int = 4) -> list[tuple[str, str, str, object]]:
    """A month's ports, some of them of the newer kind."""
    return [(metric, area, text, part if metric.endswith("10g") else value) for metric, area in CELLS]


def interrupted(monkeypatch: pytest.MonkeyPatch, after: int, meanwhile: Meanwhile) -> None:
    """Something happens once so many rows were read."""

    async def reading(*asking: Any) -> AsyncGenerator[Batch]:
        read = 0
        async with aclosing(batches_of(1)(*asking)) as found:
            async for batch in found:
                yield batch
                read += batch.received
                if read == after and batch.received:
                    await meanwhile()

    monkeypatch.setattr(dataset, "read_batches", reading)


async def send(campaign: CampaignApi, rows: list[tuple[str, str, str, object]], **question: Any) -> Any:
    """Push rows as telecom."""
    headers = campaign.headers("telecom") | {"Content-Type": "application/x-ndjson"}
    return await campaign.api.post("/v1/observations/files", content=body(*rows), params=question, headers=headers)


async def test_new_and_stored_months_come_out_as_in_a_small_push(
    liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    await liangjiang.push_ok("telecom", [(metric, area, 3) for metric, area in CELLS], "2022-07")
    rows = [*month("2022-06"), *month("2022-07", 3, 2), *month("2022-08", 12)]

    large = await send(liangjiang, rows, dry_run=True)
    monkeypatch.setattr(sizes, "LARGE_BYTES", 1 << 20)
    small = await send(liangjiang, rows, dry_run=True)
    monkeypatch.setattr(sizes, "LARGE_BYTES", 100)
    nothing = await stored(liangjiang, month="2022-08")
    pushed = await send(liangjiang, rows)

    assert (large.status_code, large.json()) == (200, small.json())
    assert nothing == set()
    assert pushed.json()["report"]["counts"] == counts(received=18, created=12, updated=3, unchanged=3)
    assert pushed.json()["report"]["effects"] == small.json()["report"]["effects"] != []
    for text, part in (("2022-06", 4), ("2022-07", 2), ("2022-08", 4)):
        assert {value for _, metric, _, value in await stored(liangjiang, month=text) if metric.endswith("10g")} == {part}


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        (("no_such_metric", WHOLE, "2022-08", 1), [(7, "metric", "unknown_metric")]),
        ((*CELLS[0], "2022-08", 8), [(1, "value", "duplicate_conflict"), (7, "value", "duplicate_conflict")]),
    ],
)
async def test_a_large_push_with_errors_holds_up_nobody_while_it_is_read(
    liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch, wrong: Any, errors: list[Any]
) -> None:
    rival: list[Any] = []

    async def rivals_turn() -> None:
        started = monotonic()
        answer = await liangjiang.push("mobile", [("fbb_subs_total", WHOLE, 7)])
        rival.extend((answer.status_code, monotonic() - started < 0.9))

    interrupted(monkeypatch, 8, rivals_turn)
    rows = month("2022-08")
    answer = await send(liangjiang, [*rows, wrong, *month("2022-07"), (*rows[0][:3], "x")])

    assert rival == [201, True]
    assert (answer.status_code, sorted(codes(answer.json()["report"]))) == (422, [*errors, (14, "value", "value_is_text")])
    rejected = len(errors) + 1
    assert answer.json()["report"]["counts"] == counts(received=14, rejected=rejected, withheld=14 - rejected)
    assert await stored(liangjiang) == {("mobile", "fbb_subs_total", WHOLE, 7)}


async def test_while_a_large_push_is_read_a_small_one_goes_first(
    liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    small: list[Any] = []

    async def push_small() -> None:
        small.append((await liangjiang.push("mobile", [("fbb_subs_total", WHOLE, 7)])).json())

    interrupted(monkeypatch, 6, push_small)
    large = (await send(liangjiang, month("2022-08"))).json()

    assert large["data_version"] == small[0]["data_version"] + 1


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        (
            [("olt_pon_ports_10g", STREETS[0], "2022-07", 10), ("olt_pon_ports_total", STREETS[0], "2022-07", 9)],
            422,
            "rows_refused",
        ),
        ([(*CELLS[0], "2022-08", 8)], 422, "rows_refused"),  # contradicts the first row
        ([(*CELLS[0], "2022-05", 8)], 409, "month_closed"),
    ],
)
async def test_what_is_wrong_in_the_end_leaves_nothing_but_the_record_of_it(
    liangjiang: CampaignApi, urls: DatabaseUrls, wrong: list[Any], status: int, code: str
) -> None:
    before = liangjiang.for_month("2022-05")
    await before.push_ok("telecom", [("fbb_subs_total", WHOLE, 5)])
    await before.make_moves("telecom", "submit")
    stood = everything(urls, liangjiang.campaign)

    answers = [await send(liangjiang, [*month("2022-08"), *wrong], dry_run=dry) for dry in (True, False)]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(status, code)] * 2
    assert everything(urls, liangjiang.campaign) == stood
    later = await send(liangjiang, month("2022-08"))
    assert later.json()["report"]["counts"] == counts(received=6, created=6)


async def test_a_body_that_breaks_off_is_no_push(liangjiang: CampaignApi, urls: DatabaseUrls) -> None:
    stood = everything(urls, liangjiang.campaign)
    whole = orjson.dumps(
        {"observations": [dict(zip(("metric", "area", "month", "value"), row, strict=True)) for row in month("2022-08")]}
    )

    answer = await liangjiang.send("telecom", whole[:-1])

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert everything(urls, liangjiang.campaign) == stood


async def test_large_pushes_may_be_partial_or_replace_a_month(liangjiang: CampaignApi) -> None:
    rows = [
        *month("2022-08"),
        (*CELLS[3], "2022-08", 4),
        ("fbb_subs_500m", WHOLE, "2022-08", 2),
        ("fbb_subs_total", WHOLE, "2022-08", 1),
    ]
    partial = await send(liangjiang, rows, mode="partial")
    replaced = await send(liangjiang, rows[:4], mode="replace", month="2022-08")

    assert partial.json()["report"]["counts"] == counts(received=9, created=6, merged=1, rejected=2)
    assert replaced.json()["report"]["counts"] == counts(received=4, unchanged=4, retracted=2)


async def test_a_month_that_was_reopened_for_some_counts_takes_only_these(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(metric, area, 4 if metric.endswith("10g") else 9) for metric, area in CELLS])
    await liangjiang.reopen("telecom", CELLS[0])

    refused = await send(liangjiang, month("2022-08", 10), reason="漏报")
    pushed = await send(liangjiang, [(*CELLS[0], "2022-08", 10), *month("2022-08")[1:]], reason="漏报")

    assert (refused.status_code, {code for *_, code in codes(refused.json()["report"])}) == (422, {"not_reopened"})
    assert pushed.json()["report"]["counts"] == counts(received=6, updated=1, unchanged=5)


async def test_rows_that_repeat_others_of_their_batch_are_merged_and_the_rest_of_it_is_written(
    liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset, "read_batches", batches_of(3))
    first, second = month("2022-08")[:2]
    answer = await send(liangjiang, [first, first, second])

    assert answer.json()["report"]["counts"] == counts(received=3, created=2, merged=1)
    assert await stored(liangjiang) == {("telecom", metric, area, value) for metric, area, _, value in (first, second)}


async def test_columns_that_come_in_another_order_than_the_keys_are_stored(liangjiang: CampaignApi) -> None:
    answer = await send(liangjiang, month("2022-08")[::-1])

    assert answer.json()["report"]["counts"] == counts(received=6, created=6)


async def test_a_push_whose_writing_fails_midway_is_undone_whole(
    liangjiang: CampaignApi, urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(urls, liangjiang.campaign)
    batches = writing.batches_of

    def failing(columns: Any) -> Any:
        for number, batch in enumerate(batches(columns)):
            if number == 3:
                batch.areas[0] = "no array"
            yield batch

    with monkeypatch.context() as broken:
        broken.setattr(writing, "batches_of", failing)
        failed = await send(liangjiang, [*month("2022-07"), *month("2022-08")])
    after = everything(urls, liangjiang.campaign)
    later = await send(liangjiang, month("2022-08"))

    assert (failed.status_code, after) == (500, before)
    assert later.json()["report"]["counts"] == counts(received=6, created=6)
