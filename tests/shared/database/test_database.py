"""Statements in a snapshot, and connections whose statement fails, is cancelled or loses its server."""

import asyncio
import random
from collections.abc import Mapping
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg.pq import PipelineStatus, TransactionStatus

from shared.database.database import Database, Scope
from tests.fixtures_campaign import LIANGJIANG
from tests.fixtures_postgres import OpenDatabase

SCOPE = Scope(LIANGJIANG, "economy", "campaign")
SEEN = "SELECT current_setting('gigacity.campaign'), %(asked)s::int, version FROM campaign WHERE campaign = %(campaign)s"


class QueryResult(NamedTuple):
    """The rows of a statement, and the versions of its snapshot."""

    rows: list[tuple[Any, ...]]
    version: int
    definition_version: int


async def query(database: Database, scope: Scope, sql: str, binds: Mapping[str, object]) -> QueryResult:
    """Run one statement in a snapshot of its own."""
    async with database.read(scope) as snapshot:
        rows = await (await snapshot.connection.execute(sql, binds)).fetchall()
    return QueryResult(rows, snapshot.version, snapshot.definition_version)


async def test_a_question_sees_its_own_scope_at_the_versions_it_names(open_database: OpenDatabase) -> None:
    database = await open_database("indicators")
    answered = await query(database, SCOPE, SEEN, {"asked": 7, "campaign": LIANGJIANG})
    assert (answered.rows, answered.definition_version) == ([(LIANGJIANG, 7, answered.version)], 1)
    elsewhere = await query(database, Scope("nowhere", "economy"), SEEN, {"asked": 7, "campaign": LIANGJIANG})
    assert elsewhere == ([], 0, 0)


async def test_a_question_that_fails_leaves_nothing_open_on_its_connection(open_database: OpenDatabase) -> None:
    database = await open_database("indicators")
    for _ in range(10):  # more than there are connections
        with pytest.raises(psycopg.errors.DivisionByZero):
            await query(database, SCOPE, "SELECT 1 / %(asked)s::int", {"asked": 0})
    async with database.unscoped() as connection:
        assert connection.info.transaction_status == TransactionStatus.IDLE
    for writing in ("DELETE FROM observation", "WITH gone AS (DELETE FROM observation RETURNING 1) SELECT * FROM gone"):
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            await query(database, SCOPE, writing, {})
    assert (await query(database, SCOPE, SEEN, {"asked": 1, "campaign": LIANGJIANG})).rows != []


async def test_a_question_whose_statements_the_server_has_forgotten_is_answered(open_database: OpenDatabase) -> None:
    database = await open_database("indicators")
    for value in range(3):
        answered = await query(database, SCOPE, SEEN, {"asked": value, "campaign": LIANGJIANG})
        assert answered.rows == [(LIANGJIANG, value, answered.version)]
        async with database.unscoped() as connection:
            for _ in range(3):
                await connection.execute("SELECT 1")  # psycopg prepares it, and lets go of everything at the next ROLLBACK
            await connection.execute(f"ROLLBACK -- the {value}th")
            kept = await (await connection.execute("SELECT count(*) FROM pg_prepared_statements")).fetchone()
            assert kept == (0,)


async def test_a_question_that_failed_is_answered_when_it_can_be(open_database: OpenDatabase) -> None:
    database = await open_database("indicators")
    with pytest.raises(psycopg.errors.DivisionByZero) as refused:
        await query(database, SCOPE, "SELECT 6 / %(asked)s::int", {"asked": 0})
    assert refused.value.diag.message_primary == "division by zero"
    for _ in range(2):
        assert (await query(database, SCOPE, "SELECT 6 / %(asked)s::int", {"asked": 2})).rows == [(3,)]
    assert (await query(database, SCOPE, "SELECT %(asked)s::int IS NULL", {"asked": None})).rows == [(True,)]


async def test_a_question_that_is_given_up_leaves_nothing_open_on_its_connection(open_database: OpenDatabase) -> None:
    database = await open_database("indicators")
    for _ in range(10):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(query(database, SCOPE, "SELECT pg_sleep(30)::text", {}), 0.1)
    assert (await query(database, SCOPE, SEEN, {"asked": 1, "campaign": LIANGJIANG})).rows != []
    async with database.unscoped() as connection:
        assert connection.info.transaction_status == TransactionStatus.IDLE


async def test_whoever_is_cancelled_at_any_moment_leaves_a_connection_that_can_be_used(open_database: OpenDatabase) -> None:
    database, chance = await open_database("indicators"), random.Random(3)  # noqa: S311 - moments, not a secret

    async def write() -> None:
        async with database.write(SCOPE) as connection, connection.pipeline():
            assert await (await connection.execute("SELECT 1, pg_sleep(0.002)::text")).fetchone() == (1, "")
            sent = [await connection.execute("SELECT %s, repeat('x', 100000)", [number]) for number in range(10)]
            assert [(await each.fetchone() or [None])[0] for each in sent] == list(range(10))

    async def read() -> None:
        assert (await query(database, SCOPE, "SELECT 'x'::text, pg_sleep(0.002)::text", {})).rows == [("x", "")]

    cancelled = 0
    for what in (write, read) * 60:
        task = asyncio.create_task(what())
        await asyncio.sleep(chance.random() * 0.02)
        task.cancel()
        cancelled += isinstance((await asyncio.gather(task, return_exceptions=True))[0], asyncio.CancelledError)
        async with database.unscoped() as connection:
            assert connection.pgconn.pipeline_status == PipelineStatus.OFF
            assert connection.pgconn.transaction_status == TransactionStatus.IDLE
            assert await (await connection.execute("SELECT 2")).fetchone() == (2,)
    assert 10 < cancelled < 110


async def test_a_question_whose_connection_is_lost_fails_and_the_next_one_has_another(open_database: OpenDatabase) -> None:
    database = await open_database("indicators")
    for _ in range(10):
        with pytest.raises(psycopg.OperationalError):
            await query(database, SCOPE, "SELECT pg_terminate_backend(pg_backend_pid())", {})
    assert (await query(database, SCOPE, SEEN, {"asked": 1, "campaign": LIANGJIANG})).rows != []
