"""Traps of time series: mixed months, a revised base, stocks and flows."""

from typing import Any

from shared.campaign.definition import Definition
from tests.fixtures_campaign_api import CampaignApi, CreateCampaign, small_definition

WAN = 10_000
HOME = "liangjiang"


async def _series(practice: CampaignApi, indicator: str, first: str, last: str, **more: Any) -> dict[str, dict[str, Any]]:
    """The points of a series by period."""
    asked = {"from": first, "to": last, **more}
    return {point["period"]: point for point in (await practice.get_ok(f"/v1/indicators/{indicator}/series", **asked))["points"]}


async def test_trap_13_each_month_has_its_own_stations_and_a_month_without_stays_a_gap(national: CampaignApi) -> None:
    await national.push_ok("miit", [("population_resident", "CN", 141_260 * WAN)], "2021-12")
    await national.push_ok("miit", [("bs_5g_built", "CN", 2_219_000)], "2022-09")
    await national.push_ok("miit", [("bs_5g_built", "CN", 2_250_000)], "2022-10")

    asked = {"from": "2022-08", "to": "2022-11"}
    series = await national.get_ok("/v1/indicators/bs_5g_per_10k/series", **asked)
    points = {point["period"]: point for point in series["points"]}

    assert [(gap["period"], gap["kind"]) for gap in series["gaps"]] == [("2022-08", "incomplete")]  # which ends with October
    assert [(points[month]["value"], points[month]["display"]) for month in ("2022-09", "2022-10")] == [
        (15.7086, "15.7"),
        (15.928, "15.9"),
    ]
    assert points["2022-08"]["value"] is points["2022-08"]["numerator"] is None
    assert {tuple(reference.values()) for point in points.values() for reference in point["references"]} == {
        ("population_resident", "2021-12")
    }
    assert points["2022-10"]["net_addition"] == {
        "since": "2022-09",
        "numerator": 31_000,
        "denominator": 0,
        "value": 0.2194,
        "display": "+0.2",
        "breaks": [],
    }
    assert [one["kind"] for one in points["2022-09"]["net_addition"]["breaks"]] == ["gap"]


async def test_trap_13_a_numerator_and_a_denominator_of_different_months_are_never_divided(national: CampaignApi) -> None:
    await national.push_ok("miit", [("mobile_subs_5g", "CN", 510), ("mobile_subs_total", "CN", 1_682)], "2022-09")
    await national.push_ok("miit", [("mobile_subs_5g", "CN", 524)], "2022-10")

    points = await _series(national, "mobile_5g_share", "2022-09", "2022-10")

    assert (points["2022-09"]["display"], points["2022-10"]["status"], points["2022-10"]["value"]) == ("30.3", "incomplete", None)
    assert points["2022-10"]["missing"] == [{"org": "miit", "metric": "mobile_subs_total", "area": "CN", "month": "2022-10"}]


async def test_trap_14_nothing_is_subtracted_across_a_revised_base(national: CampaignApi) -> None:
    async def month(users: int, total: int, month: str) -> int:
        counts = [("fbb_subs_1000m", "CN", users * WAN), ("fbb_subs_total", "CN", total * WAN)]
        return int((await national.push_ok("miit", counts, month))["data_version"])

    await month(3_456, 53_600, "2021-12")
    old = await month(5_591, 55_900, "2022-05")
    before = await _series(national, "fbb_1000m_share", "2022-05", "2022-05")
    revised = await month(3_459, 53_600, "2021-12")
    await month(7_055, 57_100, "2022-08")

    points = await _series(national, "fbb_1000m_share", "2022-05", "2022-08")
    then = await _series(national, "fbb_1000m_share", "2022-05", "2022-05", as_of=old)
    may, august = points["2022-05"]["since_year_end"], points["2022-08"]["since_year_end"]

    assert before["2022-05"]["since_year_end"]["numerator"] == 2_135 * WAN  # as published then, on the old base
    assert then == before
    assert (may["since"], may["numerator"], may["value"]) == ("2021-12", None, None)  # not 2,132
    assert may["denominator"] == 2_300 * WAN
    (found,) = may["breaks"]
    assert (found["kind"], found["metric"], found["revisions"]) == (
        "revision",
        "fbb_subs_1000m",
        [
            {
                "org": "miit",
                "metric": "fbb_subs_1000m",
                "area": "CN",
                "month": "2021-12",
                "before": 3_456 * WAN,
                "after": 3_459 * WAN,
                "data_version": revised,
            }
        ],
    )
    assert (august["numerator"], august["breaks"]) == (3_596 * WAN, [])  # as published, not 3,599


async def test_trap_14_attesting_a_month_again_says_that_its_counts_stand_beside_the_corrected_base(
    create_campaign: CreateCampaign,
) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"])

    async def month(fast: int, month: str) -> None:
        await town.push_ok("telecom", [("fbb_subs_500m", HOME, fast), ("fbb_subs_total", HOME, 1_000)], month)

    async def august() -> dict[str, Any]:
        added: dict[str, Any] = (await _series(town, "fbb_500m_share", "2022-08", "2022-08"))["2022-08"]["net_addition"]
        return added

    await month(250, "2022-07")
    await month(300, "2022-08")
    assert (await august())["numerator"] == 50
    await month(260, "2022-07")
    withheld = await august()
    assert (withheld["numerator"], withheld["denominator"]) == (None, 0)
    version = (await town.get_ok("/v1/summary", month="2022-08"))["data_version"]
    await town.make_moves("telecom", "submit")
    assert ((await august())["numerator"], (await august())["breaks"]) == (40, [])
    then = await _series(town, "fbb_500m_share", "2022-08", "2022-08", as_of=version)
    assert then["2022-08"]["net_addition"] == withheld  # nobody had signed yet
    await town.make_moves("telecom", "accept")
    assert (await august())["numerator"] == 40
    await month(250, "2022-07")
    assert (await august())["numerator"] is None


async def test_trap_14_a_series_that_is_restated_in_one_push_is_one_edition(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"])

    async def pushed(**fast: int) -> None:
        counts = [
            (metric, month, value)
            for month, of in fast.items()
            for metric, value in (("fbb_subs_500m", of), ("fbb_subs_total", 1_000))
        ]
        body = {
            "observations": [
                {"metric": each, "area": HOME, "month": f"2022-{month[1:]}", "value": value} for each, month, value in counts
            ]
        }
        answer = await town.api.post("/v1/observations", json=body, headers=town.headers("telecom"))
        assert answer.status_code == 201, answer.text

    await pushed(m07=250, m08=300)
    await pushed(m07=270, m08=330)

    added = (await _series(town, "fbb_500m_share", "2022-08", "2022-08"))["2022-08"]["net_addition"]
    assert (added["numerator"], added["breaks"]) == (60, [])


async def test_trap_14_nothing_is_subtracted_across_a_change_of_definition(
    create_campaign: CreateCampaign, definition: Definition
) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"])
    body = small_definition(definition, ["fbb_500m_share"], ["telecom"], ["500112022"]).body()
    caliber = {"zh": "新口径", "en": "another definition"}
    body["indicator"] += [{**block, "from": "2022-08", "caliber": caliber} for block in body["indicator"]]
    for number, name in enumerate(("2022-06", "2022-07", "2022-08", "2022-09")):
        await town.push_ok("telecom", [("fbb_subs_500m", HOME, 250 + number), ("fbb_subs_total", HOME, 1_000)], name)
    july = (await _series(town, "fbb_500m_share", "2022-07", "2022-07"))["2022-07"]

    await town.apply(Definition.model_validate(body))
    points = await _series(town, "fbb_500m_share", "2022-07", "2022-09")

    assert points["2022-07"] == july
    assert {period: point["net_addition"]["numerator"] for period, point in points.items()} == {
        "2022-07": 1,
        "2022-08": None,
        "2022-09": 1,
    }
    assert [(one["kind"], one["metric"]) for one in points["2022-08"]["net_addition"]["breaks"]] == [("definition", None)]


async def test_trap_15_a_quarter_is_the_last_month_of_a_stock_and_a_fall_is_a_warning(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"])

    for month, fast in (("2022-06", 100), ("2022-07", 120), ("2022-08", 130)):
        await town.push_ok("telecom", [("fbb_subs_500m", HOME, fast), ("fbb_subs_total", HOME, 1_000)], month)
    fallen = await town.push("telecom", [("fbb_subs_500m", HOME, 129), ("fbb_subs_total", HOME, 1_000)], "2022-09")
    months = await _series(town, "fbb_500m_share", "2022-06", "2022-09")
    quarters = await _series(town, "fbb_500m_share", "2022-06", "2022-09", step="quarter")

    assert fallen.status_code == 201
    assert {(one["rule"], one["severity"]) for one in fallen.json()["report"]["findings"]} >= {("stock_has_fallen", "warn")}
    assert {period: point["net_addition"]["numerator"] for period, point in months.items()} == {
        "2022-06": None,
        "2022-07": 20,
        "2022-08": 10,
        "2022-09": -1,
    }
    assert {period: (point["month"], point["numerator"]) for period, point in quarters.items()} == {
        "2022-Q3": ("2022-09", 129)  # not 379; and the second quarter begins before the range
    }


async def test_trap_15_a_quarter_is_the_sum_of_a_flow_whose_count_is_an_addition_itself(
    liangjiang: CampaignApi, definition: Definition
) -> None:
    for month, part in (("2022-04", 100), ("2022-05", 120), ("2022-06", 130), ("2022-07", 140), ("2022-08", 150)):
        counts = [("ipv6_traffic_gb", HOME, part), ("traffic_total_gb", HOME, 1_000)]
        await liangjiang.push_ok("telecom", counts, month)

    asked = {"from": "2022-01", "to": "2022-09", "step": "quarter"}
    series = await liangjiang.get_ok("/v1/indicators/ipv6_traffic_share/series", **asked)
    points = {point["period"]: point for point in series["points"]}
    second, third = points["2022-Q2"], points["2022-Q3"]

    assert (second["numerator"], second["denominator"], second["display"]) == (350, 3_000, "11.6")
    assert {one["kind"] for one in second["net_addition"]["breaks"]} == {"gap", "flow", "reporters"}
    assert (third["status"], third["missing"]) == (
        "incomplete",
        [
            {"org": "telecom", "metric": code, "area": HOME, "month": "2022-09"}
            for code in ("ipv6_traffic_gb", "traffic_total_gb")
        ],
    )
    assert [(gap["period"], gap["kind"]) for gap in series["gaps"]] == [("2022-Q1", "not_reported"), ("2022-Q3", "incomplete")]
    july = (await _series(liangjiang, "ipv6_traffic_share", "2022-07", "2022-07"))["2022-07"]["net_addition"]
    assert (july["numerator"], july["denominator"], july["value"]) == (None, None, 1.0)
    assert [one["kind"] for one in july["breaks"]] == ["flow", "flow"]

    body = definition.body()
    (share,) = [block for block in body["indicator"] if block["code"] == "ipv6_traffic_share"]
    body["indicator"].append(share | {"from": "2022-05", "caliber": {"zh": "新口径", "en": "another definition"}})
    await liangjiang.apply(Definition.model_validate(body))
    redefined = await liangjiang.get_ok("/v1/indicators/ipv6_traffic_share/series", **asked)
    assert {gap["period"]: gap["kind"] for gap in redefined["gaps"]}["2022-Q2"] == "definition"  # April counted something else
