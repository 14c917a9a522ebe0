"""The state of targets against their due dates over HTTP: in the summary, targets, series and tables."""

import csv
import io
from collections.abc import Callable
from typing import Any

from tests.fixtures_campaign_api import CampaignApi, CreateCampaign

KANGMEI, RENHE = "500112022", "500112009"
TOTAL, FAST = "fbb_subs_total", "fbb_subs_500m"


async def _share(town: CampaignApi, month: str, fast: int | None) -> None:
    """Report a share of 500M subscriptions in per cent, or only its denominator."""
    counts = [(TOTAL, "liangjiang", 100)] + ([] if fast is None else [(FAST, "liangjiang", fast)])
    await town.push_ok("telecom", counts, month)


def _short(deadline: dict[str, Any]) -> tuple[Any, ...]:
    return deadline["state"], deadline["first_met_month"], deadline["value_at_due"]


def _due(day: str, first_month: str | None = None) -> Callable[[dict[str, Any]], None]:
    """Return an edit of a definition: its targets are due on a day."""

    def edit(body: dict[str, Any]) -> None:
        body["target"] = [target | {"due": day} for target in body["target"] if target["kind"] == "campaign"]
        body["calendar"]["first_month"] = first_month

    return edit


async def test_each_month_has_its_own_state_and_a_later_one_does_not_change_it(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"], edit=_due("2022-06-30"))
    for month, fast in (("2022-04", 24), ("2022-05", 25), ("2022-06", 24), ("2022-07", 24), ("2022-08", 26)):
        await _share(town, month, fast)

    states = {}
    for month in ("2022-04", "2022-05", "2022-06", "2022-07", "2022-08"):
        line = await town.line("fbb_500m_share", month=month)
        (progress,) = (await town.get_ok("/v1/targets", month=month))["lines"][0]["targets"]
        assert progress["deadline"] == line["deadline"] | {"due": "2022-06-30"}
        states[month] = _short(line["deadline"])

    assert states == {
        "2022-04": ("open", None, None),
        "2022-05": ("open", "2022-05", None),
        "2022-06": ("lapsed", "2022-05", 24.0),
        "2022-07": ("lapsed", "2022-05", 24.0),
        "2022-08": ("on_time", "2022-05", 24.0),
    }
    series = await town.get_ok("/v1/indicators/fbb_500m_share/series", **{"from": "2022-05", "to": "2022-08"})
    assert {point["month"]: _short(point["deadline"]) for point in series["points"]} == {
        month: state for month, state in states.items() if month > "2022-04"
    }
    months = await town.lines(**{"from": "2022-04", "to": "2022-08"})
    assert {line["month"]: _short(line["deadline"]) for line in months} == states


async def test_a_target_met_too_late_is_late_and_then_missed_and_one_without_a_value_has_no_state(
    create_campaign: CreateCampaign,
) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"], edit=_due("2022-06-29"))  # June ends after it
    for month, fast in (("2022-05", 24), ("2022-06", 25), ("2022-07", 20), ("2022-08", None)):
        await _share(town, month, fast)

    states = {month: _short((await town.line("fbb_500m_share", month=month))["deadline"]) for month in ("2022-05", "2022-06")}
    later = {month: _short((await town.line("fbb_500m_share", month=month))["deadline"]) for month in ("2022-07", "2022-08")}

    assert states == {"2022-05": ("open", None, 24.0), "2022-06": ("late", "2022-06", 24.0)}
    assert later == {"2022-07": ("missed", "2022-06", 24.0), "2022-08": (None, "2022-06", 24.0)}
    version = (await town.get_ok("/v1/summary", month="2022-08"))["data_version"]
    await _share(town, "2022-05", 25)  # a correction of an earlier month
    corrected = {month: _short((await town.line("fbb_500m_share", month=month))["deadline"]) for month in ("2022-06", "2022-07")}
    assert corrected == {"2022-06": ("on_time", "2022-05", 25.0), "2022-07": ("lapsed", "2022-05", 25.0)}
    before = (await town.get_ok("/v1/summary", month="2022-06", as_of=version))["lines"]
    assert [_short(line["deadline"]) for line in before] == [("late", "2022-06", 24.0)]


async def test_subdistricts_cases_and_tables_have_deadlines_and_organisations_have_none(create_campaign: CreateCampaign) -> None:
    town = await create_campaign(
        *("pon_10g_share", "application_cases"),
        carriers=["telecom"],
        streets=[KANGMEI, RENHE],
        edit=_due("2022-07-31", "2022-06"),
    )
    for month, fast in (("2022-06", 40), ("2022-07", 10), ("2022-08", 30)):
        counts = [("olt_pon_ports_10g", KANGMEI, fast), ("olt_pon_ports_10g", RENHE, 50 - fast)]
        await town.push_ok("telecom", [*counts, *(("olt_pon_ports_total", area, 100) for area in (KANGMEI, RENHE))], month)

    areas = {line["area"]: _short(line["deadline"]) for line in await town.lines(group_by="area") if line["area"]}
    orgs = {line["org"]: line["deadline"] for line in await town.lines(group_by="org") if line["org"]}
    whole = {line["indicator"]: _short(line["deadline"]) for line in await town.lines()}
    table = await town.get("/v1/summary", month="2022-08", group_by="area", format="csv")
    rows = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff"))))

    assert areas == {KANGMEI: ("on_time", "2022-06", 10.0), RENHE: ("lapsed", "2022-07", 40.0)}
    assert orgs == {"telecom": None}
    assert whole == {"pon_10g_share": ("on_time", "2022-06", 25.0), "application_cases": ("missed", None, 0.0)}
    assert {row["area"]: (row["deadline_state_zh"], row["first_met_month"], row["value_at_due"]) for row in rows} == {
        KANGMEI: ("按期达标", "2022-06", "10.0"),
        RENHE: ("按期达标后回落", "2022-07", "40.0"),
        "": ("逾期未达标", "", "0.0"),
    }
