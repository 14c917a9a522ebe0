"""The revision of a database's schema. Without the migrations, which most commands do not load."""

import psycopg

from shared.tables.schema import SCHEMA_REVISION

_SCHEMA = "SELECT to_regclass('public.alembic_version') IS NOT NULL"
_REVISION = "SELECT version_num FROM alembic_version"


class UnsuitableDatabaseError(RuntimeError):
    """The database cannot be used; the message gives the reason and the remedy."""


def require_current_schema(owner: str) -> None:
    """Raise UnsuitableDatabaseError if the schema is not this release's."""
    with psycopg.connect(owner) as connection:
        revision = stored_revision(connection)
    if revision is None:
        raise UnsuitableDatabaseError("the database has no schema yet: run `gigacity migrate`")
    if revision != SCHEMA_REVISION:
        raise UnsuitableDatabaseError(
            f"the schema is at {revision}, this release needs {SCHEMA_REVISION}: run `gigacity migrate`"
        )


def stored_revision(connection: psycopg.Connection) -> str | None:
    """Return the revision of the database's schema, or None if it has none."""
    if connection.execute(_SCHEMA).fetchone() != (True,):
        return None
    row = connection.execute(_REVISION).fetchone()
    return None if row is None else str(row[0])
