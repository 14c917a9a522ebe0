"""The transaction of a push, and what a large one has done in it while the rest of its body is still read."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from typing import Final

from psycopg import AsyncConnection

from services.ingest.formats.media import Media
from services.ingest.push.open_months import OpenMonths, read_open_months
from services.ingest.push.request import Push, PushContext
from shared.database.ledger import Head, lock_free_head
from shared.problems import MonthClosed, ReasonRequired
from shared.vocabulary import PushMode

_WAITING: Final = 32  # pieces of work, a few MB: then whoever reads waits for the server
_TABLES: Final = (Media.CSV, Media.XLSX)

Work = Callable[[], Awaitable[None]]


@asynccontextmanager
async def turn_of(connection: AsyncConnection, context: PushContext, asked: Push) -> AsyncIterator["Turn"]:
    """The turn of a push, in the open transaction. Nothing is under way any more when it ends, however it ends."""
    async with AsyncExitStack() as stack:
        turn = Turn(connection, context, asked, stack)
        stack.push_async_callback(turn.stop)
        yield turn


class Turn:
    """A push at its campaign: it may begin to write before it was read, under the lock of the head, on its own connection.

    Two savepoints stand before what is written ahead. What is wrong while the body is read gives the lock back together with
    what was written, as bad rows take long to read; what is wrong in the end takes back what was written.
    """

    def __init__(self, connection: AsyncConnection, context: PushContext, asked: Push, stack: AsyncExitStack) -> None:
        """Nothing is locked. The stack ends with the turn."""
        self.connection = connection
        self.head: Head | None = None  # while it is locked for writing ahead
        self.filled: set[date] = set()  # of the months that are written ahead those in which the organisation has counts
        self._context = context
        self._asked = asked
        self._stack = stack
        self._beside: AsyncConnection | None = None
        # Part of a partial push may be good. Tables are read more slowly than counts are written: others would wait longer.
        self._held_back = not asked.bulk or asked.mode is not PushMode.ATOMIC or asked.media in _TABLES
        self._opened: set[date] = set()
        self._waiting: asyncio.Queue[Work | None] = asyncio.Queue(_WAITING)
        self._working: asyncio.Task[None] | None = None

    async def beside(self) -> AsyncConnection | None:
        """A second connection for a large push, if one is free: under the lock it reads what nobody else can move."""
        if self._beside is None and self._asked.bulk:
            self._beside = await self._stack.enter_async_context(self._context.database.beside(self._asked.scope))
        return self._beside

    async def lock_ahead(self, months: Iterable[date]) -> Head | None:
        """The head, locked, if counts of these months may be written now; if not, none may any more before everything is read.

        Why not is said then: the body may turn out to be no push at all.
        """
        if not self._held_back and (self.head or await self._begin()) and not await self._take_counts(set(months)):
            await self.give_up()
        return self.head

    async def _begin(self) -> bool:
        await self.connection.execute("SAVEPOINT unlocked")
        self.head = await lock_free_head(self.connection, self._asked.principal.campaign)
        if self.head is None:
            await self.give_up()
            return False
        await self.connection.execute("SAVEPOINT unwritten")
        self._working = asyncio.create_task(self._work())
        return True

    async def _take_counts(self, months: set[date]) -> bool:
        beside, new = await self.beside(), sorted(months - self._opened)
        if beside is None:
            return False
        try:
            opened = await read_open_months(beside, self._asked.scope, new, self._asked.reason) if new else OpenMonths(set(), {})
        except (MonthClosed, ReasonRequired):
            return False
        self._opened.update(new)
        self.filled |= opened.filled
        return not opened.reopened

    async def _work(self) -> None:
        try:
            async with self.connection.pipeline():
                while work := await self._waiting.get():
                    await work()
        finally:
            self._forget()  # nobody has to wait for room any more

    def _forget(self) -> None:
        while not self._waiting.empty():
            self._waiting.get_nowait()

    async def send(self, work: Work | None) -> None:
        """Have something done after what was sent before; None ends it. Raises what earlier work raised."""
        if self._working and self._working.done():
            await self._working
        elif self._working:
            await self._waiting.put(work)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Statements inside are only sent. At the end everything is done, what was sent ahead too; raises what it raised."""
        if self._working is None or self.head is None:
            async with self.connection.pipeline():
                yield
        else:
            yield
            await self._working

    @asynccontextmanager
    async def rehearsed(self) -> AsyncIterator[None]:
        """What a dry run writes, inside or ahead, is taken back at the end."""
        if self._asked.dry_run and self.head is None:
            await self.connection.execute("SAVEPOINT unwritten")
        yield
        if self._asked.dry_run:
            await self.connection.execute("ROLLBACK TO SAVEPOINT unwritten")

    async def stop(self) -> None:
        """Begin nothing more, whatever was sent."""
        self._held_back = True
        if self._working:
            self._forget()
            self._waiting.put_nowait(None)
            await asyncio.gather(self._working, return_exceptions=True)  # what it raised goes with what it wrote

    async def unwrite(self) -> None:
        """Take back what was written ahead; the lock stays."""
        await self.stop()
        if self.head:
            await self.connection.execute("ROLLBACK TO SAVEPOINT unwritten")

    async def give_up(self) -> None:
        """Take back what was written ahead, and give the lock back."""
        await self.stop()
        if self.head:
            await self.connection.execute("ROLLBACK TO SAVEPOINT unlocked")
            self.head = None
