"""Totals of tables of any length: the same is found in what streams by as in what is held whole."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.ingest.formats.locator import column_letters
from services.ingest.formats.media import Media
from services.ingest.formats.readings import sheet, sums
from tests.services.ingest.formats.pushed import METRICS, STREETS, Pushed, as_csv, as_xlsx, read
from tests.services.ingest.formats.sheets_of import SENDER, F, H, P, T, as_text, errors_by_cell, sorted_counts
from tests.services.ingest.formats.sheets_of import sheets as workbook_of

AREAS = sorted(set(STREETS) - {"liangjiang"})
A, B = AREAS[:2]
MONTHS = ("2022-07", "2022-08")
TITLES = ["指标", "区域", "月份", "数值"]
Table = list[list[Any]]


@contextmanager
def nothing_held() -> Iterator[None]:
    """Rows are understood as they come, few at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheet, "FIRST_ROWS", 4)
        patch.setattr(sheet, "_BATCH_COUNTS", 3)
        yield


def read_grid(grid: Table, *, text: bool, held: bool) -> Pushed:
    """A sheet, read from CSV or a workbook, in one go or as it comes."""
    body, media = (as_text(grid), Media.CSV) if text else (workbook_of(("表", grid, ())), Media.XLSX)
    if held:
        return read(body, media, SENDER)
    with nothing_held():
        return read(body, media, SENDER, batch_rows=3)


def long(*totals: list[Any]) -> Table:
    """More rows than are gathered, of counts that add up to 7 500 and 10, and then totals."""
    filler = [[H, A, f"{2001 + number // 12}-{number % 12 + 1:02}", 5] for number in range(1_188)]
    return [*filler, *[[T, A, month, 5] for _, _, month, _ in filler[:312]], [P, A, "2022-08", 4], [P, B, "2022-08", 6], *totals]


@pytest.mark.parametrize("media", [Media.CSV, Media.XLSX])
def test_a_total_of_a_long_table_is_checked_whatever_it_adds_up(media: Media) -> None:
    write = as_csv if media is Media.CSV else as_xlsx
    good: Table = [
        [H, "合计", "合计", 5_940],
        [P, "合  计", "2022-08", "10"],
        ["合计", "", "", 7_510],
        ["合计", A, "", 7_504],
        ["合计", A, "2022-08", 14],
        ["总计", "两江新区", "2022-08", 20],
        [P, "合计", "", 10],
    ]
    passed = read(write(long(*good), TITLES), media, SENDER)
    bad: Table = [[P, "合计", "2022-08", 11], [H, "合计", "", "-"], ["合计", "某街道", "2022-08", 9]]
    wrong = read(write(long(*bad), TITLES), media, SENDER)

    assert (len(passed.rows), passed.errors, passed.kinds["total_checked"]) == (1_502, [], len(good))
    assert sorted((error.row, error.code.value, error.column) for error in wrong.errors) == [
        (1504, "total_differs", "value"),
        (1505, "placeholder", "value"),
        (1506, "total_unchecked", "area"),
    ]
    hint = next(error.hint for error in wrong.errors if error.code.value == "total_differs")
    assert hint is not None
    assert hint.zh == "各项之和为 10；请核对各项与合计"
    assert (len(wrong.rows), wrong.received) == (1_500, 1_505)


@pytest.mark.parametrize("total", [["合计", A, "2022-08", 16], ["合计", "", "", 7_516]])
def test_a_total_over_all_metrics_refuses_what_it_adds_up_and_nothing_else(total: list[Any]) -> None:
    rows = [*long(), [F, A, "2022-08", 7], [P, B, "2022-07", 1]]

    pushed = read(as_csv([total, *rows], TITLES), Media.CSV, SENDER)

    assert [(error.row, error.code.value) for error in pushed.errors] == [(2, "total_differs")]
    kept = [row for row in rows if row[1:3] != [A, "2022-08"]] if total[1] else []
    assert sorted_counts(pushed) == sorted(map(tuple, kept))


@pytest.mark.parametrize(
    ("part", "totals", "errors"),
    [
        ([P, B, "8月", 3], [[P, "合计", "", 13], ["合计", "", "", 9], ["合计", B, "", 1]], ["month_malformed"]),
        (["PON端囗数", B, "2022-08", 3], [[P, "合计", "2022-08", 13], ["合计", B, "", 10]], ["total_differs"]),
        ([P, "某街道", "2022-08", 3], [[P, "合计", "2022-08", 13], ["合计", B, "", 9]], []),
        ([P, B, "2022-08", "无"], [[P, "合计", "2022-08", 13], ["合计", B, "", 9]], ["placeholder"]),
    ],
)
def test_a_part_that_cannot_be_read_makes_no_second_error_in_a_total_it_may_be_of(
    part: list[Any], totals: Table, errors: list[str]
) -> None:
    pushed = read(as_csv(long(part, *totals), TITLES), Media.CSV, SENDER)

    assert pushed.codes == errors


def test_a_second_table_of_a_sheet_is_found_while_its_rows_stream_by() -> None:
    first: Table = [
        ["月份", "街道", P, H, "合计"],
        ["2022-07", "鸳鸯", 1, 2, 3],
        ["2022-07", "翠云", 3, 4, 7],
        ["合计", "", 4, 6, 10],
    ]
    head: Table = [["", "考核", "", "其他"], ["月份", T, F, "合计"]]
    second: Table = [["2022-07", 7, 5, 12], ["2022-08", 8, 6, 15], ["小计", 15, 11, 26], ["2022-09", "", 1, 1], ["填表人：张三"]]
    grid = [["情况表"], *first, [], ["用户"], *head, *second]
    whole, wrong = read_grid(grid, text=True, held=True), [("D11", "total_differs")]

    for text in (True, False):
        assert errors_by_cell(read_grid(grid, text=text, held=False)) == errors_by_cell(whole) == wrong
        assert sorted_counts(read_grid(grid, text=text, held=False)) == sorted_counts(whole)
    assert [row[1:5:2] for row in whole.rows[4:]] == [(T, "2022-07"), (F, "2022-07"), (F, "2022-09")]


@settings(max_examples=80, deadline=None)
@given(st.randoms(use_true_random=False), st.booleans(), st.booleans())
def test_what_streams_by_is_judged_as_what_is_held_whole(chance: random.Random, spoiled: bool, text: bool) -> None:
    rows: Table = []
    sums: dict[tuple[str, ...], int] = {}
    since = dict(sums)
    for metric in chance.sample(METRICS, 2):
        for month in MONTHS:
            for area in chance.sample(AREAS, chance.randint(1, 4)):
                value = chance.choice(["", "-", *range(9)]) if spoiled else chance.randint(0, 9)
                rows.append([metric, area, month, value])
                for known in (sums, since):
                    for key in ((metric, month), (area,)):
                        known[key] = known.get(key, 0) + (value if isinstance(value, int) else 0)
            if chance.random() < 0.5:
                rows.append([metric, "小计", month, since[metric, month] + chance.choice([0, 0, 1])])
                since = {}
        if chance.random() < 0.7:
            month = chance.choice(MONTHS)
            rows.append([metric, "合计", month, sums[metric, month] + chance.choice([0, 0, 1])])
            since = {}
        if chance.random() < 0.5:
            area = chance.choice(AREAS)
            rows.append([chance.choice(("合计", "小计")), area, "", sums.get((area,), 0) + chance.choice([0, 0, 1])])
            since = {}
    everything = sum(value for key, value in sums.items() if len(key) == 1)
    rows.insert(0, ["合计", "", "", everything + chance.choice([0, 0, 1])])
    body, media = (as_text([TITLES, *rows]), Media.CSV) if text else (as_xlsx(rows, TITLES), Media.XLSX)
    whole = read(body, media)
    with nothing_held():
        streamed = read(body, media, batch_rows=3)

    assert sorted((e.row, e.code) for e in whole.errors) == sorted((e.row, e.code) for e in streamed.errors)
    assert sorted(row[1:] for row in whole.rows) == sorted(row[1:] for row in streamed.rows)
    assert (whole.received, whole.blank) == (streamed.received, streamed.blank)


class Crosstab:
    """Months and streets down and metrics across, or turned; with totals below, beside, of months and of streets."""

    def __init__(self, chance: random.Random) -> None:
        months, turned = [f"{2018 + n // 12}-{n % 12 + 1:02}" for n in range(chance.randint(1, 9))], chance.random() < 0.5
        down, across = (METRICS, AREAS) if turned else (AREAS, METRICS)
        down, across = chance.sample(down, chance.randint(1, len(down))), chance.sample(across, chance.randint(1, len(across)))
        self.grid: Table = [["情况表"], ["月份", "指标" if turned else "街道", *across, "合计"]]
        self.totals: list[tuple[int, int]] = []
        self.counts: list[tuple[str, str, str, int]] = []
        sums: dict[tuple[str, str], list[int]] = {}
        for month in months:
            lines = []
            for key in down:
                line = [chance.randint(0, 9) for _ in across]
                lines.append(line)
                self.counts += [
                    (key, each, month, n) if turned else (each, key, month, n) for each, n in zip(across, line, strict=True)
                ]
                self._line([month, key], line, beside=True)
                for of in ((month, ""), ("", key), ("", "")):
                    sums[of] = [a + b for a, b in zip(sums.get(of, [0] * len(across)), line, strict=True)]
            if chance.random() < 0.3:
                self._line([month, "小计"], [sum(each) for each in zip(*lines, strict=True)], below=True)
            elif chance.random() < 0.3:
                self._line([month, "合计"], sums[month, ""], below=True)
        for key in chance.sample(down, chance.randint(0, len(down))):
            self._line(["合计", key], sums["", key], below=True)
        if chance.random() < 0.7:
            self._line(["总计", "" if turned else chance.choice(("", "两江新区"))], sums["", ""], below=True)

    def _line(self, lead: list[str], line: list[int], *, below: bool = False, beside: bool = False) -> None:
        width = len(lead) + len(line)
        if below:
            self.totals += [(len(self.grid), column) for column in range(len(lead), width + 1)]
        elif beside:
            self.totals.append((len(self.grid), width))
        self.grid.append([*lead, *line, sum(line)])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False), st.booleans(), st.booleans())
def test_any_total_of_a_crosstab_that_is_one_off_is_found_once_in_its_cell(chance: random.Random, text: bool, held: bool) -> None:
    table = Crosstab(chance)
    good = read_grid(table.grid, text=text, held=held)
    row, column = chance.choice(table.totals)
    table.grid[row][column] += chance.choice([-1, 1])
    wrong = read_grid(table.grid, text=text, held=held)

    assert (sorted_counts(good), good.errors) == (sorted(table.counts), [])
    assert errors_by_cell(wrong) in (
        [(f"{column_letters(column)}{row + 1}", "total_differs")],
        [(f"{column_letters(column)}{row + 1}", "negative")],
    )
    assert good.kinds["total_checked"] == len(table.totals)


def test_each_of_very_many_totals_that_differ_is_found_and_refuses_its_own_parts() -> None:
    blocks = [
        row for n in range(2_000) for row in ([H, A, f"{2000 + n % 100}-01", 5], [H, "小计", f"{2000 + n % 100}-01", 5 + n % 2])
    ]

    pushed = read(as_csv(blocks, TITLES), Media.CSV, SENDER)

    assert pushed.codes == ["total_differs"] * 1_000
    assert pushed.row_numbers == [2 + 2 * n for n in range(0, 2_000, 2)]


def test_a_table_with_more_different_names_than_are_kept_leaves_its_totals_unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sums, "_SUMS_MAX", 100)

    pushed = read(as_csv(long([H, "合计", "2022-08", 5], ["合计", B, "", 6]), TITLES), Media.CSV, SENDER)

    assert [(error.row, error.code.value) for error in pushed.errors] == [(1504, "total_unchecked")]
