"""Nothing reported is not zero; a status means one thing; compound figures have their unit; large sums are exact or null."""

import csv
import io
from typing import Any

from tests.fixtures_campaign_api import CampaignApi, CreateCampaign, Line

TOTAL, FAST, AREA = "fbb_subs_total", "fbb_subs_500m", "liangjiang"
KANGMEI = "500112022"
LARGEST = 2**53 - 1


def _numbers(line: Line) -> tuple[Any, ...]:
    return line["status"], line["numerator"], line["denominator"], line["value"], line["partial"]


async def test_a_voluntary_indicator_that_nobody_reports_has_no_numbers(liangjiang: CampaignApi) -> None:
    line = await liangjiang.line("ipv6_user_share")
    series = await liangjiang.get_ok("/v1/indicators/ipv6_user_share/series", **{"from": "2022-07", "to": "2022-08"})
    explained = await liangjiang.get_ok("/v1/indicators/ipv6_user_share/explanation", month="2022-08")
    await liangjiang.push_ok("telecom", [("ipv6_users", AREA, 0), ("internet_users", AREA, 0)])
    zero = await liangjiang.line("ipv6_user_share")

    assert _numbers(line) == ("not_reported", None, None, None, None)
    assert {variant["status"] for variant in line["variants"]} == {"not_reported"}
    assert [gap["kind"] for gap in series["gaps"]] == ["not_reported", "not_reported"]
    assert [step["result"] for step in explained["variants"][0]["steps"]] == ["not_reported"]
    assert _numbers(zero) == ("not_applicable", 0, 0, None, None)  # reported as 0: the denominator is 0


async def test_the_partial_sums_of_an_absent_side_are_null(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", "key_place_5g_reach", carriers=["telecom", "mobile"])
    before = {line["indicator"]: line["partial"] for line in await town.lines()}
    await town.push_ok("telecom", [(FAST, AREA, 0), ("key_places_reached", KANGMEI, 3)])
    after = {line["indicator"]: line["partial"] for line in await town.lines()}
    await town.push_ok("telecom", [(TOTAL, AREA, 7)])

    nothing = {"numerator": None, "denominator": None}
    assert before == {"fbb_500m_share": nothing, "key_place_5g_reach": nothing}
    assert after["fbb_500m_share"] == {"numerator": 0, "denominator": None}
    assert after["key_place_5g_reach"] == {"numerator": 3, "denominator": None}
    assert (await town.line("fbb_500m_share"))["partial"] == {"numerator": 0, "denominator": 7}


async def test_an_organisations_line_has_no_target_and_its_variants_say_the_same(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom", "mobile"])
    await town.push_ok("telecom", [(TOTAL, AREA, 4), (FAST, AREA, 1)])
    await town.push_ok("mobile", [(TOTAL, AREA, 0), (FAST, AREA, 0)])

    lines = {line["org"]: line for line in await town.lines(group_by="org")}

    assert {org: line["status"] for org, line in lines.items()} == {"telecom": "no_target", "mobile": "not_applicable"}
    for line in lines.values():
        assert {variant["status"] for variant in line["variants"]} == {line["status"]}


async def test_a_gap_of_places_and_carriers_has_their_unit(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("key_place_5g_reach", "pon_10g_share", carriers=["telecom", "mobile"])
    owner = next(
        cell["org"] for cell in (await town.line("key_place_5g_reach"))["missing"] if cell["metric"] == "key_places_listed"
    )
    await town.push_ok(owner, [("key_places_listed", KANGMEI, 5)])
    for carrier, reached in (("telecom", 4), ("mobile", 2)):
        await town.push_ok(carrier, [("key_places_reached", KANGMEI, reached)])

    line = await town.line("key_place_5g_reach")
    table = await town.get("/v1/summary", month="2022-08", format="csv")
    rows = {row["indicator"]: row for row in csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff")))}

    assert (line["numerator"], line["denominator"], line["gap"]) == (6, 10, 2)
    assert line["counted_in"] == {"zh": "处·家", "en": "places × carriers"}
    assert {variant["variant"]: variant["counted_in"]["zh"] for variant in line["variants"]}["any"] == "处"
    assert (await town.line("pon_10g_share"))["counted_in"]["zh"] == "个"
    assert rows["key_place_5g_reach"]["counted_in_zh"] == "处·家"


async def test_sums_above_the_largest_count_are_null_in_json_and_exact_in_the_table(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom", "mobile"])
    for carrier in ("telecom", "mobile"):
        await town.push_ok(carrier, [(TOTAL, AREA, LARGEST), (FAST, AREA, 1 if carrier == "telecom" else LARGEST)])

    line = await town.line("fbb_500m_share")
    own = {line["org"]: line["denominator"] for line in await town.lines(group_by="org")}
    table = await town.get("/v1/summary", month="2022-08", format="csv")
    (row,) = csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff")))

    assert (line["numerator"], line["denominator"], line["display"], line["status"]) == (None, None, "50.0", "met")
    assert (line["variants"][0]["numerator"], line["gap"]) == (None, 0)
    assert own == dict.fromkeys(("telecom", "mobile"), LARGEST)
    assert (row["numerator"], row["denominator"]) == (str(LARGEST + 1), str(2 * LARGEST))
    targets = (await town.get_ok("/v1/targets", month="2022-08"))["lines"][0]
    assert (targets["numerator"], targets["status"]) == (None, "met")
