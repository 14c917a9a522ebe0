"""`gigacity migrate`: migrates the schema to this release and sets the passwords of the services' roles."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
import typer
from psycopg import sql
from sqlalchemy import make_url

from cli.postgres.database_urls import DatabaseUrls
from cli.postgres.preconditions import require_suitable_database
from migrations import run


def migrate(urls: DatabaseUrls, roles: Mapping[str, str]) -> None:
    """Run the migrations as the owner, then give each service's role the password in its URL; one process at a time.

    Raises UnsuitableDatabaseError if the database cannot carry the migrations, and ValueError if a service's URL names another
    role than the one that the migrations grant its tables to, or has an empty password.
    """
    with excluding_others(urls):
        _migrate(urls, roles)


@contextmanager
def excluding_others(urls: DatabaseUrls) -> Iterator[None]:
    """Let no other process migrate or restore the database during the block; say so if another one does."""

    def say() -> None:
        typer.echo("Waiting for another process that is migrating or restoring this database", err=True)

    with run.exclusively(urls.owner, on_wait=say):
        yield


def _migrate(urls: DatabaseUrls, roles: Mapping[str, str]) -> None:
    require_suitable_database(urls.owner, roles)
    run.upgrade(urls.owner, roles)
    with psycopg.connect(urls.owner) as connection:
        for service, service_url in urls.services.items():
            url = make_url(service_url)
            variable = f"GIGACITY_{service.upper()}_DATABASE_URL"
            if url.username != roles[service]:
                raise ValueError(f"{variable} logs in as {url.username}: use {roles[service]}, or set GIGACITY_ROLE_PREFIX")
            if url.password == "":  # from an unset variable in docker-compose.yml
                raise ValueError(f"{variable} has an empty password")
            if url.password is not None:
                _set_password(connection, roles[service], str(url.password))


def _set_password(connection: psycopg.Connection, role: str, password: str) -> None:
    """Set a password. Only its hash is sent, so that no server log contains the password."""
    password_hash = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), password_hash))
