"""Cells are read as the sheet shows them: percent, fixed digits, 15 digits, struck-out text, what is hidden."""

from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from services.ingest.formats.cells.cell import CellKind, SheetCell, TypedCell, read_count
from services.ingest.formats.media import Media
from services.ingest.formats.row_errors import DATE_HINT, SCIENTIFIC_HINT
from services.ingest.formats.sheets.sheet import IndexRange
from tests.services.ingest.formats.pushed import TITLES, as_csv, read, repacked, workbook
from tests.services.ingest.formats.sheets.parts import read_parts

GOOD = ("homes_gigabit_covered", "500112007", "2022-08", 29594)


def cell_with(write: Callable[[Any, Any], None]) -> SheetCell:
    """The cell A1 of a workbook."""
    (sheet,) = read_parts(workbook(lambda book: write(book, book.add_worksheet())), Media.XLSX)
    cells = sheet.rows[1]
    assert isinstance(cells, list)
    return cells[0]


def formatted(value: object, number_format: str) -> SheetCell:
    """The cell of a value with a number format."""
    return cell_with(lambda book, sheet: sheet.write(0, 0, value, book.add_format({"num_format": number_format})))


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (1, "0%", "100%"),
        (0.955, "0.0%", "95.5%"),
        (0.25, "#,##0.00%", "25%"),
        (1, '0%;-0%;"-"', "100%"),
        (0.5, "[Red]0%", "50%"),
        (95, '0"%"', "95%"),
        (95, r"0\%", "95%"),
        (5, "0.0‰", "5‰"),
    ],
)
def test_a_number_shown_with_a_percent_sign_is_a_percentage(value: float, number_format: str, text: str) -> None:
    assert formatted(value, number_format) == TypedCell(CellKind.PERCENT, text)


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (1, "0000", "0001"),
        (2022.1, "0.00", "2022.10"),
        (2022.1, "#,##0.00", "2022.10"),
        (12, '"CQ"0000', "CQ0012"),
        (12345, "000-000", "012-345"),
        (1234567, "000-000", "1234-567"),
        (7, "0.00_ ", "7.00"),
        (8, '0"户"', "8户"),
        (0, "000", "000"),
    ],
)
def test_a_number_with_fixed_digits_has_the_text_that_is_shown(value: float, number_format: str, shown: str) -> None:
    assert formatted(value, number_format) == TypedCell(CellKind.NUMBER, str(value), shown)


@pytest.mark.parametrize(
    ("value", "number_format"),
    [(29594, "General"), (29594, "0"), (29594, "#,##0"), (29594, "@"), (29594, '0.0,"万"'), (29594, "0.00E+00"), (-5, "0000")],
)
def test_a_number_in_a_usual_format_is_its_digits(value: int, number_format: str) -> None:
    assert formatted(value, number_format) == TypedCell(CellKind.NUMBER, str(value))


@pytest.mark.parametrize(
    ("number_format", "shown"),
    [('0"万"', "12万"), ('0.0"亿户"', "12.0亿户"), ("0万", "12万"), ('General"千户"', "12千户")],
)
def test_a_number_that_is_shown_as_a_multiple_is_the_text_that_is_shown(number_format: str, shown: str) -> None:
    assert formatted(12, number_format) == shown


@pytest.mark.parametrize(
    ("written", "text", "stored"),
    [
        ("124599.99999999999", "124600", "124599.99999999999"),
        ("0.30000000000000004", "0.3", "0.30000000000000004"),
        ("0.3333333333333333", "0.333333333333333", "0.3333333333333333"),
        ("99999999999999.98", "100000000000000", "99999999999999.98"),
        ("12.5", "12.5", None),
        ("1.5E-7", "0.00000015", None),
        ("123456789012345", "123456789012345", None),
        ("1234567890123456.7", "1234567890123456.8", None),
    ],
)
def test_numbers_have_the_15_digits_that_are_shown(written: str, text: str, stored: str | None) -> None:
    body = with_number(workbook(lambda book: book.add_worksheet().write(0, 0, 77)), written)

    assert read_parts(body, Media.XLSX)[0].rows == {1: [TypedCell(CellKind.NUMBER, text, None, stored)]}


def with_number(body: bytes, written: str) -> bytes:
    """The workbook with other digits instead of 77, which the writer would round."""
    return repacked(body, lambda _, content: content.replace(b"<v>77</v>", f"<v>{written}</v>".encode()))


def _struck_runs(book: Any, sheet: Any) -> None:
    sheet.write_rich_string(0, 0, "12", book.add_format({"font_strikeout": True}), "3", "4")


@pytest.mark.parametrize(
    "write",
    [
        lambda book, sheet: sheet.write(0, 0, 1234, book.add_format({"font_strikeout": True})),
        lambda book, sheet: sheet.write(0, 0, "1234", book.add_format({"font_strikeout": True})),
        _struck_runs,
    ],
    ids=["number", "text", "runs"],
)
def test_struck_out_text_is_known(write: Callable[[Any, Any], None]) -> None:
    assert cell_with(write) == TypedCell(CellKind.STRUCK, "1234")


def test_struck_out_runs_of_an_inline_text_are_known_and_a_blank_struck_out_cell_is_blank() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        strike = book.add_format({"font_strikeout": True})
        sheet.write_rich_string(0, 0, "12", strike, "34")
        sheet.write_blank(1, 0, None, strike)
        sheet.write(1, 1, "x")
        sheet.write(2, 0, "not struck")

    (sheet,) = read_parts(workbook(fill, constant_memory=True), Media.XLSX)

    assert sheet.rows == {1: [TypedCell(CellKind.STRUCK, "1234"), ""], 2: ["", "x"], 3: ["not struck", ""]}


def test_what_is_shown_decides_how_counts_are_read() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("月报")
        rows = [(1, "percent"), (5, "struck"), (77, "plain"), (7, "zeros")]
        formats = {name: book.add_format(properties) for name, properties in FORMATS.items()}
        sheet.write_row(0, 0, TITLES)
        for row, (value, name) in enumerate(rows, start=1):
            sheet.write_row(row, 0, GOOD[:3])
            sheet.write(row, 3, value, formats[name])

    pushed = read(with_number(workbook(fill), "124599.99999999999"), Media.XLSX)

    assert [(error.cell, error.code.value, error.value) for error in pushed.errors] == [
        ("D2", "percent", "100%"),
        ("D3", "struck_text", "5"),
    ]
    assert [row.value for row in pushed.rows] == [124600, 7]
    assert pushed.kinds == {"rounded": 1}


FORMATS = {"percent": {"num_format": "0%"}, "struck": {"font_strikeout": True}, "plain": {}, "zeros": {"num_format": "0000"}}


def test_hidden_sheets_rows_and_columns_are_known() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        for name in ("看得见", "隐藏", "深藏"):
            book.add_worksheet(name).write_row(0, 0, ["a", "b"])
        visible, hidden, very_hidden = book.worksheets()
        hidden.hide()
        very_hidden.very_hidden()
        for row in (2, 3, 4, 7):
            visible.write(row, 0, row)
            visible.set_row(row, None, None, {"hidden": True})
        visible.set_row(9, 0)
        visible.set_column(1, 2, None, None, {"hidden": True})
        visible.set_column(4, 4, 0)
        visible.set_column(5, 5, 20)

    visible, hidden, very_hidden = read_parts(workbook(fill), Media.XLSX)

    assert visible.start.is_visible
    assert visible.start.hidden_rows == [IndexRange(2, 4), IndexRange(7, 7), IndexRange(9, 9)]
    assert visible.start.hidden_columns == [IndexRange(1, 2), IndexRange(4, 4)]
    assert set(visible.start.widths) == {5}
    assert not hidden.start.is_visible
    assert not very_hidden.start.is_visible
    assert hidden.rows == very_hidden.rows == {1: ["a", "b"]}


def test_a_month_is_read_as_it_is_shown_and_a_dropped_zero_is_never_guessed() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("月报")
        two_decimals = book.add_format({"num_format": "0.00"})
        sheet.write_row(0, 0, TITLES)
        months = [(2022.1, two_decimals), (2022.1, None), ("2022.1", None), (2022.09, None), (44774, None), ("2022.10", None)]
        for row, (month, number_format) in enumerate(months, start=1):
            sheet.write_row(row, 0, GOOD)
            sheet.write(row, 2, month, number_format)

    pushed = read(workbook(fill), Media.XLSX)

    assert [row.month for row in pushed.rows] == ["2022-10", "2022-09", "2022-10"]
    assert [(error.cell, error.code.value, error.hint and error.hint.en) for error in pushed.errors] == [
        ("C3", "month_malformed", "write 2022-01, or 2022-10 if a final zero was dropped"),
        ("C4", "month_malformed", "write 2022-01, or 2022-10 if a final zero was dropped"),
        (
            "C6",
            "month_malformed",
            "44774 is the serial number of the date 2022-08-01; format the cell as a date, or write 2022-08",
        ),
    ]


def test_a_month_of_a_csv_whose_zero_may_be_dropped_is_refused() -> None:
    rows = [(*GOOD[:2], month, 5) for month in ("2022.1", "２０２２．１", "2022.10", "2022.2", "44774", "Aug-22")]

    pushed = read(as_csv(rows), Media.CSV)

    assert [row.month for row in pushed.rows] == ["2022-10", "2022-02"]
    assert [(error.row, error.hint and error.hint.en[:22]) for error in pushed.errors] == [
        (2, "write 2022-01, or 2022"),
        (3, "write 2022-01, or 2022"),
        (6, "44774 is the serial nu"),
        (7, "write the month as 202"),
    ]


@pytest.mark.parametrize("text", ["5.00112E+08", "1.23457E+19", "1.2E+05"])
def test_a_count_in_scientific_notation_is_told_how_to_keep_its_digits(text: str) -> None:
    (error,) = read(as_csv([("homes_gigabit_covered", "500112007", "2022-08", text, "")]), Media.CSV).errors

    assert (error.code.value, error.hint) == ("not_a_count", SCIENTIFIC_HINT)


def test_a_count_formatted_as_a_date_is_told_so() -> None:
    assert read_count(TypedCell(CellKind.DATE, "2022-08-01")).hint == DATE_HINT
