"""The campaign of the walk."""

from collections.abc import AsyncIterator

import psycopg
import pytest_asyncio

from shared.campaign.definition import Definition
from tests.fixtures_campaign_api import CreateCampaign
from tests.services.cases.walk.kinds import WALKED, World, walked_definition


@pytest_asyncio.fixture
async def world(create_campaign: CreateCampaign, definition: Definition) -> AsyncIterator[World]:
    """A campaign with two task forces."""
    walked_campaign = walked_definition(definition)
    campaign = await create_campaign.from_definition(walked_campaign)
    async with await psycopg.AsyncConnection.connect(campaign.owner, autocommit=True) as owner:
        for table in ("item_move", *(walked.table for walked in WALKED)):
            await owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")  # the owner undoes moves
        yield World(campaign, walked_campaign, owner)
