"""An answer at version n never changes later, whatever commits at the same time."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import psycopg
import pytest_asyncio
from httpx import AsyncClient

from cli.postgres.database_urls import DatabaseUrls
from shared.campaign.definition import Definition
from shared.clock import Clock
from shared.settings import Settings
from tests.fixtures_api import Bearer, serving
from tests.fixtures_campaign import LIANGJIANG
from tests.fixtures_campaign_api import CampaignApi, rows

WRITERS = ("telecom", "telecom", "mobile", "mobile", "unicom", "unicom", "economy", "economy")
ROUNDS = 12  # pushes of each writer
PATIENCE = 20  # times a writer comes back that could not get its turn within a second
STREETS = ("500112007", "500112008", "500112009")
METRICS = {"economy": ("population_resident", "households_urban")}
CARRIERS = ("bs_5g_built", "homes_gigabit_covered", "olt_pon_ports_total")
MONTHS = ("2022-07", "2022-08")
QUESTIONS = ("month=2022-08", "month=2022-08&group_by=area,org", "from=2022-07&to=2022-08&group_by=org")


class Passing(Clock):
    """Real time, for once: `at` must not decrease although clocks of different processes disagree by some milliseconds."""

    def now(self) -> datetime:
        """The real instant, up to 5 ms off."""
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() + random.uniform(-0.005, 0.005), UTC)  # noqa: S311 - no secret


@pytest_asyncio.fixture
async def processes(urls: DatabaseUrls, settings: Settings) -> AsyncIterator[list[AsyncClient]]:
    """A service with connections of its own for each writer, then two that read."""
    async with AsyncExitStack() as stack:
        services = [*["ingest"] * len(WRITERS), *["indicators"] * 2]
        few = urls.fill(settings).model_copy(update={"pool_size": 2})
        yield [await stack.enter_async_context(serving(service, few, Passing())) for service in services]


async def write(ingest: AsyncClient, headers: dict[str, str], org: str, seed: int) -> list[int]:
    """Push corrections, now and then over two months; the status of each answer."""
    choose, statuses = random.Random(seed), []  # noqa: S311 - no secret
    for _ in range(ROUNDS):
        cells = {(metric, street) for metric in METRICS.get(org, CARRIERS) for street in STREETS if choose.random() < 0.6}
        counts = [(metric, street, choose.randrange(1, 4)) for metric, street in sorted(cells)]
        body = [row for month in choose.sample(MONTHS, choose.randint(1, 2)) for row in rows(counts, month)["observations"]]
        for _ in range(PATIENCE):
            answer = await ingest.post("/v1/observations", json={"observations": body}, headers=headers)
            if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                break
            await asyncio.sleep(int(answer.headers["Retry-After"]))
        statuses.append(answer.status_code)
    return statuses


async def read(indicators: AsyncClient, headers: dict[str, str], done: asyncio.Event) -> dict[tuple[str, int], bytes]:
    """Take summaries until the writers are done; each with the version it names."""
    seen: dict[tuple[str, int], bytes] = {}
    while not done.is_set():
        for question in QUESTIONS:
            answer = await indicators.get(f"/v1/summary?{question}", headers=headers)
            assert answer.status_code == 200, answer.text
            version = answer.json()["data_version"]
            assert seen.setdefault((question, version), answer.content) == answer.content
            await asyncio.sleep(0.005)
    return seen


def ledger(urls: DatabaseUrls) -> list[tuple[Any, ...]]:
    """Version and instant of everything that happened, in the order of versions."""
    with psycopg.connect(urls.owner) as owner:
        owner.execute("SELECT gigacity_begin(%s, '*', 'campaign')", [LIANGJIANG])
        return owner.execute("SELECT version, at FROM ledger ORDER BY version").fetchall()


async def test_answers_taken_under_eight_concurrent_writers_stay_the_same_for_ever(
    processes: list[AsyncClient], bearer: Bearer, urls: DatabaseUrls
) -> None:
    writers, readers = processes[: len(WRITERS)], processes[len(WRITERS) :]
    done = asyncio.Event()

    reading = [asyncio.create_task(read(reader, bearer("economy"), done)) for reader in readers]
    writing = [write(ingest, bearer(org), org, seed) for seed, (ingest, org) in enumerate(zip(writers, WRITERS, strict=True))]
    statuses = await asyncio.gather(*writing)
    done.set()
    remembered = await asyncio.gather(*reading)

    assert statuses == [[201] * ROUNDS] * len(WRITERS)
    for seen in remembered:
        assert len(seen) > 20
        for (question, version), content in seen.items():
            again = await readers[0].get(f"/v1/summary?{question}&as_of={version}", headers=bearer("economy"))
            assert (version, again.content) == (version, content)
    entries = ledger(urls)
    assert [version for version, _ in entries] == list(range(1, len(entries) + 1))
    assert len(entries) > len(WRITERS) * ROUNDS // 2
    instants = [at for _, at in entries]
    assert all(earlier < later for earlier, later in itertools.pairwise(instants))
    for version, at in entries[-5:]:
        as_of = {"month": "2022-08", "as_of": at.isoformat()}
        named = await readers[0].get("/v1/summary", params=as_of, headers=bearer("economy"))
        assert named.json()["data_version"] == version


async def test_every_kind_of_change_stands_in_one_ledger_and_can_be_read_back(
    liangjiang: CampaignApi, definition: Definition
) -> None:
    months = {"month": "2022-08", "group_by": "area,org"}

    async def now() -> bytes:
        return (await liangjiang.get("/v1/summary", **months)).content

    answers = [await now()]
    await liangjiang.samples("2022-08", "telecom")
    answers.append(await now())
    await liangjiang.push_ok("telecom", [("olt_pon_ports_total", STREETS[0], 9_999)])
    answers.append(await now())
    await liangjiang.make_moves("telecom", "submit")
    answers.append(await now())
    await liangjiang.make_moves("telecom", "accept")
    answers.append(await now())
    await liangjiang.make_moves("telecom", "reopen", cells=[("olt_pon_ports_total", STREETS[0])])
    answers.append(await now())
    lower = definition.targets[1].model_copy(update={"value": "20"})
    await liangjiang.apply(definition.model_copy(update={"targets": (lower, *definition.targets[2:])}))
    answers.append(await now())
    await liangjiang.push_ok("telecom", [("olt_pon_ports_total", STREETS[0], 9_998)], reason="更正")
    answers.append(await now())

    assert len(set(answers)) == len(answers)
    for version, answer in enumerate(answers, start=1):
        assert (await liangjiang.get("/v1/summary", **months, as_of=version)).content == answer
