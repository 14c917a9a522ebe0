"""A series: its gaps, what stands between its periods, who sees it, and what may be asked."""

from typing import Any

from shared.campaign.definition import Definition
from tests.fixtures_campaign_api import CampaignApi, CreateCampaign, small_definition

KANGMEI, RENHE = "500112022", "500112009"
SHARE = "/v1/indicators/fbb_500m_share/series"


async def _share(town: CampaignApi, org: str, fast: int, total: int, month: str) -> None:
    await town.push_ok(org, [("fbb_subs_500m", "liangjiang", fast), ("fbb_subs_total", "liangjiang", total)], month)


def _kinds(point: dict[str, Any], which: str = "net_addition") -> list[str]:
    return [one["kind"] for one in point[which]["breaks"]]


async def test_a_point_is_the_summarys_line_and_gaps_stay_gaps(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom", "mobile"])
    for org in ("telecom", "mobile"):
        await _share(town, org, 20, 100, "2021-12")
        await _share(town, org, 25, 100, "2022-06")
        await _share(town, org, 30, 120, "2022-08")
    await _share(town, "telecom", 27, 110, "2022-07")

    series = await town.get_ok(SHARE, **{"from": "2022-06", "to": "2022-08"})
    lines = {line["month"]: line for line in await town.lines(**{"from": "2022-06", "to": "2022-08"})}
    points = {point["period"]: point for point in series["points"]}

    assert (series["indicator"], series["step"], series["area"], series["org"]) == ("fbb_500m_share", "month", None, None)
    for period, line in lines.items():
        added = {name: points[period][name] for name in ("period", "net_addition", "since_year_end")}
        assert points[period] == line | added
    assert [(gap["period"], gap["kind"]) for gap in series["gaps"]] == [("2022-07", "incomplete")]
    assert (_kinds(points["2022-07"]), _kinds(points["2022-08"])) == (["gap", "gap"],) * 2  # never from June to August
    assert points["2022-08"]["since_year_end"] == {
        "since": "2021-12",
        "numerator": 20,
        "denominator": 40,
        "value": 5.0,
        "display": "+5.0",
        "breaks": [],
    }


async def test_a_reporter_or_a_street_that_joins_breaks_the_difference(
    create_campaign: CreateCampaign, definition: Definition
) -> None:
    town = await create_campaign("bs_5g_per_10k", carriers=["telecom", "mobile"], streets=[KANGMEI, RENHE])
    body = small_definition(definition, ["bs_5g_per_10k"], ["telecom", "mobile"], [KANGMEI, RENHE]).body()
    for blocks, code, since in (("organisation", "mobile", "2022-07"), ("area", RENHE, "2022-08")):
        (block,) = [block for block in body[blocks] if block["code"] == code]
        block["valid_from"] = since
    await town.apply(Definition.model_validate(body))

    await town.push_ok("economy", [("population_resident", KANGMEI, 10_000)], "2022-06")
    await town.push_ok("economy", [("population_resident", RENHE, 10_000)], "2022-08")
    for number, month in enumerate(("2022-06", "2022-07", "2022-08", "2022-09")):
        for org in ("telecom", "mobile")[: 1 + (month > "2022-06")]:
            streets = (KANGMEI, RENHE)[: 1 + (month > "2022-07")]
            await town.push_ok(org, [("bs_5g_built", street, 10 + number) for street in streets], month)
    asked = {"from": "2022-07", "to": "2022-09"}
    july, august, september = (await town.get_ok("/v1/indicators/bs_5g_per_10k/series", **asked))["points"]
    (_, own, _) = (await town.get_ok("/v1/indicators/bs_5g_per_10k/series", "telecom", org="telecom", **asked))["points"]
    kangmei = await town.get_ok("/v1/indicators/bs_5g_per_10k/series", "kangmei", area=KANGMEI, **asked)
    renhe = await town.get_ok("/v1/indicators/bs_5g_per_10k/series", area=RENHE, **asked)

    assert [point["net_addition"]["numerator"] for point in (july, august, september)] == [None, None, 4]
    assert (_kinds(july), _kinds(august), _kinds(september)) == (["reporters"], ["reporters", "reporters", "vintage"], [])
    assert "added Mobile (Kangmei); removed none" in july["net_addition"]["breaks"][0]["text"]["en"]
    assert july["net_addition"]["denominator"] == 0
    assert _kinds(own) == ["reporters", "reporters", "vintage"]
    assert "mobile" not in str(own).lower()
    assert [point["net_addition"]["numerator"] for point in kangmei["points"]] == [None, 2, 2]
    assert [(gap["period"], gap["kind"]) for gap in renhe["gaps"]] == [("2022-07", "not_defined")]
    assert [point["period"] for point in renhe["points"]] == ["2022-08", "2022-09"]


async def test_a_base_of_another_month_is_told_and_counted(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("bs_5g_per_10k", "home_gigabit_coverage", carriers=["telecom"])
    for month, people in (("2022-07", 10_000), ("2022-08", 20_000)):
        await town.push_ok("economy", [("population_resident", KANGMEI, people), ("households_urban", KANGMEI, people)], month)
        await town.push_ok("telecom", [("bs_5g_built", KANGMEI, 10), ("homes_gigabit_covered", KANGMEI, 15_000)], month)

    asked = {"from": "2022-08", "to": "2022-08"}
    (stations,) = (await town.get_ok("/v1/indicators/bs_5g_per_10k/series", **asked))["points"]
    (homes,) = (await town.get_ok("/v1/indicators/home_gigabit_coverage/series", **asked))["points"]

    assert {name: stations["net_addition"][name] for name in ("numerator", "denominator", "value", "display")} == {
        "numerator": 0,
        "denominator": 10_000,
        "value": -5.0,
        "display": "-5.0",
    }
    assert _kinds(stations) == _kinds(homes) == ["vintage"]
    assert stations["net_addition"]["breaks"][0]["text"]["en"].endswith("changed from the counts of 2022-07 to those of 2022-08")
    assert homes["net_addition"]["numerator"] == 5_000  # capped at 10,000 households, then at 20,000


async def test_carriers_and_streets_see_their_own_series_and_nobody_elses(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08")
    path, asked = "/v1/indicators/pon_10g_share/series", {"from": "2022-08", "to": "2022-08"}

    refused = [
        await liangjiang.get(path, "telecom", **asked),
        await liangjiang.get(path, "telecom", org="mobile", **asked),
        await liangjiang.get(path, "telecom", area=KANGMEI, **asked),
        await liangjiang.get(path, "kangmei", area=RENHE, **asked),
        await liangjiang.get(path, "kangmei", area=KANGMEI, org="telecom", **asked),
        await liangjiang.get("/v1/indicators/no_such/series", "telecom", **asked),
        await liangjiang.get(path, "telecom", org="telecom", as_of="2", **asked),
    ]
    for org, line in (
        ("telecom", {"org": "telecom"}),
        ("kangmei", {"area": KANGMEI}),
        ("telecom", {"org": "telecom", "area": RENHE}),
    ):
        own = await liangjiang.get(path, org, **line, **asked)
        assert own.status_code == 200, own.text
        assert own.json() == await liangjiang.get_ok(path, "regulator", **line, **asked)

    assert [answer.status_code for answer in refused] == [403] * 7


async def test_what_is_no_series_is_refused_and_says_why(liangjiang: CampaignApi) -> None:
    months = {"from": "2022-07", "to": "2022-08"}
    cases: list[tuple[str, dict[str, str], int, str]] = [
        ("no_such", months, 404, "not_found"),
        ("fbb_500m_share", {"from": "2022-08"}, 422, "missing_field"),
        ("fbb_500m_share", {"from": "2022-08", "to": "2022-07"}, 422, "invalid_combination"),
        ("fbb_500m_share", {"from": "2010-01", "to": "2020-01"}, 422, "invalid_combination"),
        ("fbb_500m_share", months | {"step": "week"}, 422, "unknown_value"),
        ("fbb_500m_share", months | {"area": "500112023"}, 422, "unknown_area"),
        ("fbb_500m_share", months | {"area": KANGMEI}, 422, "not_by_area"),
        ("fbb_500m_share", months | {"org": "telecon"}, 422, "unknown_org"),
        ("fbb_500m_share", months | {"org": "tower"}, 422, "not_by_org"),
        ("application_cases", months | {"org": "telecom"}, 422, "not_by_org"),
    ]

    for indicator, question, status, code in cases:
        answer = await liangjiang.get(f"/v1/indicators/{indicator}/series", **question)
        problem = answer.json()

        assert (answer.status_code, {error["code"] for error in problem["errors"]} or {problem["code"]}) == (status, {code})


async def test_a_series_is_held_by_its_tag_and_stays_as_it_was_at_a_version(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"])
    asked = {"from": "2022-07", "to": "2022-08"}
    await _share(town, "telecom", 20, 100, "2022-07")
    await _share(town, "telecom", 25, 100, "2022-08")
    first = await town.get(SHARE, **asked)

    held = await town.api.get(SHARE, params=asked, headers=town.headers("economy") | {"If-None-Match": first.headers["ETag"]})
    await _share(town, "telecom", 22, 100, "2022-07")
    now = await town.get(SHARE, **asked)
    then = await town.get(SHARE, as_of=str(first.json()["data_version"]), **asked)

    assert (held.status_code, held.content) == (304, b"")
    assert (now.headers["ETag"] == first.headers["ETag"], now.content == first.content) == (False, False)
    assert then.content == first.content


async def test_a_voluntary_series_has_a_gap_where_nothing_was_reported(liangjiang: CampaignApi) -> None:
    counts = [("ipv6_users", "liangjiang", 30), ("internet_users", "liangjiang", 40)]
    await liangjiang.push_ok("telecom", counts, "2022-06")
    await liangjiang.push_ok("mobile", counts, "2022-07")

    path, asked = "/v1/indicators/ipv6_user_share/series", {"from": "2022-06", "to": "2022-07"}
    own = await liangjiang.get_ok(path, "telecom", org="telecom", **asked)
    (_, together) = (await liangjiang.get_ok(path, **asked))["points"]

    assert [point["period"] for point in own["points"]] == ["2022-06"]
    assert [(gap["period"], gap["kind"]) for gap in own["gaps"]] == [("2022-07", "not_reported")]
    assert _kinds(together) == ["reporters", "reporters"]
    assert together["net_addition"]["numerator"] is None
