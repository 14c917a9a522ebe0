"""The registry's service for its tests."""

import pytest_asyncio

from shared.clock import Clock
from tests.fixtures_api import Bearer, Serve
from tests.services.cases.items_api import ItemsApi


@pytest_asyncio.fixture
async def items(serve: Serve, bearer: Bearer, clock: Clock) -> ItemsApi:
    """The cases service and everybody's tokens."""
    return ItemsApi(await serve("cases"), bearer, clock)
