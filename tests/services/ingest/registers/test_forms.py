"""Registers as offices keep them: titles above, two rows of titles, units, merged streets, totals, signatures, several sheets."""

from typing import Any

import pytest
from httpx import Response

from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.formats.sheets_of import as_text, sheets
from tests.services.ingest.registers.lists import KANGMEI, RENHE, building, push, pushed, refusals, sent, station

Page = tuple[str, list[list[Any]], list[tuple[int, int, int, int]]]
TITLE = ["康美街道小区楼栋登记表（2022年8月）"]
HEAD = ["楼栋编号", "小区名称", "家庭户数"]
PLACES = ["场所编号", "场所名称", "场所类别", "街道"]


def page(*rows: list[Any], merged: list[tuple[int, int, int, int]] | None = None, name: str = "月报") -> Page:
    return name, list(rows), merged or []


async def book(practice: CampaignApi, org: str, register: str, *pages: Page, **question: Any) -> Response:
    return await sent(practice, org, register, sheets(*pages), ".xlsx", **question)


async def stored(practice: CampaignApi, register: str, *columns: str) -> list[tuple[Any, ...]]:
    rows = (await practice.get_ok(f"/v1/registers/{register}/rows"))["items"]
    return [tuple(row[column] for column in columns) for row in rows]


def cells(answer: Response) -> list[tuple[str | None, str | None, str]]:
    return [(error["sheet"], error["cell"], error["code"]) for error in answer.json()["report"]["errors"]]


async def test_a_street_offices_form_is_read_with_all_that_stands_around_its_table(liangjiang: CampaignApi) -> None:
    first = page(
        TITLE,
        ["填报单位：康美街道办事处", "", "", "单位：户"],
        ["序号", "小区", "楼栋", "", "家庭户数"],
        ["", "", "编号", "名称", ""],
        ["", "", "", "", "户"],
        [1, "康美佳苑", "KM-1", "1栋", 120],
        [2, "", "KM-2", "2栋", "１，０３２"],
        ["", "小计", "", "", 1152],
        [3, "康美雅居", "KM-3", "", 80],
        ["", "小 计", "", "", 80],
        ["", "合计", "", "", 1232],
        [],
        ["填表人：张三", "", "", "联系电话：", 13800000000],
        ["注：户数以公安登记为准"],
        merged=[(0, 0, 0, 4), (2, 0, 3, 0), (2, 1, 3, 1), (2, 2, 2, 3), (2, 4, 3, 4), (5, 1, 6, 1), (13, 0, 13, 4)],
        name="第一社区",
    )
    second = page(TITLE, HEAD, ["KM-4", "康美新城", 60], ["KM-4", "康美新城", 61], name="第二社区")

    answer = await book(
        liangjiang, "kangmei", "compounds", page(["本表于次月5日前报送"], name="填表说明"), first, second, mode="partial"
    )

    assert answer.status_code == 201, answer.text
    report = answer.json()["report"]
    assert cells(answer) == [("第二社区", "A3", "duplicate_conflict"), ("第二社区", "A4", "duplicate_conflict")]
    assert report["errors"][0]["hint"]["zh"] == "涉及 第二社区!3, 第二社区!4"
    assert (report["counts"]["received"], report["counts"]["created"], report["counts"]["rejected"]) == (5, 3, 2)
    kinds = {note["kind"]: note["count"] for note in report["normalisations"]}
    assert (kinds["total_checked"], kinds["month_of_form"], kinds["area_of_form"]) == (3, 2, 2)
    assert [entry["reason"] for entry in report["passed_over"]] == ["comparison_column", "signature_row", "sheet"]
    assert await stored(liangjiang, "compounds", "building", "compound", "name", "area", "households") == [
        ("KM-1", "康美佳苑", "1栋", KANGMEI, 120),
        ("KM-2", "康美佳苑", "2栋", KANGMEI, 1032),
        ("KM-3", "康美雅居", None, KANGMEI, 80),
    ]


async def test_a_street_merged_down_holds_for_every_place_below_it_also_as_csv_with_each_written_out(
    liangjiang: CampaignApi,
) -> None:
    table = (["重点场所清单（2022年8月）"], PLACES, ["A", "社区医院", "hospital", "康美街道"], ["B", "大学", "university", ""])
    answer = await book(liangjiang, "economy", "key_places", page(*table, merged=[(2, 3, 3, 3)]))

    assert answer.status_code == 201, answer.text
    assert await stored(liangjiang, "key_places", "id", "area") == [("A", KANGMEI), ("B", KANGMEI)]

    rows = [*table[:3], ["B", "大学", "university", "人和"], ["制表人：李四", "", "", ""]]
    again = await sent(liangjiang, "economy", "key_places", as_text(rows), ".csv")
    assert again.json()["report"]["counts"]["updated"] == 1, again.text
    assert await stored(liangjiang, "key_places", "id", "area") == [("A", KANGMEI), ("B", RENHE)]


@pytest.mark.parametrize("mode", ["atomic", "partial"])
async def test_a_total_that_disagrees_refuses_what_it_adds_up(liangjiang: CampaignApi, mode: str) -> None:
    rows: list[list[Any]] = [
        ["a", "甲", 10],
        ["b", "甲", 20],
        ["小计", "", 30],
        ["c", "乙", 5],
        ["d", "乙", "-"],
        ["小计", "", 6],
        ["e", "丙", 7],
    ]
    form = page(TITLE, HEAD, *rows, ["f", "丙", 1], ["小计", "", 9], ["合计", "", 44])

    answer = await book(liangjiang, "kangmei", "compounds", form, mode=mode)

    report = answer.json()["report"]
    assert cells(answer) == [("月报", "C7", "placeholder"), ("月报", "C11", "total_differs")]
    assert report["errors"][1]["hint"]["zh"] == "各项之和为 8；请核对各项与合计"
    assert (report["counts"]["received"], report["counts"]["rejected"]) == (7, 4)
    if mode == "partial":
        assert [key for (key,) in await stored(liangjiang, "compounds", "building")] == ["a", "b", "c"]


async def test_one_merged_count_is_not_the_count_of_two_buildings(liangjiang: CampaignApi) -> None:
    answer = await book(
        liangjiang, "kangmei", "compounds", page(TITLE, HEAD, ["a", "甲", 10], ["b", "甲", ""], merged=[(2, 2, 3, 2)])
    )

    assert cells(answer) == [("月报", "C3", "merged_value"), ("月报", "C4", "merged_value")]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["康美街道"], HEAD, ["a", "甲", 1]], "missing_month"),
        ([["2022年1-8月"], HEAD, ["a", "甲", 1]], "several_months"),
        ([TITLE, ["单位：万户"], HEAD, ["a", "甲", 1]], "unit_differs"),
        ([TITLE, ["楼栋编号", "小区名称", "家庭户数（万户）"], ["a", "甲", 1]], "unit_differs"),
        ([TITLE, HEAD, ["", "", "千户"], ["a", "甲", 1]], "unit_differs"),
        ([TITLE, ["楼栋编号", "楼栋编号", "小区名称", "家庭户数"], ["a", "b", "甲", 1]], "duplicate_column"),
        ([TITLE, ["楼栋编号", "小区名称", "几户"], ["a", "甲", 1]], "missing_column"),
    ],
)
async def test_what_a_form_says_wrongly_for_all_of_its_rows_is_told_before_any_is_read(
    liangjiang: CampaignApi, rows: list[list[Any]], code: str
) -> None:
    answer = await book(liangjiang, "kangmei", "compounds", page(*rows))

    assert (answer.status_code, [error["code"] for error in answer.json()["errors"]]) == (422, [code])


async def test_the_month_of_the_request_completes_a_list_and_a_second_sheet_must_have_all_columns(
    liangjiang: CampaignApi,
) -> None:
    await pushed(liangjiang, "kangmei", "compounds", [building("a", 9)])
    good, poor = page(["楼栋编号", "千兆可覆盖户数"], ["a", 9]), page(["楼栋", "覆盖"], ["b", 8], name="二")

    read = await book(liangjiang, "telecom", "home_coverage", good, month="2022-08")
    refused = await book(
        liangjiang, "kangmei", "compounds", page(TITLE, HEAD, ["a", "甲", 1]), page(["楼栋编号", "小区名称", "户"], name="二")
    )

    assert read.json()["report"]["counts"]["created"] == 1, read.text
    both = await book(liangjiang, "telecom", "home_coverage", good, poor, month="2022-08")
    assert cells(both) == [("二", "B2", "unread_number")]
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "/header/households")
    assert "二" in refused.json()["detail"]


STATIONS = "月份,基站编号,站址编号,街道,建设方,共享方,频段,开通日期\n"


@pytest.mark.parametrize(
    "written",
    [
        "telecom",
        "电信",
        "中国电信",
        "电信公司",
        "电信两江新区分公司",
        "Telecom",
        "china telecom",
        "China Telecom, Liangjiang New Area branch",
    ],
)
async def test_the_builder_of_a_station_is_given_by_any_name_of_the_organisation(liangjiang: CampaignApi, written: str) -> None:
    line = f'2022-08,0001,TT-1,康美街道,"{written}",中国广电、移动,n28,2022-02-20\n'
    answer = await sent(liangjiang, "telecom", "base_stations", (STATIONS + line).encode(), ".csv")

    assert answer.status_code == 201, answer.text
    assert await stored(liangjiang, "base_stations", "built_by") == [("telecom",)]
    assert (await liangjiang.get_ok("/v1/registers/base_stations/rows"))["items"][0]["shared_with"] == ["cbn", "mobile"]


async def test_an_unknown_builder_is_refused_with_the_nearest_name_and_the_json_takes_codes_only(liangjiang: CampaignApi) -> None:
    line = "2022-08,0001,TT-1,康美街道,电信集团,,n28,2022-02-20\n"
    answer = await sent(liangjiang, "telecom", "base_stations", (STATIONS + line).encode(), ".csv")
    strict = await push(liangjiang, "telecom", "base_stations", [station("1", "中国电信")])

    assert refusals(answer) == [(2, "built_by", "unknown_term")]
    assert answer.json()["report"]["errors"][0]["hint"]["zh"] == "是否指“电信”（telecom）？"
    assert refusals(strict) == [(1, "built_by", "unknown_term")]


@pytest.mark.parametrize(
    "second",
    [
        page(["楼栋", "住户情况"], ["b", 8], name="二"),
        page(["楼号", "院落"], ["b", "康美街道"], name="二"),
        page(TITLE, HEAD, ["c", "甲", 1], ["楼号", "院落", "户情况"], ["b", "甲", 2], name="二"),
        page(TITLE, [*HEAD, ""], ["b", "甲", 2, "待核"], name="二"),
    ],
)
async def test_replacing_retracts_nothing_because_of_something_that_was_not_read(liangjiang: CampaignApi, second: Page) -> None:
    await pushed(liangjiang, "kangmei", "compounds", [building("a", 1), building("b", 2)])

    answer = await book(
        liangjiang, "kangmei", "compounds", page(TITLE, HEAD, ["a", "甲", 1]), second, mode="replace", month="2022-08"
    )

    assert {sheet for sheet, _, _ in cells(answer)} == {"二"}, answer.text
    assert await stored(liangjiang, "compounds", "building", "households") == [("a", 1), ("b", 2)]
