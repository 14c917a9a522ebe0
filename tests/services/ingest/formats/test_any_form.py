"""Whatever the layout, a form reads back as the counts that were laid out, and as many errors as faults."""

import random
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from services.ingest.formats.locator import column_letters
from services.ingest.formats.media import Media
from services.ingest.formats.sheets.sheet import MergedRange, SheetStart
from tests.services.ingest.formats.pushed import METRICS, STREETS, Pushed, read
from tests.services.ingest.formats.readings.parts import read_parts, sheet_parts
from tests.services.ingest.formats.sheets_of import SENDER, as_text, sorted_counts

M = "2022-08"
_AREAS = sorted(set(STREETS) - {"liangjiang"})
_FAULTS = ["-", "/", "无", "—", "25%", "0.5", "-3", "1,23", "x", "12345678901234567890", "#REF!", "5户"]
Counts = dict[tuple[str, str], int | None]
_SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def _counts(draw: st.DrawFn) -> Counts:
    """Some metrics in some streets; None was left empty."""
    metrics = draw(st.lists(st.sampled_from(METRICS), min_size=1, unique=True))
    areas = draw(st.lists(st.sampled_from(_AREAS), min_size=1, unique=True))
    return {(metric, area): draw(st.none() | st.integers(0, 10**12)) for area in areas for metric in metrics}


class Drawn:
    """A form with a table of counts, laid out by chance; remembers where each count stands."""

    def __init__(self, counts: Counts, chance: random.Random, *, totals: bool) -> None:
        self.counts, self.chance, self.totals = counts, chance, totals
        self.grid: list[list[Any]] = []
        self.merged: list[tuple[int, int, int, int]] = []
        self.at: dict[tuple[str, str], tuple[int, int]] = {}
        self._above()
        chance.choice((self._crosstab, self._crosstab, self._list, self._two_rows_of_titles))()
        if chance.random() < 0.5:
            self.grid += [[], ["填表人：张三", "", "联系电话：", "13800000000"], ["注：以上为月末数"]]

    def _above(self) -> None:
        self.grid.append([self.chance.choice(("报表（2022年8月）", "2022年08月份", "截至2022年8月31日"))])
        if self.chance.random() < 0.5:
            self.grid.append(["填报单位：某公司", "", self.chance.choice(("单位：户、个", "填报日期：2022年9月3日"))])
        self.grid += [[]] * self.chance.randrange(3)

    def _said(self, code: str) -> str:
        return self.chance.choice((code, STREETS.get(code, code)))

    def _crosstab(self) -> None:
        down = sorted({key[0] for key in self.counts}), sorted({key[1] for key in self.counts})
        turned = self.chance.random() < 0.5
        rows, across = (down[0], down[1]) if turned else (down[1], down[0])
        self.chance.shuffle(rows)
        lead = [["序号"], []][self.chance.randrange(2)]
        title = self.chance.choice(("指标" if turned else "街道", "街道／指标", ""))
        beside = self.chance.random() < 0.5 and self.totals and turned
        self.grid.append([*lead, title, *map(self._said, across), *(["合计"] if beside else []), "备注"])
        if not turned and self.chance.random() < 0.3:
            units = {"olt_pon_ports_total": "个"}
            self.grid.append(
                [*[""] * len(lead), self.chance.choice(("单位", "")), *(units.get(metric, "户") for metric in across)]
            )
        first = len(self.grid)
        for number, row in enumerate(rows, 1):
            values = [self.counts[(row, code) if turned else (code, row)] for code in across]
            for place, code in enumerate(across):
                self.at[(row, code) if turned else (code, row)] = (len(self.grid), len(lead) + 1 + place)
            total = [sum(value or 0 for value in values)] if beside else []
            self.grid.append(
                [*([number] if lead else []), self._said(row), *("" if value is None else value for value in values), *total]
            )
        if self.totals and not turned:
            sums = [sum(line[len(lead) + 1 + n] or 0 for line in self.grid[first:]) for n in range(len(across))]
            self.grid.append([*[""] * len(lead), self.chance.choice(("合计", "总 计", "小计")), *sums])

    def _two_rows_of_titles(self) -> None:
        across = sorted({key[1] for key in self.counts}), sorted({key[0] for key in self.counts})
        streets = self.chance.random() < 0.5
        groups, titles = across if streets else across[::-1]
        keys = [(title, group) if streets else (group, title) for group in groups for title in titles]
        top, width = len(self.grid), len(titles)
        for place, key in enumerate(keys, 1):
            self.at[key] = (top + 2, place)
        beside = self.totals and not streets
        step = width + beside
        self.at = {key: (row, 1 + (column - 1) // width * step + (column - 1) % width) for key, (row, column) in self.at.items()}
        spans = [[self._said(group), *[""] * (step - 1)] for group in groups]
        values = [[self.counts[key] for key in keys[n : n + width]] for n in range(0, len(keys), width)]
        sums = [[sum(value or 0 for value in part)] if beside else [] for part in values]
        self.grid += [
            ["月份", *(cell for span in spans for cell in span)],
            ["", *(cell for _ in groups for cell in (*map(self._said, titles), *(["合计"] if beside else [])))],
            [M, *("" if cell is None else cell for part, total in zip(values, sums, strict=True) for cell in (*part, *total))],
        ]
        if self.chance.random() < 0.5:
            self.merged += [(top, 0, top + 1, 0)]
            self.merged += [(top, 1 + n * step, top, (n + 1) * step) for n in range(len(groups)) if step > 1]

    def _list(self) -> None:
        self.grid.append(["街道", "指标", "数值", "备注"])
        keys = sorted(self.counts, key=lambda key: key[1])
        for metric, area in keys:
            value = self.counts[metric, area]
            self.at[metric, area] = (len(self.grid), 2)
            self.grid.append([self._said(area), metric, "" if value is None else value])
        start = len(self.grid) - len(keys)
        for area in sorted({key[1] for key in keys}):
            count = sum(key[1] == area for key in keys)
            if count > 1 and self.chance.random() < 0.5:
                self.merged.append((start, 0, start + count - 1, 0))
            start += count

    def read(self, *, text: bool = False) -> Pushed:
        """As the sheet of a workbook, or as CSV if no cell is merged."""
        if text and not self.merged:
            return read(as_text(self.grid), Media.CSV, SENDER)
        start = SheetStart("月报", merged=[MergedRange(*bounds) for bounds in self.merged])
        return read_parts(sheet_parts(start, self.grid))


@_SETTINGS
@given(_counts(), st.randoms(use_true_random=False), st.booleans())
def test_a_form_of_any_layout_reads_back_as_its_counts(counts: Counts, chance: random.Random, text: bool) -> None:
    pushed = Drawn(counts, chance, totals=True).read(text=text)

    expected = sorted((metric, area, M, value) for (metric, area), value in counts.items() if value is not None)
    assert sorted_counts(pushed) == expected
    assert pushed.errors == []
    assert (pushed.received, pushed.blank) == (len(pushed.rows), sum(value is None for value in counts.values()))


@_SETTINGS
@given(_counts(), st.randoms(use_true_random=False), st.booleans())
def test_as_many_errors_as_faults_each_with_its_cell(counts: Counts, chance: random.Random, text: bool) -> None:
    drawn = Drawn(counts, chance, totals=False)
    spoiled = chance.sample(sorted(counts), chance.randint(0, len(counts)))
    for key in spoiled:
        row, column = drawn.at[key]
        drawn.grid[row][column] = chance.choice(_FAULTS)

    pushed = drawn.read(text=text)

    where = {key: f"{column_letters(drawn.at[key][1])}{drawn.at[key][0] + 1}" for key in spoiled}
    assert sorted(error.cell or "" for error in pushed.errors) == sorted(where.values())
    good = {key: value for key, value in counts.items() if value is not None and key not in spoiled}
    assert sorted_counts(pushed) == sorted((metric, area, M, value) for (metric, area), value in good.items())
    assert pushed.received == len(good) + len(spoiled)


@_SETTINGS
@given(_counts(), st.randoms(use_true_random=False))
def test_a_total_that_is_one_off_is_found(counts: Counts, chance: random.Random) -> None:
    drawn = Drawn(counts, chance, totals=True)
    spots = set(drawn.at.values())
    totals = [
        (r, c)
        for r, row in enumerate(drawn.grid)
        for c, cell in enumerate(row)
        if isinstance(cell, int) and (r, c) not in spots and _is_total(drawn.grid, r, c)
    ]
    assume(totals)
    r, c = chance.choice(totals)
    drawn.grid[r][c] += 1
    pushed = drawn.read()

    assert [error.code.value for error in pushed.errors] == ["total_differs"]
    assert pushed.errors[0].row == r + 1


def _is_total(grid: list[list[Any]], row: int, column: int) -> bool:
    label = [str(cell).replace(" ", "") for cell in grid[row][:2]]
    head = [line[column] for line in grid[:row] if column < len(line)]
    return any(each in {"合计", "总计", "小计"} for each in label) or "合计" in head
