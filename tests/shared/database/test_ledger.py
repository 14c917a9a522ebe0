"""The campaign's head row orders all writers."""

import asyncio

import psycopg
import pytest

from cli.postgres.database_urls import DatabaseUrls
from tests.fixtures_campaign_api import CampaignApi


@pytest.mark.parametrize(("held_s", "status"), [(0.4, 201), (1.6, 503)])
async def test_a_writer_waits_a_second_for_its_turn_and_is_then_told_to_come_back(
    liangjiang: CampaignApi, urls: DatabaseUrls, held_s: float, status: int
) -> None:
    async with await psycopg.AsyncConnection.connect(urls.owner) as long:
        await long.execute("SELECT gigacity_begin(%s, '*', 'campaign')", [liangjiang.campaign])
        await long.execute("SELECT FROM campaign WHERE campaign = %s FOR UPDATE", [liangjiang.campaign])
        waiting = asyncio.create_task(liangjiang.push("telecom", [("fbb_subs_total", "liangjiang", 1)]))
        await asyncio.sleep(held_s)
        assert waiting.done() is (status == 503)

    answer = await waiting
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, "1" if status == 503 else None)
    assert (await liangjiang.get_ok("/v1/observations"))["total"] == (1 if status == 201 else 0)
