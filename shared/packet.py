"""Statements that go to the server in one packet, for what is asked most often.

psycopg sends each statement of a pipeline by itself and wakes the server up for each; libpq's own pipeline gathers them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple, Self
from weakref import WeakKeyDictionary

from psycopg import AsyncConnection, errors
from psycopg.abc import PQGen
from psycopg.adapt import Transformer
from psycopg.generators import fetch_many, send
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult
from psycopg.rows import TupleRow


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as the server prepares it, once a connection."""

    name: bytes
    sql: bytes
    binds: tuple[str, ...]  # in the order of their numbers

    @classmethod
    @lru_cache(maxsize=64)
    def of(cls, sql: str) -> Self:
        """From one with named binds."""
        numbers = _Numbers()
        numbered = (sql % numbers).encode()
        return cls(sha256(numbered).hexdigest()[:16].encode(), numbered, tuple(numbers))

    def asked(self, binds: Mapping[str, object]) -> "Asked":
        """With its values, which go as text: the statement casts what is not to be taken for what it is compared with."""
        values = [binds[name] for name in self.binds]
        return Asked(self, [None if value is None else str(value).encode() for value in values])


class Asked(NamedTuple):
    """A statement and its values."""

    statement: Statement
    values: Sequence[bytes | None]


class Packets:
    """What goes over the connections of one pool, and which statements each of them has prepared."""

    def __init__(self) -> None:
        """Nothing is prepared yet."""
        self._prepared: WeakKeyDictionary[AsyncConnection, set[bytes]] = WeakKeyDictionary()

    async def rows(self, connection: AsyncConnection, *asked: Asked) -> list[list[TupleRow]]:
        """The rows of each statement; what is sent together is one transaction. Raises what the first that failed was told."""
        prepared = self._prepared.setdefault(connection, set())
        try:
            results = await _exchanged(connection, asked, prepared)
        except errors.InvalidSqlStatementName:  # DEALLOCATE ALL: that is how psycopg lets go of its own
            prepared.clear()
            results = await _exchanged(connection, asked, prepared)
        return [_loaded(connection, result) for result in results]


class _Numbers(dict[str, str]):
    """Gives each name that is looked up the next number."""

    def __missing__(self, name: str) -> str:
        self[name] = f"${len(self) + 1}"
        return self[name]


async def _exchanged(connection: AsyncConnection, asked: Sequence[Asked], prepared: set[bytes]) -> list[PGresult]:
    results = await connection.wait(_exchange(connection.pgconn, asked, prepared))
    for result in results:
        if result.status == ExecStatus.FATAL_ERROR:
            raise errors.error_from_result(result)
    return results[-len(asked) :]


def _exchange(pgconn: PGconn, asked: Sequence[Asked], prepared: set[bytes]) -> PQGen[list[PGresult]]:
    """Send everything, then receive the result of each; what is not `prepared` yet is prepared first.

    Whoever gives up waiting has this run to its end all the same, so that what is prepared stays known.
    """
    unknown = [each.statement for each in asked if each.statement.name not in prepared]
    pgconn.enter_pipeline_mode()
    for statement in unknown:
        pgconn.send_prepare(statement.name, statement.sql)
    for each in asked:
        pgconn.send_query_prepared(each.statement.name, each.values, result_format=Format.BINARY)
    pgconn.pipeline_sync()
    yield from send(pgconn)
    results: list[PGresult] = []
    for _ in (*unknown, *asked):
        results += yield from fetch_many(pgconn)
    yield from fetch_many(pgconn)  # of the synchronisation
    pgconn.exit_pipeline_mode()
    prepares = zip(unknown, results, strict=False)
    prepared.update([statement.name for statement, result in prepares if result.status == ExecStatus.COMMAND_OK])
    return results


def _loaded(connection: AsyncConnection, result: PGresult) -> list[TupleRow]:
    transformer = Transformer(connection)
    transformer.set_pgresult(result)
    return transformer.load_rows(0, result.ntuples, tuple)
