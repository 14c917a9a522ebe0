"""The one door to Postgres: every transaction opens with its scope, and ends before the client hears an answer.

`.sql` statements run on psycopg's pool (`read`, `write`), single rows on a SQLModel session (`session`).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, Self

import psycopg
from psycopg import AsyncConnection, AsyncCursor
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from shared.problems import UnknownOutcome
from shared.tables.schema import SCHEMA_REVISION

_BEGIN = "SELECT version, definition_version FROM gigacity_begin(%(campaign)s, %(org)s, %(reach)s)"
_READ_ONLY = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_SAFE = {"fsync": ("on",), "full_page_writes": ("on",), "synchronous_commit": ("on", "local", "remote_write", "remote_apply")}


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows a transaction may see and write; the database holds it to that."""

    campaign: str
    org: str
    reach: Literal["own", "campaign"] = "own"

    @property
    def binds(self) -> dict[str, str]:
        """As `gigacity_begin` takes it."""
        return {"campaign": self.campaign, "org": self.org, "reach": self.reach}


class Snapshot(NamedTuple):
    """A read-only transaction and the versions it stands at (0 where the campaign does not exist)."""

    connection: AsyncConnection
    version: int
    definition_version: int


class UnsafeDatabase(Exception):  # noqa: N818 - the operator reads its message, not its name
    """The server or its schema is not fit to start on; the message says what to do."""


class Database:
    """One service's connections, logged in as its own role."""

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
        """Prepare the door to `url` (`postgresql://…`); nothing connects before `open`.

        `idle_timeout_ms` is how long a transaction may say nothing. `plan_once` is for services whose statements are written so
        that one plan is right for every parameter.
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
        self._pool = AsyncConnectionPool(
            url,
            open=False,
            min_size=1,
            max_size=pool_size,
            timeout=1.0,
            kwargs={"autocommit": True, "application_name": application_name, "options": options, "prepare_threshold": 2},
        )
        self._engine: AsyncEngine = create_async_engine(
            url.replace("postgresql://", "postgresql+psycopg://", 1),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=1.0,
            pool_pre_ping=True,
            connect_args={"application_name": application_name, "options": options},
        )

    async def open(self) -> None:
        """Connect, or raise `psycopg.OperationalError` within seconds."""
        await self._pool.open(wait=True, timeout=10.0)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._pool.close()
        await self._engine.dispose()

    async def __aenter__(self) -> Self:
        """Open on entering, close on leaving."""
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self.close()

    async def verify(self) -> None:
        """Raise `UnsafeDatabase` where the server could lose acknowledged data or the schema is not this release's.

        A schema that was this release's when it was first looked at, and is another one since, is a later release's: its
        migrations keep this one working, so whoever balances load sends requests here until the new release is up.
        """
        async with self._pool.connection() as connection:
            for name, safe in _SAFE.items():
                row = await (await connection.execute("SELECT current_setting(%s)", [name])).fetchone()
                if row is None or row[0] not in safe:
                    message = (
                        f"the server runs with {name} = {row and row[0]}: set {name} = on in its configuration and restart it"
                    )
                    raise UnsafeDatabase(message)
            try:
                row = await (await connection.execute("SELECT version_num FROM alembic_version")).fetchone()
            except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
                row = None
            if row is None or (row[0] != SCHEMA_REVISION and not self._fitted):
                message = f"the schema is at {row and row[0]}, this release needs {SCHEMA_REVISION}: run `gigacity migrate`"
                raise UnsafeDatabase(f"{message}, or start the later release that has done so")
            self._fitted = True

    @asynccontextmanager
    async def unscoped(self) -> AsyncIterator[AsyncConnection]:
        """A bare connection in autocommit, for the tables that no tenant owns and for health checks."""
        async with self._pool.connection() as connection:
            yield connection

    @asynccontextmanager
    async def read(self, scope: Scope) -> AsyncIterator[Snapshot]:
        """One read-only snapshot; every statement in it sees the same version."""
        async with self._pool.connection() as connection:
            async with connection.pipeline():
                await connection.execute(_READ_ONLY)
                cursor = await connection.execute(_BEGIN, scope.binds)
            versions = await _versions(cursor)
            try:
                yield Snapshot(connection, *versions)
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
                if committing and isinstance(failed, psycopg.OperationalError) and _lost(failed):
                    raise UnknownOutcome from failed
                raise

    @asynccontextmanager
    async def session(self, scope: Scope | None) -> AsyncIterator[AsyncSession]:
        """One SQLModel session and transaction, committed when the block ends; no scope for the tables that no tenant owns."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            if scope is not None:
                await (await session.connection()).execute(
                    text("SELECT version FROM gigacity_begin(:campaign, :org, :reach)"), scope.binds
                )
            yield session
            try:
                await session.commit()
            except DBAPIError as lost:
                if isinstance(lost.orig, psycopg.OperationalError):
                    raise UnknownOutcome from lost
                raise


async def psycopg_connection(session: AsyncSession) -> AsyncConnection:
    """Return the connection under a session, in the same transaction, for statements that are shared with `write`."""
    raw = await (await session.connection()).get_raw_connection()
    connection: AsyncConnection = raw.driver_connection  # type: ignore[assignment]
    return connection


@asynccontextmanager
async def campaign_reach(connection: AsyncConnection, scope: Scope) -> AsyncIterator[None]:
    """Let the statements inside see every organisation's rows. An error ends the transaction, and the reach with it."""
    await connection.execute(_BEGIN, replace(scope, reach="campaign").binds)
    yield
    await connection.execute(_BEGIN, scope.binds)


def _lost(failed: psycopg.OperationalError) -> bool:
    """Whether the connection went, and the outcome with it: a server that still answers says why it did not commit."""
    return failed.sqlstate is None or failed.sqlstate.startswith(("08", "57P"))


async def _versions(opened: AsyncCursor) -> tuple[int, int]:
    version, definition_version = await opened.fetchone() or (None, None)
    return version or 0, definition_version or 0


async def _end(connection: AsyncConnection, how: str) -> None:
    """Finish a transaction whose outcome nobody waits for; a broken connection has ended it already."""
    if not connection.closed:
        try:
            await connection.execute(how)
        except psycopg.Error:
            await connection.close()
