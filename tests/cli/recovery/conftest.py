"""A home with everything in it, to be copied; and the places where a test cannot be run."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from cli.campaign import apply_definition
from cli.migrate import migrate
from cli.postgres.database_urls import DatabaseUrls, open_database
from services.identity import clients
from services.identity.client_secrets import SecretHashes
from shared.campaign.load import load
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import Settings
from tests.cli.recovery.product import Product, copy_of, running_product
from tests.fixtures_settings import NOW

CAMPAIGN = Path(__file__).parents[3] / "campaigns" / "liangjiang-2022.toml"
ORGS = ("telecom", "unicom")


class Made(NamedTuple):
    """A home whose server does not run, with a campaign and its clients."""

    home: Path
    clients: dict[str, tuple[str, str]]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Build it once: that takes seconds."""
    settings = Settings(mode="test", home=tmp_path_factory.mktemp("recovery") / "home", key_encryption_key_file=None)
    with open_database(settings, exclusive=True, create=True) as urls:
        migrate(urls, settings.service_roles())
        return Made(settings.home, asyncio.run(_fill(urls)))


async def _fill(urls: DatabaseUrls) -> dict[str, tuple[str, str]]:
    definition = load(CAMPAIGN)
    await apply_definition(urls.owner, definition, Clock(NOW))
    async with Database(urls.services["identity"], application_name="test", pool_size=1) as identity:
        created = {}
        for org in ORGS:
            client = await clients.create_client(
                identity, SecretHashes(), definition=definition, org=org, role=None, now=Clock.real_now()
            )
            created[org] = (client.client_id, client.secret)
    return created


@pytest.fixture
def made_home(made: Made) -> Path:
    """The home itself, only to be copied."""
    return made.home


@pytest.fixture
def home(made: Made, tmp_path: Path) -> Path:
    """The test's own copy of the home."""
    return copy_of(made.home, tmp_path / "home")


@pytest.fixture(scope="module")
def product(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product on the embedded server, for the tests of one file."""
    folder = tmp_path_factory.mktemp("product")
    with running_product(copy_of(made.home, folder / "home"), folder, made.clients) as product:
        yield product
