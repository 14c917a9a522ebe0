"""A connection that also sends through libpq's own pipeline, for transactions of many small statements.

psycopg makes a cursor for each, and takes about as long over it as the server takes over the statement.
"""

from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any, Final, NamedTuple, Self

from psycopg import AsyncConnection, AsyncCursor, Error, errors
from psycopg.abc import PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.generators import fetch_many, send
from psycopg.pq import DiagnosticField, ExecStatus, Format, PipelineStatus
from psycopg.pq.abc import PGresult
from psycopg.rows import TupleRow

_OUTDATED: Final = (b"26000", b"0A000")  # what was prepared is gone, or no longer fits the table


@dataclass(frozen=True, slots=True, eq=False)
class _Statement:
    """A statement as the server prepares it."""

    sql: bytes
    binds: tuple[str, ...]  # in the order of their numbers
    formats: tuple[PyFormat, ...]

    @classmethod
    @cache  # the product has so many texts and no more; each is one object
    def of(cls, text: str, places: int | None) -> Self:
        """From one with named binds, or with binds for so many values; without any it is taken as it stands."""
        numbers = _Numbers()
        if places == 0:
            numbered = text
        else:
            numbered = text % (numbers if places is None else tuple([numbers[str(place)] for place in range(places)]))
        return cls(numbered.encode(), tuple(numbers), (PyFormat.AUTO,) * len(numbers))


class _Numbers(dict[str, str]):
    """Gives each name that is looked up the next number."""

    def __missing__(self, name: str) -> str:
        self[name] = f"${len(self) + 1}"
        return self[name]


class _Prepared(NamedTuple):
    """What the server prepares once: a statement, for values of some types."""

    statement: _Statement
    types: tuple[int, ...] | None


class Reply:
    """What a statement is answered: as much of a cursor as pipelines ask for."""

    __slots__ = ("_connection", "_place", "result")

    def __init__(self, connection: "Connection") -> None:
        """Nothing has come yet."""
        self._connection = connection
        self._place = 0
        self.result: PGresult | None = None

    async def fetchall(self) -> list[TupleRow]:
        """The rows that were not fetched before."""
        return await self._fetch(None)

    async def fetchone(self) -> TupleRow | None:
        """The next row."""
        rows = await self._fetch(1)
        return rows[0] if rows else None

    async def _fetch(self, most: int | None) -> list[TupleRow]:
        result = await self._connection.received(self)
        first, end = self._place, result.ntuples
        self._place = end if most is None else min(first + most, end)
        return self._connection.loaded(result, first, self._place)

    @property
    def rowcount(self) -> int:
        """How many rows were written; -1 before it is known."""
        return (self.result.command_tuples or 0) if self.result else -1


AnyCursor = AsyncCursor[TupleRow] | Reply
"""What `execute` gives: rows, or how many were written."""


class _Awaited(NamedTuple):
    """A reply that is to come, and what the server prepares with it: which statement, by which name."""

    reply: Reply
    prepares: tuple[_Prepared, bytes] | None = None


class Connection(AsyncConnection[TupleRow]):
    """psycopg's, with a way of sending beside psycopg's pipeline."""

    def __init__(self, *args: Any, **named: Any) -> None:  # noqa: ANN401 - as psycopg has them
        """Nothing is prepared."""
        super().__init__(*args, **named)
        self._values = Transformer.from_context(self)
        self._names = count()
        self._known: dict[_Prepared, bytes] = {}  # by name
        self._awaited: deque[_Awaited] | None = None  # while sending
        self._failed: PGresult | None = None

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """Statements inside are only sent, and `execute` gives a `Reply`: answers come when one is fetched, and at the end.

        Raises then what the first that failed was told; the server carries out none after it. Without BEGIN they are one
        transaction, committed at the end. There is no COPY.
        """
        self.pgconn.enter_pipeline_mode()
        self._awaited, self._failed = deque(), None
        try:
            yield
        except BaseException:
            with suppress(Error):  # the connection may be what went wrong
                await self._leave()
            raise
        await self._leave()
        self._raise_failed()

    async def _leave(self) -> None:
        """Leave the pipeline once everything is answered; a connection that cannot leave it is of no use to anybody."""
        try:
            self.pgconn.pipeline_sync()
            async with self.lock:
                await self.wait(self._receive_all())
        finally:
            self._awaited = None
            if self.pgconn.pipeline_status != PipelineStatus.OFF:
                self.pgconn.finish()

    async def execute(
        self,
        query: Any,  # noqa: ANN401 - as psycopg has it
        params: Any = None,  # noqa: ANN401 - as psycopg has it
        *,
        prepare: bool | None = None,
        binary: bool = False,
    ) -> Any:  # noqa: ANN401 - a cursor, or as much of one as is asked for
        """As psycopg does; while sending, only send it."""
        if self._awaited is None:
            return await super().execute(query, params, prepare=prepare, binary=binary)
        named = isinstance(params, Mapping)
        statement = _Statement.of(query, None if named else len(params or ()))
        values = [params[name] for name in statement.binds] if named else params or ()
        return self._send(self._awaited, statement, values, Format.BINARY if binary else Format.TEXT)

    def _send(self, awaited: deque[_Awaited], statement: _Statement, values: Sequence[object], form: Format) -> Reply:
        written = self._values.dump_sequence(values, statement.formats)
        prepared = _Prepared(statement, self._values.types)
        name = self._known.get(prepared)
        if name is None:  # nor is it known while its answer is to come; then it is prepared twice, which does no harm
            name = b"sent_%d" % next(self._names)
            self.pgconn.send_prepare(name, statement.sql, prepared.types)
            awaited.append(_Awaited(Reply(self), (prepared, name)))
        self.pgconn.send_query_prepared(name, written, self._values.formats, form)
        self.pgconn.flush()  # the server begins with it while the next is put together
        reply = Reply(self)
        awaited.append(_Awaited(reply))
        return reply

    @asynccontextmanager
    async def pipeline(self) -> AsyncIterator[Any]:
        """psycopg's; while sending, everything is answered at the end."""
        if self._awaited is None:
            async with super().pipeline() as pipeline:
                yield pipeline
        else:
            yield
            if self._awaited:
                await self.received(self._awaited[-1].reply)

    async def received(self, reply: Reply) -> PGresult:
        """Wait for an answer, and those before it. Raises what the first statement that failed was told."""
        async with self.lock:
            if self._awaited and reply.result is None:
                self.pgconn.send_flush_request()
                await self.wait(self._receive(reply))
        self._raise_failed()
        if reply.result is None:
            raise errors.ProgrammingError("nothing was answered: the connection no longer sends")
        return reply.result

    def _receive(self, last: Reply | None) -> PQGen[None]:
        """Receive answers up to the last, or all. Whoever gives up waiting has this run to its end all the same."""
        yield from send(self.pgconn)
        while self._awaited:
            *_, result = yield from fetch_many(self.pgconn)
            reply, prepares = self._awaited.popleft()
            reply.result = result
            if result.status == ExecStatus.FATAL_ERROR:
                self._failed = result  # what was sent after it is not carried out
                if result.error_field(DiagnosticField.SQLSTATE) in _OUTDATED:
                    self._known.clear()
            elif prepares and result.status == ExecStatus.COMMAND_OK:
                self._known.update([prepares])
            if reply is last:
                return

    def _receive_all(self) -> PQGen[None]:
        yield from self._receive(None)
        yield from fetch_many(self.pgconn)  # of the synchronisation
        self.pgconn.exit_pipeline_mode()

    def _raise_failed(self) -> None:
        if self._failed:
            raise errors.error_from_result(self._failed, encoding=self.info.encoding)

    def loaded(self, result: PGresult, first: int, end: int) -> list[TupleRow]:
        """Some rows of an answer."""
        self._values.set_pgresult(result)
        return self._values.load_rows(first, end, tuple)

    def _deallocate(self, name: bytes | None) -> PQGen[None]:
        """Psycopg has the server forget all that is prepared, after a ROLLBACK for one."""
        if name is None:
            self._known.clear()
        yield from super()._deallocate(name)
