"""Every number of a file is stored as the count that it is, checked as a total, passed over by name, or an error."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.ingest.formats.cells import number_texts
from services.ingest.formats.cells.cell import CellKind, SheetCell, TypedCell
from services.ingest.formats.layout.caption import Caption
from services.ingest.formats.layout.form_defaults import FormDefaults
from services.ingest.formats.locator import CellPosition
from services.ingest.formats.readings.other_columns import OtherColumns
from services.ingest.formats.readings.row_roles import RowRoles
from services.ingest.formats.readings.sheet import SheetReader
from services.ingest.formats.readings.table import TableReader
from services.ingest.formats.row_errors import row_error
from services.ingest.formats.rows import Row
from services.ingest.formats.sheets.sheet import IndexRange, SheetPart, SheetRows, SheetStart
from shared.problems import Schema
from shared.vocabulary import RowCode
from tests.services.ingest.formats.pushed import METRICS, STREETS, Pushed
from tests.services.ingest.formats.readings.parts import read_parts

AREAS = sorted(set(STREETS) - {"liangjiang"})
MONTH = "2022-08"
UNKNOWN_TITLES = ("自健5G基站数", "小区数", "站点数量", "500M占用端口", "10G", "已开通", "指标值2")
SHARES = ("10G-PON端口占比", "5G用户占比", "同比增长", "1-9月累计", "环比", "上月数", "月均", "年度目标")
SECTIONS = ("2022年6月", "6月", "上月数", "年度计划", "单位：万户", "新增数")
FOOTERS = (
    *("单位：万户", "计量单位：千个", "统计月份：2022年6月", "注：以上为上月数", "用户数以万户计"),
    *("注：按新增数填报", "数据截至8月20日"),
)
WITHOUT_RESULT = TypedCell(CellKind.ERROR, "#REF!")
DETAILS = ("", "", "计划", "去年同期")
Place = tuple[str | None, int, int]
"""Sheet, row from 1, column from 0."""


@dataclass
class Written:
    """Sheets laid out by chance, and what the number in each cell is."""

    chance: random.Random
    numbers: dict[Place, int] = field(default_factory=dict)
    counts: dict[Place, tuple[str, str, str]] = field(
        default_factory=dict
    )  # metric, area and month; the other numbers are no counts
    totals: set[Place] = field(default_factory=set)
    contradicted: set[str | None] = field(default_factory=set)  # sheets with a text that says that their counts are others
    parts: list[SheetPart] = field(default_factory=list)
    _sheet: str | None = None
    _month: str = MONTH
    _grid: list[list[Any]] = field(default_factory=list)

    def write(self, *, is_text: bool) -> None:
        """Write one sheet as CSV, or several."""
        for name in [None] if is_text else self.chance.sample(["固网", "基站", "表3"], self.chance.choice((1, 1, 2))):
            self._sheet, self._grid, self._month = name, [], MONTH
            self._caption()
            for index in range(self.chance.choice((1, 1, 2, 3))):
                if index:
                    self._caption_between()
                self._table()
                if self.chance.random() < 0.4:
                    self._grid.append([])
                self._disturb_below()
            if self.chance.random() < 0.1:
                self._grid += [[""] * self.chance.randrange(2) + [self.chance.choice(FOOTERS)]]
                self.contradicted.add(name)
            self._disturb_anywhere()
            self.parts += [self._start(is_text=is_text), SheetRows([self._row(index) for index in range(len(self._grid))])]

    def _start(self, *, is_text: bool) -> SheetStart:
        if is_text:
            return SheetStart(None, delimiter=",")
        hidden = [IndexRange(index, index) for index in (self.chance.randrange(6),) if self.chance.random() < 0.15]
        rows = [IndexRange(index, index) for index in (self.chance.randrange(8),) if self.chance.random() < 0.15]
        return SheetStart(self._sheet, self.chance.random() > 0.1, hidden_columns=hidden, hidden_rows=rows)

    def _row(self, index: int) -> tuple[int, list[SheetCell]]:
        cells: list[SheetCell] = []
        for column, cell in enumerate(self._grid[index]):
            if isinstance(cell, int):
                self.numbers[self._sheet, index + 1, column] = cell
                cells.append(str(cell) if self._sheet is None else TypedCell(CellKind.NUMBER, str(cell)))
            elif cell is WITHOUT_RESULT:
                self.numbers[self._sheet, index + 1, column] = 0
                cells.append(cell.text if self._sheet is None else cell)
            else:
                cells.append(cell)
        return index + 1, cells

    def _caption(self) -> None:
        self._grid.append([self.chance.choice(("千兆城市报表（2022年8月）", "2022年8月"))])
        if self.chance.random() < 0.3:
            self._grid.append(["填报单位：某公司", "", "填报日期：", 20220905])

    def _caption_between(self) -> None:
        """Write the caption of a further table; it may have another month."""
        if self.chance.random() < 0.4:
            text, self._month = self.chance.choice((("2022年7月", "2022-07"), ("附表（2022年8月）", MONTH)))
            self._grid.append([text])

    def _section(self) -> bool:
        """Write a row that names other counts than the form; return whether the counts below it are certain."""
        if self.chance.random() < 0.9:
            return True
        self._grid.append([self.chance.choice(SECTIONS)])
        return False

    def _value(self) -> int:
        return self.chance.randint(1, 10**6)

    def _table(self) -> None:
        metrics = self.chance.sample(METRICS, self.chance.randint(1, 3))
        areas = self.chance.sample(AREAS, self.chance.randint(1, 4))
        self.chance.choice((self._crosstab, self._crosstab, self._list))(metrics, areas)

    def _crosstab(self, metrics: list[str], areas: list[str]) -> None:
        is_turned = self.chance.random() < 0.5
        down, across = (metrics, areas) if is_turned else (areas, metrics)
        titles: list[Any] = ["指标" if is_turned else "街道", *map(self._name, across)]
        keys = [(code, None) for code in across]
        for extra in ("share", "unknown", "blank", "typo", "serial"):
            if self.chance.random() < 0.2:
                column = self.chance.randint(1, len(titles))
                title = {"share": self.chance.choice(SHARES), "blank": "", "serial": "序号"}.get(extra)
                if extra == "typo" and len(keys) > 1:
                    column = self.chance.randrange(1, len(titles))
                    titles[column], keys[column - 1] = self.chance.choice(UNKNOWN_TITLES), ("", None)
                else:
                    titles.insert(column, self.chance.choice(UNKNOWN_TITLES) if title is None else title)
                    keys.insert(column - 1, ("", None))
        is_unknown = self.chance.random() < 0.15
        if is_unknown:
            titles = [titles[0], *(title if not title else self.chance.choice(UNKNOWN_TITLES) for title in titles[1:])]
        self._grid.append(titles)
        sums = [0] * len(keys)
        for row in down:
            is_unknown = is_unknown or not self._section()
            values: list[Any] = [self._value() if self.chance.random() < 0.9 else "" for _ in keys]
            for column, ((code, _), value) in enumerate(zip(keys, values, strict=True)):
                sums[column] += value or 0
                if code and value != "" and not is_unknown:
                    key = (row, code) if is_turned else (code, row)
                    self.counts[self._sheet, len(self._grid) + 1, column + 1] = (*key, self._month)
            self._grid.append([self._name(row), *values])
        if not is_turned and self.chance.random() < 0.4:
            self.totals |= {(self._sheet, len(self._grid) + 1, column + 1) for column in range(len(sums))}
            self._grid.append([self.chance.choice(("合计", "汇 总", "合计：")), *sums])
        if self.chance.random() < 0.2:
            self._grid.append([self.chance.choice(SHARES[:2]), *(self._value() for _ in keys)])

    def _list(self, metrics: list[str], areas: list[str]) -> None:
        extra = self.chance.choice(([], [], ["代码"], ["网格编号"], ["占比"], ["类别"], [""]))
        self._grid.append(["指标", "街道", "数值", *extra])
        for metric in metrics:
            for area in areas:
                detail = {"类别": self.chance.choice(DETAILS), "网格编号": "3号网格"}.get("".join(extra), "")
                if not detail:
                    self.counts[self._sheet, len(self._grid) + 1, 2] = (metric, area, self._month)
                others = [detail] if "".join(extra) in {"类别", "网格编号"} else [self._value() for _ in extra]
                self._grid.append([metric, self._name(area), self._value(), *others])

    def _name(self, code: str) -> str:
        text = self.chance.choice((code, STREETS.get(code, code)))
        return f"{text[0]} {text[1:]}" if "\u4e00" < text[0] < "\u9fff" and self.chance.random() < 0.2 else text

    def _disturb_below(self) -> None:
        kind = self.chance.random()
        if kind < 0.15:
            self._grid.append(["填表人：张三", "", "联系电话：", 13800000000])
        elif kind < 0.25:
            self._grid.append(["", "", self._value()])
        elif kind < 0.35:
            self._grid.append(["注：以上为月末数"])

    def _disturb_anywhere(self) -> None:
        if self.chance.random() < 0.2:
            row = self.chance.choice([row for row in self._grid if not row or row[0] not in SECTIONS])
            row += [""] * self.chance.randint(0, 2) + [self.chance.choice((self._value(), self._value(), WITHOUT_RESULT))]


def _place_of(pushed: Pushed, row: Row) -> Place:
    """Return the cell that a count was read from."""
    found = pushed.locator.locate(row_error(RowCode.MALFORMED_ROW, row.number, "value"))
    return found.sheet, found.row or 0, _column(found.cell)


def _column(cell: str | None) -> int:
    letters = (cell or "").rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1


def violations(chance: random.Random, *, is_text: bool) -> list[str]:
    """Write sheets by chance, read them, and return what breaks the law."""
    written = Written(chance)
    written.write(is_text=is_text)
    try:
        result = read_parts(written.parts)
    except Schema:
        return []  # the whole push is refused
    stored = {_place_of(result, row): row for row in result.rows if row.metric in METRICS and row.area in STREETS}
    broken = [
        f"{place}: stored {row.metric} {row.area} {row.month} {row.value}"
        for place, row in stored.items()
        if (row.metric, row.area, row.month) != written.counts.get(place)
        or row.value != written.numbers[place]
        or place[0] in written.contradicted
    ]
    # Codes are checked later: an unknown name is an error of its cell, an unknown title one of its column.
    unknown = {_place_of(result, row) for row in result.rows if row.metric not in METRICS or row.area not in STREETS}
    columns = {(sheet, column) for sheet, _, column in unknown}
    unaccounted = [
        place
        for place in written.numbers
        if place not in stored and (place[0], place[2]) not in columns and not _is_named(place, result)
    ]
    checked = [place for place in unaccounted if place in written.totals]
    if len(checked) > result.kinds.get("total_checked", 0):
        broken.append(f"{checked}: not all totals were checked")
    return broken + [f"{place}: unaccounted" for place in unaccounted if place not in written.totals]


def _is_named(place: Place, result: Pushed) -> bool:
    sheet, row, column = place
    for error in result.errors:
        is_of_caption = error.code is RowCode.UNIT_DIFFERS  # told at the cell that names the unit of all counts
        if error.sheet == sheet and (error.row == row or _column(error.cell) == column or is_of_caption):
            return True
    for entry in result.passed_over:
        cell_row = int((entry.cell or "0").lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        is_column = entry.reason.value.endswith("_column") and _column(entry.cell) == column
        if entry.sheet == sheet and (is_column or entry.cell == CellPosition(row, column).name):
            return True
        if entry.sheet == sheet and entry.reason.value == "comparison_row" and cell_row == row:
            return True
    return False


@settings(max_examples=250, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 1 << 40), st.booleans())
def test_every_number_is_stored_as_it_was_meant_or_named(seed: int, is_text: bool) -> None:
    assert violations(random.Random(seed), is_text=is_text) == []  # noqa: S311 - no secret


Mutate = Callable[[pytest.MonkeyPatch], None]


def _read_below_unknown_headers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RowRoles, "heads_numbers", lambda *_: False)
    patch.setattr(TableReader, "has_title", lambda *_: False)


def _ignore_columns_without_title(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(TableReader, "refuse_unassigned", lambda *_: None)


def _pass_over_numbers_in_silence(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SheetReader, "_pass_over", lambda *_: None)


def _read_hidden_cells(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SheetReader, "_without_hidden", lambda _self, _number, cells: ["" for _ in cells])


def _ignore_captions_of_further_tables(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Caption, "completed_by", lambda _self, _previous, form: form)


def _read_below_sections(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RowRoles, "_begins_section", lambda *_: False)


def _ignore_texts_below_tables(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(FormDefaults, "refuse_below", lambda *_: None)


def _ignore_cells_without_result(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(number_texts, "is_without_result", lambda _: False)


def _ignore_texts_beside_counts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(OtherColumns, "contradictions", lambda *_: {})


@contextmanager
def _mutant(mutate: Mutate) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        mutate(patch)
        yield


@pytest.mark.parametrize(
    "mutate",
    [
        _read_below_unknown_headers,
        _ignore_columns_without_title,
        _pass_over_numbers_in_silence,
        _read_hidden_cells,
        _ignore_captions_of_further_tables,
        _read_below_sections,
        _ignore_texts_below_tables,
        _ignore_texts_beside_counts,
        _ignore_cells_without_result,
    ],
)
def test_the_law_catches_a_reader_that_loses_numbers(mutate: Mutate) -> None:
    with _mutant(mutate):
        assert any(violations(random.Random(seed), is_text=bool(seed % 2)) for seed in range(300))  # noqa: S311 - no secret
