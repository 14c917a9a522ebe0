"""SQLAlchemy statements as SQL with binds, for psycopg."""

from typing import Any, Final

from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from shared.database.sql import BoundStatement

_DIALECT: Final = PGDialect_psycopg()  # type: ignore[no-untyped-call]


def compiled(query: Select[Any]) -> BoundStatement:
    """Return a query with its binds."""
    statement = query.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    return BoundStatement(str(statement), statement.params)
