"""Every value of a register's table is stored as it was meant, checked as a total, passed over by name, or an error."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.ingest.formats.sheets.sheet import IndexRange, SheetPart, SheetStart
from services.ingest.registers.sheet import RegisterSheetReader
from services.ingest.registers.table import RegisterTable
from shared.problems import Schema
from shared.vocabulary import RegisterCode
from tests.services.ingest.registers.parts import DEFINITION, ReadRegister, read_parts, sheet

TITLES = {
    "building": ("楼栋编号", "楼栋编号*", "1.楼栋编号", "楼 栋\n编号"),
    "compound": ("小区名称", "小区名称（必填）", "小 区"),
    "households": ("家庭户数", "家庭户数（户）", "（二）户数*"),
    "area": ("街道", "所属街道"),
    "name": ("楼栋名称",),
    "note": ("备注",),
}
UNKNOWN_TITLES = ("栋号", "院落", "住户情况", "所在地", "几户", "物业单位名", "幢")
OTHER_TITLES = ("序号", "物业公司", "联系电话", "上月户数", "占比")
AREAS = ("500112022", "康美街道", "康 美", "（一）康美街道", "1.康美")
Place = tuple[str | None, int, int]
"""Sheet, row from 1, column from 0."""


@dataclass
class Written:
    """Sheets laid out by chance, and what the value in each cell is."""

    chance: random.Random
    values: dict[Place, str] = field(default_factory=dict)  # of all rows below headers, and all numbers elsewhere
    rows: dict[tuple[str | None, int], dict[str, object]] = field(default_factory=dict)  # that may be stored
    columns: dict[Place, str] = field(default_factory=dict)  # the column of the register that a value is of
    headers: dict[Place, int] = field(default_factory=dict)  # the row of the header above a value
    totals: set[Place] = field(default_factory=set)
    parts: list[SheetPart] = field(default_factory=list)
    _sheet: str | None = None
    _grid: list[list[Any]] = field(default_factory=list)
    _keys: int = 0

    def write(self, *, is_text: bool) -> None:
        """Write one sheet as CSV, or several."""
        for number, name in enumerate([None] if is_text else ["一社区", "二社区", "附件"][: self.chance.choice((1, 1, 2, 3))]):
            self._sheet, self._grid = name, [["小区楼栋登记表（2022年8月）"]]
            if self.chance.random() < 0.3:
                self._grid.append(["填报单位：康美街道办事处", "", "填报日期：", 20220905])
            if self.chance.random() < 0.1:
                self._grid.append(["", "户数", self.chance.randint(1, 500)])
            self._table(is_unknown=number > 0 and self.chance.random() < 0.4)
            for _ in range(self.chance.choice((0, 0, 1, 2))):
                if self.chance.random() < 0.5:
                    self._grid.append([])
                self._table(is_unknown=self.chance.random() < 0.5)
            self._stray_value()
            for row, cells in enumerate(self._grid, 1):
                for column, value in enumerate(cells):
                    if isinstance(value, int):
                        self.values.setdefault((name, row, column), str(value))
            self.parts += sheet(self._start(is_text=is_text), *self._grid)

    def _start(self, *, is_text: bool) -> SheetStart:
        if is_text:
            return SheetStart(None, delimiter=",")
        columns = [IndexRange(index, index) for index in (self.chance.randrange(6),) if self.chance.random() < 0.1]
        rows = [IndexRange(index, index) for index in (self.chance.randrange(9),) if self.chance.random() < 0.1]
        return SheetStart(self._sheet, self.chance.random() > 0.05, hidden_columns=columns, hidden_rows=rows)

    def _table(self, *, is_unknown: bool) -> None:
        chance = self.chance
        columns: list[str] = [
            "building",
            "compound",
            "households",
            *chance.sample(["area", "name", "note"], chance.randint(0, 3)),
        ]
        chance.shuffle(columns)
        for kind in ("other", "untitled"):
            if chance.random() < 0.25:
                columns.insert(chance.randint(0, len(columns)), kind)
        titles = [self._title(column) for column in columns]
        if is_unknown:
            unknown = iter(chance.sample(UNKNOWN_TITLES, len(UNKNOWN_TITLES)))
            wrong = set(chance.sample(["building", "compound", "households"], chance.randint(1, 3)))
            wrong |= set() if chance.random() < 0.5 else set(columns) - {"untitled"}
            titles = [next(unknown, "栋") if column in wrong else title for column, title in zip(columns, titles, strict=True)]
        self._grid.append(titles)
        header, total = len(self._grid), 0
        for number in range(chance.randint(1, 5)):
            if number and chance.random() < 0.1:
                self._grid.append(titles)
            total += self._row(columns, header, is_unknown=is_unknown)
        if chance.random() < 0.3:
            row: list[Any] = ["合计", *("" for _ in columns[1:])] if columns[0] != "households" else ["" for _ in columns]
            if row[0]:
                row[columns.index("households")] = total
                self.totals.add((self._sheet, len(self._grid) + 1, columns.index("households")))
                self._grid.append(row)
        if chance.random() < 0.2:
            self._grid.append(["填表人：张三", "", "联系电话：", 13800000000])

    def _title(self, column: str) -> str:
        if column == "untitled":
            return ""
        return self.chance.choice(OTHER_TITLES if column == "other" else TITLES[column])

    def _row(self, columns: list[str], header: int, *, is_unknown: bool) -> int:
        self._keys += 1
        households = self.chance.randint(0, 900)
        values: dict[str, Any] = {
            "building": f"KM-{self._keys:03}",
            "compound": self.chance.choice(("康美佳苑", "翠湖天地", "8号院")),
            "households": households,
            "area": self.chance.choice(AREAS),
            "name": "1栋",
            "note": self.chance.choice(("", "含商铺", "待核实")),
            "other": self.chance.choice(("", self._keys, "张三", "电信")),
            "untitled": self.chance.choice(("", "", 77, "见附件")),
        }
        row = len(self._grid) + 1
        for index, column in enumerate(columns):
            if values[column] != "":
                place = (self._sheet, row, index)
                self.values[place], self.headers[place], self.columns[place] = str(values[column]), header, column
        if not is_unknown:
            stored = {
                column: values[column] for column in columns if column in TITLES and column != "area" and values[column] != ""
            }
            self.rows[self._sheet, row] = stored
        self._grid.append([values[column] for column in columns])
        return households

    def _stray_value(self) -> None:
        if self.chance.random() < 0.3:
            index = self.chance.randrange(len(self._grid))
            is_row = (self._sheet, index + 1) in self.rows  # a caption or a signature may have any text
            value = self.chance.choice((self.chance.randint(1, 9999), "见附表" if is_row else 5))
            self._grid[index] = [*self._grid[index], *[""] * (8 - len(self._grid[index])), value]
            self.values[self._sheet, index + 1, len(self._grid[index]) - 1] = str(value)


def violations(chance: random.Random, *, is_text: bool) -> list[str] | None:
    """Write sheets by chance, read them, and return what breaks the law; None if the whole push is refused."""
    written = Written(chance)
    written.write(is_text=is_text)
    try:
        result = read_parts(RegisterCode.COMPOUNDS, "kangmei", written.parts)
    except Schema:
        return None
    area = DEFINITION.area_numbers["500112022"]
    broken = [
        f"{place}: stored {entry.body}"
        for place, entry in result.rows.items()
        if entry.body != written.rows.get(place) or entry.area != area or entry.key != entry.body["building"]
    ]
    missing = [place for place in written.values if not _is_accounted_for(place, written, result)]
    return broken + [f"{place}: {written.values[place]} is unaccounted for" for place in missing]


def _is_accounted_for(place: Place, written: Written, result: ReadRegister) -> bool:
    name, row, column = place
    if any(error["sheet"] == name and error["row"] == row for error in result.errors):
        return True
    cell = f"{chr(65 + column)}{row}"
    if any(entry.sheet == name and entry.cell == cell for entry in result.passed_over):
        return True
    if (name, row) in result.rows and written.columns.get(place) in TITLES:
        return True
    if any(error["sheet"] == name and error["code"] == "total_differs" and error["row"] >= row for error in result.errors):
        return True  # all rows that it adds up are rejected
    if place in written.totals:
        return result.notes.get("total_checked", 0) > 0
    letter, header = chr(65 + column), written.headers.get(place, 0)
    return any(
        entry.sheet == name
        and entry.reason.value in {"other_column", "comparison_column"}
        and re.fullmatch(rf"{letter}[0-9]+", entry.cell or "")
        and int((entry.cell or "")[1:]) <= header
        for entry in result.passed_over
    )


@settings(max_examples=150, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 1 << 40), st.booleans())
def test_every_value_is_stored_as_it_was_meant_or_named(seed: int, is_text: bool) -> None:
    assert not violations(random.Random(seed), is_text=is_text)  # noqa: S311 - no secret


def test_most_of_the_sheets_by_chance_are_read() -> None:
    results = [violations(random.Random(seed), is_text=bool(seed % 2)) for seed in range(100)]  # noqa: S311 - no secret

    assert sum(result is not None for result in results) > 50


Mutate = Callable[[pytest.MonkeyPatch], None]


def _read_below_unknown_headers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RegisterSheetReader, "_is_unknown_header", lambda *_: False)


def _ignore_values_without_a_title(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RegisterTable, "_stray_values", lambda *_: ())


def _pass_over_in_silence(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RegisterSheetReader, "_pass_over", lambda *_: ())


def _read_outside_tables_in_silence(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RegisterSheetReader, "_read_outside", lambda *_: ())


def _keep_the_first_header(patch: pytest.MonkeyPatch) -> None:
    begin = RegisterSheetReader._begin_table

    def begin_once(reader: RegisterSheetReader, header: Any, top: int, last: int) -> Any:
        return () if reader.has_table else begin(reader, header, top, last)

    patch.setattr(RegisterSheetReader, "_begin_table", begin_once)


@pytest.mark.parametrize(
    "mutate",
    [
        _read_below_unknown_headers,
        _ignore_values_without_a_title,
        _pass_over_in_silence,
        _read_outside_tables_in_silence,
        _keep_the_first_header,
    ],
)
def test_the_law_catches_a_reader_that_loses_values(mutate: Mutate, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch)

    assert any(violations(random.Random(seed), is_text=bool(seed % 2)) for seed in range(200))  # noqa: S311 - no secret
