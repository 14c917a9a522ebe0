"""The summary: the right numbers, in exactly the breakdown asked for."""

from typing import Any

import pytest

from shared.campaign.definition import Definition
from shared.domain.summary_plan import SummaryCells
from tests.fixtures_campaign_api import CampaignApi, CreateCampaign, Line

CARRIERS = ["telecom", "mobile", "unicom"]
KANGMEI, RENHE = "500112022", "500112009"
INFORMATIONAL = ["fbb_1000m_share", "ipv6_user_share", "ipv6_traffic_share", "sme_average_charge"]


def short(line: Line) -> tuple[Any, ...]:
    """Return the parts of a line that a person reads first."""
    return line["numerator"], line["denominator"], line["display"], line["status"], line["gap"]


async def test_the_august_summary_of_liangjiang_lets_nothing_round_into_its_target(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08")

    body = await liangjiang.get_ok("/v1/summary", month="2022-08")
    lines = {line["indicator"]: line for line in body["lines"]}

    assert {code: short(line) for code, line in lines.items() if line["target"] is not None} == {
        "home_gigabit_coverage": (275_711, 334_980, "82.3", "met", 0),
        "pon_10g_share": (9_056, 36_285, "24.9", "not_met", 16),
        "key_place_5g_reach": (302, 360, "83.8", "met", 0),
        "bs_5g_per_10k": (924, 770_456, "11.9", "not_met", 1),
        "fbb_500m_share": (81_639, 323_950, "25.2", "met", 0),
        "mobile_5g_share": (259_385, 995_800, "26.0", "met", 0),
        "application_cases": (0, 1, "0", "not_met", 5),
    }
    assert {code: (line["status"], line["target"], line["due"], line["gap"]) for code, line in lines.items()} | {
        "fbb_1000m_share": ("no_target", None, None, None),
        "ipv6_user_share": ("not_reported", None, None, None),
    } == {code: (line["status"], line["target"], line["due"], line["gap"]) for code, line in lines.items()}
    assert (lines["pon_10g_share"]["value"], lines["bs_5g_per_10k"]["value"]) == (24.9579, 11.9928)
    assert {line["due"] for line in lines.values()} == {"2022-09-30", None}
    assert [line["area"] or line["org"] for line in body["lines"]] == [None] * 11
    assert (body["campaign"], body["data_version"], body["definition_version"]) == ("liangjiang-2022", 6, 1)
    assert {name: one["display"] for one in lines["home_gigabit_coverage"]["variants"] for name in [one["variant"]]} == {
        "lower": "82.3",
        "upper": "100.0",
        "declared": "218.7",
        "lower_by_building": None,
        "upper_by_building": None,
    }


async def test_a_line_repeats_its_deciding_variant(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08")

    for group_by in ({}, {"group_by": "area,org"}):
        for line in await liangjiang.lines(**group_by):
            (decides,) = [one for one in line["variants"] if one["decides"]]
            repeated = ("numerator", "denominator", "value", "display", "status", "gap")
            assert {name: line[name] for name in repeated} == {name: decides[name] for name in repeated}


async def test_the_july_figures_that_never_arrived_leave_no_verdict_and_name_unicom(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-07")

    line = await liangjiang.line("fbb_500m_share", month="2022-07")

    assert short(line) == (None, None, None, "incomplete", None)
    assert {cell["org"] for cell in line["missing"]} == {"unicom"}
    assert line["partial"] == {"numerator": 64_821, "denominator": 273_600}
    assert (line["target"], line["provisional"]) == (25, True)


async def test_nothing_reported_is_incomplete_everywhere_and_never_zero(liangjiang: CampaignApi) -> None:
    lines = {line["indicator"]: line for line in await liangjiang.lines()}

    for code, missing in (("home_gigabit_coverage", 32), ("pon_10g_share", 48), ("fbb_500m_share", 6)):
        assert lines[code]["status"] == "incomplete"
        assert lines[code]["cells"] == {"reported": 0, "zero": 0, "missing": missing}
        assert len(lines[code]["missing"]) == missing
        assert lines[code]["partial"] == {"numerator": None, "denominator": None}


async def test_reported_zero_and_missing_are_three_things(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("pon_10g_share", streets=[KANGMEI, RENHE])

    await town.push_ok("telecom", [("olt_pon_ports_total", KANGMEI, 5), ("olt_pon_ports_10g", KANGMEI, 0)])
    await town.push_ok("mobile", [("olt_pon_ports_total", RENHE, 0)])
    line = await town.line("pon_10g_share")

    assert line["cells"] == {"reported": 1, "zero": 2, "missing": 9}
    absent = {(cell["org"], cell["metric"], cell["area"]) for cell in line["missing"]}
    assert len(absent) == len(line["missing"]) == 9
    assert ("telecom", "olt_pon_ports_10g", KANGMEI) not in absent
    assert ("telecom", "olt_pon_ports_10g", RENHE) in absent
    assert ("mobile", "olt_pon_ports_10g", RENHE) in absent


async def test_lines_are_exactly_those_of_the_breakdown_asked_for(liangjiang: CampaignApi, definition: Definition) -> None:
    streets = {area.code for area in definition.areas} - {"liangjiang"}
    by_street = ["home_gigabit_coverage", "pon_10g_share", "key_place_5g_reach", "bs_5g_per_10k"]
    by_org_only = ["fbb_500m_share", "mobile_5g_share", "fbb_1000m_share"]
    await liangjiang.samples("2022-08")

    def shape(lines: list[Line]) -> list[tuple[str, str | None, str | None]]:
        return sorted(((line["indicator"], line["area"], line["org"]) for line in lines), key=str)

    area = await liangjiang.lines(group_by="area")
    org = await liangjiang.lines(group_by="org")
    both = await liangjiang.lines(group_by="area,org")

    nobody: list[tuple[str, str | None, str | None]] = [("application_cases", None, None)]
    assert shape(area) == sorted(
        [(code, street, None) for code in by_street for street in streets]
        + [(code, None, None) for code in (*by_org_only, *INFORMATIONAL[1:])]
        + nobody,
        key=str,
    )
    assert shape(org) == sorted([(code, None, one) for code in by_street + by_org_only for one in CARRIERS] + nobody, key=str)
    assert shape(both) == sorted(
        [(code, street, one) for code in by_street for street in streets for one in CARRIERS]
        + [(code, None, one) for code in by_org_only for one in CARRIERS]
        + nobody,
        key=str,
    )
    assert both == await liangjiang.lines(group_by="org,area")


async def test_a_breakdown_adds_up_to_the_whole(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08")
    (whole,) = [line for line in await liangjiang.lines() if line["indicator"] == "pon_10g_share"]

    for group_by in ("area", "org", "area,org"):
        parts = [line for line in await liangjiang.lines(group_by=group_by) if line["indicator"] == "pon_10g_share"]
        assert sum(line["numerator"] for line in parts) == whole["numerator"]
        assert sum(line["denominator"] for line in parts) == whole["denominator"]
        assert sum(line["cells"]["reported"] for line in parts) == whole["cells"]["reported"]


async def test_an_organisations_line_has_no_verdict_without_a_target_of_its_own(
    liangjiang: CampaignApi, definition: Definition
) -> None:
    await liangjiang.samples("2022-08")
    before = {line["org"]: line for line in await liangjiang.lines(group_by="org") if line["indicator"] == "pon_10g_share"}
    campaigns = next(target for target in definition.targets if target.indicator == "pon_10g_share")
    own = campaigns.model_copy(update={"org": "telecom", "value": "24.5"})
    street = campaigns.model_copy(update={"area": RENHE, "value": "50"})
    await liangjiang.apply(definition.model_copy(update={"targets": (*definition.targets, own, street)}))
    after = {line["org"]: line for line in await liangjiang.lines(group_by="org") if line["indicator"] == "pon_10g_share"}
    areas = {line["area"]: line for line in await liangjiang.lines(group_by="area") if line["indicator"] == "pon_10g_share"}

    assert {(line["status"], line["target"], line["gap"]) for line in before.values()} == {("no_target", None, None)}
    assert before["telecom"]["display"] == "24.9"
    assert (after["telecom"]["status"], after["telecom"]["target"], after["telecom"]["gap"]) == ("met", 24.5, 0)
    assert after["mobile"] == before["mobile"]
    assert {area: line["target"] for area, line in areas.items()} | {RENHE: 50} == {
        area: line["target"] for area, line in areas.items()
    }
    assert areas[KANGMEI]["target"] == 25


async def test_references_of_many_areas_are_read_as_a_whole_and_come_to_the_same(
    liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    await liangjiang.samples("2022-08")
    version = (await liangjiang.get_ok("/v1/summary", month="2022-08"))["data_version"]
    await liangjiang.push_ok("economy", [("households_urban", KANGMEI, 99_999)])
    questions: list[dict[str, Any]] = [
        {"month": "2022-08"},
        {"from": "2022-06", "to": "2022-09"},
        {"month": "2022-08", "as_of": version},
    ]

    async def answers() -> list[list[Line]]:
        return [await liangjiang.lines(group_by="area,org", **question) for question in questions]

    one_by_one = await answers()
    monkeypatch.setattr(SummaryCells, "wide", True)
    monkeypatch.setattr(SummaryCells, "binds", property(SummaryCells.binds.func))  # type: ignore[attr-defined] # not those of before
    as_a_whole = await answers()

    assert as_a_whole == one_by_one
    assert one_by_one[0] != one_by_one[2]
