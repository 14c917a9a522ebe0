"""Transactions of Postgres: each one opens with its scope, and ends before the client receives the response.

`.sql` statements run on psycopg's pool (`read`, `write`), single rows on a SQLModel session (`session`).
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Literal, NamedTuple, Self

import psycopg
import sqlalchemy.exc
from psycopg import AsyncConnection
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from shared.database.pool import CONNECTION_LIMITS, LivePool
from shared.database.sqlstates import passing_failure
from shared.problems import UnknownOutcome
from shared.tables.schema import SCHEMA_REVISION

_BEGIN = "SELECT version, definition_version FROM gigacity_begin(%(campaign)s, %(org)s, %(reach)s)"
_OPEN_SESSION = text("SELECT version, definition_version FROM gigacity_begin(:campaign, :org, :reach)")
_READ_ONLY = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_WRITE_NOTHING = "INSERT INTO audit (campaign) SELECT '' WHERE false"  # every service may write there
POOL_TIMEOUT_S = 1.0  # longest wait for a connection while all are in use
_SAFE = {"fsync": ("on",), "full_page_writes": ("on",), "synchronous_commit": ("on", "local", "remote_write", "remote_apply")}


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows that a transaction may see and write, enforced by row-level security."""

    campaign: str
    org: str
    reach: Literal["own", "campaign"] = "own"

    @property
    def binds(self) -> dict[str, str]:
        """The arguments of `gigacity_begin`."""
        return {"campaign": self.campaign, "org": self.org, "reach": self.reach}


class Snapshot(NamedTuple):
    """A read-only transaction with its data version and definition version (0 if the campaign does not exist)."""

    connection: AsyncConnection
    version: int
    definition_version: int


class UnsafeDatabase(Exception):  # noqa: N818 - the operator reads its message, not its name
    """The server or its schema is not safe to start on; the message says what to do."""


class ReadinessCheck(Enum):
    """A condition for serving requests."""

    LOGIN = "login"
    SCHEMA = "schema"  # and the settings of the server
    WRITE = "write"
    POOL = "pool"


class NotReady(Exception):  # noqa: N818 - a state that passes
    """A service cannot serve requests now: which check failed, and the reason for the log."""

    def __init__(self, check: ReadinessCheck, reason: str) -> None:
        super().__init__(reason)
        self.check = check


class Database:
    """The connections of one service, logged in as its own role."""

    def __init__(
        self,
        url: str,
        *,
        application_name: str,
        pool_size: int = 8,
        statement_timeout_ms: int = 2_000,
        idle_timeout_ms: int = 5_000,
        plan_once: bool = False,
    ) -> None:
        """Prepare connections to `url` (`postgresql://…`); nothing connects before `open`.

        `idle_timeout_ms` is the longest pause between two statements of a transaction. `plan_once` is for services whose
        statements are written so that one plan is right for every parameter.
        """
        options = " ".join(
            f"-c {name}={value}"
            for name, value in {
                "statement_timeout": statement_timeout_ms,
                "lock_timeout": 1_000,
                "idle_in_transaction_session_timeout": idle_timeout_ms,
                "timezone": "UTC",
                "plan_cache_mode": "force_generic_plan" if plan_once else "auto",
                "jit": "off",  # statements here run for milliseconds; compiling them takes longer
            }.items()
        )
        self._fitted = False  # whether the schema has been this release's
        self._url = url
        self._parameters: dict[str, Any] = {"application_name": application_name, "options": options, **CONNECTION_LIMITS}
        self._parameters |= {"autocommit": True, "prepare_threshold": 2}
        self._pool = LivePool(url, max_size=pool_size, timeout_s=POOL_TIMEOUT_S, parameters=self._parameters)
        self._engine: AsyncEngine = create_async_engine(
            url.replace("postgresql://", "postgresql+psycopg://", 1),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=POOL_TIMEOUT_S,
            pool_pre_ping=True,
            connect_args={"application_name": application_name, "options": options, **CONNECTION_LIMITS},
        )

    async def open(self) -> None:
        """Connect, or raise `psycopg.OperationalError` within seconds."""
        await self._pool.open(wait=True, timeout=10.0)

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.close()
        await self._engine.dispose()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def verify(self) -> None:
        """Raise `UnsafeDatabase` if the server could lose acknowledged data or the schema is not this release's.

        If the schema was this release's at the first check and is different now, a later release has migrated it. Its migrations
        keep this release working, so the service stays ready until the new release is up.
        """
        async with self._pool.connection() as connection:
            await self._verify(connection)

    async def _verify(self, connection: AsyncConnection) -> None:
        for name, safe in _SAFE.items():
            row = await (await connection.execute("SELECT current_setting(%s)", [name])).fetchone()
            if row is None or row[0] not in safe:
                message = f"the server runs with {name} = {row and row[0]}: set {name} = on in its configuration and restart it"
                raise UnsafeDatabase(message)
        try:
            row = await (await connection.execute("SELECT version_num FROM alembic_version")).fetchone()
        except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
            row = None
        if row is None or (row[0] != SCHEMA_REVISION and not self._fitted):
            message = f"the schema is at {row and row[0]}, this release needs {SCHEMA_REVISION}: run `gigacity migrate`"
            raise UnsafeDatabase(f"{message}, or start the later release that has done so")
        self._fitted = True

    async def require_ready(self) -> None:
        """Raise `NotReady` if a request that reads or writes would fail now.

        A new login shows what open connections hide: a locked role, another password, a server without free connections.
        """
        async with AsyncExitStack() as stack:
            with _failing_as(ReadinessCheck.LOGIN):
                connection = await AsyncConnection.connect(self._url, **self._parameters)
                await stack.enter_async_context(connection)
            with _failing_as(ReadinessCheck.SCHEMA):
                await self._verify(connection)
            with _failing_as(ReadinessCheck.WRITE):
                await connection.execute(_WRITE_NOTHING)
        with _failing_as(ReadinessCheck.POOL):
            async with self._pool.connection() as pooled:
                await pooled.execute("SELECT 1")
            async with self._engine.connect() as pooled_by_engine:
                await pooled_by_engine.execute(text("SELECT 1"))

    @asynccontextmanager
    async def unscoped(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection in autocommit, for tables without a campaign and for health checks."""
        async with self._pool.connection() as connection:
            yield connection

    @asynccontextmanager
    async def read(self, scope: Scope) -> AsyncIterator[Snapshot]:
        """Open a read-only snapshot: all statements in it see the same data version."""
        async with self._pool.connection() as connection:
            async with connection.pipeline():
                await connection.execute(_READ_ONLY)
                cursor = await connection.execute(_BEGIN, scope.binds)
            version, definition_version = await cursor.fetchone() or (None, None)
            try:
                yield Snapshot(connection, version or 0, definition_version or 0)
            finally:
                await _end(connection, "ROLLBACK")

    @asynccontextmanager
    async def write(self, scope: Scope) -> AsyncIterator[AsyncConnection]:
        """Open one transaction that commits when the block ends and rolls back when it raises.

        Raises `UnknownOutcome` if the connection is lost during COMMIT: it is never sent a second time.
        """
        async with self._pool.connection() as connection:
            committing = False
            try:
                async with connection.pipeline():
                    await connection.execute("BEGIN")
                    await connection.execute(_BEGIN, scope.binds)
                yield connection
                committing = True
                await connection.execute("COMMIT")
            except BaseException as failed:
                await _end(connection, "ROLLBACK")
                if committing and _lost(failed):
                    raise UnknownOutcome from failed
                raise

    @asynccontextmanager
    async def read_session(self, scope: Scope) -> AsyncIterator[tuple[AsyncSession, Snapshot]]:
        """Open a SQLModel session on a read-only snapshot."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            connection = await session.connection(execution_options=options)
            version, definition_version = (await connection.execute(_OPEN_SESSION, scope.binds)).one_or_none() or (0, 0)
            yield session, Snapshot(await psycopg_connection(session), version, definition_version)

    @asynccontextmanager
    async def session(self, scope: Scope | None) -> AsyncIterator[AsyncSession]:
        """Open a SQLModel session and transaction, committed when the block ends; no scope for tables without a campaign."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            if scope is not None:
                await (await session.connection()).execute(_OPEN_SESSION, scope.binds)
            yield session
            try:
                await session.commit()
            except sqlalchemy.exc.DBAPIError as failed:
                if _lost(failed):
                    raise UnknownOutcome from failed
                raise


async def psycopg_connection(session: AsyncSession) -> AsyncConnection:
    """Return the connection under a session, in the same transaction, for statements that are shared with `write`."""
    raw = await (await session.connection()).get_raw_connection()
    connection: AsyncConnection = raw.driver_connection  # type: ignore[assignment]
    return connection


@asynccontextmanager
async def campaign_reach(connection: AsyncConnection, scope: Scope) -> AsyncIterator[None]:
    """Let the statements inside see every organisation's rows."""
    async with other_scope(connection, scope, replace(scope, reach="campaign")):
        yield


@asynccontextmanager
async def other_scope(connection: AsyncConnection, scope: Scope, inner: Scope) -> AsyncIterator[None]:
    """Let the statements inside see and write the rows of another scope. An error ends the transaction, and the scope with it."""
    if inner == scope:
        yield
        return
    await connection.execute(_BEGIN, inner.binds)
    yield
    await connection.execute(_BEGIN, scope.binds)


def _lost(failed: BaseException) -> bool:
    """Return whether the connection was lost: a server that still answers says why it did not commit."""
    failure = passing_failure(failed)
    return failure is not None and failure.connection_lost


@contextmanager
def _failing_as(check: ReadinessCheck) -> Iterator[None]:
    """Raise the errors of the database as `NotReady`."""
    try:
        yield
    except (psycopg.Error, sqlalchemy.exc.SQLAlchemyError, UnsafeDatabase) as error:
        raise NotReady(check, str(error).strip() or type(error).__name__) from error


async def _end(connection: AsyncConnection, how: str) -> None:
    """End a transaction whose outcome does not matter; a broken connection has ended it already."""
    if not connection.closed:
        try:
            await connection.execute(how)
        except psycopg.Error:
            await connection.close()
