"""The versions that programs poll."""

from importlib.metadata import version

from shared.app import VERSION
from tests.fixtures_campaign_api import CampaignApi

TOTAL = ("olt_pon_ports_10g", "500112022", 80)


async def test_the_version_is_304_until_something_changes(liangjiang: CampaignApi) -> None:
    first = await liangjiang.get("/v1/version", "telecom")
    headers = liangjiang.headers("telecom") | {"If-None-Match": first.headers["ETag"]}
    unchanged = await liangjiang.api.get("/v1/version", headers=headers)
    pushed = await liangjiang.push_ok("telecom", [TOTAL])
    changed = await liangjiang.api.get("/v1/version", headers=headers)

    assert (first.status_code, unchanged.status_code, unchanged.content) == (200, 304, b"")
    assert first.json() | {"data_version": 0} == {
        "campaign": "liangjiang-2022",
        "data_version": 0,
        "definition_version": first.json()["definition_version"],
        "release": version("gigacity"),
        "api": VERSION,
    }
    assert first.json()["data_version"] == first.json()["definition_version"] == 1
    assert (changed.status_code, changed.json()["data_version"]) == (200, pushed["data_version"])


async def test_every_role_may_poll_and_without_a_token_nobody(liangjiang: CampaignApi) -> None:
    answers = [
        await liangjiang.get("/v1/version", org) for org in ("telecom", "kangmei", "economy", "leading_group", "regulator")
    ]
    nobody = await liangjiang.api.get("/v1/version")

    assert {answer.status_code for answer in answers} == {200}
    assert nobody.status_code == 401
