"""Sums over quarters and years: compared only with targets that name the period; missing counts name their months."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from tests.fixtures_campaign_api import CampaignApi, CreateCampaign
from tests.services.cases.challenges.challenging import open_challenge

TOTAL, FAST, AREA = "fbb_subs_total", "fbb_subs_500m", "liangjiang"
PATH = "/v1/indicators/fbb_500m_share/series"
Edit = Callable[[dict[str, Any]], None]


def _additions(*targets: dict[str, Any], plain: bool = True) -> Edit:
    """Return an edit: the numerator is a flow, as a plain number or over another flow; the target is 100."""

    def edit(body: dict[str, Any]) -> None:
        for metric in body["metric"]:
            if metric["code"] in {TOTAL, FAST}:
                metric["kind"] = "flow"
        (indicator,) = body["indicator"]
        if plain:
            unit = {"zh": "户", "en": "subscriptions"}
            indicator |= {"denominator": None, "scale": 1, "unit": unit}
        target = next(each for each in body["target"] if each["kind"] == "campaign")
        body["target"] = [target | {"value": "100"} | more for more in targets or ({},)]

    return edit


async def _months(town: CampaignApi, **fast: int) -> None:
    for month, count in fast.items():
        await town.push_ok("telecom", [(TOTAL, AREA, 1_000), (FAST, AREA, count)], month.replace("_", "-").removeprefix("m"))


async def _points(town: CampaignApi, step: str, first: str = "2021-12") -> dict[str, tuple[Any, ...]]:
    series = await town.get_ok(PATH, **{"from": first, "to": "2022-09", "step": step})
    return {point["period"]: (point["numerator"], point["status"], point["target"], point["gap"]) for point in series["points"]}


async def test_a_quarter_of_a_flow_is_not_judged_by_the_monthly_target(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"], edit=_additions())
    await _months(town, m2022_04=40, m2022_05=40, m2022_06=40)

    assert await _points(town, "quarter") == {"2022-Q2": (120, "no_target", None, None), **_unreported("2022-Q1", "2022-Q3")}
    months = await _points(town, "month", "2022-04")
    assert months["2022-06"] == (40, "not_met", 100, 60)
    (line,) = await town.lines(month="2022-06")
    assert (line["status"], line["target"]) == ("not_met", 100)


def _unreported(*periods: str) -> dict[str, tuple[Any, ...]]:
    return dict.fromkeys(periods, (None, "incomplete", None, None))


@pytest.mark.parametrize(("value", "status", "gap"), [("120", "met", 0), ("121", "not_met", 1)])
async def test_a_quarters_own_target_judges_it_and_no_month(
    value: str, status: str, gap: int, create_campaign: CreateCampaign
) -> None:
    edit = _additions({"period": "quarter", "value": value, "due": "2022-08-31"})
    town = await create_campaign("fbb_500m_share", carriers=["telecom"], edit=edit)
    await _months(town, m2022_04=40, m2022_05=40, m2022_06=40, m2022_07=50, m2022_08=50, m2022_09=50)

    series = await town.get_ok(PATH, **{"from": "2022-04", "to": "2022-09", "step": "quarter"})
    second, third = series["points"]

    assert (second["status"], second["target"], second["gap"]) == (status, int(value), gap)
    assert second["deadline"] == {
        "due": "2022-08-31",
        "state": "open",  # June ended before it
        "first_met_month": "2022-06" if gap == 0 else None,
        "value_at_due": 120,
    }
    assert (third["status"], third["deadline"]["state"]) == ("met", "on_time" if gap == 0 else "late")
    assert third["deadline"]["value_at_due"] == 120  # the last quarter that ended by the due date
    (line,) = await town.lines(month="2022-06")
    assert (line["status"], line["target"], line["deadline"]) == ("no_target", None, None)
    assert (await town.get_ok("/v1/targets", month="2022-06"))["lines"][0]["targets"] == []
    (indicator,) = (await town.get_ok("/v1/indicators", month="2022-06"))["items"]
    assert [target["period"] for target in indicator["targets"]] == ["quarter"]


async def test_a_year_is_the_sum_of_twelve_months_with_a_target_of_its_own(create_campaign: CreateCampaign) -> None:
    edit = _additions({"period": "year", "value": "120"}, {"period": "quarter", "value": "31"})
    town = await create_campaign("fbb_500m_share", carriers=["telecom"], edit=edit)
    await _months(town, **{f"m2021_{month:02}": 10 for month in range(1, 13)})

    year = await _points(town, "year", "2021-01")
    quarters = await _points(town, "quarter", "2021-01")

    assert year == {"2021": (120, "met", 120, 0)}
    assert quarters["2021-Q4"] == (30, "not_met", 31, 1)


async def test_a_quarter_of_a_share_of_flows_has_no_verdict(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"], edit=_additions({"value": "25"}, plain=False))
    await _months(town, m2022_04=400, m2022_05=0, m2022_06=400)

    assert (await _points(town, "quarter"))["2022-Q2"] == (800, "no_target", None, None)


async def test_a_quarter_of_a_stock_is_its_last_month_with_the_months_target(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"])
    await _months(town, m2022_04=100, m2022_05=100, m2022_06=250)

    assert (await _points(town, "quarter"))["2022-Q2"] == (250, "met", 25, 0)


async def test_the_missing_counts_of_a_quarter_name_their_months(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom", "mobile"], edit=_additions(plain=False))
    await _months(town, m2022_04=1, m2022_06=2)  # telecom lacks May
    await town.push_ok("mobile", [(TOTAL, AREA, 9), (FAST, AREA, 1)], "2022-05")

    series = await town.get_ok(PATH, **{"from": "2022-04", "to": "2022-06", "step": "quarter"})
    (point,) = series["points"]
    (month,) = await town.lines(month="2022-05")

    missing = sorted((cell["org"], cell["metric"], cell["month"]) for cell in point["missing"])
    assert missing == [
        *(("mobile", metric, month) for metric in (FAST, TOTAL) for month in ("2022-04", "2022-06")),
        *(("telecom", metric, "2022-05") for metric in (FAST, TOTAL)),
    ]
    assert (point["cells"]["missing"], point["status"]) == (4, "incomplete")  # two counts of each
    assert {(cell["org"], cell["month"]) for cell in month["missing"]} == {("telecom", "2022-05")}


async def test_a_point_counts_the_open_challenges_of_each_of_its_months(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"], edit=_additions())
    await _months(town, m2022_04=40, m2022_05=40, m2022_06=40)
    for month in ("2022-04", "2022-05"):
        assert (await open_challenge(town, metric=FAST, month=month, value=40)).status_code == 201

    async def challenged(step: str) -> dict[str, int]:
        series = await town.get_ok(PATH, **{"from": "2022-01", "to": "2022-06", "step": step})
        return {point["period"]: point["challenged"] for point in series["points"]}

    assert {month: number for month, number in (await challenged("month")).items() if number} == {"2022-04": 1, "2022-05": 1}
    assert await challenged("quarter") == {"2022-Q1": 0, "2022-Q2": 2}
    table = await town.get(PATH, **{"from": "2022-01", "to": "2022-06", "step": "quarter", "format": "csv"})
    assert [row["challenged"] for row in csv.DictReader(io.StringIO(table.text))] == ["0", "2"]
