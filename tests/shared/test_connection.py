"""Sending through libpq's own pipeline: the answers that psycopg's cursors give, and nothing left behind by what fails."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio
from psycopg.pq import TransactionStatus
from psycopg.types.json import Jsonb

from shared.database.connection import Connection, Reply
from tests.fixtures_postgres import OpenDatabase

NUMBERS = (0, -1, 32_768, 2**40, 2**80, 1.5, True)
TEXTS = ("", "统计", b"\x00\xff", UUID(int=7), date(2022, 8, 1), datetime(2022, 8, 1, 12, tzinfo=UTC))
NESTED = ([1, None, 3], ["a", 'b"c', "，"], Jsonb({"千兆": [1, {"a": None}]}))


@pytest_asyncio.fixture
async def connection(open_database: OpenDatabase) -> AsyncIterator[Connection]:
    """A connection of a service's pool."""
    async with (await open_database("indicators")).unscoped() as found:
        assert isinstance(found, Connection)
        yield found


async def sent(connection: Connection, *statements: tuple[str, Mapping[str, object]], fetching: bool = True) -> list[Reply]:
    """Send some statements together, and fetch of the last one."""
    async with connection.sending():
        replies = [await connection.execute(text, binds) for text, binds in statements]
        if fetching:
            await replies[-1].fetchall()
    return replies


@pytest.mark.parametrize("binary", [False, True])
async def test_values_come_back_as_from_a_cursor(connection: Connection, *, binary: bool) -> None:
    for value in (*NUMBERS, *TEXTS, *NESTED) * 2:  # the second time it is prepared already
        text, binds = "SELECT %(value)s, %(value)s, %(other)s::text, 'a %%'", {"value": value, "other": None}
        plainly = await (await connection.execute(text, binds, binary=binary)).fetchall()
        async with connection.sending():
            by_name = await connection.execute(text, binds, binary=binary)
            by_place = await connection.execute("SELECT %s, %s", [value, 100], binary=binary)
        assert await by_name.fetchall() == plainly
        assert await by_place.fetchone() == (plainly[0][0], 100)


async def test_answers_belong_to_their_statements_in_whatever_order_they_are_fetched(connection: Connection) -> None:
    async with connection.sending():
        replies = [await connection.execute("SELECT generate_series(%(n)s, %(n)s + 2)", {"n": n}) for n in range(50)]
        assert await replies[30].fetchone() == (30,)
        assert await replies[30].fetchall() == [(31,), (32,)]
        assert await replies[30].fetchone() is None
        assert replies[31].result is None  # nobody waited for it
        late = await connection.execute("SELECT 'late' WHERE 'a%' LIKE 'a%'")
        assert [await each.fetchone() for each in reversed(replies[:30])] == [(n,) for n in reversed(range(30))]
        async with connection.pipeline():
            await connection.execute("CREATE TEMPORARY TABLE told (n int)")
            wrote = await connection.execute("INSERT INTO told SELECT generate_series(1, 7)")
            assert wrote.rowcount == -1
        assert wrote.rowcount == 7
    assert await late.fetchall() == [("late",)]


@pytest.mark.parametrize("fetching", [True, False])
async def test_the_first_that_fails_is_told_and_what_was_sent_with_it_is_not_done(
    connection: Connection, *, fetching: bool
) -> None:
    await connection.execute("CREATE TEMPORARY TABLE kept (n int)")
    failing = [("INSERT INTO kept VALUES (1)", {}), ("SELECT 1 / %(by)s", {"by": 0}), ("SELECT nowhere", {})]
    for _ in range(2):
        with pytest.raises(psycopg.errors.DivisionByZero):
            await sent(connection, *failing, fetching=fetching)
        assert connection.info.transaction_status == TransactionStatus.IDLE
        assert await (await connection.execute("SELECT count(*) FROM kept")).fetchone() == (0,)
    (division,) = await sent(connection, ("SELECT 6 / %(by)s", {"by": 2}), fetching=False)
    assert await division.fetchall() == [(3,)]


async def test_a_defect_amid_sending_leaves_a_transaction_that_can_be_rolled_back(connection: Connection) -> None:
    for _ in range(2):
        replies: list[Reply] = []
        with pytest.raises(RuntimeError, match="a defect"):
            await _defect(connection, replies, "SELECT 1 / 0")
        assert connection.info.transaction_status == TransactionStatus.INERROR
        with pytest.raises(psycopg.errors.DivisionByZero):
            await replies[0].fetchall()
        await connection.rollback()


async def _defect(connection: Connection, replies: list[Reply], failing: str) -> None:
    async with connection.sending():
        await connection.execute("BEGIN")
        replies.append(await connection.execute(failing))
        raise RuntimeError("a defect")


async def test_a_connection_that_is_lost_is_told(connection: Connection) -> None:
    with pytest.raises(psycopg.OperationalError):
        await sent(connection, ("SELECT pg_terminate_backend(pg_backend_pid())", {}))
    assert connection.closed
    with pytest.raises(psycopg.OperationalError):
        await sent(connection, ("SELECT 1", {}))


async def test_a_statement_is_prepared_once_for_values_of_a_type(connection: Connection) -> None:
    for value in (1, 2, "a", "b", 3):
        await sent(connection, ("SELECT %(value)s", {"value": value}))
    found = await connection.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT $1'")
    assert await found.fetchone() == (2,)


async def test_more_than_the_sockets_hold_goes_both_ways(connection: Connection) -> None:
    text = "千兆" * 100_000
    replies = await sent(connection, *[("SELECT %(text)s || %(n)s", {"text": text, "n": str(n)}) for n in range(40)])
    assert await replies[0].fetchall() == [(f"{text}0",)]
    assert await replies[38].fetchall() == [(f"{text}38",)]


@pytest.mark.parametrize("fetching", [True, False])
async def test_whoever_gives_up_waiting_leaves_the_connection_as_it_was(connection: Connection, *, fetching: bool) -> None:
    for _ in range(5):  # so that psycopg has prepared its own
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(sent(connection, ("SELECT 1", {}), ("SELECT pg_sleep(30)", {}), fetching=fetching), 0.1)
        assert connection.info.transaction_status == TransactionStatus.IDLE
        assert await (await connection.execute("SELECT 2")).fetchone() == (2,)


async def test_what_was_told_first_is_raised_where_the_connection_is_lost_as_well(connection: Connection) -> None:
    with pytest.raises(RuntimeError, match="a defect"):
        await _defect(connection, [], "SELECT pg_terminate_backend(pg_backend_pid())")
    assert connection.closed


@pytest.mark.parametrize("change", ["ALTER TABLE told ALTER n TYPE bigint", "DEALLOCATE ALL"])
async def test_what_was_prepared_and_no_longer_serves_is_prepared_again(connection: Connection, change: str) -> None:
    await connection.execute("CREATE TEMPORARY TABLE told (n int)")
    for _ in range(2):
        await sent(connection, ("SELECT n FROM told", {}))
    await connection.execute(change)
    with pytest.raises((psycopg.errors.FeatureNotSupported, psycopg.errors.InvalidSqlStatementName)):
        await sent(connection, ("SELECT n FROM told", {}))
    await sent(connection, ("SELECT n FROM told", {}))


async def test_a_connection_that_cannot_leave_the_pipeline_is_closed(connection: Connection) -> None:
    await connection.execute("CREATE TEMPORARY TABLE told (n int)")
    with pytest.raises(psycopg.OperationalError, match="COPY"):
        await asyncio.wait_for(sent(connection, ("COPY told FROM STDIN", {}), fetching=False), 5)
    assert connection.closed
