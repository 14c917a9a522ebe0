"""The summary's entity tag changes with what the answer may hold, and with nothing else."""

from typing import Any

from shared.campaign.definition import Definition
from tests.filed_cases import approve_case, file_case, revoke_case
from tests.fixtures_campaign_api import CampaignApi

CELL = ("olt_pon_ports_total", "500112007")


class Watch:
    """Holds the last tag of a question and tells whether it still stands."""

    def __init__(self, practice: CampaignApi) -> None:
        """Nothing is held yet."""
        self._practice = practice
        self._tag = "none"

    async def changed(self) -> bool:
        """Return true if the answer differs from the last one; status and ETag must agree."""
        headers = self._practice.headers("economy") | {"If-None-Match": self._tag}
        answer = await self._practice.api.get("/v1/summary?month=2022-08", headers=headers)
        assert answer.status_code == (304 if answer.headers["ETag"] == self._tag else 200)
        assert bool(answer.content) is (answer.status_code == 200)
        changed, self._tag = answer.status_code == 200, answer.headers["ETag"]
        return changed


async def _case(practice: CampaignApi, path: str, by: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = practice.headers(by)
    if path.endswith("/moves"):
        read = await practice.api.get(path.removesuffix("/moves"), headers=headers)
        headers |= {"If-Match": read.headers["ETag"]}
    answer = await practice.api.post(path, json=body, headers=headers)
    assert answer.status_code in {200, 201}, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def test_a_tag_changes_on_push_move_case_and_definition_and_not_otherwise(
    liangjiang: CampaignApi, national: CampaignApi, definition: Definition
) -> None:
    watch = Watch(liangjiang)

    assert await watch.changed()
    assert not await watch.changed()

    await liangjiang.push_ok("telecom", [(*CELL, 80)])
    assert await watch.changed()
    await liangjiang.push_ok("telecom", [(*CELL, 80)])
    await liangjiang.push("telecom", [(*CELL, 80), ("olt_pon_ports_10g", "nowhere", 1)])
    await national.push_ok("miit", [("bs_5g_built", "CN", 1)])
    assert not await watch.changed()

    await liangjiang.make_moves("telecom", "submit")
    assert await watch.changed()
    await liangjiang.make_moves("telecom", "accept")
    assert await watch.changed()

    case = await file_case(liangjiang)
    assert not await watch.changed()
    await approve_case(liangjiang, case)
    assert await watch.changed()
    await revoke_case(liangjiang, case, "2022-09-06")
    assert await watch.changed()

    await liangjiang.apply(definition)
    assert not await watch.changed()
    await liangjiang.apply(definition.model_copy(update={"targets": definition.targets[1:]}))
    assert await watch.changed()


async def test_an_approved_case_counts_from_the_month_of_its_date(liangjiang: CampaignApi) -> None:
    for title, on in (("甲", "2022-07-31"), ("乙", "2022-08-01"), ("丙", "2022-08-31"), ("丁", "2022-09-01")):
        await file_case(liangjiang, title, on, "mobile")

    counted = {}
    for line in await liangjiang.lines(**{"from": "2022-06", "to": "2022-09"}):
        if line["indicator"] == "application_cases":
            counted[line["month"]] = (line["numerator"], line["display"], line["status"], line["gap"])

    assert counted == {
        "2022-06": (0, "0", "not_met", 5),
        "2022-07": (1, "1", "not_met", 4),
        "2022-08": (3, "3", "not_met", 2),
        "2022-09": (4, "4", "not_met", 1),
    }


async def test_a_tag_belongs_to_its_question_and_reader(liangjiang: CampaignApi) -> None:
    async def tag(org: str, **question: str) -> str:
        answer = await liangjiang.get("/v1/summary", org, **question)
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "Authorization" in answer.headers["Vary"]
        return answer.headers["ETag"]

    tags = [
        await tag("economy", month="2022-08"),
        await tag("economy", month="2022-07"),
        await tag("economy", month="2022-08", group_by="org"),
        await tag("telecom", month="2022-08", group_by="org"),
        await tag("mobile", month="2022-08", group_by="org"),
    ]

    assert len(set(tags)) == len(tags)
    assert not [one for one in tags if one.startswith("W/")]
    assert await tag("economy", month="2022-08", as_of="1") == tags[0]  # the same version, the same bytes
