"""Every text of a form is asked the same questions: unit, month, kind of figures, organisation and area, wherever it is."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from services.ingest.formats.media import Media
from services.ingest.formats.sheets.sheet import SheetStart
from services.ingest.push.sender import sender_defaults
from shared.problems import Schema
from shared.vocabulary import RegisterCode
from tests.services.ingest.formats.pushed import Pushed, read
from tests.services.ingest.formats.readings.parts import read_parts, sheet_parts
from tests.services.ingest.formats.sheets_of import Grid, as_text, sorted_counts
from tests.services.ingest.registers.parts import DEFINITION, sheet
from tests.services.ingest.registers.parts import read_parts as read_register

SEPTEMBER = ["2022年9月"]
USERS: list[Sequence[Any]] = [SEPTEMBER, ["指标", "数值"], ["固定宽带用户数", 15]]
STATIONS: list[Sequence[Any]] = [SEPTEMBER, ["街道", "自建5G基站数"], ["鸳鸯街道", 15]]
EVENTS: list[Sequence[Any]] = [["指标", "数值"], ["宣传活动场次", 1]]
DRILLS: list[Sequence[Any]] = [["指标", "数值"], ["应急演练次数", 15]]


def push(grid: Grid, org: str = "telecom", name: str = "月报", month: str | None = None, *, text: bool = False) -> Pushed:
    """Read a sheet of an organisation of the campaign."""
    request: Any = SimpleNamespace(principal=SimpleNamespace(org=org), month=None)
    sender = replace(sender_defaults(request, DEFINITION), month=month)
    if text:
        return read(as_text(grid), Media.CSV, sender, DEFINITION.names)
    return read_parts(sheet_parts(SheetStart(name), grid), sender, DEFINITION.names)


def answer(grid: Grid, **options: Any) -> set[str]:
    """Return the codes of the errors of a form; empty if it is stored."""
    try:
        pushed = push(grid, **options)
    except Schema as refusal:
        return {error.code for error in refusal.errors}
    assert pushed.errors or pushed.rows
    return set(pushed.codes)


UNITS_BELOW = [
    "单位：万户",
    "（单位：万户）",
    "计量单位：万户",
    "注：用户数以万户计",
    "说明：本表用户数以万户计",
    "单位：百户",
    "万户",
]
UNITS_ABOVE = [
    "单位 万户",
    "计量：万户",
    "用户数：万户",
    "单位：户（万）",
    "用户数以万户计",
    "用户数按千户统计",
    "2022年9月（万户）",
]


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize("lead", [[], [""]])
@pytest.mark.parametrize("unit", UNITS_BELOW)
def test_a_unit_below_the_table_is_that_of_its_counts(unit: str, lead: list[str], *, text: bool) -> None:
    for blank_rows in (0, 1):
        assert answer([*USERS, *[[""]] * blank_rows, [*lead, unit]], text=text) == {"unit_differs"}


@pytest.mark.parametrize("unit", UNITS_ABOVE)
def test_a_unit_in_a_caption_a_sheet_name_or_a_corner_is_that_of_all_counts(unit: str) -> None:
    corner: list[Sequence[Any]] = [SEPTEMBER, [f"区域（{unit}）", "固定宽带用户数"], ["两江新区", 15]]

    assert answer([[unit], *USERS]) == answer(USERS, name=unit) == {"unit_differs"}
    assert answer(corner) == {"unit_differs"}


@pytest.mark.parametrize("group", ["万个", "千户", "单位：万户"])
def test_a_unit_above_several_titles_is_theirs(group: str) -> None:
    header: list[Sequence[Any]] = [["区域", group, ""], ["", "固定宽带用户数", "移动电话用户数"]]

    assert answer([SEPTEMBER, *header, ["两江新区", 15, 16]]) == {"unit_differs"}


@pytest.mark.parametrize("title", ["", "备注", "说明", "量级", "单位名称"])
@pytest.mark.parametrize("unit", ["万户", "单位：万户", "单位为万户", "万"])
def test_a_unit_in_a_column_beside_the_counts_is_theirs(title: str, unit: str) -> None:
    assert answer([SEPTEMBER, ["指标", "数值", title], ["固定宽带用户数", 15, unit]]) == {"unit_differs"}


@pytest.mark.parametrize(
    "note",
    ["新增3万户", "千家万户", "单位：户", "双千兆进万家", "以户为单位", "以2022年9月末统计", "百个小区千兆工程"],
)
def test_an_amount_or_another_word_is_no_unit_of_the_counts(note: str) -> None:
    assert (
        answer([*USERS, [f"注：{note}"]]) == answer([SEPTEMBER, ["指标", "数值", "备注"], ["固定宽带用户数", 15, note]]) == set()
    )


@pytest.mark.parametrize(
    "text",
    ["移动", "联通", "铁塔", "Mobile", "移动9月", "移动2022年9月", "移动2022年9月数据", "千兆城市情况表（移动）", "移动公司"],
)
def test_the_short_name_of_another_carrier_refuses_the_form(text: str) -> None:
    assert answer(STATIONS, name=text) == answer([[text], *STATIONS]) == answer([*STATIONS, [text]]) == {"other_org"}
    assert answer([*STATIONS, ["填报单位：", text]]) == {"other_org"}
    grouped: list[Sequence[Any]] = [["街道", text, ""], ["", "自建5G基站数", "固定宽带用户数"], ["鸳鸯街道", 3, 4]]
    assert answer([SEPTEMBER, *grouped]) == {"other_org"}


@pytest.mark.parametrize("text", ["电信", "中国电信", "电信2022年9月", "移动业务", "移动电话用户情况", "移动宽带用户数统计"])
def test_the_senders_short_name_and_words_with_anothers_refuse_nothing(text: str) -> None:
    assert answer(STATIONS, name=text) == answer([[text], *STATIONS]) == answer([*STATIONS, [text]]) == set()


def test_carriers_side_by_side_below_a_metric_are_other_organisations() -> None:
    header: list[Sequence[Any]] = [["街道", "自建5G基站数", "", ""], ["", "电信", "移动", "联通"]]

    assert "other_org" in answer([SEPTEMBER, *header, ["鸳鸯街道", 3, 4, 5]])


INCREASES = ["新建", "本月新建", "增量", "本月增量", "新发生", "净增加", "新增", "净增"]


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize("group", INCREASES)
def test_of_a_stock_the_cumulative_count_is_stored_and_the_increase_compared(group: str, *, text: bool) -> None:
    header: list[Sequence[Any]] = [["街道", group, "累计"], ["", "自建5G基站数", "自建5G基站数"]]
    pushed = push([SEPTEMBER, *header, ["鸳鸯街道", 3, 40]], text=text)

    assert (sorted_counts(pushed), pushed.errors) == ([("bs_5g_built", "500112007", "2022-09", 40)], [])
    assert [(reason, cell) for reason, cell, _ in pushed.passed] == [("comparison_column", "B3")]


@pytest.mark.parametrize("group", ["农村地区", "在建", "渝北区", "政企"])
def test_a_group_that_says_more_than_what_the_metric_is_about_is_not_dropped(group: str) -> None:
    header: list[Sequence[Any]] = [["街道", group, "", "备注"], ["", "自建5G基站数", "5G基站总数", ""]]
    pushed = push([SEPTEMBER, *header, ["鸳鸯街道", 3, 40, ""]])

    assert {row.metric for row in pushed.rows} == {f"{group}自建5G基站数", f"{group}5G基站总数"}  # refused as unknown metrics


@pytest.mark.parametrize("group", ["5G基站", "5G建设", "网络建设情况", "其中", "无线网络"])
def test_a_group_that_says_what_the_metrics_are_about_changes_nothing(group: str) -> None:
    header: list[Sequence[Any]] = [["街道", group, "", "备注"], ["", "自建5G基站数", "5G基站总数", ""]]
    pushed = push([SEPTEMBER, *header, ["鸳鸯街道", 3, 40, ""]])

    assert {row.metric for row in pushed.rows} == {"bs_5g_built", "bs_5g_total"}


OTHER_MONTHS = [
    *("22年8月情况表", "二〇二二年八月情况表", "2021年情况表", "Aug 2022", "August 2022", "2022/8/31", "统计时间：2022年8月31日"),
    *("2022年9月上旬", "2022年9月第2周", "2022年9月5日日报", "时间：2022年8月", "数据月份：8月", "八月份情况", "2020-2021年情况"),
]


@pytest.mark.parametrize("text", OTHER_MONTHS)
def test_another_month_or_a_part_of_it_is_seen_however_it_is_written(text: str) -> None:
    assert answer([[text], *USERS[1:]], month="2022-09") == answer(USERS[1:], name=text, month="2022-09") == {"ambiguous_month"}


@pytest.mark.parametrize(
    "text",
    ["统计月份：2022年8月", "统计时间：2022年8月", "数据为2022年8月", "注：以上数据为2022年8月", "注：本表为二〇二二年八月数据"],
)
def test_another_month_below_the_table_is_seen_too(text: str) -> None:
    assert answer([*USERS, [text]]) == {"ambiguous_month"}


@pytest.mark.parametrize(
    "text",
    [
        *("填报日期：2022年10月5日", "2022年10月5日", "二〇二二年九月", "Sep-22", "2022年情况表", "截至2022年9月30日", "22年9月"),
        *("2022年10月5日填报", "2021-2023年情况"),
    ],
)
def test_the_same_month_and_a_day_of_filing_refuse_nothing(text: str) -> None:
    assert answer([[text], *USERS[1:]], month="2022-09") == answer([*USERS, [text]]) == set()


@pytest.mark.parametrize("text", ["注：较2022年8月增加3户", "注：本表于次月5日前报送。"])
def test_a_remark_about_another_month_refuses_nothing(text: str) -> None:
    assert answer([*USERS, [text]]) == set()


@pytest.mark.parametrize(
    "text",
    [
        *("2022年9月（上年同期）", "2022年9月（去年同期）", "2022年9月建设计划表", "目标任务分解表", "5G基站建设计划"),
        *("2022年9月新增用户情况表", "本月净增用户"),
    ],
)
def test_a_caption_of_other_figures_is_seen_in_any_words(text: str) -> None:
    assert answer([[text], *USERS]) == answer(USERS, name=text) == {"value_kind_differs"}


@pytest.mark.parametrize("text", ["截至2022年9月累计情况", "2022年9月底累计", "2022年9月（累计）"])
def test_a_cumulative_caption_is_not_the_month_of_a_flow(text: str) -> None:
    assert answer([[text], *DRILLS], org="renhe") == {"value_kind_differs"}


@pytest.mark.parametrize("text", ["2022年9月目标任务完成情况表", "2022年9月与上年同期对比表", "新增及累计情况"])
def test_a_caption_that_only_mentions_other_figures_refuses_nothing(text: str) -> None:
    assert answer([[text], *USERS]) == set()


@pytest.mark.parametrize(
    "text",
    ["龙溪街道千兆城市情况表", "万年社区2022年9月", "渝北区情况表", "填报单位：龙溪街道办事处", "人和街道、鸳鸯街道", "石马河镇"],
)
def test_a_form_of_an_area_that_the_campaign_does_not_have_is_not_the_senders(text: str) -> None:
    assert answer([SEPTEMBER, [text], *EVENTS], org="renhe") == {"ambiguous_area"}
    assert answer([SEPTEMBER, *EVENTS], org="renhe", name=text) == {"ambiguous_area"}


@pytest.mark.parametrize("text", ["填报单位：龙溪街道办事处", "填报单位：万年社区", "统计范围：鸳鸯街道"])
def test_another_area_below_the_table_is_not_the_senders(text: str) -> None:
    assert answer([SEPTEMBER, *EVENTS, [text]], org="renhe") == {"ambiguous_area"}


@pytest.mark.parametrize("text", ["鸳鸯情况表（2022年9月）", "鸳鸯2022年9月", "2022年9月鸳鸯活动"])
def test_a_form_of_another_subdistrict_by_its_short_name_is_that_subdistricts(text: str) -> None:
    for pushed in (push([SEPTEMBER, [text], *EVENTS], "renhe"), push([SEPTEMBER, *EVENTS], "renhe", name=text)):
        assert {row.area for row in pushed.rows} == {"500112007"}  # refused as a foreign area later


@pytest.mark.parametrize("text", ["渝北区2022年9月", "重庆市2022年9月", "重庆市千兆城市情况表"])
def test_a_form_of_a_larger_area_is_not_the_campaigns(text: str) -> None:
    assert answer([[text], *USERS]) == {"ambiguous_area"}


@pytest.mark.parametrize(
    "text",
    [
        "重庆市两江新区2022年9月",
        "渝北区人和街道",
        "各街道情况",
        "社区服务中心",
        "千兆城市建设",
        "城市家庭",
        "智慧社区",
        "住宅小区",
    ],
)
def test_an_area_around_the_senders_and_kinds_of_places_refuse_nothing(text: str) -> None:
    assert answer([SEPTEMBER, [text], *EVENTS], org="renhe") == set()


@pytest.mark.parametrize("row", [["单位：百户"], ["填报单位：", "鸳鸯街道办事处"], ["统计时间：2022年8月"], ["注：户数以百户计"]])
def test_a_text_below_a_register_is_asked_the_same(row: Sequence[str]) -> None:
    grid: list[Sequence[Any]] = [["康美街道2022年9月"], ["楼栋编号", "小区名称", "家庭户数"], ["KM-1", "康美佳苑", 120], row]
    with pytest.raises(Schema) as refusal:
        read_register(RegisterCode.COMPOUNDS, "kangmei", sheet(SheetStart("一"), *grid))

    assert {error.code for error in refusal.value.errors} <= {"unit_differs", "other_org", "ambiguous_month"}


def test_the_title_of_a_register_of_another_subdistrict_is_not_the_senders() -> None:
    grid: list[Sequence[Any]] = [
        ["鸳鸯小区楼栋登记表（2022年9月）"],
        ["楼栋编号", "小区名称", "家庭户数"],
        ["KM-1", "康美佳苑", 120],
    ]

    read = read_register(RegisterCode.COMPOUNDS, "kangmei", sheet(SheetStart("一"), *grid))
    assert [code for _, code in read.cells] == ["foreign_area"]


@pytest.mark.parametrize("title", ["龙溪街道小区楼栋登记表", "石马河镇楼栋登记表", "康美街道、鸳鸯街道楼栋登记表"])
def test_the_title_of_a_register_of_an_unknown_area_is_not_the_senders(title: str) -> None:
    grid: list[Sequence[Any]] = [[f"{title}（2022年9月）"], ["楼栋编号", "小区名称", "家庭户数"], ["KM-1", "康美佳苑", 120]]
    with pytest.raises(Schema) as refusal:
        read_register(RegisterCode.COMPOUNDS, "kangmei", sheet(SheetStart("一"), *grid))

    assert [error.code for error in refusal.value.errors] == ["ambiguous_area"]


PARTS: list[tuple[str, Sequence[Any], Sequence[Any], str]] = [
    ("telecom", ["指标", "类型", "数值"], ["固定宽带用户数", "新增", 15], "value_kind_differs"),
    ("renhe", ["指标", "口径", "数值"], ["应急演练次数", "累计", 15], "value_kind_differs"),
    ("telecom", ["街道", "类别", "自建5G基站数"], ["人和街道", "新增", 3], "value_kind_differs"),
    ("telecom", ["指标", "季度", "数值"], ["固定宽带用户数", "三季度", 15], "name_differs"),
    ("telecom", ["指标", "用户类型", "数值"], ["固定宽带用户数", "政企用户", 15], "wrong_grain"),
    ("telecom", ["指标", "区县", "数值"], ["固定宽带用户数", "渝北区", 15], "wrong_grain"),
    ("telecom", ["指标", "分局", "数值"], ["固定宽带用户数", "礼嘉分局", 15], "wrong_grain"),
    ("telecom", ["街道", "状态", "自建5G基站数"], ["人和街道", "在建", 3], "wrong_grain"),
    ("telecom", ["指标", "类别", "数值"], ["固定宽带用户数", "农村", 15], "wrong_grain"),
    ("telecom", ["街道", "频段", "自建5G基站数"], ["人和街道", "n78", 3], "wrong_grain"),
]


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize(("org", "header", "row", "code"), PARTS)
def test_a_text_that_may_make_a_count_one_of_a_part_refuses_it(
    org: str, header: Sequence[Any], row: Sequence[Any], code: str, *, text: bool
) -> None:
    pushed = push([SEPTEMBER, header, row], org, text=text)

    assert (pushed.rows, [(error.cell, error.code.value) for error in pushed.errors]) == ([], [("B3", code)])


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (["街道", "类别", "自建5G基站数"], ["鸳鸯街道", "累计", 30]),
        (["指标", "口径", "数值"], ["固定宽带用户数", "全部", 15]),
        (["类别", "指标", "数值"], ["网络服务", "固定宽带用户数", 15]),
        (["指标", "数据来源", "数值"], ["固定宽带用户数", "计费系统", 15]),
        (["指标", "责任部门", "数值"], ["固定宽带用户数", "市场部", 15]),
        (["指标", "数值", "备注"], ["固定宽带用户数", 15, "含政企用户"]),
    ],
)
def test_a_text_of_the_whole_or_of_a_column_for_free_texts_refuses_nothing(header: Sequence[Any], row: Sequence[Any]) -> None:
    assert answer([SEPTEMBER, header, row]) == set()


def test_a_number_in_the_column_of_notes_is_no_note() -> None:
    assert answer([SEPTEMBER, ["指标", "数值", "备注"], ["应急演练次数", 3, 12]], org="renhe") == {"unread_number"}
    assert answer([SEPTEMBER, ["指标", "数值", "备注"], ["应急演练次数", 3, "12"]], org="renhe") == set()


NOTES_OF_KIND = ["注：以上为{}", "说明：本表数据为{}", "备注：按{}填报", "统计口径：{}", "注：均为{}", "以上均为{}", "{}"]
FLOWS: list[Sequence[Any]] = [SEPTEMBER, ["指标", "数值"], ["升级光猫数", 15]]


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize("note", NOTES_OF_KIND)
def test_a_note_that_says_of_which_kind_the_counts_are_must_fit_their_metrics(note: str, *, text: bool) -> None:
    for kind in ("新增数", "本月净增", "增量"):
        assert answer([*STATIONS, [note.format(kind)]], text=text) == {"value_kind_differs"}
        assert answer([*FLOWS, [note.format(kind)]], text=text) == set()
    for kind in ("累计数", "累计到达数"):
        assert answer([*STATIONS, [note.format(kind)]], text=text) == set()
        assert answer([*FLOWS, [note.format(kind)]], text=text) == {"value_kind_differs"}


def test_a_note_of_a_kind_is_asked_for_all_metrics_of_the_table_and_is_named_by_its_cell() -> None:
    rows: list[Sequence[Any]] = [*FLOWS, ["自建5G基站数", 3]]
    for kind in ("新增数", "累计数"):
        with pytest.raises(Schema) as refusal:
            push([*rows, [], ["", f"注：以上为{kind}"]], org="telecom")

        assert [error.where for error in refusal.value.errors] == ["/sheets/月报/B6"]


@pytest.mark.parametrize("note", ["本月新增基站主要位于园区", "注：新增站点见附件", "注：其中5处为新增", "注：累计数另报"])
def test_a_note_that_speaks_of_some_increases_says_nothing_of_all_counts(note: str) -> None:
    assert answer([*STATIONS, [note]]) == answer([*FLOWS, [note]]) == set()


WORDS_ABOVE = {
    "计划": "value_kind_differs",
    "上月": "value_kind_differs",
    "目标值": "value_kind_differs",
    "同比": "value_kind_differs",
    "占比": "value_kind_differs",
    "平均": "value_kind_differs",
    "新增": "value_kind_differs",
    "净增数": "value_kind_differs",
    "新增数（户）": "value_kind_differs",
    "万户": "unit_differs",
    "移动": "other_org",
    "6月": "ambiguous_month",
}


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize("word", WORDS_ABOVE)
def test_a_single_word_above_complete_titles_says_what_the_counts_are(word: str, *, text: bool) -> None:
    crosstab: list[Sequence[Any]] = [["区域", "固定宽带用户数"], ["两江新区", 15]]
    for above in ([word], ["", word], ["", "", word]):
        for table in (crosstab, USERS[1:]):
            assert answer([SEPTEMBER, above, *table], text=text) == {WORDS_ABOVE[word]}


def test_groups_above_the_counts_of_a_list_say_which_of_them_are_the_months() -> None:
    header: list[Sequence[Any]] = [["指标", "计划", "实际"], ["", "数值", "数值"]]
    kinds: list[Sequence[Any]] = [["指标", "新增", "", "累计", ""], ["", "上月数", "本月数", "上月数", "本月数"]]

    assert [row.value for row in push([SEPTEMBER, *header, ["固定宽带用户数", 15, 16]]).rows] == [16]
    rows: list[Sequence[Any]] = [["升级光猫数", 1, 2, 3, 4], ["固定宽带用户数", 5, 6, 7, 8]]
    assert [row.value for row in push([SEPTEMBER, *kinds, *rows]).rows] == [2, 8]


@pytest.mark.parametrize("word", ["新增数", "本月净增", "增量", "其中：新增", "年度计划", "上月数", "万户"])
def test_a_single_word_between_rows_of_counts_begins_a_section_of_other_counts(word: str) -> None:
    pushed = push([*STATIONS, [word], ["人和街道", 7]])

    assert sorted_counts(pushed) == [("bs_5g_built", "500112007", "2022-09", 15)]
    assert [(error.cell, error.code.value) for error in pushed.errors] == [("B5", "unread_number")]


@pytest.mark.parametrize(
    "text", ["截至9月25日", "注：数据截至9月25日", "注：以上数据截至9月1日", "统计截止8月31日", "注：数据截至2022年10月5日"]
)
def test_a_day_until_which_the_figures_are_must_be_the_months_last(text: str) -> None:
    assert answer([*STATIONS, [text]]) == answer([[text], *STATIONS]) == {"ambiguous_month"}


@pytest.mark.parametrize(
    "text", ["截至9月30日", "注：数据截至9月30日", "注：数据截至9月底", "报送截止10月5日前", "填报截止日期：10月5日"]
)
def test_the_months_last_day_and_a_deadline_of_filing_say_nothing_else(text: str) -> None:
    assert answer([*STATIONS, [text]]) == answer([[text], *STATIONS]) == set()


@pytest.mark.parametrize("title", ["类别", "专业", "领域", "项目"])
def test_a_group_of_metrics_may_be_called_like_a_carrier_where_its_metrics_are_too(title: str) -> None:
    rows: list[Sequence[Any]] = [["固网", "固定宽带用户数", 16], ["移动", "移动电话用户数", 15]]
    pushed = push([SEPTEMBER, [title, "指标", "数值"], *rows])

    assert (len(pushed.rows), pushed.errors) == (2, [])
    assert answer([SEPTEMBER, [title, "指标", "数值"], ["移动", "固定宽带用户数", 15]]) == {"other_org"}
    assert answer([SEPTEMBER, [title, "指标", "数值"], ["中国移动", "移动电话用户数", 15]]) == {"other_org"}
    assert answer([SEPTEMBER, ["指标", "数值", title], ["移动电话用户数", 15, "联通"]]) == {"other_org"}


@pytest.mark.parametrize("label", ["统计时间：", "数据时间：", "报告期：", "统计日期", "截止日期：", "数据时点："])
def test_the_months_last_day_behind_a_label_of_the_figures_is_the_month(label: str) -> None:
    table: list[Sequence[Any]] = [["街道", "自建5G基站数"], ["鸳鸯街道", 15]]

    assert [row.month for row in push([[f"{label}2022年9月30日"], *table]).rows] == ["2022-09"]
    for day in ("9月29日", "10月5日"):
        assert answer([[f"{label}2022年{day}"], *table]) <= {"missing_month", "ambiguous_month"}
        assert answer([[f"{label}2022年{day}"], *table])


def test_a_note_of_a_kind_is_asked_for_the_tables_above_the_last_one_too() -> None:
    second: list[Sequence[Any]] = [[], ["指标", "数值"], ["升级光猫数", 15]]

    assert answer([*STATIONS, *second, [], ["注：以上为新增数"]]) == {"value_kind_differs"}
    assert answer([*STATIONS, *second, ["上月数"], ["升级光猫数", 14], ["注：以上为新增数"]]) == {"value_kind_differs"}


@pytest.mark.parametrize("note", ["用户数以万户计", "注：以上为新增数", "注：以上为上月数", "填报单位：移动"])
def test_a_note_beside_a_stray_number_is_asked_all_the_same(note: str) -> None:
    rows: list[Sequence[Any]] = [*STATIONS, ["附表"], ["甲", 1], ["乙", 2]]

    assert answer([*rows, [note, "9"]]) & {"unit_differs", "value_kind_differs", "other_org"}
    assert answer([*STATIONS, ["填表人：张三", "联系电话："], [note, "9"]]) & {"unit_differs", "value_kind_differs", "other_org"}
