"""SQLAlchemy statements as SQL with binds, for psycopg."""

from typing import Final

from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql.selectable import SelectBase

from shared.database.sql import BoundStatement

_DIALECT: Final = PGDialect_psycopg()  # type: ignore[no-untyped-call]


def compiled(query: SelectBase) -> BoundStatement:
    """Return a query with its binds."""
    statement = query.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    return BoundStatement(str(statement), statement.params)
