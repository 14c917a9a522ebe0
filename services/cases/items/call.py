"""A call about items, in the transaction that answers it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import Request
from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import namedtuple_row
from sqlalchemy.sql.selectable import SelectBase
from sqlmodel.ext.asyncio.session import AsyncSession

from shared.access import policy
from shared.access.dependencies import Service
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database import audit
from shared.database.compiled import compiled
from shared.database.database import Scope, Snapshot, other_scope, psycopg_connection
from shared.database.sql import BoundStatement
from shared.http import idempotency
from shared.http.idempotency import StoredResponse
from shared.tables.item import Item

_VERSIONS = "SELECT version, definition_version FROM campaign WHERE campaign = %s"


@dataclass(frozen=True, slots=True)
class ItemCall:
    """The caller of an operation, its time, and the transaction that answers it."""

    open_session: AsyncSession | None  # None: a list, which reads plain rows
    connection: AsyncConnection  # the one of the session
    scope: Scope
    caller: Principal
    operation: str
    version: int  # of the data: the latest one, or that of an earlier time
    definition: AppliedDefinition  # of that version
    now: datetime
    today: date  # in the campaign's time zone
    request_id: str
    new_id: Callable[[], UUID]

    @property
    def session(self) -> AsyncSession:
        """The session, for single items."""
        if self.open_session is None:
            raise RuntimeError("a list has no session")
        return self.open_session

    async def fetch(self, query: SelectBase) -> list[tuple[Any, ...]]:
        """Return the rows of a query, without a session: so a list reads twice as fast."""
        sql, binds = compiled(query)
        return await (await self.connection.execute(sql, binds)).fetchall()

    async def fetch_rows(self, statement: BoundStatement) -> list[Any]:
        """Return the rows of a statement with the names of their columns."""
        return await (await self.send(statement)).fetchall()

    async def send(self, statement: BoundStatement) -> AsyncCursor[Any]:
        """Send a statement and return the cursor of its rows, in a pipeline without waiting for them."""
        return await self.connection.cursor(row_factory=namedtuple_row).execute(statement.sql, statement.binds)

    def scope_of(self, item: Item) -> Scope:
        """Return the scope in which the rows of an item are read and written."""
        return replace(self.scope, org=item.org)

    @asynccontextmanager
    async def in_scope_of(self, item: Item) -> AsyncIterator[None]:
        """Read and write the rows of an item that the caller may see, whoever's it is."""
        async with other_scope(self.connection, self.scope, self.scope_of(item)):
            yield

    async def record(self, item: Item, subject: object) -> None:
        """Enter a change of an item, or of something that belongs to it, in the audit; call it in the item's scope."""
        await audit.record(
            self.connection,
            campaign=item.campaign,
            org=item.org,
            actor=self.caller.client_id,
            operation=self.operation,
            subject=str(subject),
            request_id=self.request_id,
            now=self.now,
        )


@asynccontextmanager
async def reading(request: Request, service: Service, caller: Principal, operation: str) -> AsyncIterator[ItemCall]:
    """Open a read-only snapshot for an operation."""
    async with service.database.read_session(_scope(caller, operation)) as (session, snapshot):
        yield await _call(request, service, caller, operation, session=session, snapshot=snapshot)


@asynccontextmanager
async def listing(request: Request, service: Service, caller: Principal, operation: str) -> AsyncIterator[ItemCall]:
    """Open a read-only snapshot for a list."""
    async with service.database.read(_scope(caller, operation)) as snapshot:
        yield await _call(request, service, caller, operation, session=None, snapshot=snapshot)


@asynccontextmanager
async def writing(request: Request, service: Service, caller: Principal, operation: str) -> AsyncIterator[ItemCall]:
    """Open a transaction for an operation, committed when the block ends."""
    async with service.database.session(_scope(caller, operation)) as session:
        connection = await psycopg_connection(session)
        versions = await (await connection.execute(_VERSIONS, [caller.campaign])).fetchone() or (0, 0)
        yield await _call(request, service, caller, operation, session=session, snapshot=Snapshot(connection, *versions))


async def respond_once(
    call: ItemCall, key: str | None, parts: list[str], act: Callable[[], Awaitable[StoredResponse]]
) -> StoredResponse:
    """Carry out a request, or return the response of an earlier one with its key."""
    digest = idempotency.request_digest([part.encode() for part in (call.operation, *parts)])
    return await idempotency.respond_once(call.connection, call.scope, key, digest, call.now, act)


def _scope(caller: Principal, operation: str) -> Scope:
    return Scope(caller.campaign, caller.org, policy.granted_reach(operation, caller.role))


async def _call(
    request: Request, service: Service, caller: Principal, operation: str, *, session: AsyncSession | None, snapshot: Snapshot
) -> ItemCall:
    definition = await service.definitions.at(snapshot.connection, caller.campaign, snapshot.definition_version)
    return ItemCall(
        open_session=session,
        connection=snapshot.connection,
        scope=_scope(caller, operation),
        caller=caller,
        operation=operation,
        version=snapshot.version,
        definition=definition,
        now=service.clock.now(),
        today=service.clock.today(definition.campaign.timezone),
        request_id=request.state.request_id,
        new_id=service.clock.new_id,
    )
