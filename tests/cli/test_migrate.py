"""Migrating a real database, and logging in as each service afterwards."""

import psycopg
import pytest
from sqlalchemy import make_url

from cli.migrate import migrate
from cli.postgres.database_urls import DatabaseUrls
from shared.database.database import Database, UnsafeDatabase
from tests.fixtures_postgres import OpenDatabase, Server


async def test_every_service_may_start_on_a_migrated_database(open_bare_database: OpenDatabase) -> None:
    for service in ("identity", "ingest", "indicators", "cases"):
        await (await open_bare_database(service)).verify()


def test_no_service_role_nor_the_owner_can_look_past_row_level_security(server: Server, bare_urls: DatabaseUrls) -> None:
    with psycopg.connect(bare_urls.owner) as connection:
        roles = connection.execute(
            "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE starts_with(rolname, %s)", [server.prefix]
        ).fetchall()

    assert {name for name, _ in roles} == {*server.roles.values(), f"{server.prefix}_owner"}
    assert not [name for name, can in roles if can]


def test_migrating_twice_changes_nothing(server: Server, bare_urls: DatabaseUrls) -> None:
    migrate(bare_urls, server.roles)

    for url in bare_urls.services.values():
        psycopg.connect(url).close()


def test_a_service_address_of_another_role_is_refused(server: Server, bare_urls: DatabaseUrls) -> None:
    swapped = DatabaseUrls(bare_urls.owner, {**bare_urls.services, "cases": bare_urls.services["ingest"]})

    with pytest.raises(ValueError, match=r"GIGACITY_CASES_DATABASE_URL logs in as .*_ingest: use .*_cases"):
        migrate(swapped, server.roles)


async def test_a_database_without_the_schema_is_refused_with_what_to_do(unmigrated_urls: DatabaseUrls) -> None:
    async with Database(unmigrated_urls.owner, application_name="test") as database:
        with pytest.raises(UnsafeDatabase, match="run `gigacity migrate`"):
            await database.verify()


def test_an_empty_password_is_refused(server: Server, bare_urls: DatabaseUrls) -> None:
    url = make_url(bare_urls.services["cases"]).set(password="").render_as_string(hide_password=False)
    careless = DatabaseUrls(bare_urls.owner, {**bare_urls.services, "cases": url})

    with pytest.raises(ValueError, match="GIGACITY_CASES_DATABASE_URL has an empty password"):
        migrate(careless, server.roles)
