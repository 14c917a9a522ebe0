"""Checks of a server, a database and a login, made before anything is changed there."""

from collections.abc import Mapping

import psycopg

from cli.postgres.schema_revision import UnsuitableDatabaseError, stored_revision
from migrations import run
from shared.database.sql import statement

OLDEST_SERVER = 15

_PRECONDITIONS = statement(__package__, "preconditions")


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
        revision = stored_revision(connection)
    if revision is not None and not run.has_revision(revision):
        raise UnsuitableDatabaseError(
            f"the schema is at {revision}, which this release does not know: a later release migrated it; use that release"
        )
