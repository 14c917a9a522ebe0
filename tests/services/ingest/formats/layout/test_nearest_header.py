"""A table that is not understood is answered with its unknown titles, by cell, and with what is missing."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.ingest.formats.layout.list_titles import TITLES
from services.ingest.formats.media import Media
from services.ingest.formats.sender import SenderDefaults
from services.ingest.formats.sheets.sheet import SheetStart
from shared.problems import Schema
from tests.services.ingest.formats.pushed import read
from tests.services.ingest.formats.readings.parts import read_parts, sheet_parts
from tests.services.ingest.formats.sheets_of import SENDER, Grid, H, P, T, as_text

AUGUST = ["2022年8月"]
YUANYANG = "鸳鸯街道"
CARRIER = replace(SENDER, default_area=None, area_by_metric={T: "liangjiang"})
Errors = list[tuple[str, str]]
"""Cell or missing column, and code."""


def refusal(grid: Grid, sender: SenderDefaults = CARRIER, *, text: bool = False) -> Schema:
    """Return the problem of a file that is refused as a whole."""
    try:
        pushed = read(as_text(grid), Media.CSV, sender) if text else read_parts(sheet_parts(SheetStart("月报"), grid), sender)
    except Schema as refused:
        return refused
    pytest.fail(f"read: {pushed.rows} {pushed.errors}")


def errors_of(problem: Schema) -> Errors:
    return [(error.where.removeprefix("/sheets/月报").removeprefix("/"), str(error.code)) for error in problem.errors]


VALUE: Errors = [("header/value", "missing_column")]
VALUES_THAT_ARE_NONE = ["1-9月累计", "目标值", "计划数", "上月数", "去年同期", "占比", "同比", "平均", "完成率"]
UNKNOWN_VALUES = ["情况说明", "完成进度", "报送数", "数字", "备考", "指标完成"]


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize("title", [*VALUES_THAT_ARE_NONE, *UNKNOWN_VALUES])
def test_an_unknown_title_of_values_is_named_by_its_cell_and_only_the_value_is_missing(title: str, *, text: bool) -> None:
    code = "value_kind_differs" if title in VALUES_THAT_ARE_NONE else "unknown_title"
    for lead in ([], ["序号"]):
        grid: Grid = [AUGUST, [*lead, "指标", "区域", title, "备注"], [*["1" for _ in lead], H, YUANYANG, 960, "好"]]

        assert errors_of(refusal(grid, text=text)) == [(f"{'D' if lead else 'C'}2", code), *VALUE]


METRIC, AREA, MONTH = [(f"header/{name}", "missing_column") for name in ("metric", "area", "month")]
CASES: list[tuple[Grid, Errors]] = [
    ([AUGUST, ["街道", "目标值"], ["鸳鸯", 5]], [("B2", "value_kind_differs"), METRIC, *VALUE]),
    ([["指标", "区域", "数字"], [H, "鸳鸯", 5]], [("C1", "unknown_title"), MONTH, *VALUE]),
    ([AUGUST, ["指标", "数字"], [H, 5]], [("B2", "unknown_title"), AREA, *VALUE]),
    ([AUGUST, ["指标", "数字"], [T, 5]], [("B2", "unknown_title"), *VALUE]),
    ([["鸳鸯街道2022年8月"], ["指标", "数字"], [H, 5]], [("B2", "unknown_title"), *VALUE]),
    ([AUGUST, ["街道", "自健5G基站数", "占用数"], ["鸳鸯", 5, 6]], [("B2", "unknown_title"), ("C2", "unknown_title")]),
    ([["街道", "自健5G基站数"], ["鸳鸯", 5]], [("B1", "unknown_title"), MONTH]),
    ([AUGUST, ["街道", H, "数值"], ["鸳鸯", 5, 6]], [("C2", "ambiguous_column")]),
    ([AUGUST, ["街道", H, "人和街道"], ["鸳鸯", 5, 6]], [("C2", "ambiguous_column")]),
    ([AUGUST, ["指标", "鸳鸯", "数值"], [H, 5, 6]], [("C2", "ambiguous_column")]),
    ([AUGUST, ["指标", "数值", "本月数"], [H, 5, 6]], [("C2", "duplicate_column"), AREA]),
    ([AUGUST, [H, P], [5, 6]], [AREA]),
    ([AUGUST, ["鸳鸯街道", "人和街道"], [5, 6]], [METRIC]),
    ([["2022年"], ["街道", "7月", "8月"], ["鸳鸯", 5, 6]], [METRIC]),
    ([["街道", "2022年7月", "2022年8月"], ["鸳鸯", 5, 6]], [METRIC]),
    ([["街道", "7月", "8月"], ["鸳鸯", 5, 6]], [("B1", "unknown_title"), METRIC]),
    ([[H], ["街道", "7月", "8月"], ["鸳鸯", 5, 6]], [("B2", "unknown_title")]),
    ([["指标", "街道", "7月", "8月"], [H, "鸳鸯", 5, 6]], [("C1", "unknown_title")]),
    ([["甲", "乙"], ["丙", 6]], [("B1", "unknown_title"), METRIC, AREA, MONTH, *VALUE]),
    ([["甲"], [6]], [METRIC, AREA, MONTH, *VALUE]),
]


@pytest.mark.parametrize(("grid", "errors"), CASES)
def test_the_errors_are_those_of_the_nearest_reading(grid: Sequence[Sequence[Any]], errors: Errors) -> None:
    for text in (False, True):
        assert sorted(errors_of(refusal(grid, text=text))) == sorted(errors)


def test_what_the_request_or_the_sender_says_is_not_missing() -> None:
    grid: Grid = [["指标", "数字"], [H, 5]]

    assert errors_of(refusal(grid, replace(SENDER, month="2022-08"))) == [("B1", "unknown_title"), *VALUE]


def test_the_nearest_header_of_all_sheets_answers() -> None:
    far = sheet_parts(SheetStart("封面"), [["编制说明", "版本"], ["甲", "乙"]])
    near = sheet_parts(SheetStart("月报"), [AUGUST, ["指标", "区域", "数字"], [H, "鸳鸯", 5]])
    for parts in ([*far, *near], [*near, *far]):
        with pytest.raises(Schema, match="C2 “数字”") as refused:
            read_parts(parts, CARRIER)

        assert errors_of(refused.value) == [("C2", "unknown_title"), *VALUE]


def test_months_without_a_year_ask_for_the_year_only_where_none_is_named() -> None:
    unnamed = refusal([["街道", "7月", "8月"], ["鸳鸯", 5, 6]]).errors
    named = refusal([["2022年度"], ["街道", "7月", "8月"], ["鸳鸯", 5, 6]]).errors

    assert [(error.value, "2022年1月" in str(error.hint)) for error in unnamed] == [("7月、8月", True), (None, False)]
    assert [("2022年1月" in str(error.hint), "指标" in str(error.hint)) for error in named] == [(False, True)]


def test_the_year_of_another_sheet_is_not_that_of_the_nearest_header() -> None:
    months = sheet_parts(SheetStart("月报"), [[H], ["街道", "7月", "8月"], ["鸳鸯", 5, 6]])
    other = sheet_parts(SheetStart("说明"), [["2022年度工作"], ["要点", "责任人"]])
    for parts in ([*months, *other], [*other, *months]):
        with pytest.raises(Schema) as refused:
            read_parts(parts, CARRIER)

        assert errors_of(refused.value) == [("B2", "unknown_title")]


def test_a_misspelt_name_of_a_metric_or_an_area_gets_up_to_three_near_names_and_where_all_are() -> None:
    (metric,) = refusal([AUGUST, ["街道", "千兆覆盖家庭"], ["鸳鸯", 5]]).errors
    area, _ = refusal([AUGUST, ["指标", "鸳鸯街"], [T, 5]]).errors
    (none,) = refusal([AUGUST, ["街道", "甲乙丙丁"], ["鸳鸯", 5]]).errors

    assert metric.hint is not None
    assert metric.hint.zh == "是否指 千兆覆盖家庭数（homes_gigabit_covered）？全部名称见 /v1/catalogue"
    assert "鸳鸯街道" in str(area.hint)
    assert none.hint is not None
    assert none.hint.zh == "指标、区域的名称见 /v1/catalogue"


def test_a_header_of_very_many_unknown_titles_is_answered_briefly() -> None:
    problem = refusal([AUGUST, ["街道", *(f"甲{number}" for number in range(200))], ["鸳鸯", *range(200)]])

    assert len(problem.errors) == 10
    assert all(len(text) < 400 for text in (str(problem), *(str(error.hint) for error in problem.errors)))


def test_the_page_of_shapes_lists_all_titles() -> None:
    page = (Path(__file__).parents[5] / "docs" / "forms.md").read_text()

    for name, titles in TITLES.items():
        assert f"| {name} | {'、'.join(titles)} |" in page
