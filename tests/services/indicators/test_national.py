"""The nation's series of 2022 gives the ratios and additions that were published, within the rounding of its inputs.

Published by the ministry: the share of 5G users among mobile users, of 1000 Mbps users among fixed-broadband users, stations for
10,000 people, and additions since the end of 2021. Inputs were rounded before they were published (to 万 or 0.01亿), so a ratio
is reproduced when some inputs that round to the published ones give a ratio that rounds to the published one.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import pytest_asyncio

from tests.fixtures_campaign_api import SAMPLES, CampaignApi

WAN, YI = 10_000, 100_000_000
HALF_UNIT = {  # half of the last digit that was published of each count
    "mobile_subs_5g": YI // 200,
    "mobile_subs_total": YI // 200,
    "fbb_subs_1000m": WAN // 2,
    "fbb_subs_total": YI // 200,
    "bs_5g_built": WAN // 20,
    "population_resident": WAN // 2,
}
COARSE = {("bs_5g_built", "2022-05"): WAN // 2, ("mobile_subs_5g", "2022-09"): YI // 20, ("fbb_subs_total", "2022-12"): YI // 20}
INPUTS = {
    "mobile_5g_share": ("mobile_subs_5g", "mobile_subs_total"),
    "fbb_1000m_share": ("fbb_subs_1000m", "fbb_subs_total"),
    "bs_5g_per_10k": ("bs_5g_built", "population_resident"),
}
RATIOS = [
    ("mobile_5g_share", "2022-02", "23.3"),
    ("mobile_5g_share", "2022-06", "27.3"),
    ("mobile_5g_share", "2022-07", "28.4"),
    ("mobile_5g_share", "2022-08", "29.4"),
    ("mobile_5g_share", "2022-09", "30.3"),
    ("mobile_5g_share", "2022-10", "31.1"),
    ("mobile_5g_share", "2022-11", "32.2"),
    ("mobile_5g_share", "2022-12", "33.3"),
    ("fbb_1000m_share", "2022-08", "12.4"),
    ("fbb_1000m_share", "2022-12", "15.6"),
    ("bs_5g_per_10k", "2021-12", "10.1"),
    ("bs_5g_per_10k", "2022-12", "16.4"),
]
IRREPRODUCIBLE = [  # published from inputs that are not these: a numerator of September, and a population of another source
    ("bs_5g_per_10k", "2022-10", "15.7"),
    ("bs_5g_per_10k", "2022-12", "16.39"),
]
ADDITIONS = [  # since the end of 2021; the figure, and half of its last digit
    ("mobile_5g_share", "2022-05", 7_334 * WAN, WAN // 2),
    ("mobile_5g_share", "2022-06", 10_055 * WAN, WAN // 2),
    ("mobile_5g_share", "2022-07", 120 * YI // 100, YI // 200),
    ("mobile_5g_share", "2022-08", 138 * YI // 100, YI // 200),
    ("mobile_5g_share", "2022-09", 155 * YI // 100, YI // 200),
    ("mobile_5g_share", "2022-11", 187 * YI // 100, YI // 200),
    ("fbb_1000m_share", "2022-08", 3_596 * WAN, WAN // 2),
    ("fbb_1000m_share", "2022-12", 5_716 * WAN, WAN // 2),
    ("bs_5g_per_10k", "2022-05", 275_000, 500),
    ("bs_5g_per_10k", "2022-07", 543_000, 500),
    ("bs_5g_per_10k", "2022-12", 887_000, 500),
]
Points = Mapping[tuple[str, str], dict[str, Any]]


def half_unit(metric: str, month: str) -> int:
    """Half of the last digit of a published count."""
    return COARSE.get((metric, month), HALF_UNIT[metric])


def may_be(point: Mapping[str, Any], indicator: str, published: str) -> bool:
    """Return true if inputs that round to the published counts give a ratio that rounds to the published one."""
    top, bottom = INPUTS[indicator]
    base = next((one["month"] for one in point["references"]), point["month"])
    above, below = half_unit(top, point["month"]), half_unit(bottom, base)
    numerator, denominator, scale = point["numerator"], point["denominator"], point["scale"]
    least = Fraction((numerator - above) * scale, denominator + below)
    most = Fraction((numerator + above) * scale, denominator - below)
    half = Fraction(1, 2 * 10 ** len(published.partition(".")[2]))
    return least <= Fraction(published) + half and Fraction(published) - half <= most


def those_that_may_be(points: Points, cases: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    return [case for case in cases if may_be(points[case[:2]], case[0], case[2])]


@pytest_asyncio.fixture
async def points(national: CampaignApi) -> Points:
    """Every month of the nation's series, by indicator."""
    definition = await national.send("miit", (SAMPLES / "national" / "2022.csv").read_bytes(), ".csv")
    assert definition.status_code == 201, definition.text
    found = {}
    for indicator in INPUTS:
        asked = {"from": "2021-12", "to": "2022-12"}
        for point in (await national.get_ok(f"/v1/indicators/{indicator}/series", **asked))["points"]:
            found[indicator, point["period"]] = point
    return found


async def test_the_nations_series_reproduces_what_was_published_in_2022(points: Points) -> None:
    assert those_that_may_be(points, RATIOS) == RATIOS
    assert those_that_may_be(points, IRREPRODUCIBLE) == []
    assert [
        (indicator, month, added, half)
        for indicator, month, added, half in ADDITIONS
        if abs(points[indicator, month]["since_year_end"]["numerator"] - added)
        <= half + half_unit(INPUTS[indicator][0], month) + half_unit(INPUTS[indicator][0], "2021-12")
    ] == ADDITIONS
    may = points["fbb_1000m_share", "2022-05"]["since_year_end"]
    assert may["numerator"] == 2_132 * WAN  # 2,135 was published, against a base of 3,456 that was revised to 3,459
    unpublished = {
        period for (indicator, period), point in points.items() if indicator == "mobile_5g_share" and not point["value"]
    }
    assert unpublished == {"2021-12", "2022-01", "2022-03", "2022-04", "2022-05"}  # gaps, never filled from their neighbours
