"""Migrating a real database, and logging in as each service afterwards."""

import psycopg
import pytest
from sqlalchemy import make_url

from cli.migrate import migrate
from cli.postgres.addresses import Addresses
from shared.database.database import Database, UnsafeDatabase
from tests.fixtures_postgres import Door, Server


async def test_every_service_may_start_on_a_migrated_database(bare_door: Door) -> None:
    for service in ("identity", "ingest", "indicators", "cases"):
        await (await bare_door(service)).verify()


def test_no_service_role_nor_the_owner_can_look_past_row_level_security(server: Server, bare_addresses: Addresses) -> None:
    with psycopg.connect(bare_addresses.owner) as connection:
        roles = connection.execute(
            "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE starts_with(rolname, %s)", [server.prefix]
        ).fetchall()

    assert {name for name, _ in roles} == {*server.roles.values(), f"{server.prefix}_owner"}
    assert not [name for name, can in roles if can]


def test_migrating_twice_changes_nothing(server: Server, bare_addresses: Addresses) -> None:
    migrate(bare_addresses, server.roles)

    for url in bare_addresses.services.values():
        psycopg.connect(url).close()


def test_a_service_address_of_another_role_is_refused(server: Server, bare_addresses: Addresses) -> None:
    swapped = Addresses(bare_addresses.owner, {**bare_addresses.services, "cases": bare_addresses.services["ingest"]})

    with pytest.raises(ValueError, match=r"GIGACITY_CASES_DATABASE_URL logs in as .*_ingest: use .*_cases"):
        migrate(swapped, server.roles)


async def test_a_database_without_the_schema_is_refused_with_what_to_do(unmigrated_addresses: Addresses) -> None:
    async with Database(unmigrated_addresses.owner, application_name="test") as database:
        with pytest.raises(UnsafeDatabase, match="run `gigacity migrate`"):
            await database.verify()


def test_an_empty_password_is_refused(server: Server, bare_addresses: Addresses) -> None:
    url = make_url(bare_addresses.services["cases"]).set(password="").render_as_string(hide_password=False)
    careless = Addresses(bare_addresses.owner, {**bare_addresses.services, "cases": url})

    with pytest.raises(ValueError, match="GIGACITY_CASES_DATABASE_URL has an empty password"):
        migrate(careless, server.roles)
