"""SQLAlchemy statements as SQL with binds, for psycopg."""

from typing import Any, Final

from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.util import LRUCache

from shared.database.sql import BoundStatement

_DIALECT: Final = PGDialect_psycopg()  # type: ignore[no-untyped-call]
_COMPILED: Final[LRUCache[Any, SQLCompiler]] = LRUCache(500)


def compiled(query: SelectBase) -> BoundStatement:
    """Return a query with its binds.

    Queries that differ in their binds only are compiled once: that takes longer than most of them run. They are recognised by the
    key under which SQLAlchemy's own connections keep what they compiled.
    """
    key = query._generate_cache_key()  # noqa: SLF001 - the public way to it is a connection
    if key is None:
        message = f"a part of this statement cannot be compared with others: {query}"
        raise TypeError(message)
    compiler = _COMPILED.get(key.key)
    if compiler is None:
        compiler = _COMPILED[key.key] = query.compile(dialect=_DIALECT, cache_key=key)
    state = compiler.construct_expanded_state(compiler.construct_params(extracted_parameters=key.bindparams))
    return BoundStatement(state.statement, state.parameters)
