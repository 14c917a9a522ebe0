"""Helpers that issue reports."""

from typing import Any

from httpx import Response

from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi

WRITTEN: dict[str, Any] = {"problems": "端口占比差16个端口", "next_steps": "督促更换设备"}


async def issue(
    practice: CampaignApi, month: str = "2022-08", role: Role = Role.TASK_FORCE, key: str | None = None, **more: Any
) -> Response:
    """Issue the report of a month as the task force."""
    headers = practice.headers("industry", role) | ({"Idempotency-Key": key} if key else {})
    return await practice.api.post("/v1/reports", json={"month": month, **WRITTEN, **more}, headers=headers)
