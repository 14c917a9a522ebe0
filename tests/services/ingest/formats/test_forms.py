"""Forms: titles above, signatures below, crosstabs, totals, units; and everything that could be read in two ways is refused."""

from datetime import date
from typing import Any

import pytest

from services.ingest.formats.media import Media
from services.ingest.formats.sender import SenderDefaults
from shared.problems import Schema
from tests.services.ingest.formats.pushed import read
from tests.services.ingest.formats.sheets_of import SENDER, F, H, P, T, as_text, errors_by_cell, form, sheets, sorted_counts

STREETS = ("鸳鸯街道", "人和街道")
A, B = "500112007", "500112009"
M = "2022-08"
TITLE = ["千兆城市建设情况表（2022年8月）"]
READ = [(H, A, M, 5), (H, B, M, 7), (P, A, M, 6), (P, B, M, 8)]
CROSSTAB = (["街道", H, P], ["鸳鸯街道", 5, 6], ["人和街道", 7, 8])
TURNED = (["指标", *STREETS], [H, 5, 7], [P, 6, 8])
LISTED = (["街道", "指标", "数值"], ["鸳鸯", H, 5], ["鸳鸯", P, 6], ["人和", H, 7], ["人和", P, 8])
DATED = (["月份", "街道", H, P], ["2022-08", "鸳鸯", 5, 6], ["2022年8月", "人和", 7, 8])
MONTHS = (["指标", "街道", "2022年8月"], [H, "鸳鸯", 5], [P, "鸳鸯", 6], [H, "人和", 7], [P, "人和", 8])
CORNER = (["街道＼指标", H, P], *CROSSTAB[1:])
UNTITLED = (["", H, P], *CROSSTAB[1:])
NUMBERED = (["序号", "单位", H, P], [1, "鸳鸯街道", 5, 6], [2, "人和街道", 7, 8])
TWO_TABLES: tuple[list[Any], ...] = (["街道", H], ["鸳鸯", 5], ["人和", 7], [], ["街道", P], ["鸳鸯", 6], ["人和", 8])


@pytest.mark.parametrize("table", [CROSSTAB, TURNED, LISTED, DATED, MONTHS, CORNER, UNTITLED, NUMBERED, TWO_TABLES])
def test_a_table_may_be_laid_out_in_many_ways(table: tuple[list[Any], ...]) -> None:
    grid = (TITLE, [], *table, [], ["填表人（签字）：", "", "审核人："], ["注：1.本表于次月5日前报送。"])

    for pushed in (form(*grid), read(as_text(grid), Media.CSV, SENDER)):
        assert sorted_counts(pushed) == READ
        assert pushed.errors == []
        assert len({row.number for row in pushed.rows}) == len(pushed.rows) == pushed.received


def test_a_street_office_need_not_name_its_street() -> None:
    pushed = form(["2022年8月"], ["指标", "数值", "备注"], [H, 5, "已核"], [T, 9])

    assert [tuple(row[1:]) for row in pushed.rows] == [(H, B, M, 5, "已核"), (T, "liangjiang", M, 9, None)]
    assert pushed.kinds["area_of_form"] == 2


def test_the_street_in_the_title_is_the_one_that_counts() -> None:
    table = (["指标", "数值"], [H, 5])

    assert sorted_counts(form(["鸳鸯街道2022年8月报表"], *table)) == [(H, A, M, 5)]
    assert sorted_counts(form(["2022年8月"], *table, name="翠云街道")) == [(H, "500112008", M, 5)]
    assert errors_by_cell(form(["2022年8月"], *table, sender=SenderDefaults())) == [("B3", "missing_field")]
    with pytest.raises(Schema, match="several subdistricts"):
        form(["鸳鸯街道、人和街道2022年8月"], *table)


MONTH_TITLES = [
    ("2022年8月", M),
    ("二〇二二 2022年08月份报表", M),
    ("报表 2022-08", M),
    ("2022/8", M),
    ("２０２２年８月", M),
    ("截至2022年8月31日", M),
    ("2022年8月末", M),
    (202208, M),
    ("2022年第三季度", "several_months"),
    ("2022年1-8月", "several_months"),
    ("2022年上半年", "several_months"),
    ("2022年", "missing_month"),
    ("填报日期：2022年9月", "missing_month"),
    ("2022年9月5日", "missing_month"),
    ("截至2022年8月15日", "missing_month"),
    ("2022年7月、2022年8月", "ambiguous_month"),
    ("2022年8月（原9月份）", "ambiguous_month"),
]


@pytest.mark.parametrize(("title", "read_as"), MONTH_TITLES)
def test_the_month_is_taken_from_the_title_if_it_names_exactly_one(title: Any, read_as: str) -> None:
    if read_as == M:
        assert sorted_counts(form([title], *CROSSTAB)) == READ
        return
    with pytest.raises(Schema) as refusal:
        form([title], *CROSSTAB)

    assert [error.code for error in refusal.value.errors] == [read_as]
    assert "month=2022-08" in refusal.value.errors[0].hint.en  # type: ignore[union-attr]


def test_a_date_in_the_corner_is_its_month_unless_it_is_the_day_of_filing() -> None:
    first = date(2022, 8, 1)

    assert sorted_counts(form(["月报", first], *CROSSTAB)) == READ
    assert sorted_counts(form(["2022年8月"], ["填报日期：", date(2022, 9, 1)], *CROSSTAB)) == READ
    with pytest.raises(Schema, match="different months"):
        form(["2022年7月", first], *CROSSTAB)
    with pytest.raises(Schema, match="does not name its month"):
        form(["月报", date(2022, 8, 15)], *CROSSTAB)


def test_a_record_of_a_form_that_cannot_be_read_is_named_by_its_row() -> None:
    body = as_text([TITLE, *CROSSTAB]) + '"鸳鸯"x,1,2\r\n'.encode()

    pushed = read(body, Media.CSV, SENDER)

    assert [(error.row, error.code.value) for error in pushed.errors] == [(5, "malformed_row")]
    assert sorted_counts(pushed) == READ


def test_sheet_title_and_request_must_not_name_different_months() -> None:
    july, august = SenderDefaults(month="2022-07"), SenderDefaults(month=M)

    assert sorted_counts(form(*CROSSTAB, sender=august)) == READ
    assert sorted_counts(form(TITLE, *CROSSTAB, sender=august)) == READ
    assert sorted_counts(form(*CROSSTAB, name="2022年8月", sender=august)) == READ
    for sender, title, name in ((july, TITLE, "月报"), (july, [], "8月"), (august, [], "2022年7月"), (august, ["7月份"], "月报")):
        with pytest.raises(Schema, match="different months"):
            form(title, *CROSSTAB, sender=sender, name=name)


def test_merged_cells_hold_for_every_row_they_cover() -> None:
    table = (["2022年8月", "", ""], ["街道", "指标", "数值"], ["鸳鸯", H, 5], ["", P, 6], ["人和", H, 7], ["", P, 8])

    assert sorted_counts(form(*table, merged=[(0, 0, 0, 2), (2, 0, 3, 0), (4, 0, 5, 0)])) == READ
    assert errors_by_cell(form(*table)) == [("A4", "missing_field"), ("A6", "missing_field")]


def test_one_merged_cell_is_not_the_count_of_two() -> None:
    pushed = form(TITLE, ["街道", H, P], ["鸳鸯", 5, 6], ["人和", "", 8], merged=[(2, 1, 3, 1)])

    assert errors_by_cell(pushed) == [("B3", "merged_value"), ("B4", "merged_value")]
    assert sorted_counts(pushed) == [(P, A, M, 6), (P, B, M, 8)]


def test_totals_of_rows_and_columns_are_checked_and_not_stored() -> None:
    grid: list[list[Any]] = [
        TITLE,
        ["指标", *STREETS, "小计", "翠云街道", "合计"],
        [H, 5, 7, 12, 1, 13],
        [P, 6, 8, 14, 2, 16],
        ["合计", 11, 15, 26, 3, 29],
    ]
    pushed = form(*grid)

    assert len(sorted_counts(pushed)) == pushed.received == 6
    assert (pushed.errors, pushed.kinds["total_checked"]) == ([], 9)
    for row, column in ((2, 3), (2, 5), (4, 1), (4, 3), (4, 5)):
        wrong = [list(line) for line in grid]
        wrong[row][column] += 1
        assert errors_by_cell(form(*wrong)) == [(f"{'ABCDEF'[column]}{row + 1}", "total_differs")]


def test_a_total_on_top_and_subtotals_are_understood() -> None:
    pushed = form(
        TITLE,
        ["街道", H],
        ["总计", 26],
        ["鸳鸯街道", 5],
        ["人和街道", 7],
        ["小  计", 12],
        ["翠云街道", 6],
        ["金山街道", 8],
        ["小计", 14],
    )

    assert (len(pushed.rows), pushed.errors, pushed.kinds["total_checked"]) == (4, [], 3)


def test_every_table_of_a_sheet_has_totals_of_its_own() -> None:
    first, second = (["街道", H], ["鸳鸯", 5], ["合计", 5]), (["街道", P], ["鸳鸯", 6], ["合计", 11])

    assert errors_by_cell(form(TITLE, *first, *second)) == [("B7", "total_differs")]


def test_a_total_in_a_plain_list_is_of_its_own_metric() -> None:
    titles: list[Any] = ["指标", "区域", "月份", "数值"]
    rows: list[list[Any]] = [[H, "鸳鸯", M, 5], [P, "鸳鸯", M, 6], [H, "人和", M, 7], [P, "人和", M, 8]]
    good = [titles, *rows, [H, "合计", M, 12], [P, "合计", M, 14]]
    wrong = [titles, *rows, [H, "合计", M, 12], [P, "合计", M, 12]]

    cases: list[tuple[list[list[Any]], list[tuple[str, str]]]] = [(good, []), (wrong, [("D7", "total_differs")])]
    for grid, expected in cases:
        for pushed in (form(*grid), read(as_text(grid), Media.CSV)):
            assert errors_by_cell(pushed) == expected
            assert sorted_counts(pushed) == (READ if grid is good else [row for row in READ if row[0] == H])


def test_a_total_of_an_unreadable_count_is_not_judged() -> None:
    assert errors_by_cell(form(TITLE, ["街道", H], ["鸳鸯", "-"], ["人和", 7], ["合计", 12])) == [("B3", "placeholder")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("-", "placeholder"),
        ("/", "placeholder"),
        ("无", "placeholder"),
        ("—", "placeholder"),
        ("N/A", "placeholder"),
        ("25%", "percent"),
        ("16.4", "fraction"),
        ("约5", "not_a_count"),
    ],
)
def test_what_is_no_count_is_an_error_with_a_hint(text: str, code: str) -> None:
    pushed = form(TITLE, ["街道", H, P], ["鸳鸯", text, 6], ["人和", "", 8])

    assert errors_by_cell(pushed) == [("B3", code)]
    assert pushed.errors[0].hint is not None
    assert (pushed.blank, pushed.received) == (1, 3)


UNITS = [
    ("户", []),
    ("单位：户", []),
    ("个", []),  # another word for the same count
    ("homes", []),
    ("电信公司", []),  # no unit at all
    ("万户", ["unit_differs"]),
    ("万", ["unit_differs"]),
    ("千户", ["unit_differs"]),
    ("百户", ["unit_differs"]),
    ("thousand homes", ["unit_differs"]),
    ("%", ["unit_differs"]),
    ("GB", ["unit_differs"]),
    ("米", ["unit_differs"]),
]


@pytest.mark.parametrize(("unit", "codes"), UNITS)
def test_another_unit_is_an_error_wherever_it_is_named(unit: str, codes: list[str]) -> None:
    in_a_row = form(TITLE, ["街道", H], ["单位", unit], ["鸳鸯", 5])
    in_a_column = form(TITLE, ["街道", "指标", "计量单位", "数值"], ["鸳鸯", H, unit, 5])

    assert (in_a_row.codes, in_a_column.codes) == (codes, codes)
    assert [error.cell for error in in_a_row.errors] == ["B3"] * len(codes)
    assert [error.cell for error in in_a_column.errors] == ["C3"] * len(codes)
    if not unit.startswith(("单位", "电信")):
        assert form([*TITLE, f"单位：{unit}"], ["街道", H], ["鸳鸯", 5]).codes == codes
        assert form(TITLE, ["街道", f"{H}（{unit}）"], ["鸳鸯", 5]).codes == codes
        assert form(TITLE, ["街道", "指标", f"数值（{unit}）"], ["鸳鸯", H, 5]).codes == codes


def test_a_unit_row_without_a_title_is_no_row_of_counts() -> None:
    pushed = form(TITLE, ["街道", H, P], ["", "户", "万个"], ["鸳鸯", 5, 6])

    assert (sorted_counts(pushed), errors_by_cell(pushed)) == ([(H, A, M, 5)], [("C3", "unit_differs")])


def test_columns_that_compare_are_passed_over_and_counts_without_a_known_title_are_not() -> None:
    pushed = form(TITLE, ["街道", H, "同比增长", "上月数", "负责人", "千兆户", ""], ["鸳鸯", 5, "3.2%", 4, "张三", 9, 1])

    assert sorted_counts(pushed) == [(H, A, M, 5), ("千兆户", A, M, 9)]  # what knows the codes refuses the second, and names F2
    assert errors_by_cell(pushed) == [("G3", "unread_number")]
    assert pushed.locator.label(pushed.rows[1].number) == "月报!F3"
    assert pushed.passed == [
        ("comparison_column", "C2", "同比增长"),
        ("comparison_column", "D2", "上月数"),
        ("comparison_column", "E2", "负责人"),
    ]


TWO_READINGS = [
    (["街道", H, H], ["鸳鸯", 5, 6]),
    (["街道", H, "街道", H], ["鸳鸯", 5, "人和", 7]),
    (["指标", "数值", "本月数"], [H, 5, 6]),
    (["街道", H, "数值"], ["鸳鸯", 5, 6]),
    (["街道", "宽带", "宽带"], ["", "上月", "本月"], ["鸳鸯", 5, 6]),
    ([H, A, M, 5], [P, A, M, 6]),
    (["鸳鸯街道", "人和街道"], [5, 6]),
    (["街道", H, "人和街道"], ["鸳鸯", 5, 6]),
]


@pytest.mark.parametrize("table", TWO_READINGS)
def test_what_can_be_read_in_two_ways_is_refused(table: tuple[list[Any], ...]) -> None:
    with pytest.raises(Schema) as refusal:
        form(TITLE, *table)

    assert refusal.value.errors


def test_sheets_are_read_one_after_another_and_their_counts_have_numbers_of_their_own() -> None:
    pushed = read(
        sheets(
            ("填表说明", [["本表于次月5日前报送"]], []),
            ("固网", [TITLE, *CROSSTAB], []),
            ("明细", [["指标", "区域", "月份", "数值"], [T, "两江", M, "x"], [T, "全区", M, 3]], []),
            ("移动", [TITLE, ["指标", "数值"], [F, "-"]], []),
        ),
        Media.XLSX,
        SENDER,
    )

    assert [pushed.locator.label(row.number) for row in pushed.rows] == ["固网!B3", "固网!C3", "固网!B4", "固网!C4", "明细!D3"]
    assert [(error.sheet, error.row, error.cell) for error in pushed.errors] == [("明细", 2, "D2"), ("移动", 3, "B3")]
    assert pushed.passed == [("sheet", None, "填表说明")]


def test_formulas_give_their_saved_results_in_forms_too() -> None:
    def summed(total: int | str) -> list[tuple[str | None, str]]:
        return errors_by_cell(form(TITLE, ["街道", H], ["鸳鸯", ("=2+3", 5)], ["人和", 7], ["合计", ("=SUM(B3:B4)", total)]))

    assert summed(12) == []
    assert summed(0) == [("B5", "total_differs")]
    assert summed("") == []  # saved without its result: there is nothing to check, and the report says so
    assert errors_by_cell(form(TITLE, ["街道", H], ["鸳鸯", ("=1/0", "#DIV/0!")])) == [("B3", "error_cell")]
    assert errors_by_cell(form(TITLE, ["街道", H], ["鸳鸯", ("=B9", "")])) == [("B3", "formula_without_value")]


def test_a_column_of_totals_may_be_left_of_its_parts() -> None:
    rows: list[list[Any]] = [
        ["指标", "单位", "合计", *STREETS],
        [H, "户", 12, 5, 7],
        [P, "个", 14, 6, 8],
        ["合计", "", 26, 11, 15],
    ]
    pushed = form(TITLE, *rows)

    assert (sorted_counts(pushed), pushed.errors, pushed.kinds["total_checked"]) == (READ, [], 5)
    for row, column in ((1, 2), (2, 2), (3, 2)):
        wrong = [list(line) for line in rows]
        wrong[row][column] += 1
        assert ("C" + str(row + 2), "total_differs") in errors_by_cell(form(TITLE, *wrong))
    assert sorted_counts(form(TITLE, ["合计", "街道", H], ["", "鸳鸯", 5], ["", "人和", 7])) == [
        row for row in READ if row[0] == H
    ]


@pytest.mark.parametrize("text", ["1 961", "1'961", "1’961", "1,96", "12 34 567"])
def test_digits_in_other_groups_are_told_how_to_write_them(text: str) -> None:
    assert errors_by_cell(form(TITLE, ["街道", H], ["鸳鸯", text])) == [("B3", "bad_thousands")]


def test_a_month_without_its_year_is_told_so() -> None:
    with pytest.raises(Schema, match="without a year") as refusal:
        form([""], *CROSSTAB, name="8月")

    assert [(error.code, error.value) for error in refusal.value.errors] == [("missing_month", "8月")]
