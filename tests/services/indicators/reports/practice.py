"""Issuing reports, as tests tell it."""

from typing import Any

from httpx import Response

from shared.vocabulary import Role
from tests.fixtures_practice import Practice

WRITTEN: dict[str, Any] = {"problems": "端口占比差16个端口", "next_steps": "督促更换设备"}


async def issue(
    practice: Practice, month: str = "2022-08", role: Role = Role.TASK_FORCE, key: str | None = None, **more: Any
) -> Response:
    """Issue a month, as the task force."""
    headers = practice.headers("industry", role) | ({"Idempotency-Key": key} if key else {})
    return await practice.api.post("/v1/reports", json={"month": month, **WRITTEN, **more}, headers=headers)
