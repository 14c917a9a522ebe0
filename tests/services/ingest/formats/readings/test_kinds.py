"""Numbers that would be stored under the wrong metric, month or organisation, or be lost: each kind with its neighbours."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from services.ingest.formats.media import Media
from services.ingest.formats.sheets.sheet import IndexRange, SheetStart
from shared.problems import Schema
from shared.values.spelling import normalised
from tests.services.ingest.formats.pushed import NAMES, Known, Pushed, read
from tests.services.ingest.formats.readings.parts import read_parts, sheet_parts
from tests.services.ingest.formats.sheets_of import SENDER, F, Grid, H, P, T, as_text, sorted_counts

A, B = "500112007", "500112009"
M = "2022-08"
AUGUST = ["2022年8月"]
READ = [(H, A, M, 5)]
ORGANISATIONS = {"telecom": ("电信", "中国电信"), "mobile": ("移动", "中国移动"), "yuanyang": ("鸳鸯街道", "鸳鸯街道办事处")}
CAMPAIGN = Known(
    {**NAMES.metrics, "固定宽带用户": T, "固定宽带用户500m及以上": F, "常用用户": P},
    NAMES.areas,
    {normalised(name): code for code, names in ORGANISATIONS.items() for name in names},
    flows=frozenset({F}),
)
TELECOM = replace(SENDER, org="telecom", peers={normalised("中国移动"): "mobile", normalised("中国电信"): "telecom"})


def table(*grid: Sequence[Any], text: bool = False, name: str = "月报", more: Grid | None = None) -> Pushed:
    """Read a sheet of August 2022, and a second one."""
    if text:
        return read(as_text([AUGUST, *grid]), Media.CSV, TELECOM, CAMPAIGN)
    parts = sheet_parts(SheetStart(name), [AUGUST, *grid])
    return read_parts([*parts, *(sheet_parts(SheetStart("表2"), more) if more else [])], TELECOM, CAMPAIGN)


def found(pushed: Pushed) -> list[tuple[str | None, str]]:
    """Cell and code of every error, sorted."""
    return sorted((error.cell, error.code.value) for error in pushed.errors)


FIRST = (["街道", H], ["鸳鸯", 5])
UNKNOWN_HEADERS: list[tuple[Sequence[Any], list[tuple[str, str]]]] = [
    (["街道", "自健5G基站数"], [("B4", "unknown_header"), ("B5", "unread_number")]),
    (["街道", "小区数"], [("B4", "unknown_header"), ("B5", "unread_number")]),
    (["片区", "站点（个）"], [("A4", "unknown_header"), ("B5", "unread_number")]),
    (["单位", "自健5G基站数"], [("B4", "unknown_header"), ("B5", "unread_number")]),
    (["指标", "上月"], [("A4", "unknown_header"), ("B5", "unread_number")]),
    (["备注", "自健基站"], [("B4", "unknown_header"), ("B5", "unread_number")]),
]


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize(("header", "errors"), UNKNOWN_HEADERS)
def test_nothing_below_an_unknown_header_is_read(header: Sequence[Any], errors: list[tuple[str, str]], *, text: bool) -> None:
    pushed = table(*FIRST, header, ["鸳鸯", 6], text=text)

    assert sorted_counts(pushed) == READ
    assert found(pushed) == errors
    assert str(header[1]) in str(pushed.errors[0].hint) or str(header[0]) in str(pushed.errors[0].hint)


@pytest.mark.parametrize("text", [False, True])
def test_an_unknown_header_above_the_first_table_ends_where_the_table_begins(*, text: bool) -> None:
    pushed = table(["街道", "自健5G基站数"], ["鸳鸯", 6], *FIRST, text=text)

    assert sorted_counts(pushed) == READ
    assert found(pushed) == [("B2", "unknown_header"), ("B3", "unread_number")]


def test_a_list_is_not_read_as_the_crosstab_above_it_nor_a_crosstab_as_the_list() -> None:
    listed = (["指标", "街道", "数值"], [P, "鸳鸯", 6])
    crossed = (["指标", "鸳鸯", "上月数", "人和"], [P, 6, 1, 7])

    assert sorted_counts(table(["指标", "鸳鸯", "人和"], [H, 5, 8], *listed)) == [(H, A, M, 5), (H, B, M, 8), (P, A, M, 6)]
    assert sorted_counts(table(*listed, *crossed)) == [(P, A, M, 6), (P, A, M, 6), (P, B, M, 7)]


OTHER_SHEETS: list[tuple[Grid, list[tuple[str | None, str]]]] = [
    ([["街道", "自健5G基站数"], ["鸳鸯", 9]], [("B1", "unknown_header"), ("B2", "unread_number")]),
    ([["街道", "自健5G基站数"], ["鸳鸯", ""]], [("B1", "unknown_header")]),
    ([["附件"], ["", 9]], [("B2", "unread_number")]),
    ([["附件"], ["合计", "1.2万"]], [("B2", "unread_number")]),
    ([["填表说明"], ["1.每月5日前报送"], ["2.口径见附件"]], []),
]


@pytest.mark.parametrize(("sheet", "errors"), OTHER_SHEETS)
def test_a_sheet_that_names_anything_or_holds_numbers_is_read_or_is_an_error(
    sheet: Grid, errors: list[tuple[str | None, str]]
) -> None:
    pushed = table(*FIRST, more=sheet)

    assert sorted_counts(pushed) == READ
    assert found(pushed) == errors
    assert [entry for entry in pushed.passed if entry[0] == "sheet"] == ([] if errors else [("sheet", None, "表2")])


HIDDEN: list[tuple[SheetStart, list[tuple[str | None, str]]]] = [
    (SheetStart("月报", hidden_columns=[IndexRange(1, 1)]), [("B3", "hidden_value"), ("B4", "hidden_value")]),
    (SheetStart("月报", hidden_rows=[IndexRange(2, 2)]), [("B3", "hidden_value")]),
    (SheetStart("月报", is_visible=False), [("B3", "hidden_value"), ("B4", "hidden_value")]),
    (SheetStart("月报", hidden_columns=[IndexRange(0, 0)]), []),
    (SheetStart("月报", hidden_rows=[IndexRange(1, 1)]), []),
    (SheetStart("月报", hidden_rows=[IndexRange(20, 30)]), []),
]


@pytest.mark.parametrize(("start", "errors"), HIDDEN)
def test_hidden_numbers_are_errors_and_hidden_texts_are_read(start: SheetStart, errors: list[tuple[str | None, str]]) -> None:
    shown = sheet_parts(SheetStart("明细"), [AUGUST, ["街道", P], ["鸳鸯", 6]])
    hidden = sheet_parts(start, [AUGUST, ["街道", H], ["鸳鸯", 5], ["人和", 7]])
    pushed = read_parts([*shown, *hidden], TELECOM, CAMPAIGN)

    assert sorted((error.cell, error.code.value) for error in pushed.errors) == errors
    assert len(pushed.rows) == 3 - len(errors)
    assert [entry[0] for entry in pushed.passed] == (["hidden"] if start.is_visible else [])


TITLES = ["10G-PON端口占比", "5G用户占比", "500M占比", "1-9月累计", "同比增长", "上月数", "较上月增减", "本年累计"]


@pytest.mark.parametrize("title", TITLES)
def test_a_comparison_column_is_passed_over_by_its_title(title: str) -> None:
    for value in ("38%", 0.4, 4):
        pushed = table(["街道", H, title], ["鸳鸯", 5, value])

        assert (sorted_counts(pushed), pushed.errors) == (READ, [])
        assert pushed.passed == [("comparison_column", "C2", title)]


@pytest.mark.parametrize("title", ["500M占比", "5G用户占比", "同比", "增长率"])
def test_a_comparison_row_is_passed_over_by_its_title(title: str) -> None:
    pushed = table(["指标", "鸳鸯"], [H, 5], [title, "40%"])

    assert (sorted_counts(pushed), pushed.errors) == (READ, [])
    assert pushed.passed == [("comparison_row", "B4", title)]


@pytest.mark.parametrize("title", ["新增自健基站", "累计小区", "500M占用端口"])
def test_a_title_that_only_resembles_a_comparison_is_unknown(title: str) -> None:
    pushed = table(["街道", H, title], ["鸳鸯", 5, 6])

    assert sorted_counts(pushed) == sorted([*READ, (title, A, M, 6)])  # refused as an unknown metric later
    assert pushed.passed == []


STRAY: list[tuple[Grid, list[tuple[str, str]]]] = [
    ([*FIRST, ["", "", 42]], [("C4", "unread_number")]),
    ([*FIRST, [], ["", 42]], [("A5", "missing_field")]),
    ([["表号", 3], *FIRST], [("B2", "unread_number")]),
    ([["街道", H], ["鸳鸯", 5, "", 77]], [("D3", "unread_number")]),
    ([["街道", "指标", "数值", ""], ["鸳鸯", H, 5, 77]], [("D3", "unread_number")]),
    ([["街道", H], ["鸳鸯", 5, "约8户"]], [("C3", "unread_number")]),
]


@pytest.mark.parametrize(("grid", "errors"), STRAY)
def test_a_number_outside_the_columns_of_a_table_is_an_error(grid: Grid, errors: list[tuple[str, str]]) -> None:
    pushed = table(*grid)

    assert sorted_counts(pushed) == READ
    assert found(pushed) == errors


@pytest.mark.parametrize(
    ("row", "cell", "text"),
    [
        (["填表人：", "张三", "联系电话：", "13800000000"], "D4", "联系电话： 13800000000"),
        (["填报日期：", 20220905], "B4", "填报日期： 20220905"),
        (["联系电话", 67890000], "B4", "联系电话 67890000"),
    ],
)
def test_a_number_behind_the_label_of_a_signature_is_passed_over_by_name(row: Sequence[Any], cell: str, text: str) -> None:
    pushed = table(*FIRST, row)

    assert (sorted_counts(pushed), pushed.errors) == (READ, [])
    assert pushed.passed == [("signature_row", cell, text)]


OTHER_ORGANISATIONS: list[tuple[Grid, list[tuple[str, str]]]] = [
    ([["运营商", "街道", H], ["中国移动", "人和", 6], ["电信", "鸳鸯", 5]], [("A3", "other_org")]),
    ([["企业", "街道", "指标", "数值"], ["", "鸳鸯", H, 5], ["移动", "人和", H, 6]], [("A4", "other_org")]),
    ([["填报单位", "街道", H], ["广电", "人和", 6], ["中国 电信", "鸳鸯", 5]], [("A3", "other_org")]),
    ([["街道", H, ""], ["鸳鸯", 5, ""], ["人和", 6, "中国移动"]], [("C4", "other_org")]),
]


@pytest.mark.parametrize(("grid", "errors"), OTHER_ORGANISATIONS)
def test_a_row_of_another_organisation_is_refused(grid: Grid, errors: list[tuple[str, str]]) -> None:
    pushed = table(*grid)

    assert found(pushed) == errors
    assert sorted_counts(pushed) == READ


@pytest.mark.parametrize("caption", ["中国移动2022年8月报表", "填报单位：移动", "2022年8月（中国移动填报）"])
def test_a_caption_or_a_sheet_of_another_organisation_refuses_the_file(caption: str) -> None:
    for grid, name in (((AUGUST, [caption], *FIRST), "月报"), ((AUGUST, *FIRST), "中国移动")):
        with pytest.raises(Schema) as refusal:
            read_parts(sheet_parts(SheetStart(name), grid), TELECOM, CAMPAIGN)

        assert [error.code for error in refusal.value.errors] == ["other_org"]


@pytest.mark.parametrize("caption", ["中国电信2022年8月报表", "填报单位：电信", "报送：经济运行局", "移动电话用户情况"])
def test_the_senders_own_name_and_other_words_refuse_nothing(caption: str) -> None:
    assert sorted_counts(table([caption], *FIRST)) == READ
    assert sorted_counts(table(*FIRST, name="移动业务")) == READ


def test_columns_of_organisations_are_refused_as_such() -> None:
    with pytest.raises(Schema) as refusal:
        table(["指标", "中国移动", "中国电信"], [H, 5, 6])

    assert {(error.where, error.code) for error in refusal.value.errors} >= {
        ("/sheets/月报/B2", "other_org"),
        ("/sheets/月报/C2", "other_org"),
    }


VALUE_KINDS: list[tuple[Grid, list[int], list[tuple[str, str]]]] = [
    ([["街道", H, ""], ["", "本月新增", "累计"], ["鸳鸯", 5, 500]], [500], []),
    ([["街道", F, ""], ["", "本月新增", "累计"], ["鸳鸯", 5, 500]], [5], []),
    ([["街道", H, ""], ["", "净增", "期末到达"], ["鸳鸯", 5, 500]], [500], []),
    ([["街道", "指标", "本月新增", "累计"], ["鸳鸯", H, 5, 500], ["人和", F, 6, 600]], [6, 500], []),
    ([["指标", "鸳鸯街道", ""], ["", "本月新增", "期末数"], [H, 5, 500], [F, 6, 600]], [6, 500], []),
    ([["街道", "指标", "本月新增"], ["鸳鸯", H, 5], ["人和", F, 6]], [6], [("C3", "value_kind_differs")]),
    ([["街道", "指标", "累计"], ["鸳鸯", H, 500], ["人和", F, 6]], [500], [("C4", "value_kind_differs")]),
    ([["街道", f"累计{H}", f"新增{H}"], ["鸳鸯", 500, 5]], [500], []),
    ([["街道", H, "本月新增"], ["鸳鸯", 500, 5]], [500], []),
]


@pytest.mark.parametrize(("grid", "values", "errors"), VALUE_KINDS)
def test_an_increase_is_no_count_of_a_stock_and_a_cumulative_count_none_of_a_flow(
    grid: Grid, values: list[int], errors: list[tuple[str, str]]
) -> None:
    pushed = table(*grid)

    assert sorted(row.value for row in pushed.rows) == values
    assert found(pushed) == errors
    assert {entry[0] for entry in pushed.passed} <= {"comparison_column"}
    assert all(entry[2] for entry in pushed.passed)


def test_two_columns_that_may_both_be_the_count_contradict_each_other() -> None:
    pushed = table(["街道", "指标", "本月数", "累计"], ["鸳鸯", H, 5, 500])

    assert [(row.metric, row.value) for row in pushed.rows] == [(H, 5), (H, 500)]  # one count with two values is refused later
    with pytest.raises(Schema, match="appears twice"):
        table(["街道", H, ""], ["", "本月数", "累计"], ["鸳鸯", 5, 500])


@pytest.mark.parametrize(
    "title", ["本月完成数", "当月数", "完成情况", "8月", "8月份", "期末数", "本期值", "实际完成数", "本月数（户）"]
)
def test_common_titles_of_counts_are_known(title: str) -> None:
    assert sorted_counts(table(["街道", "指标", title], ["鸳鸯", H, 5])) == READ


UNKNOWN_TITLES = [
    (["街道", "指标", "报送数"], {("C2", "unknown_title"), (None, "missing_column")}),
    (["街道", "自健5G基站数"], {("B2", "unknown_title")}),
    (["指标", "江北区"], {("B2", "unknown_title"), (None, "missing_column")}),
    (["指标", "街道"], {(None, "missing_column")}),
]


@pytest.mark.parametrize(("titles", "errors"), UNKNOWN_TITLES)
def test_the_error_is_that_of_the_nearest_reading(titles: Sequence[str], errors: set[tuple[str | None, str]]) -> None:
    with pytest.raises(Schema) as refusal:
        table(titles, ["鸳鸯", 5, 6])

    cells = {
        (error.where.rpartition("月报/")[2] if "月报" in error.where else None, error.code) for error in refusal.value.errors
    }
    assert cells == errors


SPELLINGS = [
    (["街 道", "千兆覆盖\n家庭数"], ["鸳 鸯 街 道", 5]),
    (["街道（必填）", "千兆覆盖家庭数*"], ["1.鸳鸯街道", 5]),
    (["街道：", "（二）千兆覆盖家庭数（户）"], ["（一）鸳鸯街道", 5]),
    (["指标", "①鸳鸯街道"], ["其中：千兆覆盖家庭数", 5]),
    (["指标", "鸳鸯\n街道"], ["一、千兆覆盖家庭数（户）：", 5]),
]


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize(("titles", "row"), SPELLINGS)
def test_spelling_is_folded_for_chinese_too(titles: Sequence[str], row: Sequence[Any], *, text: bool) -> None:
    pushed = table(titles, row, text=text)

    assert (sorted_counts(pushed), pushed.errors) == (READ, [])


@pytest.mark.parametrize("label", ["合计：", "合计（户）", "汇总", "总 计", "一、合计", "合计*"])
def test_a_total_is_recognised_however_it_is_marked(label: str) -> None:
    pushed = table(*FIRST, ["人和", 7], [label, 12])

    assert (len(pushed.rows), pushed.errors, pushed.kinds["total_checked"]) == (2, [], 1)
    assert found(table(*FIRST, ["人和", 7], [label, 13])) == [("B5", "total_differs")]


def test_a_unit_behind_a_name_is_held_against_the_metric() -> None:
    assert found(table(["指标", "鸳鸯"], ["千兆覆盖家庭数（万户）", 5])) == [("B3", "unit_differs")]


MONTHS_ACROSS: list[Grid] = [
    [["千兆覆盖家庭数", "2022年"], ["街道", "7月", "8月"], ["鸳鸯", 4, 5]],
    [["2022年度"], ["指标", "街道", "7月", "8月", "1-8月累计"], [H, "鸳鸯", 4, 5, 9]],
    [["指标", "街道", "2022年7月", "2022年8月"], [H, "鸳鸯", 4, 5]],
    [["千兆覆盖家庭数（户）"], ["街道", "2022-07", "2022-08"], ["鸳鸯", 4, 5]],
]


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize("grid", MONTHS_ACROSS)
def test_months_run_across_where_metric_and_year_are_known(grid: Grid, *, text: bool) -> None:
    workbook = sheet_parts(SheetStart("月报"), grid)
    pushed = read(as_text(grid), Media.CSV, TELECOM, CAMPAIGN) if text else read_parts(workbook, TELECOM, CAMPAIGN)

    assert sorted_counts(pushed) == [(H, A, "2022-07", 4), (H, A, M, 5)]


@pytest.mark.parametrize(
    "grid",
    [
        [["指标", "街道", "7月", "8月"], [H, "鸳鸯", 4, 5]],  # no year
        [["2021年、2022年"], ["指标", "街道", "7月", "8月"], [H, "鸳鸯", 4, 5]],  # two years
        [["2022年8月"], ["指标", "街道", "9月"], [H, "鸳鸯", 5]],  # another month than the caption's
        [["街道", "2022年7月", "2022年8月"], ["鸳鸯", 4, 5]],  # no metric
        [["千兆覆盖家庭数"], ["固定宽带用户"], ["街道", "2022年7月", "2022年8月"], ["鸳鸯", 4, 5]],  # two metrics
    ],
)
def test_months_across_that_are_not_certain_are_refused(grid: Grid) -> None:
    with pytest.raises(Schema) as refusal:
        read_parts(sheet_parts(SheetStart("月报"), grid), TELECOM, CAMPAIGN)

    assert refusal.value.errors


@pytest.mark.parametrize(
    ("title", "row", "metric"),
    [
        ("", ["固定宽带用户", "500M及以上", 5], F),
        ("指标", ["固定宽带用户", "500M及以上", 5], F),
        ("", ["固定宽带用户", "2000M及以上", 5], "固定宽带用户2000M及以上"),
        ("", ["固定宽带用户", "", 5], T),
    ],
)
def test_the_second_part_of_a_name_counts_even_if_the_first_is_a_metric(title: str, row: Sequence[Any], metric: str) -> None:
    pushed = table(["指标", title, "数值"], row, ["填表人", "张三", ""])

    assert [(counted.metric, counted.value) for counted in pushed.rows] == [(metric, 5)]


SUMS_OF_MONTHS: list[tuple[Grid, list[int], list[tuple[str, str]]]] = [
    ([["街道", "指标", "本年累计", "本月"], ["鸳鸯", H, 500, 5], ["人和", F, 50, 6]], [6], [("D3", "value_kind_differs")]),
    ([["街道", "指标", "本月数", "1-8月累计"], ["鸳鸯", H, 5, 500], ["人和", F, 6, 50]], [6], [("C3", "value_kind_differs")]),
    ([["街道", "指标", "本年累计", "本月"], ["鸳鸯", H, 5, 500], ["人和", H, "", 6], ["翠云", H, 7, 7]], [6, 7, 500], []),
    ([["街道", H, "本年累计"], ["鸳鸯", 5, 500], ["人和", 700, 6], ["合计", 705, 506]], [700], [("B3", "value_kind_differs")]),
    ([["街道", H, ""], ["", "本月", "年初累计"], ["鸳鸯", 5, 500]], [], [("B4", "value_kind_differs")]),
    ([["街道", F, ""], ["", "本月", "本年累计"], ["鸳鸯", 5, 500]], [5], []),
    ([["街道", "本月", "", "本年累计", ""], ["", H, P, H, P], ["鸳鸯", 5, 700, 500, 6]], [700], [("B4", "value_kind_differs")]),
    ([["指标", "鸳鸯", "人和", "本年累计"], [H, 5, 6, 11]], [5, 6], []),
    ([["街道", "指标", "期末到达", "本年累计"], ["鸳鸯", H, 5, 500]], [5], []),
    ([["指标", "街道", "8月", "1-8月累计"], [H, "鸳鸯", 5, 500], [F, "鸳鸯", 6, 60]], [6], [("C3", "value_kind_differs")]),
    ([["指标", "街道", "7月", "8月", "1-8月累计"], [H, "鸳鸯", 4, 5, 9]], [4, 5], []),
]


@pytest.mark.parametrize(("grid", "values", "errors"), SUMS_OF_MONTHS)
def test_a_count_of_a_stock_that_is_smaller_than_its_sum_of_several_months_seems_to_be_an_increase(
    grid: Grid, values: list[int], errors: list[tuple[str, str]]
) -> None:
    for text in (False, True):
        pushed = table(*grid, text=text)

        assert sorted(row.value for row in pushed.rows) == values
        assert found(pushed) == errors
        assert pushed.passed or "期末到达" in grid[0]


@pytest.mark.parametrize("title", ["年度目标", "全年计划数", "本月计划", "月度任务数", "年度任务", "目标值"])
def test_a_column_of_targets_between_areas_is_passed_over(title: str) -> None:
    pushed = table(["指标", "鸳鸯", title, "人和"], [H, 5, 900, 7])

    assert (sorted_counts(pushed), pushed.errors) == ([*READ, (H, B, M, 7)], [])
    assert pushed.passed == [("comparison_column", "C2", title)]
