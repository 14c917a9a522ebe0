"""Whether a server, a database and a login can carry the product: asked before anything is changed there."""

from collections.abc import Mapping

import psycopg

from migrations import run
from shared.tables.schema import SCHEMA_REVISION

OLDEST_SERVER = 15

_ASKED = """
SELECT
    CAST(current_setting('server_version_num') AS integer) / 10000 AS server,
    pg_encoding_to_char(d.encoding) = 'UTF8' AS utf8,
    has_schema_privilege('public', 'CREATE') AS makes_tables,
    r.rolsuper OR r.rolcreaterole OR NOT EXISTS (
        SELECT unnest(CAST(%s AS text[])) EXCEPT SELECT CAST(rolname AS text) FROM pg_roles
    ) AS has_roles
FROM pg_database AS d JOIN pg_roles AS r ON r.rolname = current_user
WHERE d.datname = current_database()
"""
_SCHEMA = "SELECT to_regclass('public.alembic_version') IS NOT NULL"
_REVISION = "SELECT version_num FROM alembic_version"


class UnfitError(RuntimeError):
    """The database cannot be used as it is; the message says why and what to do."""


def require_fit(owner: str, roles: Mapping[str, str]) -> None:
    """Raise UnfitError where the migrations would fail at the database that `owner` logs in to, or do harm."""
    with psycopg.connect(owner) as connection:
        ((server, utf8, makes_tables, has_roles),) = connection.execute(_ASKED, [list(roles.values())]).fetchall()
        login, database = connection.info.user, connection.info.dbname
        if server < OLDEST_SERVER:
            raise UnfitError(f"the server is PostgreSQL {server}: {OLDEST_SERVER} or newer is needed")
        if not utf8:
            raise UnfitError(
                f"the database {database} is not in UTF-8, which cannot be changed: make another one with"
                f" CREATE DATABASE … OWNER {login} ENCODING 'UTF8' TEMPLATE template0"
            )
        if not makes_tables:
            raise UnfitError(f"{login} may create no tables in {database}: ALTER DATABASE {database} OWNER TO {login}")
        if not has_roles:
            raise UnfitError(f"{login} may not create the services' roles: ALTER ROLE {login} CREATEROLE")
        revision = _revision(connection)
    if revision is not None and not run.known(revision):
        raise UnfitError(f"the schema is at {revision}, which this release does not know: a later one migrated it, use that one")


def require_schema(owner: str) -> None:
    """Raise UnfitError where the schema is not this release's."""
    with psycopg.connect(owner) as connection:
        revision = _revision(connection)
    if revision is None:
        raise UnfitError("the database has no schema yet: run `gigacity migrate`")
    if revision != SCHEMA_REVISION:
        raise UnfitError(f"the schema is at {revision}, this release needs {SCHEMA_REVISION}: run `gigacity migrate`")


def _revision(connection: psycopg.Connection) -> str | None:
    if connection.execute(_SCHEMA).fetchone() != (True,):
        return None
    row = connection.execute(_REVISION).fetchone()
    return None if row is None else str(row[0])
