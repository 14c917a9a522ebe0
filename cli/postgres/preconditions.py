"""Checks of a server, a database and a login, made before anything is changed there."""

from collections.abc import Mapping

import psycopg

from migrations import run
from shared.database.sql import statement
from shared.tables.schema import SCHEMA_REVISION

OLDEST_SERVER = 15

_PRECONDITIONS = statement(__package__, "preconditions")
_SCHEMA = "SELECT to_regclass('public.alembic_version') IS NOT NULL"
_REVISION = "SELECT version_num FROM alembic_version"


class UnsuitableDatabaseError(RuntimeError):
    """The database cannot be used; the message gives the reason and the remedy."""


def require_suitable_database(owner: str, roles: Mapping[str, str]) -> None:
    """Raise UnsuitableDatabaseError if the migrations would fail, or do harm, at the database of the URL `owner`."""
    with psycopg.connect(owner) as connection:
        ((server, utf8, can_create_tables, has_roles),) = connection.execute(
            _PRECONDITIONS, {"roles": list(roles.values())}
        ).fetchall()
        login, database = connection.info.user, connection.info.dbname
        if server < OLDEST_SERVER:
            raise UnsuitableDatabaseError(f"the server is PostgreSQL {server}: {OLDEST_SERVER} or newer is required")
        if not utf8:
            raise UnsuitableDatabaseError(
                f"the database {database} is not in UTF-8, which cannot be changed: create another one with"
                f" CREATE DATABASE … OWNER {login} ENCODING 'UTF8' TEMPLATE template0"
            )
        if not can_create_tables:
            remedy = f"ALTER DATABASE {database} OWNER TO {login}"
            raise UnsuitableDatabaseError(f"{login} may not create tables in {database}: {remedy}")
        if not has_roles:
            raise UnsuitableDatabaseError(f"{login} may not create the services' roles: ALTER ROLE {login} CREATEROLE")
        revision = _revision(connection)
    if revision is not None and not run.has_revision(revision):
        raise UnsuitableDatabaseError(
            f"the schema is at {revision}, which this release does not know: a later release migrated it; use that release"
        )


def require_current_schema(owner: str) -> None:
    """Raise UnsuitableDatabaseError if the schema is not this release's."""
    with psycopg.connect(owner) as connection:
        revision = _revision(connection)
    if revision is None:
        raise UnsuitableDatabaseError("the database has no schema yet: run `gigacity migrate`")
    if revision != SCHEMA_REVISION:
        raise UnsuitableDatabaseError(
            f"the schema is at {revision}, this release needs {SCHEMA_REVISION}: run `gigacity migrate`"
        )


def _revision(connection: psycopg.Connection) -> str | None:
    if connection.execute(_SCHEMA).fetchone() != (True,):
        return None
    row = connection.execute(_REVISION).fetchone()
    return None if row is None else str(row[0])
