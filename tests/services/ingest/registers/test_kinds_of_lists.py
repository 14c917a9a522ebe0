"""Values of registers that would be stored wrongly, retracted or lost: each kind with its neighbours."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from services.ingest.formats.sheets.sheet import IndexRange, MergedRange, SheetPart, SheetStart
from shared.problems import Schema
from shared.vocabulary import RegisterCode
from tests.services.ingest.registers.parts import ReadRegister, read_parts, sheet

TITLE = ["小区楼栋登记表（2022年8月）"]
HEADER = ["楼栋编号", "小区名称", "家庭户数"]
FIRST = (TITLE, HEADER, ["KM-1", "康美佳苑", 120])
CSV = SheetStart(None, delimiter=",")
STATIONS = ["基站编号", "站址编号", "街道", "建设方", "频段", "开通日期"]
STATION = ["0001", "TT-1", "康美街道", "电信", "n78", "2022-06-30"]
AUGUST = date(2022, 8, 1)


def compounds(*rows: Sequence[Any], text: bool = False, more: Sequence[Sequence[Any]] | None = None) -> ReadRegister:
    """Read a sheet of a street office, and a second one."""
    parts: list[SheetPart] = sheet(CSV if text else SheetStart("一"), *rows)
    return read_parts(RegisterCode.COMPOUNDS, "kangmei", [*parts, *(sheet(SheetStart("二"), *more) if more else [])])


def stations(*rows: Sequence[Any], more: Sequence[Sequence[Any]] | None = None) -> ReadRegister:
    """Read a sheet of a carrier's stations of August 2022, and a second one."""
    parts = [*sheet(SheetStart("一"), *rows), *(sheet(SheetStart("二"), *more) if more else [])]
    return read_parts(RegisterCode.BASE_STATIONS, "telecom", parts, AUGUST)


def keys(result: ReadRegister) -> list[str]:
    return [entry.key for entry in result.rows.values()]


def codes(error: Schema) -> list[str]:
    return [entry.code for entry in error.errors]


UNKNOWN_HEADERS = [
    (["楼栋编号", "小区名称", "几户"], "C4"),
    (["楼栋编号", "院落", "几户"], "B4"),
    (["楼号", "院落", "住户情况"], "A4"),
    (["栋", "小区", "户"], "A4"),
    (["楼栋编号", "小区名称", "2022"], "C4"),
    (["小区名称", "楼栋编号", "5G户情况"], "C4"),
    (["2.楼栋编号*", "小区名称（必填）", "住户"], "C4"),
]


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize(("header", "cell"), UNKNOWN_HEADERS)
def test_nothing_below_an_unknown_header_is_read(header: list[str], cell: str, *, text: bool) -> None:
    result = compounds(*FIRST, header, ["KM-8", "康美雅居", 60], ["KM-9", "康美雅居", ""], text=text)

    assert keys(result) == ["KM-1"]
    assert result.cells == sorted([(cell, "unknown_header"), ("C5", "unread_number"), ("A6", "malformed_row")])
    assert header[-1] in str(result.errors[0]["hint"])


@pytest.mark.parametrize("text", [False, True])
def test_a_table_below_an_unknown_header_is_read_again(*, text: bool) -> None:
    rows: list[list[Any]] = [*FIRST, ["楼号", "院落", "几户"], ["KM-8", "康美雅居", 60], [], HEADER, ["KM-9", "康美雅居", 61]]

    assert keys(compounds(*rows, text=text)) == ["KM-1", "KM-9"]


def test_an_unknown_header_above_the_first_table_ends_where_the_table_begins() -> None:
    result = compounds(TITLE, ["楼栋编号", "小区", "几户"], ["KM-8", "康美雅居", 60], *FIRST[1:])

    assert keys(result) == ["KM-1"]
    assert result.cells == [("C2", "unknown_header"), ("C3", "unread_number")]


@pytest.mark.parametrize("text", [False, True])
def test_a_second_table_is_read_by_its_own_header(*, text: bool) -> None:
    second = (["小区名称", "家庭户数", "楼栋名称", "楼栋编号"], ["康美雅居", 61, "2栋", "KM-9"])
    result = compounds(*FIRST, *second, text=text)

    assert (result.errors, keys(result)) == ([], ["KM-1", "KM-9"])
    assert result.values[1] == {"building": "KM-9", "compound": "康美雅居", "name": "2栋", "households": 61}


@pytest.mark.parametrize("caption", [[], [TITLE], [TITLE, ["填报单位：康美街道办事处", "", "单位：户"]]])
def test_a_header_repeated_after_a_page_break_is_no_row_and_totals_continue(caption: list[list[Any]]) -> None:
    result = compounds(*FIRST, *caption, HEADER, ["KM-2", "康美佳苑", 5], ["合计", "", 125])

    assert (result.errors, keys(result)) == ([], ["KM-1", "KM-2"])
    assert result.notes["total_checked"] == 1


def test_the_captions_of_pages_may_differ_in_what_is_no_month_or_area() -> None:
    result = compounds(*FIRST, ["第二页"], HEADER, ["KM-2", "康美佳苑", 5], ["合计", "", 125])

    assert (result.errors, keys(result)) == ([], ["KM-1", "KM-2"])
    assert result.passed == [("caption", "A4", "第二页")]


@pytest.mark.parametrize("caption", ["小区楼栋登记表（2022年7月）", "2022年1-8月", "单位：万户"])
def test_a_merged_caption_of_a_further_table_is_read(caption: str) -> None:
    rows: list[list[Any]] = [*FIRST, [caption, "", ""], HEADER, ["KM-2", "康美佳苑", 5]]
    with pytest.raises(Schema):
        read_parts(RegisterCode.COMPOUNDS, "kangmei", sheet(SheetStart("一", merged=[MergedRange(3, 0, 3, 2)]), *rows))


@pytest.mark.parametrize(
    ("heading", "read"), [("第一社区", 2), ("康美街道", 2), ("2022年8月", 2), ("人和街道", 1), ("2022年7月", 1)]
)
def test_nothing_is_read_below_a_heading_of_another_area_or_month(heading: str, read: int) -> None:
    rows: list[list[Any]] = [*FIRST, [heading, "", ""], ["KM-2", "康美佳苑", 5]]
    result = read_parts(RegisterCode.COMPOUNDS, "kangmei", sheet(SheetStart("一", merged=[MergedRange(3, 0, 3, 2)]), *rows))

    assert len(result.rows) == read
    assert result.cells == ([] if read == 2 else [("A4", "unknown_header"), ("C5", "unread_number")])


def test_an_id_without_values_above_a_repeated_header_is_no_caption() -> None:
    result = compounds(*FIRST, ["KM-9", "", ""], HEADER, ["KM-2", "康美佳苑", 5])

    assert result.cells == [("B4", "missing_field"), ("C4", "missing_field")]


def test_the_captions_of_two_tables_must_agree() -> None:
    for caption in ("小区楼栋登记表（2022年7月）", "2022年1-8月"):
        with pytest.raises(Schema):
            compounds(*FIRST, [caption], HEADER, ["KM-2", "康美佳苑", 5])


STRAY: list[tuple[list[list[Any]], list[tuple[str, str]]]] = [
    ([["楼栋编号", "", "小区名称", "家庭户数"], ["KM-1", 7, "康美佳苑", 120]], [("B3", "unread_number")]),
    ([["楼栋编号", "", "小区名称", "家庭户数"], ["KM-1", "待核", "康美佳苑", 120]], [("B3", "malformed_row")]),
    ([HEADER, ["KM-1", "康美佳苑", 120, 9]], [("D3", "unread_number")]),
    ([HEADER, ["KM-1", "康美佳苑", 120, "", "", "待核"]], [("F3", "malformed_row")]),
    ([HEADER, ["KM-1", "康美佳苑", 120, "1.2万"]], [("D3", "unread_number")]),
    ([HEADER, ["KM-1", "康美佳苑", "x", 9]], [("C3", "placeholder"), ("D3", "unread_number")]),
    ([HEADER, ["合计", "", 0, 9]], [("D3", "unread_number")]),
    ([HEADER, ["合计", 12, 0]], [("B3", "total_unchecked")]),
    ([["", "户数", 3], HEADER, ["KM-1", "康美佳苑", 120]], [("C2", "unread_number")]),
    ([HEADER, ["KM-1", "康美佳苑", 120], ["填表人：张三", 9]], []),
    ([HEADER, ["KM-1", "康美佳苑", 120], ["填表人：", "张三", 9]], [("C4", "unread_number")]),
    ([HEADER, ["KM-1", "康美佳苑", 120], ["", "", 9]], [("A4", "missing_field"), ("B4", "missing_field")]),
    ([["小区", "康美佳苑", "楼栋", "待定"], HEADER, ["KM-1", "康美佳苑", 120]], [("B2", "unknown_header")]),
]


@pytest.mark.parametrize(("rows", "errors"), STRAY)
def test_a_value_without_a_title_is_an_error_of_its_cell(rows: list[list[Any]], errors: list[tuple[str, str]]) -> None:
    assert compounds(TITLE, *rows).cells == errors


def test_what_a_merged_cell_shows_belongs_to_its_column_with_a_title() -> None:
    start = SheetStart("一", merged=[MergedRange(2, 3, 2, 4)])
    parts = sheet(start, TITLE, [*HEADER, "备注", ""], ["KM-1", "康美佳苑", 120, "含商铺", ""])

    assert read_parts(RegisterCode.COMPOUNDS, "kangmei", parts).errors == []


OTHER_SHEETS: list[tuple[list[list[Any]], list[tuple[str, str]]]] = [
    ([["楼栋", "住户情况"], ["KM-9", 8]], [("B2", "unread_number")]),
    ([["楼栋", "住户情况"], ["KM-9", "八户"]], [("B1", "unknown_header")]),
    ([["名称", "所在"], ["KM-9", "康美街道"]], [("A2", "unknown_header")]),
    ([["附件"], ["", 9]], [("B2", "unread_number")]),
    ([["填表说明"], ["1.每月5日前报送"], ["2.口径见附件"]], []),
]


@pytest.mark.parametrize(("rows", "errors"), OTHER_SHEETS)
def test_a_sheet_that_names_anything_or_holds_numbers_is_read_or_is_an_error(
    rows: list[list[Any]], errors: list[tuple[str, str]]
) -> None:
    result = compounds(*FIRST, more=rows)

    assert (keys(result), result.cells) == (["KM-1"], errors)
    assert [entry for entry in result.passed if entry[0] == "sheet"] == ([] if errors else [("sheet", None, "二")])


def test_a_sheet_of_stations_with_an_odd_title_is_an_error_although_all_of_it_is_text() -> None:
    odd = ["基站号", "站址号", "所在地", "承建", "频率", "开通"]
    result = stations(STATIONS, STATION, more=[odd, ["0002", *STATION[1:]]])

    assert keys(result) == ["telecom/0001"]
    assert {error["sheet"] for error in result.errors} == {"二"}


def test_columns_with_other_titles_are_named_with_their_cells() -> None:
    result = compounds(TITLE, ["序号", *HEADER, "物业公司", "上月户数"], [1, "KM-1", "康美佳苑", 120, "甲公司", 118])

    assert (result.errors, keys(result)) == ([], ["KM-1"])
    assert result.passed == [
        ("comparison_column", "A2", "序号"),
        ("other_column", "E2", "物业公司"),
        ("comparison_column", "F2", "上月户数"),
    ]


@pytest.mark.parametrize("title", ["移出原应", "移出 原由", "移岀原因"])
def test_a_nearly_known_title_of_an_optional_column_is_no_other_column(title: str) -> None:
    rows = [["场所编号", "场所名称", "场所类别", "街道", title], ["KP-1", "医院", "hospital", "康美街道", "已拆除"]]
    with pytest.raises(Schema) as refused:
        read_parts(RegisterCode.KEY_PLACES, "economy", sheet(SheetStart("一"), *rows), AUGUST)

    assert codes(refused.value) == ["unknown_title"]


SPELLINGS = [
    ["1.楼栋编号", "2.小区名称", "3.家庭户数"],
    ["楼栋编号*", "小区名称（必填）", "家庭户数（户）*"],
    ["楼栋\n编号", "小 区 名 称", "家 庭 户 数（户）"],
    ["（一）楼栋编号", "①小区名称", "其中：家庭户数"],
    ["楼栋编号＊", "小区名称。", "户数（必填）（户）"],
]


@pytest.mark.parametrize("header", SPELLINGS)
def test_titles_and_areas_are_read_without_numbering_marks_units_and_spaces(header: list[str]) -> None:
    for area in ("康 美\n街道", "（二）康美街道", "1、康美", "康美街道*"):
        result = compounds(TITLE, [*header, "街道（必填）"], ["KM-1", "康美佳苑", 120, area])

        assert (result.errors, keys(result)) == ([], ["KM-1"]), area


def test_terms_are_read_without_numbering_and_marks() -> None:
    for carrier in ("电 信", "1.电信", "（一）中国电信", "电信*"):
        result = stations(STATIONS, [*STATION[:3], carrier, *STATION[4:]])

        assert (result.errors, keys(result)) == ([], ["telecom/0001"]), carrier


@pytest.mark.parametrize("title", ["运营商", "企业", "填报单位", "1.运营商*"])
def test_a_column_of_organisations_names_the_sender_only(title: str) -> None:
    own = [["电信", *STATION], ["", "0002", *STATION[1:]], ["中国电信", "0003", *STATION[1:]]]
    result = stations([title, *STATIONS], *own, ["移动", "0004", *STATION[1:]], ["某公司", "0005", *STATION[1:]])

    assert keys(result) == ["telecom/0001", "telecom/0002", "telecom/0003"]
    assert result.cells == [("A5", "other_org"), ("A6", "other_org")]


def test_builders_and_sharers_of_stations_are_data() -> None:
    result = stations([*STATIONS, "共享方"], [*STATION[:3], "移动", *STATION[4:], "电信"])

    assert (result.errors, keys(result)) == ([], ["mobile/0001"])


@pytest.mark.parametrize("caption", ["中国移动5G基站登记表", "填报单位：移动公司"])
def test_a_caption_of_another_organisation_is_refused(caption: str) -> None:
    with pytest.raises(Schema) as refused:
        stations([caption], STATIONS, STATION)

    assert codes(refused.value) == ["other_org"]


HIDDEN: list[tuple[SheetStart, list[tuple[str, str]]]] = [
    (SheetStart("二", hidden_columns=[IndexRange(2, 2)]), [("C3", "hidden_value"), ("C4", "hidden_value")]),
    (SheetStart("二", hidden_rows=[IndexRange(2, 2)]), [("A3", "hidden_value")]),
    (SheetStart("二", is_visible=False), [("A2", "hidden_value"), ("A3", "hidden_value"), ("A4", "hidden_value")]),
    (SheetStart("二", hidden_rows=[IndexRange(1, 1)]), []),
    (SheetStart("二", hidden_columns=[IndexRange(7, 9)]), []),
]


@pytest.mark.parametrize(("start", "errors"), HIDDEN)
def test_hidden_values_are_errors_of_every_row(start: SheetStart, errors: list[tuple[str, str]]) -> None:
    rows: list[list[Any]] = [TITLE, HEADER, ["KM-8", "康美雅居", 60], ["KM-9", "康美雅居", 61]]
    result = read_parts(RegisterCode.COMPOUNDS, "kangmei", [*sheet(SheetStart("一"), *FIRST), *sheet(start, *rows)])

    assert result.cells == errors
    assert len(keys(result)) == 3 - min(len(errors), 2)


def test_a_place_that_is_called_total_is_a_place() -> None:
    header = ["场所编号", "场所名称", "场所类别", "街道"]
    rows: list[list[Any]] = [header, ["KP-1", "总计", "hospital", "康美街道"], ["合计", "", "", ""], ["合计", 1, "", ""]]
    result = read_parts(RegisterCode.KEY_PLACES, "economy", sheet(SheetStart("一"), *rows), AUGUST)

    assert (keys(result), result.cells) == (["KP-1"], [("B4", "total_unchecked")])


@pytest.mark.parametrize(("row", "code"), [(["KM-1", "甲", "1", "032"], "bad_thousands"), (["KM-1", "甲", "1", "032 户"], None)])
def test_a_number_that_a_csv_splits_at_its_thousands_separator_is_refused(row: list[str], code: str | None) -> None:
    result = compounds(TITLE, [*HEADER, "备注"], row, text=True)

    assert result.cells == ([("C3", code)] if code else [])


def test_normalisations_and_errors_of_a_second_sheet_name_its_own_rows() -> None:
    result = compounds(*FIRST, more=[TITLE, HEADER, ["KM-2", "康美佳苑", "１２"], ["KM-3", "康美佳苑", "-"]])

    assert [(error["sheet"], error["row"], error["cell"]) for error in result.errors] == [("二", 4, "C4")]
    assert result.rows.keys() == {("一", 3), ("二", 3)}
