"""Months in the rows of a table: without their year they have that of the caption, if it is certain."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from services.ingest.formats.media import Media
from services.ingest.formats.sender import SenderDefaults
from services.ingest.formats.sheets.sheet import SheetStart
from tests.services.ingest.formats.pushed import Pushed, read
from tests.services.ingest.formats.readings.parts import read_parts, sheet_parts
from tests.services.ingest.formats.readings.test_kinds import CAMPAIGN, READ, TELECOM, A, B, M, found, table
from tests.services.ingest.formats.sheets_of import H, as_text, sorted_counts


def _with_months(caption: Sequence[Any], *months: Any, sender: SenderDefaults = TELECOM) -> Pushed:
    rows = [[month, "鸳鸯", 5 + index] for index, month in enumerate(months)]
    return read(as_text([caption, ["月份", "街道", H], *rows]), Media.CSV, sender, CAMPAIGN)


@pytest.mark.parametrize("caption", ["2022年", "2022年度千兆城市报表", "2022年8月"])
@pytest.mark.parametrize("month", ["8月", "8月份", "08月", "８月"])
def test_a_month_of_a_row_has_the_year_of_the_caption(caption: str, month: str) -> None:
    assert sorted_counts(_with_months([caption], month)) == READ
    assert sorted_counts(_with_months(["报表"], month, sender=replace(TELECOM, month=M))) == READ


@pytest.mark.parametrize("caption", ["报表", "2021年、2022年", "2021年12月、2022年"])
def test_a_month_of_a_row_without_one_certain_year_asks_for_it(caption: str) -> None:
    pushed = _with_months([caption], "2022-08", "8月", "9", 10, "13月")

    assert sorted_counts(pushed) == READ
    assert [error.code.value for error in pushed.errors] == ["month_malformed"] * 4
    assert ["2022-08" in str(error.hint) for error in pushed.errors] == [True, False, False, True]
    assert ["2022-10" in str(error.hint) for error in pushed.errors] == [False, False, True, False]


def test_the_year_of_one_table_is_not_that_of_another_form() -> None:
    sheets = [
        sheet_parts(SheetStart(name), [[caption], ["月份", "街道", H], ["8月", area, 5]])
        for name, caption, area in (("甲", "2022年", "鸳鸯"), ("乙", "2021年", "人和"), ("丙", "报表", "翠云"))
    ]
    pushed = read_parts([part for parts in sheets for part in parts], TELECOM, CAMPAIGN)

    assert [(row.area, row.month) for row in pushed.rows] == [(A, "2022-08"), (B, "2021-08")]
    assert [(error.sheet, error.code.value) for error in pushed.errors] == [("丙", "month_malformed")]


def test_a_column_of_years_beside_the_counts_must_agree_and_is_no_metric() -> None:
    grid: list[list[Any]] = [["街道", "年份", H], ["鸳鸯", 2022, 5], ["人和", 2021, 7]]
    pushed = table(*grid)

    assert sorted_counts(pushed) == READ
    assert found(pushed) == [("B4", "name_differs")]
    assert pushed.passed == [("other_column", "B2", "年份")]
