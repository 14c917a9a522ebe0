"""A real PostgreSQL, migrated once; every test that needs a database gets a fresh copy.

`GIGACITY_TEST_DATABASE_URL` (of a superuser) names a server to use instead of the embedded one.
"""

import os
import secrets
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio
from psycopg import sql
from sqlalchemy import make_url

from cli.migrate import migrate
from cli.postgres.database_urls import DatabaseUrls, derive_urls
from cli.postgres.embedded import SUPERUSER, Embedded
from cli.postgres.passwords import role_password
from shared.database.database import Database
from shared.settings import SERVICES

CHEAP_LOGINS_SINCE = 160_000  # a server's version

OpenDatabase = Callable[[str], Awaitable[Database]]


@dataclass(frozen=True)
class Server:
    """The server of this test session. Its roles and databases have a prefix, so that sessions can share a server."""

    superuser: str
    prefix: str
    passwords: Path
    connection: psycopg.Connection  # of the superuser, kept open

    @property
    def roles(self) -> dict[str, str]:
        """The login role of each service."""
        return {service: f"{self.prefix}_{service}" for service in SERVICES}

    def execute(self, command: str, *names: str) -> None:
        """Run one command as the superuser, with quoted names inserted."""
        self.connection.execute(sql.SQL(command).format(*(sql.Identifier(name) for name in names)))

    def create_owner(self) -> None:
        """Create the role that owns the databases; not a superuser, as in production."""
        owner = f"{self.prefix}_owner"
        secret = role_password(self.passwords, owner)
        command = sql.SQL("CREATE ROLE {} LOGIN CREATEROLE PASSWORD {}")
        self.connection.execute(command.format(sql.Identifier(owner), secret))
        if self.connection.info.server_version >= CHEAP_LOGINS_SINCE:
            # Makes logins cheap: every test logs in several times.
            self.execute("ALTER ROLE {} SET scram_iterations = 1", owner)

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[DatabaseUrls]:
        """Create a database from a template; drop it after the block."""
        name = f"{self.prefix}_{secrets.token_hex(4)}"
        owner = f"{self.prefix}_owner"
        # Copying files takes half the time of logging every block.
        self.execute("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY", name, owner, template)
        url = make_url(self.superuser).set(username=owner, password=role_password(self.passwords, owner), database=name)
        try:
            yield derive_urls(url.render_as_string(hide_password=False), self.roles, self.passwords)
        finally:
            self.execute("DROP DATABASE {} WITH (FORCE)", name)

    def remove_roles(self) -> None:
        """Remove this session's roles from a shared server."""
        for role in (*self.roles.values(), f"{self.prefix}_owner"):
            self.execute("DROP ROLE IF EXISTS {}", role)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """PostgreSQL for the whole session; the embedded one stops with this process."""
    home = tmp_path_factory.mktemp("postgres")
    if shared_server := os.environ.get("GIGACITY_TEST_DATABASE_URL"):
        with _server(shared_server, home) as server:
            yield server
            server.remove_roles()
    else:
        with Embedded(home).running(exclusive=True) as embedded, _server(embedded.url(SUPERUSER, "postgres"), home) as server:
            yield server
        shutil.rmtree(home)  # large, and of no use after a failed test


@contextmanager
def _server(superuser: str, home: Path) -> Iterator[Server]:
    with psycopg.connect(superuser, autocommit=True) as connection:
        server = Server(superuser, f"test_{secrets.token_hex(4)}", home / "passwords", connection)
        server.create_owner()
        yield server


@pytest.fixture(scope="session")
def migrated(server: Server) -> Iterator[str]:
    """The name of a migrated database, to be copied."""
    with server.database() as urls:
        migrate(urls, server.roles)
        yield str(make_url(urls.owner).database)


@pytest.fixture
def unmigrated_urls(server: Server) -> Iterator[DatabaseUrls]:
    """The test's own empty database."""
    with server.database() as urls:
        yield urls


@pytest.fixture
def bare_urls(server: Server, migrated: str) -> Iterator[DatabaseUrls]:
    """The test's own migrated database, without a campaign."""
    with server.database(migrated) as urls:
        yield urls


@pytest_asyncio.fixture
async def open_bare_database(bare_urls: DatabaseUrls) -> AsyncIterator[OpenDatabase]:
    """A function that opens the database of `bare_urls` as a service."""
    async with database_opener(bare_urls) as open_database:
        yield open_database


@asynccontextmanager
async def database_opener(urls: DatabaseUrls) -> AsyncIterator[OpenDatabase]:
    """Yield a function that opens the database as a service, such as "ingest"; all are closed after the block."""
    async with AsyncExitStack() as stack:

        async def open_database(service: str) -> Database:
            database = Database(urls.services[service], application_name=f"test-{service}", pool_size=4)
            return await stack.enter_async_context(database)

        yield open_database
