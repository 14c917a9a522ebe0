"""A database with both campaigns and a client for every organisation, copied for every test that needs one."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio
from sqlalchemy import make_url

from cli.postgres.database_urls import DatabaseUrls
from services.identity import clients
from services.identity.client_secrets import SecretHashes
from services.identity.keys import SigningKeys
from shared.access import tokens
from shared.campaign.apply import apply
from shared.campaign.blocks import Calendar
from shared.campaign.definition import Definition
from shared.campaign.load import load
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import Settings
from shared.vocabulary import Role
from tests.fixtures_postgres import OpenDatabase, Server, database_opener

CAMPAIGNS = Path(__file__).parent.parent / "campaigns"
LIANGJIANG = "liangjiang-2022"
NATIONAL = "national-2022"
APPLIED_AT = datetime.fromisoformat("2022-07-08T09:00+08:00")


@dataclass(frozen=True)
class Campaigns:
    """Contents of the database that tests copy."""

    template: str
    definitions: Mapping[str, Definition]  # by campaign
    clients: Mapping[tuple[str, str, Role], clients.IssuedClient]  # by campaign, organisation and role
    signing_key: tokens.SigningKeyPair


@pytest.fixture(scope="session")
def campaigns(server: Server, migrated: str, session_settings: Settings) -> Iterator[Campaigns]:
    """Both campaigns, applied on 8 July 2022, with a client for each role of each organisation."""
    with server.database(migrated) as urls:
        yield asyncio.run(_furnish(urls, session_settings))


@pytest.fixture
def definition(campaigns: Campaigns) -> Definition:
    """The definition of the Liangjiang campaign."""
    return campaigns.definitions[LIANGJIANG]


@pytest.fixture
def urls(server: Server, campaigns: Campaigns) -> Iterator[DatabaseUrls]:
    """The test's own database with both campaigns and their clients, and no counts."""
    with server.database(campaigns.template) as urls:
        yield urls


@pytest_asyncio.fixture
async def open_database(urls: DatabaseUrls) -> AsyncIterator[OpenDatabase]:
    """A function that opens the database of `urls` as a service."""
    async with database_opener(urls) as open_database:
        yield open_database


def in_any_month(definition: Definition) -> Definition:
    """Remove the campaign's first month: many tests need months without counts."""
    calendar = Calendar.model_validate(definition.calendar.model_dump(exclude={"first_month"}))
    return definition.model_copy(update={"calendar": calendar})


async def _furnish(urls: DatabaseUrls, settings: Settings) -> Campaigns:
    definitions = [in_any_month(load(CAMPAIGNS / f"{code}.toml")) for code in (LIANGJIANG, NATIONAL)]
    async with await psycopg.AsyncConnection.connect(urls.owner, autocommit=True) as owner:
        for definition in definitions:
            await apply(owner, definition, "test", Clock(APPLIED_AT))
    now, hashes, issued = datetime.now(UTC), SecretHashes(), {}
    async with Database(urls.services["identity"], application_name="test-setup") as identity:
        for definition in definitions:
            for organisation in definition.organisations:
                for role in organisation.roles:
                    client = await clients.create_client(
                        identity, hashes, definition=definition, org=organisation.code, role=role, actor="test", now=now
                    )
                    issued[definition.campaign.code, organisation.code, role] = client
        key = await SigningKeys(settings, identity).current(now)
    template = str(make_url(urls.owner).database)
    return Campaigns(template, {definition.campaign.code: definition for definition in definitions}, issued, key)
