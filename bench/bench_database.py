"""Databases with a campaign and tokens, and services as processes."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from cli.migrate import migrate
from cli.postgres.database_urls import DatabaseUrls, derive_urls
from cli.postgres.embedded import OWNER, Embedded
from services.identity import clients
from services.identity.client_secrets import SecretHashes
from services.identity.keys import SigningKeys
from shared.access import policy
from shared.access.tokens import SigningKeyPair
from shared.campaign.apply import apply
from shared.campaign.definition import Definition
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import Settings

NOW = datetime.fromisoformat("2022-09-06T10:00+08:00")


@dataclass(frozen=True)
class BenchDatabase:
    """One database with one campaign."""

    server: Embedded
    name: str
    urls: DatabaseUrls
    settings: Settings
    tokens: dict[str, Callable[[], str]]  # by organisation; a token is valid for minutes
    streets: tuple[str, ...]

    def connect_as_superuser(self) -> psycopg.Connection:
        """Connect for baselines and for filling tables quickly."""
        return self.server.connect(self.name)

    def analyze(self, *tables: str) -> None:
        """Give the planner statistics of tables that were just filled, as autovacuum does within a minute."""
        with self.connect_as_superuser() as superuser:
            superuser.execute(f"ANALYZE {', '.join(tables)}")

    def headers(self, org: str, **others: str) -> dict[str, str]:
        """Return headers with an organisation's token."""
        return {"authorization": f"Bearer {self.tokens[org]()}"} | others

    @contextmanager
    def run_service(self, service: str) -> Iterator[tuple[int, int]]:
        """Run a service in its own process during the block; yield its port and process id."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment = {
            "GIGACITY_MODE": "test",
            "GIGACITY_NOW": NOW.isoformat(),
            "GIGACITY_HOME": str(self.settings.home),
            "GIGACITY_TOKEN_ISSUER": self.settings.token_issuer,
            **{f"GIGACITY_{name.upper()}_DATABASE_URL": url for name, url in self.urls.services.items()},
        }
        command = [sys.executable, "-m", "bench.app", service, self.urls.owner, str(port)]
        with (self.server.home / f"{service}.log").open("ab") as log:
            process = subprocess.Popen(command, env=os.environ | environment, stderr=log, stdout=log)  # noqa: S603 - this project's own module
        try:
            _wait_for(port, process)
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("a service did not start: see its log in the data folder")


def create_bench_database(server: Embedded, name: str, definition: Definition, home: Path) -> BenchDatabase:
    """Create and migrate a database, put the definition in force and issue tokens."""
    settings = Settings(mode="test", now=NOW, home=home)
    if name != OWNER:
        with server.connect() as connection:
            connection.execute(f'CREATE DATABASE "{name}" OWNER {OWNER}')
    urls = derive_urls(server.url(OWNER, name), settings.service_roles(), home / "passwords")
    migrate(urls, settings.service_roles())
    tokens = asyncio.run(_tokens(urls, definition, settings))
    streets = tuple(street.code for street in definition.streets(NOW.date()))
    return BenchDatabase(server, name, urls, settings, tokens, streets)


async def _tokens(urls: DatabaseUrls, definition: Definition, settings: Settings) -> dict[str, Callable[[], str]]:
    async with await psycopg.AsyncConnection.connect(urls.owner, autocommit=True) as owner:
        await apply(owner, definition, "bench", Clock(NOW))
    now, tokens = datetime.now(UTC), dict[str, Callable[[], str]]()
    async with Database(urls.services["identity"], application_name="bench") as identity:
        key = await SigningKeys(settings, identity).current(now)
        for organisation in definition.organisations:
            client = await clients.create_client(
                identity,
                SecretHashes(),
                definition=definition,
                org=organisation.code,
                role=organisation.roles[-1],
                actor="bench",
                now=now,
            )
            tokens[organisation.code] = partial(
                _token,
                key,
                issuer=settings.token_issuer,
                client_id=client.client_id,
                campaign=definition.campaign.code,
                org=organisation.code,
                role=client.role,
                audience=policy.AUDIENCE,
                life_s=settings.token_lifetime_s,
            )
    return tokens


def _token(key: SigningKeyPair, **claims: Any) -> str:  # noqa: ANN401 - those of `issue`
    return key.issue(now_s=int(time.time()), **claims)
