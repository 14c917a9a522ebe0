"""Rows to push, and queries, for tests of registers."""

from collections.abc import Sequence
from typing import Any

import psycopg
from httpx import Response

from shared.values import media_types
from tests.fixtures_campaign_api import CampaignApi
from tests.push_paths import path_for

KANGMEI, RENHE = "500112022", "500112009"
Row = dict[str, Any]


def place(key: str, area: str = KANGMEI, **more: Any) -> Row:
    """A key place."""
    return {"month": "2022-08", "id": key, "name": f"场所{key}", "category": "hospital", "area": area, **more}


def test_of(key: str, *, reached: bool, **more: Any) -> Row:
    """A test of a key place."""
    return {"month": "2022-08", "place": key, "reached": reached, "tested_at": "2022-08-15T10:30:00+08:00", **more}


test_of.__test__ = False  # type: ignore[attr-defined]


def building(key: str, households: int, area: str = KANGMEI, **more: Any) -> Row:
    """A building with its households."""
    return {"month": "2022-08", "building": key, "compound": "康美佳苑", "area": area, "households": households, **more}


def covered(key: str, homes: int, **more: Any) -> Row:
    """A building's coverage."""
    return {"month": "2022-08", "building": key, "covered": homes, **more}


def station(key: str, built_by: str, area: str = KANGMEI, **more: Any) -> Row:
    """A base station."""
    made = {"month": "2022-08", "station": key, "site": f"S-{key}", "area": area, "built_by": built_by}
    return {**made, "band": "n78", "in_service_since": "2022-06-30", **more}


async def push(practice: CampaignApi, org: str, register: str, rows: Sequence[Row] = (), /, **question: Any) -> Response:
    """Push rows as JSON."""
    return await practice.api.post(
        f"/v1/registers/{register}/rows", json={"rows": list(rows)}, params=question, headers=practice.headers(org)
    )


async def pushed(practice: CampaignApi, org: str, register: str, rows: Sequence[Row] = (), /, **question: Any) -> dict[str, int]:
    """Push rows that are accepted; the counts."""
    answer = await push(practice, org, register, rows, **question)
    assert answer.status_code in (200, 201), answer.text
    counts: dict[str, int] = answer.json()["report"]["counts"]
    return {name: count for name, count in counts.items() if count}


async def sent(practice: CampaignApi, org: str, register: str, body: bytes, media: str, /, **question: Any) -> Response:
    """Push a body of any format."""
    headers = practice.headers(org) | {"Content-Type": media_types.BY_SUFFIX[media]}
    path = path_for(f"/v1/registers/{register}/rows", headers["Content-Type"])
    return await practice.api.post(path, content=body, params=question, headers=headers)


def refusals(answer: Response) -> list[tuple[int | None, str | None, str]]:
    """Row, column and code of each error of a refused push."""
    assert answer.status_code == 422, answer.text
    return [(error["row"], error["column"], error["code"]) for error in answer.json()["report"]["errors"]]


def derived(practice: CampaignApi, month: str = "2022-08") -> dict[tuple[str, str, str], int]:
    """The counts that registers gave: organisation, metric and area."""
    with psycopg.connect(practice.owner) as owner:
        owner.execute("SELECT gigacity_begin(%s, '*', 'campaign')", [practice.campaign])
        rows = owner.execute(
            "SELECT o.org, m.code, a.code, o.value FROM observation o"
            " JOIN code_number m ON m.campaign = o.campaign AND m.kind = 'metric' AND m.number = o.metric"
            " JOIN code_number a ON a.campaign = o.campaign AND a.kind = 'area' AND a.number = o.area"
            " WHERE o.month = %s",
            [f"{month}-01"],
        ).fetchall()
    return {(org, metric, area): value for org, metric, area, value in rows}
