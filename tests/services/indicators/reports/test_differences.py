"""The differences of a report from the previous one: reasons by indicator, and late counts."""

from datetime import datetime
from typing import Any

from shared.campaign.definition import Definition
from tests.filed_cases import file_case
from tests.fixtures_campaign_api import CampaignApi, CreateCampaign, small_definition
from tests.services.indicators.reports.practice import issue

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
        "application_cases": ["cases were approved, or their approval ended"],
    }

    await town.make_moves("telecom", "submit", "accept")
    last = await _issued(town)
    assert _reasons(last) == {each: [] for each in INDICATORS}
    assert last["headline"]["provisional"] is False


async def _content(town: CampaignApi, month: str) -> dict[str, Any]:
    """The content of a new report of a month."""
    number = (await issue(town, month)).json()["number"]
    content: dict[str, Any] = (await town.get(f"/v1/reports/{number}/report.json")).json()
    return content


async def _users(town: CampaignApi, fast: int, month: str) -> None:
    await town.push_ok("telecom", [("fbb_subs_500m", WHOLE, fast), ("fbb_subs_total", WHOLE, 1_000)], month, reason="更正")


async def test_a_report_is_compared_with_the_one_it_replaces_or_the_last_of_an_earlier_month(
    create_campaign: CreateCampaign,
) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"])
    for month, fast in (("2022-06", 200), ("2022-07", 210), ("2022-08", 260)):
        await _users(town, fast, month)

    august = await _content(town, "2022-08")
    july = await _content(town, "2022-07")  # issued after August
    assert august["differences"] is None
    assert july["differences"] is None
    june = await _content(town, "2022-06")
    assert june["differences"] is None
    again = await _content(town, "2022-07")
    assert (again["differences"]["number"], again["differences"]["month"]) == (july["number"], "2022-07")
    last = await _content(town, "2022-08")
    assert (last["differences"]["number"], last["supersedes"]) == (august["number"], august["number"])
    assert await _compared_with(town, "2022-08") == last["number"]
    town.clock.fixed = datetime.fromisoformat("2022-10-12T10:00+08:00")
    assert (await _content(town, "2022-09"))["differences"]["number"] == last["number"] + 1


async def _compared_with(town: CampaignApi, month: str) -> int:
    return int((await _content(town, month))["differences"]["number"])


async def test_every_count_behind_a_printed_figure_that_changed_is_listed_with_both_values(
    create_campaign: CreateCampaign,
) -> None:
    town = await create_campaign("fbb_500m_share", "bs_5g_per_10k", "application_cases", carriers=["telecom"])
    stations = [("bs_5g_built", KANGMEI, 70)]
    for month, fast in (("2022-06", 200), ("2022-07", 210)):
        await _users(town, fast, month)
        await town.push_ok("telecom", stations, month)
    await town.push_ok("economy", [("population_resident", KANGMEI, 60_000)], "2022-01")
    await town.push_ok("economy", [("population_resident", KANGMEI, 50_000)], "2020-12")
    await file_case(town, "甲", "2022-06-20")
    await issue(town, "2022-07")
    await _users(town, 190, "2022-06")  # shown in the series and the pace
    await town.push_ok("telecom", [("bs_5g_built", KANGMEI, 71)], "2022-07", reason="更正")
    await town.push_ok("economy", [("population_resident", KANGMEI, 61_000)], "2022-01", reason="更正")
    await town.push_ok("economy", [("population_resident", KANGMEI, 51_000)], "2020-12", reason="更正")  # behind no figure
    await town.push_ok("telecom", [("gateways_upgraded", WHOLE, 9)], "2022-07")
    await file_case(town, "乙", "2022-06-21")
    await _users(town, 260, "2022-08")
    await town.push_ok("telecom", stations, "2022-08")

    differences = (await _content(town, "2022-08"))["differences"]

    found = [
        tuple(each[name] for name in ("org", "metric", "area", "month", "kind", "before", "after"))
        for each in differences["revisions"]
    ]
    assert found == [
        ("economy", "population_resident", KANGMEI, "2022-01", "corrected", 60_000, 61_000),
        ("telecom", "fbb_subs_500m", WHOLE, "2022-06", "corrected", 200, 190),
        ("telecom", "bs_5g_built", KANGMEI, "2022-07", "corrected", 70, 71),
        ("telecom", "gateways_upgraded", WHOLE, "2022-07", "added", None, 9),
        ("telecom", None, None, "2022-06", "added", 1, 2),
        ("telecom", None, None, "2022-07", "added", 1, 2),
    ]
    restated = {(each["indicator"], each["month"]): (each["before"], each["after"]) for each in differences["restated"]}
    assert restated["fbb_500m_share", "2022-06"] == ("20.0", "19.0")
    assert restated["application_cases", "2022-07"] == ("1", "2")
    assert ("fbb_500m_share", "2022-07") not in restated
    reasons = {line["indicator"]: [reason["zh"] for reason in line["reasons"]] for line in differences["lines"]}
    assert "2022年6月数据有补报或更正" in reasons["fbb_500m_share"]
    assert "2022年1月、2022年7月数据有补报或更正" in reasons["bs_5g_per_10k"]
