"""Captions, headers and notes of a form say which counts it has; where they do not, the form is refused."""

from collections.abc import Sequence
from typing import Any

import pytest

from services.ingest.formats.cells.cell import CellKind, TypedCell
from services.ingest.formats.media import Media
from services.ingest.formats.sheets.sheet import SheetRows, SheetStart
from shared.problems import Schema
from tests.services.ingest.formats.pushed import read
from tests.services.ingest.formats.readings.parts import read_parts
from tests.services.ingest.formats.readings.test_kinds import AUGUST, CAMPAIGN, FIRST, READ, TELECOM, A, B, M, found, table
from tests.services.ingest.formats.sheets_of import F, Grid, H, P, sheets, sorted_counts

SECOND = (["街道", P], ["人和", 6])
LISTED = (["指标", "数值"], [H, 5])


def refusal(*grid: Sequence[Any], name: str = "月报") -> list[str]:
    """Read a sheet that is refused as a whole; return the codes of its errors."""
    with pytest.raises(Schema) as refused:
        read(sheets((name, grid, [])), Media.XLSX, TELECOM, CAMPAIGN)
    return [error.code for error in refused.value.errors]


@pytest.mark.parametrize("caption", [["2022年7月"], ["建设情况表（2022年7月）", "单位：个"], ["填报单位：电信", "2022年7月"]])
@pytest.mark.parametrize("text", [False, True])
def test_a_further_table_has_the_month_of_its_own_caption(caption: Sequence[Any], *, text: bool) -> None:
    pushed = table(*FIRST, [], caption, *SECOND, text=text)

    assert (sorted_counts(pushed), pushed.errors) == (sorted([*READ, (P, B, "2022-07", 6)]), [])


@pytest.mark.parametrize("between", [[], ["附表2"], ["填表人：张三", "填报日期：2022年9月"], ["注：以上为月末数"]])
def test_a_further_table_without_a_month_of_its_own_has_the_forms(between: Sequence[Any]) -> None:
    assert sorted_counts(table(*FIRST, between, *SECOND)) == sorted([*READ, (P, B, M, 6)])


@pytest.mark.parametrize("caption", ["人和街道", "人和街道2022年8月", "街道：人和"])
def test_a_further_table_has_the_area_of_its_own_caption(caption: str) -> None:
    pushed = table(["鸳鸯街道"], *LISTED, [], [caption], ["指标", "数值"], [P, 6])

    assert sorted_counts(pushed) == [(H, A, M, 5), (P, B, M, 6)]


@pytest.mark.parametrize("caption", ["单位：万户", "（单位：万户）", "建设情况表（万户）", "本表以万户为单位"])
def test_a_further_table_has_the_unit_of_its_own_caption(caption: str) -> None:
    pushed = table(*FIRST, [caption], ["街道", H], ["人和", 6])

    assert (sorted_counts(pushed), found(pushed)) == (READ, [("A4", "unit_differs")])


@pytest.mark.parametrize(
    ("caption", "code"),
    [
        ("中国移动", "other_org"),
        ("填报单位：移动", "other_org"),
        ("上月数", "value_kind_differs"),
        ("2022年度计划数", "value_kind_differs"),
        ("2022年7月、8月", "ambiguous_month"),
        ("2022年1-8月", "several_months"),
    ],
)
def test_a_further_table_of_other_counts_refuses_the_file(caption: str, code: str) -> None:
    assert refusal(AUGUST, *FIRST, [], [caption], *SECOND) == [code]


def test_a_third_table_after_two_months_or_areas_must_name_its_own() -> None:
    third = (["街道", F], ["翠云", 7])
    july: list[Any] = [AUGUST, *FIRST, ["2022年7月"], *SECOND]

    assert refusal(*july, [], *third) == ["ambiguous_month"]
    assert [row.month for row in table(*july[1:], ["2022年8月"], *third).rows] == [M, "2022-07", M]
    areas: list[Any] = [AUGUST, ["鸳鸯街道"], *LISTED, ["人和街道"], ["指标", "数值"], [P, 6]]
    assert refusal(*areas, [], ["指标", "数值"], [F, 7]) == ["ambiguous_area"]


SECTIONS = [
    (["街道", H], "中国移动", ["人和", 6]),
    (["街道", H], "移动公司：", ["人和", 6]),
    (["街道", H], "2022年7月", ["人和", 6]),
    (["街道", H], "7月", ["人和", 6]),
    (["街道", H], P, ["人和", 6]),
    (["街道", H], "自健5G基站", ["人和", 6]),
    (["街道", H], "上月数", ["人和", 6]),
    (["街道", H], "年度计划", ["人和", 6]),
    (["街道", H], "单位：万户", ["人和", 6]),
    (["指标", "鸳鸯"], "2022年7月", [P, 6]),
    (["指标", "鸳鸯"], "中国移动", [P, 6]),
    (["指标", "街道", "数值"], "二、上月数", [P, "鸳鸯", 6]),
]


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize(("header", "section", "row"), SECTIONS)
def test_nothing_below_a_row_that_names_other_counts_is_read(
    header: Sequence[Any], section: str, row: Sequence[Any], *, text: bool
) -> None:
    first = [H, "鸳鸯", 5] if len(header) == 3 else [H if header[0] == "指标" else "鸳鸯", 5]
    pushed = table(header, first, [section], row, text=text)

    assert sorted_counts(pushed) == READ
    assert [code for _, code in found(pushed)] == ["unread_number"]
    assert section in str(pushed.errors[0].hint)


@pytest.mark.parametrize("section", ["鸳鸯街道", "（二）鸳鸯街道：", "鸳鸯街道情况"])
def test_a_row_that_names_an_area_ends_a_list_without_areas(section: str) -> None:
    pushed = table(["人和街道"], ["指标", "数值"], [section], [H, 5])

    assert (sorted_counts(pushed), found(pushed)) == ([], [("B5", "unread_number")])


@pytest.mark.parametrize("section", ["一、网络建设情况", "网络能力（户）", "其中：", "石马河街道"])
@pytest.mark.parametrize("is_merged", [False, True])
def test_a_row_that_names_nothing_known_does_not_end_a_table_whose_rows_name_their_metric(
    section: str, *, is_merged: bool
) -> None:
    grid: Grid = [AUGUST, ["指标", "街道", "数值"], [section, "", ""], [H, "鸳鸯", 5]]
    pushed = read(sheets(("月报", grid, [(2, 0, 2, 2)] if is_merged else [])), Media.XLSX, TELECOM, CAMPAIGN)

    assert (sorted_counts(pushed), pushed.errors) == (READ, [])


def test_an_area_without_counts_does_not_end_a_table() -> None:
    pushed = table(["街道", H], ["石马河街道", ""], ["鸳鸯", 5])

    assert (sorted_counts(pushed), pushed.errors) == (READ, [])


@pytest.mark.parametrize("caption", [["本月新增", ""], ["2022年8月新增情况", ""], ["", "净增"]])
def test_a_caption_may_say_that_all_counts_are_increases(caption: Sequence[Any]) -> None:
    pushed = table(caption, ["街道", H, F], ["鸳鸯", 5, 6])

    assert sorted_counts(pushed) == [(F, A, M, 6)]
    assert [code for _, code in found(pushed)] == ["value_kind_differs"]


@pytest.mark.parametrize("caption", ["上月数", "去年同期", "2022年计划数", "目标任务", "年度目标"])
def test_a_caption_or_a_sheet_of_other_figures_refuses_the_file(caption: str) -> None:
    assert refusal(AUGUST, [caption], *FIRST) == ["value_kind_differs"]
    assert refusal(AUGUST, *FIRST, name=caption) == ["value_kind_differs"]


@pytest.mark.parametrize("caption", ["目标任务完成情况表", "计划生育服务站", "新增及累计情况", "本月数"])
def test_a_caption_that_only_resembles_other_figures_refuses_nothing(caption: str) -> None:
    assert sorted_counts(table([caption], *FIRST)) == READ


@pytest.mark.parametrize(
    "caption", [["用户情况表（万户）"], ["单位：", "万户"], ["计量单位", "千户"], ["以万户为单位"], ["注：单位均为万户。"]]
)
def test_the_unit_of_a_form_is_found_wherever_its_caption_names_it(caption: Sequence[Any]) -> None:
    pushed = table(caption, *FIRST)

    assert (sorted_counts(pushed), pushed.codes) == ([], ["unit_differs"])


@pytest.mark.parametrize("note", ["注：单位为万户", "说明：本表以万户为单位。", "备注：以上数据单位均为千户，仅供参考"])
def test_a_note_below_a_table_may_name_the_unit_too(note: str) -> None:
    assert refusal(AUGUST, *FIRST, [note]) == ["unit_differs"]


@pytest.mark.parametrize("note", ["注：不含中国移动共享的基站", "注：单位为户", "以上数据含中国移动共享部分", "单位（盖章）："])
def test_other_notes_below_a_table_refuse_nothing(note: str) -> None:
    assert sorted_counts(table(*FIRST, [note])) == READ


def test_a_signature_of_another_organisation_refuses_the_file() -> None:
    assert refusal(AUGUST, *FIRST, ["填报单位：移动", "2022年9月2日"]) == ["other_org"]


OTHER_TEXTS: list[tuple[Grid, str]] = [
    ([["年份", "街道", "指标", "数值"], ["2021", "鸳鸯", H, 5]], "name_differs"),
    ([["日期", "街道", "指标", "数值"], ["2022-07-31", "鸳鸯", H, 5]], "name_differs"),
    ([["统计时间", "街道", H], ["2022年7月", "鸳鸯", 5]], "name_differs"),
    ([["", "街道", H], ["7月", "鸳鸯", 5]], "name_differs"),
    ([["街道", "上报街道", "指标", "数值"], ["鸳鸯", "人和街道", H, 5]], "name_differs"),
    ([["街道", "", H], ["鸳鸯", "人和", 5]], "name_differs"),
    ([["街道", "指标", "二级指标", "数值"], ["鸳鸯", H, P, 5]], "name_differs"),
    ([["街道", "指标", "类型", "数值"], ["鸳鸯", H, "计划", 5]], "value_kind_differs"),
    ([["街道", "数据类别", H], ["鸳鸯", "去年同期", 5]], "value_kind_differs"),
    ([["街道", "社区", H], ["鸳鸯", "甲社区", 5]], "wrong_grain"),
    ([["街道", "所属网格", "指标", "数值"], ["鸳鸯", "3号网格", H, 5]], "wrong_grain"),
    ([["单位名称", "街道", H], ["中国移动", "鸳鸯", 5]], "other_org"),
    ([["", "街道", H], ["移动", "鸳鸯", 5]], "other_org"),
]


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize(("grid", "code"), OTHER_TEXTS)
def test_a_text_beside_a_count_that_names_another_count_refuses_it(grid: Grid, code: str, *, text: bool) -> None:
    pushed = table(*grid, text=text)

    assert sorted_counts(pushed) == []
    assert [code for _, code in found(pushed)] == [code]


HARMLESS: list[Grid] = [
    [["年", "月", "街道", "指标", "数值"], ["2022", "8", "鸳鸯", H, 5]],
    [["日期", "街道", H], ["2022年8月", "鸳鸯", 5]],
    [["街道", "办理科室", H], ["鸳鸯", "人和街道中心科", 5]],
    [["街道", "", H], ["鸳鸯", "鸳鸯街道", 5]],
    [["区县", "街道", H], ["两江新区", "鸳鸯", 5]],
    [["分组", "指标", "街道", "数值"], ["固定宽带用户", H, "鸳鸯", 5]],
    [["街道", "社区", H], ["鸳鸯", "", 5]],
]


@pytest.mark.parametrize("grid", HARMLESS)
def test_a_text_beside_a_count_that_says_the_same_or_nothing_refuses_nothing(grid: Grid) -> None:
    pushed = table(*grid)

    assert (sorted_counts(pushed), pushed.errors) == (READ, [])


@pytest.mark.parametrize(
    "rows", [[["中国移动", "人和", 6], ["", "翠云", 7]], [["移动", "人和", 6], ["", "翠云", 7], ["", "礼嘉", 8]]]
)
def test_rows_without_an_organisation_have_that_of_the_rows_above(rows: Grid) -> None:
    pushed = table(["运营商", "街道", H], ["", "鸳鸯", 5], *rows)

    assert sorted_counts(pushed) == READ
    assert {code for _, code in found(pushed)} == {"other_org"}


SPLIT = [
    (["街道", H, P], "鸳鸯,1,960,420", "malformed_row"),
    (["街道", H, P], "鸳鸯,1,960,", "malformed_row"),
    (["街道", H, P, "备注"], "鸳鸯,1,960,420", "bad_thousands"),
    (["街道", "指标", "数值"], f"鸳鸯,{H},31,146", "malformed_row"),
]


@pytest.mark.parametrize(("titles", "row", "code"), SPLIT)
def test_no_count_of_a_row_with_a_split_number_is_read(titles: Sequence[str], row: str, code: str) -> None:
    body = "\n".join([*AUGUST, ",".join(titles), row]).encode()
    pushed = read(body, Media.CSV, TELECOM, CAMPAIGN)

    assert sorted_counts(pushed) == []
    assert {error.code.value for error in pushed.errors} == {code}


@pytest.mark.parametrize("place", [(0, 0), (1, 0), (1, 1)])
def test_struck_text_in_a_caption_or_a_header_refuses_the_file(place: tuple[int, int]) -> None:
    rows: list[list[Any]] = [["2022年8月"], ["街道", H], ["鸳鸯", "5"]]
    row, column = place
    rows[row][column] = TypedCell(CellKind.STRUCK, rows[row][column])
    with pytest.raises(Schema) as refused:
        read_parts([SheetStart("月报"), SheetRows(list(enumerate(rows, 1)))], TELECOM, CAMPAIGN)

    assert [(error.where, error.code) for error in refused.value.errors] == [
        (f"/sheets/月报/{'AB'[column]}{row + 1}", "struck_text")
    ]


SUMS = ["一季度", "第二季度", "上半年", "全年合计", "3季度小计"]
AVERAGES = ["平均", "均值", "月均", "月均值", "平均数", "1-8月平均", "average"]


@pytest.mark.parametrize("title", [*SUMS, *AVERAGES])
def test_sums_and_averages_of_several_months_between_months_are_passed_over(title: str) -> None:
    pushed = table(["2022年度"], ["指标", "街道", "7月", "8月", title], [H, "鸳鸯", 4, 5, 9])

    assert (sorted_counts(pushed), pushed.errors) == ([(H, A, "2022-07", 4), *READ], [])
    assert ("comparison_column", "E3", title) in pushed.passed


def test_a_header_that_is_repeated_on_a_new_page_does_not_end_the_table() -> None:
    header, first, second = ["街道", H, P], ["鸳鸯", 5, 6], ["人和", 7, 8]

    assert table(header, first, header, second, ["合计", 12, 14]).codes == []
    assert found(table(header, first, header, second, ["合计", 7, 14])) == [("B6", "total_differs")]
    assert table(header, first, ["合计", 5, 6], header, second, ["合计", 7, 8]).codes == []
    assert table(header, first, [], header, second, ["合计", 7, 8]).codes == []
    assert len(table(header, header, first, header, second).rows) == 4


@pytest.mark.parametrize("month", ["8月", "2022年8月", "2022-08"])
@pytest.mark.parametrize("text", [False, True])
def test_a_month_in_a_row_of_a_list_is_not_a_header(month: str, *, text: bool) -> None:
    rows: list[list[Any]] = [[H, "人和", M, 5], ["", " ", month, "无"], [P, "人和", M, 6], [F, "人和", M, 7]]

    pushed = table(["指标", "街道", "月份", "数值"], *rows, text=text)

    assert sorted_counts(pushed) == sorted([(H, B, M, 5), (P, B, M, 6), (F, B, M, 7)])
    assert {code for _, code in found(pushed)} >= {"missing_field", "placeholder"}
    assert {str(position)[1:] for position, _ in found(pushed)} == {"4"}


@pytest.mark.parametrize("row", [["甲", "乙", 1, 2], ["甲", "", "1", "2"], ["栏次", "", 1, 2], ["栏次", "甲", 1, 2]])
def test_a_row_below_the_titles_that_numbers_the_columns_is_passed_over_by_name(row: Sequence[Any]) -> None:
    pushed = table(["指标", "单位", "鸳鸯", "人和"], row, [H, "户", 5, 7])

    assert (sorted_counts(pushed), pushed.errors) == ([*READ, (H, B, M, 7)], [])
    assert pushed.passed == [("comparison_row", "C3", row[0])]


@pytest.mark.parametrize(
    "rows", [[["甲", "", 1, 3]], [["甲", "", 2, 3]], [[H, "户", 5, 7], ["甲", "", 1, 2]], [["片区", "", 1, 2]]]
)
def test_a_row_of_other_numbers_is_no_numbering_of_columns(rows: list[Sequence[Any]]) -> None:
    pushed = table(["指标", "单位", "鸳鸯", "人和"], *rows)

    assert {row.metric for row in pushed.rows} & {"甲", "片区"}  # what knows the codes refuses them
    assert pushed.passed == []


@pytest.mark.parametrize("caption", [["2022年7月", 9], ["2022年7月", "", "9"], ["2022年7月", TypedCell(CellKind.ERROR, "#REF!")]])
@pytest.mark.parametrize("blank_rows", [0, 1])
def test_a_stray_number_beside_a_caption_does_not_hide_its_month(caption: Sequence[Any], blank_rows: int) -> None:
    below: list[Sequence[Any]] = [["街道", "小区数"], ["鸳鸯", 6], [], caption, *[[]] * blank_rows, ["街道", P], ["鸳鸯", 7]]
    for table_before in ([*below[:3]], []):
        rows: list[Sequence[Any]] = [AUGUST, *FIRST, *table_before, *below[3:]]
        typed = [[cell if isinstance(cell, TypedCell) else str(cell) for cell in row] for row in rows]
        pushed = read_parts([SheetStart("月报"), SheetRows(list(enumerate(typed, 1)))], TELECOM, CAMPAIGN)

        assert {row.month for row in pushed.rows if row.metric == P} == {"2022-07"}
        assert pushed.errors or "2022年7月" in {row.area for row in pushed.rows}  # what knows the codes refuses the second


def test_an_unread_row_of_counts_above_a_header_is_no_caption() -> None:
    pushed = table(*FIRST, ["街道", "小区数"], ["人和", 6], ["指标", "数值"], [P, 7])

    assert sorted_counts(pushed) == sorted([*READ, (P, B, M, 7)])  # the sender's own subdistrict, which is not named above


@pytest.mark.parametrize("row", [[P, "", ""], [P], ["", P]])
def test_the_month_of_a_section_without_numbers_is_not_that_of_the_next_table(row: Sequence[Any]) -> None:
    header, second = ["指标", "鸳鸯", "人和"], (["指标", "街道", "数值"], [P, "鸳鸯", 6])

    with pytest.raises(Schema, match="different months"):
        table(header, [H, 5, ""], ["2022年6月"], row, [], *second)
    assert table(header, [H, 5, ""], ["2022年8月"], row, [], *second).codes == []
    dated = table(header, [H, 5, ""], ["2022年6月"], row, [], ["2022年8月"], *second)
    assert (sorted_counts(dated), dated.errors) == ([*READ, (P, A, M, 6)], [])


def test_digits_in_a_row_that_is_not_read_are_no_month() -> None:
    pushed = table(["街道", "小区数", H], ["2022年8月"], ["鸳鸯", 6, 207611], ["街道", P], ["鸳鸯", 7])

    assert [row.month for row in pushed.rows] == [M]


def test_a_label_of_a_signature_above_a_number_is_no_header() -> None:
    pushed = table(*FIRST, ["填表人：张三", "联系电话："], ["", "9"])

    assert (sorted_counts(pushed), found(pushed)) == (READ, [("A5", "missing_field")])
