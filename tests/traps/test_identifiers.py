"""The trap of units and identifiers: counts only, codes as text, names that resolve to one street or to none."""

import json

from tests.fixtures_campaign_api import CampaignApi

TIANGONGDIAN = "500112010"
ROW = {"metric": "fbb_subs_500m", "area": "liangjiang", "month": "2022-08", "value": 25}


async def _nothing_was_stored(liangjiang: CampaignApi) -> bool:
    head = await liangjiang.get_ok("/v1/summary", month="2022-08")
    stored = await liangjiang.get_ok("/v1/observations")
    return (stored["total"], head["data_version"]) == (0, head["definition_version"])


async def test_trap_26_json_takes_counts_and_codes_only_and_says_what_is_wrong_with_each_row(liangjiang: CampaignApi) -> None:
    cases: list[tuple[str, object, str]] = [
        ("value", 0.25, "fraction"),
        ("value", "25%", "percent"),
        ("value", "25", "value_is_text"),
        ("value", -1, "negative"),
        ("value", 2**53, "too_large"),
        ("value", 10**17, "too_many_digits"),
        ("month", 1664553599, "not_text"),
        ("month", 1664553599000, "not_text"),
        ("month", "1664553599", "month_malformed"),
        ("month", "1664553599000", "month_malformed"),
        ("area", 500112022, "not_text"),
        ("area", "天宫殿街", "unknown_area"),
        ("area", "500112099", "unknown_area"),
        ("area", "天宫殿街道", "unknown_area"),
    ]

    refused = await liangjiang.send("telecom", json.dumps({"observations": [ROW | {field: value} for field, value, _ in cases]}))
    report = refused.json()["report"]

    assert refused.status_code == 422
    assert {error["row"]: (error["column"], error["code"]) for error in report["errors"]} == {
        number: (field, code) for number, (field, _, code) in enumerate(cases, start=1)
    }
    assert report["counts"] | {"received": len(cases), "rejected": len(cases)} == report["counts"]
    assert await _nothing_was_stored(liangjiang)


async def test_trap_26_a_share_sent_as_25_is_a_count_of_25(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [("fbb_subs_500m", "liangjiang", 25), ("fbb_subs_total", "liangjiang", 100)])
    line = await liangjiang.line("fbb_500m_share")

    assert line["partial"] == {"numerator": 25, "denominator": 100}


async def test_trap_26_csv_percentages_and_fractions_are_refused_row_by_row(liangjiang: CampaignApi) -> None:
    lines = [
        "指标,区域,月份,数值",
        *(f"fbb_subs_500m,两江新区,2022-08,{value}" for value in ("25%", "0.25", "1664553599.5", "-3")),
    ]

    refused = await liangjiang.send("telecom", "\n".join(lines), ".csv")

    assert [(error["row"], error["code"], error["value"]) for error in refused.json()["report"]["errors"]] == [
        (2, "percent", "25%"),
        (3, "fraction", "0.25"),
        (4, "fraction", "1664553599.5"),
        (5, "negative", "-3"),
    ]
    assert await _nothing_was_stored(liangjiang)


async def test_trap_26_both_names_of_a_street_are_one_street(liangjiang: CampaignApi) -> None:
    short = "指标,区域,月份,数值\nolt_pon_ports_total,天宫殿,2022-08,100\nolt_pon_ports_10g,天宫殿街道,2022-08,20"

    answer = await liangjiang.send("telecom", short, ".csv")
    stored = (await liangjiang.get_ok("/v1/observations", area=TIANGONGDIAN))["items"]

    assert answer.status_code == 201, answer.text
    assert {(row["metric"], row["area"], row["value"]) for row in stored} == {
        ("olt_pon_ports_total", TIANGONGDIAN, 100),
        ("olt_pon_ports_10g", TIANGONGDIAN, 20),
    }
    (noted,) = answer.json()["report"]["normalisations"]
    assert (noted["kind"], noted["count"], noted["rows"]) == ("area_name", 2, [2, 3])
    assert (noted["before"], noted["after"]) == ("天宫殿", TIANGONGDIAN)


async def test_trap_26_both_names_in_one_file_are_one_cell(liangjiang: CampaignApi) -> None:
    head = "指标,区域,月份,数值\nolt_pon_ports_total,天宫殿,2022-08,100\n"

    same = await liangjiang.send("telecom", head + "olt_pon_ports_total,天宫殿街道,2022-08,100", ".csv")
    other = await liangjiang.send("mobile", head + f"olt_pon_ports_total,{TIANGONGDIAN},2022-08,101", ".csv")

    assert same.json()["report"]["counts"] | {"received": 2, "created": 1, "merged": 1} == same.json()["report"]["counts"]
    assert [(error["row"], error["code"]) for error in other.json()["report"]["errors"]] == [
        (2, "duplicate_conflict"),
        (3, "duplicate_conflict"),
    ]


async def test_trap_26_an_unknown_street_is_refused_and_never_created(liangjiang: CampaignApi) -> None:
    before = (await liangjiang.get_ok("/v1/catalogue"))["areas"]

    refused = await liangjiang.send("telecom", "指标,区域,月份,数值\nolt_pon_ports_total,天宫街道,2022-08,100", ".csv")

    (error,) = refused.json()["report"]["errors"]
    assert (refused.status_code, error["row"], error["column"], error["code"]) == (422, 2, "area", "unknown_area")
    assert (await liangjiang.get_ok("/v1/catalogue"))["areas"] == before
    assert await _nothing_was_stored(liangjiang)
