"""`gigacity migrate`: brings the schema up to this release and lets the services log in."""

from collections.abc import Mapping

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from cli.postgres.database_urls import DatabaseUrls
from cli.postgres.fitness import require_fit
from migrations import run


def migrate(urls: DatabaseUrls, roles: Mapping[str, str]) -> None:
    """Run the migrations as the owner, then give each service's role the password its address logs in with.

    Raises UnfitError where the database cannot carry them, and ValueError where a service's address names another role
    than the migrations granted its tables to, or has an empty password.
    """
    require_fit(urls.owner, roles)
    run.upgrade(urls.owner, roles)
    with psycopg.connect(urls.owner) as connection:
        for service, url in urls.services.items():
            login = make_url(url)
            variable = f"GIGACITY_{service.upper()}_DATABASE_URL"
            if login.username != roles[service]:
                raise ValueError(f"{variable} logs in as {login.username}: use {roles[service]}, or set GIGACITY_ROLE_PREFIX")
            if login.password == "":  # a variable that was not set
                raise ValueError(f"{variable} has an empty password")
            if login.password is not None:
                _set_password(connection, roles[service], str(login.password))


def _set_password(connection: psycopg.Connection, role: str, password: str) -> None:
    """Only the hash travels, so the password stands in no log of the server."""
    hashed = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), hashed))
