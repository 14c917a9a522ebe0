"""The differences of a report from the previous one: reasons by indicator, and late counts."""

from datetime import datetime
from typing import Any

from shared.campaign.definition import Definition
from tests.fixtures_campaign_api import CampaignApi, CreateCampaign, small_definition
from tests.services.indicators.reports.practice import file_case, issue

KANGMEI, WHOLE = "500112022", "liangjiang"
INDICATORS = ("pon_10g_share", "fbb_500m_share", "application_cases")
USERS = [("fbb_subs_500m", WHOLE, 300), ("fbb_subs_total", WHOLE, 1_000)]


async def _issued(practice: CampaignApi) -> dict[str, Any]:
    """The content of a new report of August."""
    number = (await issue(practice)).json()["number"]
    content: dict[str, Any] = (await practice.get(f"/v1/reports/{number}/report.json")).json()
    return content


def _reasons(content: dict[str, Any]) -> dict[str, list[str]]:
    return {line["indicator"]: [reason["en"] for reason in line["reasons"]] for line in content["differences"]["lines"]}


async def test_each_indicator_has_its_own_reasons_and_late_is_who_came_late_or_not_at_all(
    create_campaign: CreateCampaign, definition: Definition
) -> None:
    town = await create_campaign(*INDICATORS, carriers=["telecom"])
    town.clock.fixed = datetime.fromisoformat("2022-09-12T10:00+08:00")  # the grace is over
    await town.push_ok("telecom", [("olt_pon_ports_10g", KANGMEI, 30), ("olt_pon_ports_total", KANGMEI, 100), *USERS])
    first = await _issued(town)
    telecom = next(each for each in first["reporting"]["organisations"] if each["org"] == "telecom")
    assert telecom["late"] == telecom["expected"] > telecom["missing"] == telecom["expected"] - 4
    assert first["headline"]["provisional"] is True

    await town.push_ok("telecom", [("olt_pon_ports_10g", KANGMEI, 20)])
    body = small_definition(definition, INDICATORS, ["telecom"], [KANGMEI]).body()
    for block in body["indicator"]:
        if block["code"] == "fbb_500m_share":
            block["caliber"] = {"zh": "另一口径", "en": "another caliber"}
    await town.apply(Definition.model_validate(body))
    await file_case(town, "智能工厂", "2022-08-20")
    assert _reasons(await _issued(town)) == {
        "pon_10g_share": ["the target is no longer met", "counts of 2022-08 were reported later or corrected"],
        "fbb_500m_share": ["the counting method of the indicator changed"],
        "application_cases": ["cases were approved or withdrawn"],
    }

    await town.make_moves("telecom", "submit", "accept")
    last = await _issued(town)
    assert _reasons(last) == {each: [] for each in INDICATORS}
    assert last["headline"]["provisional"] is False
