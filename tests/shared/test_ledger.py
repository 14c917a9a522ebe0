"""The campaign's head row orders all writers."""

import asyncio

import psycopg

from cli.databases import Addresses
from tests.fixtures_practice import Practice

HELD_S = 1.2  # longer than other locks are waited for


async def test_a_writer_waits_for_its_turn_behind_a_long_push(liangjiang: Practice, addresses: Addresses) -> None:
    async with await psycopg.AsyncConnection.connect(addresses.owner) as long:
        await long.execute("SELECT gigacity_begin(%s, '*', 'campaign')", [liangjiang.campaign])
        await long.execute("SELECT FROM campaign WHERE campaign = %s FOR UPDATE", [liangjiang.campaign])
        waiting = asyncio.create_task(liangjiang.push("telecom", [("fbb_subs_total", "liangjiang", 1)]))
        await asyncio.sleep(HELD_S)
        waited = not waiting.done()

    assert waited
    assert (await waiting).status_code == 201
