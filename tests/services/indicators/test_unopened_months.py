"""Months that have not begun, or are before the campaign's first, have no figures: `month_not_open`."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi, CreateCampaign

TOTAL, FAST = "fbb_subs_total", "fbb_subs_500m"
AREA = "liangjiang"
READS = (
    "/v1/summary",
    "/v1/targets",
    "/v1/rankings",
    "/v1/completeness",
    "/v1/reminders",
    "/v1/indicators/fbb_500m_share/explanation",
)


def _from_june(body: dict[str, Any]) -> None:
    body["calendar"]["first_month"] = "2022-06"


async def _campaign(create_campaign: CreateCampaign) -> CampaignApi:
    """Create a campaign that begins in June 2022; it is 6 September."""
    town = await create_campaign("fbb_500m_share", carriers=["telecom"], edit=_from_june)
    for month in ("2022-06", "2022-07"):
        await town.push_ok("telecom", [(TOTAL, AREA, 100), (FAST, AREA, 25)], month)
    return town


@pytest.mark.parametrize("path", READS)
async def test_a_month_is_read_from_the_campaigns_first_to_the_current_one(path: str, create_campaign: CreateCampaign) -> None:
    town = await _campaign(create_campaign)

    answers = {month: await town.get(path, month=month) for month in ("2022-05", "2022-06", "2022-09", "2022-10", "2099-12")}

    assert {month: answer.status_code for month, answer in answers.items()} == {
        "2022-05": 422,
        "2022-06": 200,
        "2022-09": 200,
        "2022-10": 422,
        "2099-12": 422,
    }
    problem = answers["2099-12"].json()
    assert (problem["code"], "2022-06" in problem["detail"], "2022-09" in problem["detail"]) == ("month_not_open", True, True)
    assert "fbb_subs" not in answers["2099-12"].text  # nobody is missing where nothing is expected


async def test_ranges_reports_and_scenarios_are_refused_and_a_series_ends(create_campaign: CreateCampaign) -> None:
    town = await _campaign(create_campaign)
    force = town.headers("industry", Role.TASK_FORCE)
    series = "/v1/indicators/fbb_500m_share/series"

    ranges = [
        await town.get("/v1/summary", **{"from": first, "to": last})
        for first, last in (("2022-06", "2022-09"), ("2022-06", "2022-10"))
    ]
    what_if = {
        month: await town.api.post(
            "/v1/what-if",
            json={"month": month, "counts": [{"metric": FAST, "area": AREA, "value": 1, "org": "telecom"}]},
            headers=town.headers("economy"),
        )
        for month in ("2022-05", "2022-09", "2022-10")
    }
    reports = {
        (path, month): await town.api.post(path, json={"month": month, "problems": "无", "next_steps": "无"}, headers=force)
        for path in ("/v1/reports", "/v1/reports/previews")
        for month in ("2022-05", "2022-09", "2022-10")
    }
    quarters = await town.get_ok(series, **{"from": "2022-04", "to": "2023-12", "step": "quarter"})
    whole = await town.get_ok(series, **{"from": "2022-01", "to": "2024-12"})
    beyond = await town.get(series, **{"from": "2022-10", "to": "2022-12"})

    assert [answer.status_code for answer in ranges] == [200, 422]
    assert {month: answer.status_code for month, answer in what_if.items()} == {"2022-05": 422, "2022-09": 200, "2022-10": 422}
    assert {key: (answer.status_code, answer.json()["code"]) for key, answer in reports.items()} == {
        (path, month): (status, code)
        for path in ("/v1/reports", "/v1/reports/previews")
        for month, status, code in (
            ("2022-05", 422, "month_not_open"),
            ("2022-09", 409, "month_not_ended"),
            ("2022-10", 422, "month_not_open"),
        )
    }
    assert [point["month"] for point in whole["points"]] == ["2022-06", "2022-07", "2022-08", "2022-09"]
    assert [gap["period"] for gap in whole["gaps"]] == ["2022-08", "2022-09"]
    assert [point["period"] for point in quarters["points"]] == ["2022-Q3"]  # April is before the first month
    assert (beyond.status_code, beyond.json()["code"]) == (422, "month_not_open")


async def test_before_its_first_month_a_campaign_accepts_references_and_expects_nothing(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("bs_5g_per_10k", carriers=["telecom"], edit=_from_june)
    early = await town.push("economy", [("population_resident", "500112022", 60_456)], "2020-12")

    template = await town.get("/v1/templates/observations.csv", "economy", month="2022-05")
    june = await town.get_ok("/v1/completeness", "economy", month="2022-06", group_by="cell")
    may = await town.get("/v1/completeness", "economy", month="2022-05", group_by="cell")

    assert (early.status_code, template.status_code) == (201, 200)
    assert [cell["reported_month"] for cell in june["items"] if cell["metric"] == "population_resident"] == ["2020-12"]
    assert may.json()["code"] == "month_not_open"


async def test_an_earlier_version_knows_the_months_that_began_while_it_was_the_latest(create_campaign: CreateCampaign) -> None:
    town = await _campaign(create_campaign)
    version = (await town.get_ok("/v1/summary", month="2022-07"))["data_version"]
    before = (await town.get_ok("/v1/summary", month="2022-09"))["lines"]
    town.clock.fixed = datetime(2022, 10, 1, 2, tzinfo=UTC)  # nothing was pushed since
    october = await town.get_ok("/v1/summary", month="2022-10")
    await town.push_ok("telecom", [(TOTAL, AREA, 7), (FAST, AREA, 1)], "2022-10")
    town.clock.fixed = datetime(2022, 11, 1, 2, tzinfo=UTC)

    assert (await town.get_ok("/v1/summary", month="2022-09", as_of=version))["lines"] == before
    assert (await town.get_ok("/v1/summary", month="2022-10", as_of=version)) == october
    assert (await town.get("/v1/summary", month="2022-11", as_of=version)).json()["code"] == "month_not_open"
    assert (await town.get("/v1/summary", month="2022-11")).status_code == 200
    dated = await town.get("/v1/summary", month="2022-10", as_of="2022-09-30T23:59:59+08:00")
    assert dated.json()["code"] == "month_not_open"


async def test_a_campaign_that_accepts_any_month_is_read_up_to_its_last_count(national: CampaignApi) -> None:
    await national.push_ok("miit", [("population_resident", "CN", 1_411_750_000)], "2022-12")

    statuses = {
        month: (await national.get("/v1/summary", "miit", month=month)).status_code for month in ("2022-09", "2022-12", "2023-01")
    }

    assert statuses == {"2022-09": 200, "2022-12": 200, "2023-01": 422}
