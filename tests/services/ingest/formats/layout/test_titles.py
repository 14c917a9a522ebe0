"""Heads of two rows: groups above, titles below; merged in a workbook, only in the group's first column in a CSV."""

from dataclasses import replace
from typing import Any

import pytest

from services.ingest.formats.layout.titles import MetricTitles, Title
from services.ingest.formats.media import Media
from shared.campaign.load import load
from shared.campaign.spellings import spellings
from shared.problems import Schema
from tests.fixtures_campaign import CAMPAIGNS
from tests.services.ingest.formats.pushed import Pushed, read
from tests.services.ingest.formats.sheets_of import SENDER, as_text, errors_by_cell, sheets, sorted_counts

A, B, M = "500112007", "500112009", "2022-08"
TOTAL, FAST, FASTEST, MOBILE, FIVE_G = "fbb_subs_total", "fbb_subs_500m", "fbb_subs_1000m", "mobile_subs_total", "mobile_subs_5g"
PORTS = ("olt_pon_ports_total", "olt_pon_ports_10g")
ALL, OWN, SHARED = "bs_5g_total", "bs_5g_built", "bs_5g_shared_in"
TITLE = ["两江新区千兆城市建设情况表（2022年8月）"]
NAMES = spellings(load(CAMPAIGNS / "liangjiang-2022.toml"))
Table = list[list[Any]]


def merged(grid: Table, top: int) -> list[tuple[int, int, int, int]]:
    """The merged ranges of a head of two rows: groups across, single titles down."""
    groups, titles = ([*row, *[""] * (max(map(len, grid)) - len(row))] for row in grid[top : top + 2])
    down = [(top, c, top + 1, c) for c, text in enumerate(groups) if text and not titles[c]]
    starts = [c for c, text in enumerate(groups) if text and titles[c]]
    across = []
    for start in starts:
        end = start
        while end + 1 < len(groups) and not groups[end + 1] and titles[end + 1]:
            end += 1
        if end > start:
            across.append((top, start, top, end))
    return down + across


def both(*grid: list[Any], top: int = 1) -> tuple[Pushed, Pushed]:
    """The grid as a workbook with merged cells, and as CSV."""
    table = list(grid)
    book = sheets(("月报", table, merged(table, top)))
    return read(book, Media.XLSX, SENDER, NAMES), read(as_text(table), Media.CSV, SENDER, NAMES)


@pytest.mark.parametrize(
    ("head", "codes"),
    [
        ((["固定宽带用户", "", ""], ["总数", "500M及以上", "1000M及以上"]), (TOTAL, FAST, FASTEST)),
        ((["固定宽带用户数（户）", "", ""], ["合计", "其中：500Mbps及以上", "1000兆及以上"]), (TOTAL, FAST, FASTEST)),
        ((["固定宽带用户", "", ""], ["总用户数", "500M及以上用户数", "1000M及以上用户数"]), (TOTAL, FAST, FASTEST)),
        ((["固定宽带用户", "", "移动电话用户", ""], ["总数", "500M及以上", "总数", "5G用户"]), (TOTAL, FAST, MOBILE, FIVE_G)),
        ((["5G基站", "", ""], ["总数", "其中：自建", "共享共入"]), (ALL, OWN, SHARED)),
        ((["OLT PON端口", ""], ["总数", "10G及以上"]), ("olt_pon_ports_total", "olt_pon_ports_10g")),
        ((["固定宽带用户数", "", "考核", ""], ["本月数", "上月数", "5G移动电话用户数", "排名"]), (TOTAL, "", FIVE_G, "")),
        ((["PON端口", "", "用户", ""], ["总数", "10G及以上", "宽带用户数", "5G用户"]), (*PORTS, TOTAL, FIVE_G)),
        ((["上月", "", "本月", ""], [TOTAL, FAST, TOTAL, FAST]), ("", "", TOTAL, FAST)),
        ((["Fixed-broadband subscriptions", ""], ["total", "of 500 Mbps and above"]), (TOTAL, FAST)),
    ],
)
def test_a_title_is_read_together_with_its_group(head: tuple[list[str], list[str]], codes: tuple[str, ...]) -> None:
    groups, titles = head
    counts = list(range(5, 5 + len(codes)))
    expected = sorted((code, A, M, count) for code, count in zip(codes, counts, strict=True) if code)

    for pushed in both(TITLE, ["序号", "街道", *groups], ["", "", *titles], [1, "鸳鸯街道", *counts], ["填表人：张三"]):
        assert pushed.errors == []
        assert sorted_counts(pushed) == expected


MONTHS = ("2022-07", "2022-08")
THREE_ROWS: list[tuple[Table, tuple[tuple[str, str, str], ...]]] = [
    (  # months over metrics of two rows
        [
            ["街道", "2022年7月", "", "", "2022年8月", "", ""],
            ["", "固定宽带用户", "", "移动电话用户数", "固定宽带用户", "", "移动电话用户数"],
            ["", "总数", "其中：500M及以上", "", "总数", "其中：500M及以上", ""],
        ],
        tuple((metric, A, month) for month in MONTHS for metric in (TOTAL, FAST, MOBILE)),
    ),
    (  # metrics of two rows over months
        [
            ["街道", "OLT PON端口", "", "", "", "5G基站", ""],
            ["", "总数", "", "10G及以上", "", "自建", ""],
            ["", "2022-07", "2022-08", "2022-07", "2022-08", "2022-07", "2022-08"],
        ],
        tuple((metric, A, month) for metric in (*PORTS, OWN) for month in MONTHS),
    ),
    (  # a business over metrics of two rows, and a metric by itself
        [
            ["序号", "街道", "宽带业务", "", "", "移动业务", "", "自建5G基站数"],
            ["", "", "固定宽带用户", "", "", "移动电话用户", "", ""],
            ["", "", "总数", "500M及以上", "1000M及以上", "总数", "5G用户", ""],
        ],
        tuple((metric, A, MONTHS[1]) for metric in (TOTAL, FAST, FASTEST, MOBILE, FIVE_G, OWN)),
    ),
    (  # a group whose parts are told one row lower
        [["街道", "固定宽带用户", "", "", "5G基站"], ["", "总数", "其中", "", "自建"], ["", "", "500M及以上", "1000M及以上", ""]],
        tuple((metric, A, MONTHS[1]) for metric in (TOTAL, FAST, FASTEST, OWN)),
    ),
    (  # this month and last month over metrics of two rows
        [["街道", "本月", "", "上月", ""], ["", "5G基站", "", "5G基站", ""], ["", "总数", "自建", "总数", "自建"]],
        ((ALL, A, MONTHS[1]), (OWN, A, MONTHS[1])),
    ),
]


@pytest.mark.parametrize(("head", "meant"), THREE_ROWS)
def test_a_head_may_have_three_rows(head: Table, meant: tuple[tuple[str, str, str], ...]) -> None:
    lead = head[0].index("街道")
    counts = list(range(5, 5 + len(head[0]) - lead - 1))
    row = [*[""] * lead, "鸳鸯街道", *counts]
    total = [*[""] * lead, "合计", *counts]

    for grid in ([TITLE, *head, row, total], [TITLE, *filled(head), row, total]):
        for pushed in (
            read(sheets(("月报", grid, ())), Media.XLSX, SENDER, NAMES),
            read(as_text(grid), Media.CSV, SENDER, NAMES),
        ):
            assert pushed.errors == []
            assert sorted_counts(pushed) == sorted((*key, count) for key, count in zip(meant, counts, strict=False))


def filled(head: Table) -> Table:
    """As merged cells show it: a group in all its columns, a title by itself in all rows."""
    rows = [list(row) for row in head]
    for upper, lower in ((0, 1), (1, 2)):
        for place, cell in enumerate(rows[upper]):
            if not cell and place and (rows[lower][place] or (upper == 0 and rows[2][place])):
                same = upper == 0 or rows[0][place] == rows[0][place - 1]
                rows[upper][place] = rows[upper][place - 1] if same else ""
    for place, cell in enumerate(rows[0]):
        rows[1][place] = rows[1][place] or cell
        rows[2][place] = rows[2][place] or rows[1][place]
    return rows


@pytest.mark.parametrize(
    ("above", "codes"),
    [
        (["填报单位：电信", "", "单位：万户"], ["unit_differs"] * 3),
        (["", "", "单位：万户"], ["unit_differs"] * 3),
        (["附件1", "", "", "2022年8月"], []),
    ],
)
def test_texts_above_a_head_of_two_rows_are_no_part_of_it(above: list[str], codes: list[str]) -> None:
    head: Table = [["街道", "固定宽带用户", "", "移动电话用户数"], ["", "总数", "500M及以上", ""]]
    sender = replace(SENDER, units=dict.fromkeys((TOTAL, FAST, MOBILE), ("户", "subscriptions")))
    grid = [TITLE, above, *head, ["鸳鸯", 9, 4, 7]]

    for media, body in ((Media.XLSX, sheets(("月报", grid, merged(grid, 2)))), (Media.CSV, as_text(grid))):
        pushed = read(body, media, sender, NAMES)
        assert pushed.codes == codes
        assert sorted_counts(pushed) == ([] if codes else [(FAST, A, M, 4), (TOTAL, A, M, 9), (MOBILE, A, M, 7)])


def test_streets_over_metrics_and_metrics_over_streets_say_the_same() -> None:
    over_metrics: Table = [
        ["月份", "鸳鸯街道", "", "人和街道", "", "合计", ""],
        ["", "5G基站总数", "自建5G基站数", "5G基站总数", "自建5G基站数", "5G基站总数", "自建5G基站数"],
        ["2022年8月", 5, 3, 7, 4, 12, 7],
    ]
    over_streets: Table = [
        ["月份", "5G基站", "", "", "自建5G基站数", "", "", "总计"],
        ["", "鸳鸯", "人和", "合计", "鸳鸯", "人和", "小计", ""],
        ["2022年8月", 5, 7, 12, 3, 4, 7, 19],
    ]
    expected = [(OWN, A, M, 3), (OWN, B, M, 4), (ALL, A, M, 5), (ALL, B, M, 7)]

    for table in (over_metrics, over_streets):
        for pushed in both(*table, top=0):
            assert (sorted_counts(pushed), pushed.errors) == (expected, [])
        wrong = [list(row) for row in table]
        wrong[2][3 if table is over_streets else 5] += 1
        for pushed in both(*wrong, top=0):
            assert [(error.cell, error.code.value) for error in pushed.errors] == [
                ("D3" if table is over_streets else "F3", "total_differs")
            ]


def test_months_over_metrics_are_months_of_their_counts() -> None:
    table = (["街道", "2022年7月", "", "2022年8月", ""], ["", ALL, OWN, ALL, OWN], ["鸳鸯", 5, 3, 7, 4])

    for pushed in both(*table, top=0):
        assert sorted_counts(pushed) == [(OWN, A, "2022-07", 3), (OWN, A, M, 4), (ALL, A, "2022-07", 5), (ALL, A, M, 7)]


def test_a_group_that_names_one_month_is_a_forms_title_and_must_agree_with_the_others() -> None:
    table = (["", "2022年8月", ""], ["街道", ALL, OWN], ["鸳鸯", 5, 3])

    for pushed in both(*table, top=0):
        assert sorted_counts(pushed) == [(OWN, A, M, 3), (ALL, A, M, 5)]
    with pytest.raises(Schema, match="different months"):
        both(["2022年7月"], *table)


def test_errors_below_two_rows_of_titles_name_their_cells() -> None:
    grid = (TITLE, ["街道", "固定宽带用户", ""], ["", "总数", "2000M及以上"], ["鸳鸯", "-", 7], ["合计", 3, 7])

    for pushed in both(*grid):
        assert errors_by_cell(pushed) == [("B4", "placeholder")]
        assert [(row.metric, pushed.locator.label(row.number).rpartition("!")[2]) for row in pushed.rows] == [
            ("固定宽带用户2000M及以上", "C4")  # what knows the codes refuses it, and names C3
        ]


def test_a_plain_table_may_have_a_head_of_two_rows() -> None:
    grid = (
        ["指标", "", "区域", "", "月份", "数值"],
        ["代码", "名称", "代码", "名称", "", ""],
        [ALL, "5G基站总数", A, "鸳鸯街道", M, 5],
        [ALL, "自建5G基站数", B, "人和街道", M, 7],
    )

    for pushed in both(*grid, top=0):
        assert sorted_counts(pushed) == [(ALL, A, M, 5)]
        assert pushed.codes == ["name_differs"]
    long: Table = [*grid[:3], *([ALL, "", A, "", M, 5] for _ in range(1_000))]
    for pushed in both(*long, top=0):
        assert (len(pushed.rows), pushed.errors) == (1_001, [])


@pytest.mark.parametrize("titles", [["指标", "指标"], ["指标", ""]])
def test_a_metrics_name_may_stand_in_two_cells_of_its_row(titles: list[str]) -> None:
    rows: Table = [
        ["鸳鸯街道2022年8月报表"],
        [*titles, "单位", "本月数"],
        ["固定宽带用户", "合计", "户", 9],
        ["", "其中：500M及以上", "户", 4],
        ["", "2000M及以上", "户", 2],
        ["移动电话用户数", "", "户", 7],
        ["", "5G用户", "户", "-"],
        ["填表人：张三", "", "", ""],
    ]
    merged = [(1, 0, 1, 1)] * (titles[1] != "") + [(2, 0, 4, 0), (5, 0, 5, 1)]
    book = sheets(("月报", rows, merged))

    for pushed in (read(book, Media.XLSX, SENDER, NAMES), read(as_text(rows), Media.CSV, SENDER, NAMES)):
        known = {row.metric: row.value for row in pushed.rows if row.metric in NAMES.metrics}
        assert known == {TOTAL: 9, FAST: 4, MOBILE: 7}
        assert errors_by_cell(pushed) == [("D7", "placeholder")]
        assert [row.metric for row in pushed.rows if row.metric not in known] == ["固定宽带用户2000M及以上"]


TWO_READINGS: list[tuple[list[Any], ...]] = [
    (["街道", "宽带", ""], ["", "上月", "本月"], ["鸳鸯", 5, 6]),  # no metric is called so
    (["街道", "固定宽带用户", "", ""], ["", "总数", "合计", "500M及以上"], ["鸳鸯", 5, 5, 3]),
    (["街道", "固定宽带用户", "", "fbb_subs_total"], ["", "总数", "500M及以上", ""], ["鸳鸯", 5, 3, 5]),
]


@pytest.mark.parametrize("table", TWO_READINGS)
def test_a_group_that_can_be_read_in_two_ways_is_refused(table: tuple[list[Any], ...]) -> None:
    for media, body in ((Media.XLSX, sheets(("月报", [TITLE, *table], merged([TITLE, *table], 1)))), (Media.CSV, as_text(table))):
        with pytest.raises(Schema) as refusal:
            read(body, media, SENDER, NAMES)

        assert refusal.value.errors


def test_a_title_that_means_two_metrics_is_unclear() -> None:
    titles = MetricTitles({"5g基站总数": "all", "自建5g基站数": "own", "自建": "another"})

    assert titles.metrics_of_title(Title("自建", "5G基站")) == {"own", "another"}
    assert titles.metrics_of_title(Title("总数", "5G基站")) == titles.metrics_of_group("5G基站数") == {"all"}
    assert titles.metrics_of_title(Title("共享", "5G基站")) == set()


TITLES_IN_TWO_PARTS: list[tuple[list[Any], list[Any], list[tuple[str, int]]]] = [
    (["固定宽带用户数（2022年7月）", "固定宽带用户数（2022年8月）"], [8, 9], [("2022-07", 8), ("2022-08", 9)]),
    (["2022年7月固定宽带用户数", "2022年8月份的固定宽带用户数"], [8, 9], [("2022-07", 8), ("2022-08", 9)]),
    (["固定宽带用户数（上月）", "固定宽带用户数（本月）"], [8, 9], [("2022-08", 9)]),
    (["固定宽带用户数(新增)", "固定宽带用户数(累计)"], [8, 9], [("2022-08", 9)]),
    (["固定宽带用户数（同比）", "固定宽带用户数（户）"], [8, 9], [("2022-08", 9)]),
]


@pytest.mark.parametrize(("titles", "values", "stored"), TITLES_IN_TWO_PARTS)
def test_a_title_may_name_metric_and_month_together(titles: list[Any], values: list[Any], stored: list[tuple[str, int]]) -> None:
    for pushed in both(TITLE, ["区域", *titles], ["两江新区", *values]):
        assert [(row.metric, row.month, row.value) for row in pushed.rows] == [(TOTAL, *count) for count in stored]
        assert pushed.errors == []


@pytest.mark.parametrize("part", ["农村", "在建", "政企", "2021年度"])
def test_a_title_whose_other_part_is_not_known_is_an_unknown_metric(part: str) -> None:
    for pushed in both(TITLE, ["区域", "移动电话用户数", f"固定宽带用户数（{part}）"], ["两江新区", 8, 9]):
        assert [row.metric for row in pushed.rows if row.metric in NAMES.metrics] == [MOBILE]
        assert [row.value for row in pushed.rows] == [8, 9]  # what knows the codes refuses the second, and names C2
