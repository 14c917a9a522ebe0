"""Two rivals."""

import pytest_asyncio

from tests.fixtures_campaign_api import CampaignApi

AREA = "500112007"


@pytest_asyncio.fixture
async def rivals(liangjiang: CampaignApi) -> CampaignApi:
    """Telecom and mobile with counts, a history, a refused push, a key, a signed month and a request for reopening it each."""
    for org, value in (("telecom", 80), ("mobile", 70)):
        await liangjiang.push(org, [("olt_pon_ports_total", AREA, value)], key="k-1")
        await liangjiang.push_ok(org, [("olt_pon_ports_total", AREA, value + 1)])
        refused = await liangjiang.push(org, [("olt_pon_ports_total", "nowhere", value)])
        assert refused.status_code == 422
        await liangjiang.make_moves(org, "submit")
        assert (await liangjiang.request_reopening(org)).status_code == 201
    return liangjiang
