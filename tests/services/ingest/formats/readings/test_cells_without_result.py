"""Errors, and formulas that were saved without their result, are named wherever they are: nobody knows which number they hide."""

from typing import Any

import pytest

from services.ingest.formats.cells.cell import CellKind, SheetCell, TypedCell
from services.ingest.formats.media import Media
from services.ingest.formats.sheets.sheet import SheetRows, SheetStart
from tests.services.ingest.formats.pushed import Pushed, read
from tests.services.ingest.formats.readings.parts import read_parts
from tests.services.ingest.formats.sheets_of import SENDER, Grid, H, as_text, errors_by_cell, form, sorted_counts

AUGUST = ["2022年8月"]
TABLE = (["街道", H, "同比"], ["鸳鸯", 5, "3%"])
READ = [(H, "500112007", "2022-08", 5)]
ERRORS = ["#REF!", "#N/A", "#DIV/0!", "#NAME?", "####"]
OUTSIDE: list[tuple[Grid, str]] = [
    ([["2022年8月", "X"], *TABLE], "B1"),
    ([["X"], AUGUST, *TABLE], "A1"),
    ([AUGUST, *TABLE, ["本表含共享站点", "", "", "X"]], "D4"),
    ([AUGUST, *TABLE, ["填表人：", "张三", "X"]], "C4"),
    ([AUGUST, *TABLE, [], ["", "", "", "", "", "", "X"]], "G5"),
    ([AUGUST, TABLE[0], [*TABLE[1], "", "X"]], "E3"),
    ([AUGUST, [*TABLE[0], "X"], TABLE[1]], "D2"),
]


def _sheet(grid: Grid, kind: CellKind, text: str) -> Pushed:
    """Read a sheet in which X is a cell without a result."""

    def cell(value: Any) -> SheetCell:
        return TypedCell(kind, text) if value == "X" else str(value)

    rows = [(number, [cell(value) for value in row]) for number, row in enumerate(grid, 1)]
    return read_parts([SheetStart("月报"), SheetRows(rows)])


@pytest.mark.parametrize(("grid", "cell"), OUTSIDE)
def test_a_cell_without_a_result_outside_the_counts_is_an_error_of_its_own(grid: Grid, cell: str) -> None:
    for error in ERRORS:
        assert errors_by_cell(_sheet(grid, CellKind.ERROR, error)) == [(cell, "error_cell")]
    assert errors_by_cell(_sheet(grid, CellKind.UNCALCULATED, "")) == [(cell, "formula_without_value")]


@pytest.mark.parametrize(("grid", "cell"), [each for each in OUTSIDE if each[1] != "E3"])
def test_a_csv_names_the_error_that_its_program_wrote(grid: Grid, cell: str) -> None:
    for error in ERRORS:
        pushed = read(as_text([[error if value == "X" else value for value in row] for row in grid]), Media.CSV, SENDER)

        assert errors_by_cell(pushed) == [(cell, "error_cell")]
        assert sorted_counts(pushed) == READ


@pytest.mark.parametrize("text", ["#1", "#", "#9楼", "1#", "#abc"])
def test_a_text_with_the_same_sign_is_no_error(text: str) -> None:
    assert errors_by_cell(form(AUGUST, *TABLE, ["注：", text])) == []


COMPARED: list[tuple[Grid, tuple[str, str, str]]] = [
    ([AUGUST, TABLE[0], ["鸳鸯", 5, "X"]], ("comparison_column", "C2", "同比")),
    ([AUGUST, *TABLE, ["占比", "X"]], ("comparison_row", "B4", "占比")),
    ([AUGUST, *TABLE, ["联系电话：", "X"]], ("signature_row", "B4", "联系电话：")),
    ([AUGUST, ["指标", "区域", "数值", "来源"], [H, "鸳鸯", 5, "X"]], ("other_column", "D2", "来源")),
]


@pytest.mark.parametrize(("grid", "entry"), COMPARED)
def test_a_cell_without_a_result_that_is_compared_or_labelled_is_passed_over_by_name(
    grid: Grid, entry: tuple[str, str, str]
) -> None:
    for kind, text in ((CellKind.ERROR, "#DIV/0!"), (CellKind.UNCALCULATED, "")):
        pushed = _sheet(grid, kind, text)

        assert (sorted_counts(pushed), pushed.errors) == (READ, [])
        assert entry in [(reason, cell, label.removesuffix(text).strip()) for reason, cell, label in pushed.passed]


def test_a_total_that_was_saved_without_its_result_is_named_and_not_checked() -> None:
    rows = (["街道", H, "合计"], ["鸳鸯", 5, ("=B3", "")], ["合计", ("=SUM(B3:B3)", ""), ("=B4", "")])
    pushed = form(AUGUST, *rows)

    assert (sorted_counts(pushed), pushed.errors) == (READ, [])
    assert pushed.passed == [("unsaved_total", cell, "合计") for cell in ("C3", "B4", "C4")]
    assert "total_checked" not in pushed.kinds


def test_a_total_with_an_error_is_an_error_of_its_cell() -> None:
    assert errors_by_cell(form(AUGUST, ["街道", H], ["鸳鸯", 5], ["合计", ("=B9", "#REF!")])) == [("B4", "error_cell")]
