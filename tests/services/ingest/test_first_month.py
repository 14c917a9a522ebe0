"""Months before the first one of a campaign take references and nothing else."""

from shared.campaign.definition import Definition
from tests.fixtures_campaign_api import CreateCampaign
from tests.services.ingest.registers.lists import KANGMEI, place, push

PORTS = "olt_pon_ports_total"


async def test_a_month_before_the_first_takes_references_only_and_owes_nothing_else(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("pon_10g_share", "bs_5g_per_10k", carriers=["telecom"])
    newest = (await town.get_ok("/v1/definitions", limit=1))["items"][0]["version"]
    body = (await town.get_ok(f"/v1/definitions/{newest}"))["definition"]
    await town.push_ok("telecom", [(PORTS, KANGMEI, 9)], "2022-04")
    body["calendar"]["first_month"] = "2022-05"
    await town.apply(Definition.model_validate(body))

    typed = await town.push("telecom", [(PORTS, KANGMEI, 10)], "2014-08")
    listed = await push(town, "economy", "key_places", [place("A", month="2014-08")])
    await town.push_ok("telecom", [(PORTS, KANGMEI, 10)], "2022-05")
    await town.push_ok("economy", [("population_resident", KANGMEI, 60_456)], "2020-12")
    foreign = await town.push("telecom", [("population_resident", KANGMEI, 1)], "2020-12")
    before = await town.get("/v1/completeness", "telecom", group_by="cell", month="2022-04")
    owed = (await town.get_ok("/v1/completeness", "telecom", group_by="cell", month="2022-05"))["items"]
    template = await town.get("/v1/templates/observations.csv", "telecom", month="2022-04")

    for refused in (typed, listed):
        (error,) = refused.json()["report"]["errors"]
        assert (refused.status_code, error["column"], error["code"], error["value"]) == (
            422,
            "month",
            "month_not_open",
            "2014-08",
        )
        assert error["hint"] == {
            "zh": "最早可填报 2022-05 的数据（基准数除外）",
            "en": "send months from 2022-05 on, except for reference counts",
        }
    (error,) = foreign.json()["report"]["errors"]
    assert error["code"] == "not_entitled"
    assert (before.status_code, before.json()["code"], PORTS in {cell["metric"] for cell in owed}) == (
        422,
        "month_not_open",
        True,
    )
    assert (template.status_code, PORTS in template.text) == (200, False)
    standing = (await town.get_ok("/v1/observations", "telecom", month="2022-04"))["items"]
    assert [(one["metric"], one["value"]) for one in standing] == [(PORTS, 9)]  # what was counted before stays
    assert (await town.get_ok("/v1/catalogue"))["calendar"]["first_month"] == "2022-05"
