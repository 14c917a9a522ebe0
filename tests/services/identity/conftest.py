"""The identity service on a database of the test's own, with a client for every organisation."""

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from services.identity.app import create
from services.identity.clients import IssuedClient
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import Settings
from tests.fixtures_campaign import LIANGJIANG, Campaigns
from tests.fixtures_postgres import OpenDatabase

ClientOf = Callable[[str], IssuedClient]


@pytest_asyncio.fixture
async def identity_database(open_database: OpenDatabase) -> Database:
    """The database as the identity service sees it."""
    return await open_database("identity")


@pytest.fixture
def identity_app(settings: Settings, identity_database: Database, clock: Clock) -> FastAPI:
    """The identity service."""
    return create(settings, identity_database, clock)


@pytest_asyncio.fixture
async def identity(identity_app: FastAPI) -> AsyncIterator[AsyncClient]:
    """An HTTP client of the identity service."""
    async with AsyncClient(transport=ASGITransport(identity_app), base_url="http://identity") as client:
        yield client


@pytest.fixture
def client_of(campaigns: Campaigns) -> ClientOf:
    """The first client of an organisation of Liangjiang, with its secret."""

    def find(org: str) -> IssuedClient:
        return next(client for key, client in campaigns.clients.items() if key[:2] == (LIANGJIANG, org))

    return find
