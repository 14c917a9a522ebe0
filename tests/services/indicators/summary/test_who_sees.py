"""Visibility of summary lines by role."""

from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi

RENHE = "500112009"


async def test_whoever_oversees_sees_all_and_a_bureau_reads_the_same_as_the_leading_group(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08", "telecom")
    economy = (await liangjiang.get_ok("/v1/summary", month="2022-08", group_by="org"))["lines"]

    for org, role in (("leading_group", None), ("regulator", None), ("industry", Role.TASK_FORCE)):
        headers = liangjiang.headers(org, role)
        answer = await liangjiang.api.get("/v1/summary", params={"month": "2022-08", "group_by": "org"}, headers=headers)
        assert answer.json()["lines"] == economy


async def test_carriers_see_their_own_lines_and_streets_their_own_street(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08")

    for group_by, orgs, areas in (
        ("org", {"telecom"}, {None}),
        ("area,org", {"telecom"}, {*(await _streets(liangjiang)), None}),
        ("area", set(), set()),
        (None, set(), set()),
    ):
        lines = await liangjiang.lines("telecom", **({"group_by": group_by} if group_by else {}))
        assert {line["org"] for line in lines} == orgs
        assert {line["area"] for line in lines} == areas
        every = await liangjiang.lines("economy", **({"group_by": group_by} if group_by else {}))
        assert lines == [line for line in every if line["org"] == "telecom"]
    for group_by in ("area", "org", "area,org"):
        lines = await liangjiang.lines("renhe", group_by=group_by)
        assert {(line["area"], line["org"]) for line in lines} == ({(RENHE, None)} if group_by == "area" else set())
    assert await liangjiang.lines("renhe") == []


async def _streets(practice: CampaignApi) -> list[str]:
    return [line["area"] for line in await practice.lines(group_by="area") if line["area"]]
