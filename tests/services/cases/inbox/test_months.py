"""The months that the inbox asks organisations to submit."""

from typing import Any

import pytest

from tests.fixtures_campaign_api import CampaignApi, CreateCampaign


async def months_to_submit(campaign: CampaignApi, who: str) -> list[str]:
    """Return the months in an inbox that wait to be submitted, in their order."""
    answer = await campaign.get_ok("/v1/inbox", who, kind="month", limit=500)
    return [entry["title"] for entry in answer["items"] if entry["action"] == "submit"]


@pytest.mark.parametrize(
    ("first_month", "first", "count"),
    [("2022-05", "2022-05", 4), ("2021-01", "2021-01", 20), ("2022-09", None, 0), (None, "2022-08", 1)],
)
async def test_a_campaign_expects_the_months_since_its_first(
    create_campaign: CreateCampaign, first_month: str | None, first: str | None, count: int
) -> None:
    def edit(body: dict[str, Any]) -> None:
        body["calendar"]["first_month"] = first_month

    campaign = await create_campaign("fbb_500m_share", edit=edit)

    months = await months_to_submit(campaign, "telecom")
    assert (len(months), *months[:1], *months[-1:]) == ((count, first, "2022-08") if first else (0,))


async def test_months_before_a_campaign_that_takes_any_month_wait_for_nobody(liangjiang: CampaignApi) -> None:
    """It began on 8 July 2022, when June had just ended."""
    for who in ("telecom", "economy"):
        assert await months_to_submit(liangjiang, who) == ["2022-06", "2022-07", "2022-08"], who
