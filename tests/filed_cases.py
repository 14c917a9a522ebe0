"""Application cases for tests: filed, moved and approved in a line each."""

from typing import Any

from httpx import Response

from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi

WHOLE_CASE: dict[str, Any] = {
    "title": "5G＋智能工厂",
    "domain": "vertical_industry",
    "industry": "C",
    "applicant": "某汽车制造企业",
    "credit_code": "91500000MA5U00007J",
    "partners": ["某工业软件企业"],
    "area": "500112007",
    "technologies": ["mobile_5g", "mec"],
    "network_mode": "shared",
    "summary": "机器视觉质检\n时延低于 20 毫秒",
    "results": [{"name": "质检时延", "value": 20, "unit": "毫秒"}, {"name": "误检率", "value": 0.3, "unit": "%"}],
    "started_on": "2022-03-01",
    "investment_cny": 3_200_000,
    "links": ["https://example.com/5g-factory"],
}
"""A case with all of its fields, in Liangjiang."""


async def file_case(
    campaign: CampaignApi,
    title: str = "智能工厂",
    on: str | None = None,
    org: str = "telecom",
    reviewer: str = "industry",
    **fields: Any,
) -> str:
    """Submit a case, approve it if a date is given, and return its path."""
    body = {**WHOLE_CASE, "area": None, "title": title, **fields}  # made-up campaigns have other areas
    filed = await campaign.api.post("/v1/cases", json=body, headers=campaign.headers(org))
    assert filed.status_code == 201, filed.text
    path = str(filed.headers["location"])
    await move_case(campaign, path, org, move="submit")
    if on:
        await approve_case(campaign, path, on, reviewer)
    return path


async def approve_case(campaign: CampaignApi, path: str, on: str = "2022-08-20", reviewer: str = "industry") -> None:
    """Approve a submitted case as the task force."""
    await move_case(campaign, path, reviewer, Role.TASK_FORCE, move="take_up")
    await move_case(campaign, path, reviewer, Role.TASK_FORCE, move="approve", on=on)


async def revoke_case(campaign: CampaignApi, path: str, on: str, reviewer: str = "industry") -> dict[str, Any]:
    """Revoke an approval as the task force and return the case."""
    return await move_case(campaign, path, reviewer, Role.TASK_FORCE, move="revoke", reason="材料失实", on=on)


async def move_case(campaign: CampaignApi, path: str, org: str, role: Role | None = None, **move: Any) -> dict[str, Any]:
    """Make a move of a case, which must succeed, and return the case."""
    moved = await try_move(campaign, path, org, role, **move)
    assert moved.status_code == 200, moved.text
    case: dict[str, Any] = moved.json()
    return case


async def try_move(campaign: CampaignApi, path: str, org: str, role: Role | None = None, **move: Any) -> Response:
    """Try a move of a case."""
    headers = campaign.headers(org, role)
    tag = {"If-Match": (await campaign.api.get(path, headers=headers)).headers["etag"]}
    return await campaign.api.post(f"{path}/moves", json=move, headers=headers | tag)
