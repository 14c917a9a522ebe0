"""Challenges over HTTP, in a line each."""

from datetime import datetime
from typing import Any, Final, NamedTuple

from httpx import Response

from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi, rows

WHOLE: Final = "liangjiang"
COUNT: Final = "fbb_subs_total"
OTHER: Final = "fbb_subs_500m"
CLOSED: Final = {COUNT: 80, OTHER: 20, "fbb_subs_1000m": 10, "mobile_subs_total": 70}


class Caller(NamedTuple):
    """An organisation in a role."""

    org: str
    role: Role | None = None


TELECOM, MOBILE, ECONOMY, OFFICE = Caller("telecom"), Caller("mobile"), Caller("economy"), Caller("kangmei")
TASK_FORCE, REGULATOR = Caller("industry", Role.TASK_FORCE), Caller("regulator")


def on_day(liangjiang: CampaignApi, day: str, time: str = "10:00") -> None:
    """Set the business clock."""
    liangjiang.clock.fixed = datetime.fromisoformat(f"{day}T{time}+08:00")


async def accepted_month(liangjiang: CampaignApi, *orgs: str) -> None:
    """Accept a month with some counts of an organisation."""
    for org in orgs:
        await liangjiang.push_ok(org, [(metric, WHOLE, value) for metric, value in CLOSED.items()])
        await liangjiang.make_moves(org, "submit", "accept")


async def open_challenge(liangjiang: CampaignApi, by: Caller = ECONOMY, **changed: Any) -> Response:
    """Open a challenge of a count at the latest version."""
    version = (await liangjiang.get_ok("/v1/version"))["data_version"]
    body = {
        "org": "telecom",
        "metric": COUNT,
        "area": WHOLE,
        "month": "2022-08",
        "value": CLOSED[COUNT],
        "data_version": version,
        "reason": "高于通信管理局掌握的数据",
    } | changed
    return await liangjiang.api.post("/v1/challenges", json=body, headers=liangjiang.headers(*by))


async def opened(liangjiang: CampaignApi, by: Caller = ECONOMY, **changed: Any) -> str:
    """Open a challenge and return its path."""
    answer = await open_challenge(liangjiang, by, **changed)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


async def read(liangjiang: CampaignApi, path: str, by: Caller = ECONOMY) -> dict[str, Any]:
    """Return a challenge as a caller sees it."""
    answer = await liangjiang.api.get(path, headers=liangjiang.headers(*by))
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def move(liangjiang: CampaignApi, path: str, by: Caller, name: str, tag: str | None = None, **more: Any) -> Response:
    """Make a move, with the fields that it requires."""
    needed = {"rebut": {"reason": "新开通三个小区", "evidence": "装机工单"}, "uphold": {"reason": "无依据"}}
    fields = needed.get(name, needed["uphold"] if name == "dismiss" else {}) | more
    tag = tag or (await liangjiang.api.get(path, headers=liangjiang.headers(*ECONOMY))).headers["etag"]
    headers = liangjiang.headers(*by) | {"If-Match": tag}
    return await liangjiang.api.post(f"{path}/moves", json={"move": name, **fields}, headers=headers)


async def moved(liangjiang: CampaignApi, path: str, by: Caller, name: str, **more: Any) -> dict[str, Any]:
    """Make a move and return the challenge."""
    answer = await move(liangjiang, path, by, name, **more)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def correct(
    liangjiang: CampaignApi,
    path: str,
    value: int = 75,
    by: Caller = TELECOM,
    counts: dict[str, int] | None = None,
    key: str | None = None,
    **parameters: Any,
) -> Response:
    """Push a count that names a challenge."""
    body = rows([(metric, WHOLE, number) for metric, number in (counts or {COUNT: value}).items()])
    question = {"challenge": path.rpartition("/")[2], "reason": "重复统计了一个分局", "month": "2022-08"} | parameters
    headers = liangjiang.headers(*by) | ({"Idempotency-Key": key} if key else {})
    given = {name: text for name, text in question.items() if text is not None}
    return await liangjiang.api.post("/v1/observations", json=body, params=given, headers=headers)
