"""Helpers that issue reports and create cases."""

from typing import Any

from httpx import Response

from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi

WRITTEN: dict[str, Any] = {"problems": "端口占比差16个端口", "next_steps": "督促更换设备"}


async def file_case(practice: CampaignApi, title: str, on: str | None = None) -> None:
    """Submit a case of telecom, and approve it if a date is given."""
    filed = {"title": title, "domain": "vertical_industry", "applicant": f"{title}公司", "summary": "…"}
    case = await practice.api.post("/v1/cases", json=filed, headers=practice.headers("telecom"))
    path = case.headers["location"]
    approval = [("industry", Role.TASK_FORCE, {"move": "approve", "on": on})] if on else []
    for org, role, step in (("telecom", None, {"move": "submit"}), *approval):
        headers = practice.headers(org, role)
        tag = {"If-Match": (await practice.api.get(path, headers=headers)).headers["etag"]}
        assert (await practice.api.post(f"{path}/moves", json=step, headers=headers | tag)).status_code == 200


async def issue(
    practice: CampaignApi, month: str = "2022-08", role: Role = Role.TASK_FORCE, key: str | None = None, **more: Any
) -> Response:
    """Issue the report of a month as the task force."""
    headers = practice.headers("industry", role) | ({"Idempotency-Key": key} if key else {})
    return await practice.api.post("/v1/reports", json={"month": month, **WRITTEN, **more}, headers=headers)
