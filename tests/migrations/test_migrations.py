"""The schema: up, down and up again, the same as the tables in code, and refused where a server is not fit."""

import asyncio
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import make_url

from cli.migrate import migrate
from cli.postgres.database_urls import DatabaseUrls
from migrations import run
from shared import tables
from shared.clock import Clock
from shared.database.database import Database, UnsafeDatabase
from shared.http.health import CHECK_AGE_S
from shared.settings import Settings
from shared.tables.schema import SCHEMA_REVISION
from tests.fixtures_api import serving
from tests.fixtures_postgres import Server
from tests.fixtures_settings import NOW

TABLES = """
SELECT c.relname, c.relkind::text, c.relrowsecurity, c.relforcerowsecurity, c.relacl::text
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace ORDER BY c.relname
"""
COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name
FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position
"""
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2
"""
POLICIES = "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'public' ORDER BY 1, 2"
FUNCTIONS = "SELECT proname, prosrc, proacl::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1"


def schema(urls: DatabaseUrls) -> list[list[tuple[object, ...]]]:
    """Everything the catalogue says of the schema."""
    with psycopg.connect(urls.owner) as owner:
        return [owner.execute(question).fetchall() for question in (TABLES, COLUMNS, CONSTRAINTS, POLICIES, FUNCTIONS)]


@pytest.fixture(autouse=True, scope="module")
def all_tables() -> None:
    """Import the tables that the schema is compared with."""
    for module in iter_modules(tables.__path__):
        import_module(f"{tables.__name__}.{module.name}")


def test_the_schema_goes_up_equals_the_tables_in_code_goes_down_and_up_again(
    server: Server, unmigrated_urls: DatabaseUrls
) -> None:
    migrate(unmigrated_urls, server.roles)
    run.check_schema(unmigrated_urls.owner, server.roles)
    first = schema(unmigrated_urls)

    run.downgrade(unmigrated_urls.owner, server.roles, "base")
    left, *_ = schema(unmigrated_urls)
    migrate(unmigrated_urls, server.roles)
    run.check_schema(unmigrated_urls.owner, server.roles)

    assert {name for name, *_ in left} == {"alembic_version", "alembic_version_pkc"}
    assert schema(unmigrated_urls) == first


def test_a_table_that_differs_from_the_code_is_found(server: Server, bare_urls: DatabaseUrls) -> None:
    with psycopg.connect(bare_urls.owner) as owner:
        owner.execute("ALTER TABLE observation ALTER COLUMN note SET NOT NULL")

    with pytest.raises(CommandError, match="modify_nullable"):
        run.check_schema(bare_urls.owner, server.roles)


def test_this_release_needs_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(run.__file__).removesuffix("/run.py"))

    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA_REVISION]


@pytest.fixture
def risky(server: Server, bare_urls: DatabaseUrls) -> Iterator[DatabaseUrls]:
    """A migrated database whose services' sessions do not wait for the disk."""
    name = str(make_url(bare_urls.owner).database)
    server.execute("ALTER DATABASE {} SET synchronous_commit = off", name)
    yield bare_urls
    server.execute("ALTER DATABASE {} RESET synchronous_commit", name)


async def test_a_server_that_may_lose_what_it_acknowledged_is_refused_with_what_to_do(risky: DatabaseUrls) -> None:
    async with Database(risky.services["ingest"], application_name="test") as ingest:
        with pytest.raises(UnsafeDatabase, match="synchronous_commit = off: set synchronous_commit = on"):
            await ingest.verify()


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
async def test_a_server_that_may_lose_its_files_is_refused(
    bare_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    execute = psycopg.AsyncConnection.execute

    async def pretend(self: psycopg.AsyncConnection, query: str, params: list[str] | None = None) -> object:
        if params == [setting]:  # the whole server would have to run so
            return await execute(self, "SELECT 'off'")
        return await execute(self, query, params)

    async with Database(bare_urls.services["ingest"], application_name="test") as ingest:
        await ingest.verify()
        monkeypatch.setattr(psycopg.AsyncConnection, "execute", pretend)
        with pytest.raises(UnsafeDatabase, match=f"{setting} = off: set {setting} = on"):
            await ingest.verify()


@pytest.mark.parametrize("service", ["identity", "ingest", "indicators", "cases"])
async def test_no_service_starts_on_a_server_that_is_not_fit(risky: DatabaseUrls, settings: Settings, service: str) -> None:
    with pytest.raises(UnsafeDatabase):
        async with serving(service, risky.fill(settings), Clock(NOW)):
            pass


async def test_a_release_stays_ready_while_a_later_one_migrates(bare_urls: DatabaseUrls, settings: Settings) -> None:
    async with serving("ingest", bare_urls.fill(settings), Clock(NOW)) as ingest:
        with psycopg.connect(bare_urls.owner) as owner:
            owner.execute("UPDATE alembic_version SET version_num = '29990101_later'")
        migrated = await ingest.get("/readyz")
        with psycopg.connect(bare_urls.owner) as owner:
            owner.execute("DELETE FROM alembic_version")
        await asyncio.sleep(CHECK_AGE_S)
        gone = await ingest.get("/readyz")

    assert (migrated.status_code, gone.status_code) == (200, 503)


async def test_no_service_starts_on_a_schema_of_another_release(bare_urls: DatabaseUrls, settings: Settings) -> None:
    with psycopg.connect(bare_urls.owner) as owner:
        owner.execute("UPDATE alembic_version SET version_num = '20200101_other'")

    with pytest.raises(UnsafeDatabase, match=f"20200101_other, this release needs {SCHEMA_REVISION}: run `gigacity migrate`"):
        async with serving("ingest", bare_urls.fill(settings), Clock(NOW)):
            pass
