"""A series as CSV: a row a period, gaps among them."""

import csv
import io

from services.indicators.series.table import SERIES_COLUMNS
from tests.fixtures_campaign_api import CampaignApi, CreateCampaign

SHARE = "/v1/indicators/fbb_500m_share/series"
ASKED = {"from": "2022-05", "to": "2022-09"}
NOTHING = (None, "")


async def _reported(town: CampaignApi, org: str, month: str, fast: int, total: int) -> None:
    await town.push_ok(org, [("fbb_subs_500m", "liangjiang", fast), ("fbb_subs_total", "liangjiang", total)], month)


async def test_a_table_holds_the_points_and_the_gaps_of_the_answer_in_order(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom", "mobile"])
    for month, fast in (("2022-05", 20), ("2022-06", 25), ("2022-08", 30), ("2022-09", 35)):
        await _reported(town, "telecom", month, fast, 100)
        await _reported(town, "mobile", month, fast, 100)
    await _reported(town, "telecom", "2022-07", 27, 110)
    await _reported(town, "mobile", "2022-05", 21, 100)  # a correction: June is no longer subtracted from it

    answer = await town.get_ok(SHARE, **ASKED)
    csv_answer = await town.get(SHARE, format="csv", **ASKED)
    rows = list(csv.DictReader(io.StringIO(csv_answer.content.decode("utf-8-sig"), newline="")))
    points = {point["period"]: point for point in answer["points"]}

    assert [gap["period"] for gap in answer["gaps"]] == ["2022-07"]
    assert tuple(rows[0]) == SERIES_COLUMNS
    assert [row["period"] for row in rows] == [row["month"] for row in rows] == sorted(points)
    for row in rows:
        point, added = points[row["period"]], points[row["period"]]["net_addition"]
        assert row["value"] == ("" if point["value"] is None else str(point["value"]))
        assert row["net_addition_numerator"] == ("" if added["numerator"] is None else str(added["numerator"]))
        assert row["net_addition_breaks"].split() == [f"{each['kind']}:{each['metric']}" for each in added["breaks"]]
        assert row["since_year_end_since"] == "2021-12"
    assert rows[1]["net_addition_breaks"] == "revision:fbb_subs_500m"
    assert (points["2022-09"]["net_addition"]["display"], rows[4]["net_addition_display"]) == ("+5.0", "5.0")
    assert [(row["status_zh"], row["no_value"], row["no_value_zh"], row["missing_from"]) for row in rows[1:3]] == [
        ("达标", "", "", ""),
        ("数据不全", "incomplete", "数据不全", "mobile"),
    ]
    assert "series-fbb_500m_share-" in csv_answer.headers["Content-Disposition"]


async def test_a_period_without_a_line_is_a_row_that_says_why_and_a_held_table_is_304(liangjiang: CampaignApi) -> None:
    counts = [("ipv6_users", "liangjiang", 30), ("internet_users", "liangjiang", 40)]
    await liangjiang.push_ok("telecom", counts, "2022-06")
    path = "/v1/indicators/ipv6_user_share/series"
    asked = {"from": "2022-06", "to": "2022-07", "org": "telecom"}

    answer = await liangjiang.get(path, "telecom", **asked, format="csv")
    june, july = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    held = liangjiang.headers("telecom") | {"If-None-Match": answer.headers["ETag"]}
    again = await liangjiang.api.get(path, params=asked, headers=held | {"Accept": "text/csv"})
    other = await liangjiang.api.get(path, params=asked, headers=held)
    refused = await liangjiang.get(path, "mobile", **asked, format="csv")
    neither = await liangjiang.api.get(path, params=asked, headers=liangjiang.headers("telecom") | {"Accept": "image/png"})

    assert (june["display"], june["no_value"]) == ("75.0", "")
    assert {name for name, cell in july.items() if cell not in NOTHING} == {
        *("campaign", "as_of", "definition_version", "period", "month", "indicator", "indicator_zh", "indicator_en"),
        *("org", "org_zh", "org_en", "no_value", "no_value_zh", "no_value_en"),
    }
    assert (july["period"], july["org_zh"], july["no_value"]) == ("2022-07", june["org_zh"], "not_reported")
    assert [again.status_code, other.status_code, refused.status_code, neither.status_code] == [304, 200, 403, 406]
