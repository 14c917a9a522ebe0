"""The trap of what was published: a count that is conceded to be wrong leaves today's figures and stays in those of its day."""

from shared.vocabulary import Role
from tests.fixtures_campaign_api import CreateCampaign, rows

HOME = "liangjiang"


async def test_trap_27_a_questioned_count_that_is_taken_back_stays_in_what_was_published(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"])
    await town.push_ok("telecom", [("fbb_subs_500m", HOME, 900), ("fbb_subs_total", HOME, 1_000)])
    await town.make_moves("telecom", "submit")
    written = {"month": "2022-08", "problems": "无", "next_steps": "继续推进"}
    issued = await town.api.post("/v1/reports", json=written, headers=town.headers("industry", Role.TASK_FORCE))
    assert issued.status_code == 201, issued.text
    version, number = issued.json()["data_version"], issued.json()["number"]
    published = await town.get(f"/v1/reports/{number}/report.json")
    asked = {"from": "2022-08", "to": "2022-08"}
    series = await town.get("/v1/indicators/fbb_500m_share/series", as_of=version, **asked)

    questioned = [{"metric": "fbb_subs_500m", "area": HOME}]
    returned = await town.move("telecom", "return", by="industry", role=Role.BUREAU, reason="500M用户数存疑", cells=questioned)
    assert returned.status_code == 200, returned.text
    how = {"mode": "replace", "month": "2022-08", "reason": "误报"}
    left = rows([("fbb_subs_total", HOME, 1_000)])
    conceded = await town.api.post("/v1/observations", json=left, params=how, headers=town.headers("telecom"))
    now, then = await town.line("fbb_500m_share"), await town.line("fbb_500m_share", as_of=version)
    own = {row["metric"] for row in (await town.get_ok("/v1/observations"))["items"]}

    assert conceded.json()["report"]["counts"]["retracted"] == 1
    assert (own, now["status"], now["numerator"]) == ({"fbb_subs_total"}, "incomplete", None)
    assert (then["numerator"], then["display"], then["status"]) == (900, "90.0", "met")
    assert (await town.get(f"/v1/reports/{number}/report.json")).content == published.content
    assert (await town.get("/v1/indicators/fbb_500m_share/series", as_of=version, **asked)).content == series.content
    assert [gap["kind"] for gap in (await town.get_ok("/v1/indicators/fbb_500m_share/series", **asked))["gaps"]] == ["incomplete"]
