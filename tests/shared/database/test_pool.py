"""Connections after an outage: however long it was, the next request connects, and none gets a connection that died."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from psycopg import AsyncConnection
from psycopg_pool import PoolTimeout
from psycopg_pool.sched_async import AsyncScheduler

from cli.postgres.database_urls import DatabaseUrls
from shared.database.pool import CONNECTION_LIMITS, LivePool
from tests.fixtures_postgres import Server

SIZE = 8


class Network:
    """The way to the database, which a test cuts; attempts to connect and pauses before the next one are counted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cut = False
        self.attempts = 0
        self.pauses_s: list[float] = []
        connect, enter = AsyncConnection.connect, AsyncScheduler.enter

        async def connecting(*arguments: Any, **named: Any) -> AsyncConnection:
            self.attempts += 1
            if self.cut:
                raise psycopg.OperationalError("connection refused")
            return await connect(*arguments, **named)

        async def entering(scheduler: AsyncScheduler, delay: float, action: Any) -> Any:
            if self.cut:
                self.pauses_s.append(delay)
            return await enter(scheduler, delay, action)

        monkeypatch.setattr(AsyncConnection, "connect", connecting)
        monkeypatch.setattr(AsyncScheduler, "enter", entering)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    return Network(monkeypatch)


@pytest_asyncio.fixture
async def pool(bare_urls: DatabaseUrls) -> AsyncIterator[LivePool]:
    """A pool as a service has it, with all its connections."""
    parameters = {"autocommit": True, "application_name": "test-pool", **CONNECTION_LIMITS}
    async with LivePool(bare_urls.services["ingest"], max_size=SIZE, timeout_s=1.0, parameters=parameters) as pool:
        connections = [await pool.getconn(5) for _ in range(SIZE)]
        for connection in connections:
            await pool.putconn(connection)
        yield pool


async def use(pool: LivePool, seconds: float = 0.0) -> int:
    """Run one statement, and return the process that answered."""
    async with pool.connection() as connection:
        row = await (await connection.execute("SELECT pg_backend_pid(), pg_sleep(%s)", [seconds])).fetchone()
    assert row is not None
    return int(row[0])


def end_connections(server: Server) -> int:
    ended = server.connection.execute(
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = 'test-pool'"
    ).fetchone()
    assert ended is not None
    return int(ended[0])


@pytest.mark.parametrize("at_once", [1, SIZE, 24])
async def test_no_request_gets_a_connection_that_died_while_idle(pool: LivePool, server: Server, at_once: int) -> None:
    assert end_connections(server) == SIZE

    await asyncio.gather(*(use(pool) for _ in range(at_once)))


async def test_a_living_connection_is_kept_and_costs_no_round_trip(pool: LivePool, network: Network) -> None:
    pids = {await use(pool) for _ in range(3 * SIZE)}
    started = monotonic()
    for _ in range(200):
        async with pool.connection():
            pass
    each_s = (monotonic() - started) / 200

    assert len(pids) == SIZE
    assert network.attempts == 0
    assert each_s < 0.005


async def test_a_request_that_is_cancelled_while_it_looks_takes_no_connection_away(
    pool: LivePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> bool:
        await asyncio.sleep(30)
        return True

    with monkeypatch.context() as slow:
        slow.setattr("shared.database.pool._is_alive", never)
        waiting = [asyncio.create_task(use(pool)) for _ in range(SIZE)]
        await asyncio.sleep(0.1)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    await asyncio.gather(*(use(pool, 0.1) for _ in range(SIZE)))


@pytest.mark.parametrize("failed_requests", [1, 3, 30])
async def test_the_first_request_after_an_outage_connects_however_long_it_was(
    pool: LivePool, server: Server, network: Network, failed_requests: int
) -> None:
    network.cut = True
    end_connections(server)
    for _ in range(failed_requests):
        with pytest.raises(PoolTimeout):
            await pool.getconn(0.05)
    network.cut = False
    started = monotonic()
    await use(pool)

    assert network.attempts > failed_requests  # each request tried, none waits for the attempt of another one
    assert set(network.pauses_s) == {0.0}  # there is nothing that could grow with the outage
    assert monotonic() - started < 1
    await asyncio.gather(*(use(pool) for _ in range(24)))


async def test_an_attempt_to_connect_and_an_unanswered_statement_end_soon(pool: LivePool) -> None:
    async with pool.connection() as connection:
        parameters = connection.info.get_parameters()

    assert (parameters["connect_timeout"], parameters["tcp_user_timeout"]) == ("2", "10000")
    assert int(parameters["keepalives_idle"]) + int(parameters["keepalives_interval"]) * int(parameters["keepalives_count"]) <= 11
