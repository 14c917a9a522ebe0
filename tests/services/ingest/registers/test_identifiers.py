"""Identifiers typed into spreadsheets: read as shown, never guessed, and one thing never becomes two."""

from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from services.ingest.formats.cells.cell import shown_text
from services.ingest.formats.media import Media
from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.formats.pushed import workbook
from tests.services.ingest.formats.sheets.parts import parts_of
from tests.services.ingest.formats.sheets_of import as_text
from tests.services.ingest.registers.lists import building, push, pushed, refusals, sent

HEAD = ["月份", "楼栋编号", "小区名称", "家庭户数", "街道"]


def buildings(*cells: tuple[Any, str]) -> bytes:
    """A workbook with a building for each id and its number format."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("楼栋")
        sheet.write_row(0, 0, HEAD)
        for row, (key, number_format) in enumerate(cells, start=1):
            sheet.write_row(row, 0, ["2022年8月", "", "康美佳苑", 10, "康美街道"])
            sheet.write(row, 1, key, book.add_format({"num_format": number_format}))

    return workbook(fill)


async def keys(practice: CampaignApi) -> set[str]:
    return {row["building"] for row in (await practice.get_ok("/v1/registers/compounds/rows"))["items"]}


async def test_ids_in_number_cells_are_read_as_the_format_shows_them(liangjiang: CampaignApi) -> None:
    body = buildings((1, "0000"), (12, '"KM-"000'), (500112022, "General"), (123456789012345, "0"), ("0009", "@"), (7, "0"))

    answer = await sent(liangjiang, "kangmei", "compounds", body, ".xlsx")

    assert answer.status_code == 201, answer.text
    assert await keys(liangjiang) == {"0001", "KM-012", "500112022", "123456789012345", "0009", "7"}


async def test_ids_that_lost_digits_are_refused_in_workbooks(liangjiang: CampaignApi) -> None:
    body = buildings(
        (12345678901234567, "0"), (1.5, "General"), (1.5, "0"), (0.1, "0.00"), (1e19, "General"), ("5.00112E+08", "@")
    )

    answer = await sent(liangjiang, "kangmei", "compounds", body, ".xlsx")

    assert refusals(answer) == [(row, "building", "damaged_key") for row in range(2, 8)]


@pytest.mark.parametrize("key", ["1.23457E+19", "5.00112E+08", "1.5", "1E+20", "１．５", "500112.0"])
async def test_ids_that_lost_digits_are_refused_in_csv(liangjiang: CampaignApi, key: str) -> None:
    answer = await sent(liangjiang, "kangmei", "compounds", as_text([HEAD, ["2022-08", key, "康美佳苑", 10, "康美街道"]]), ".csv")

    assert refusals(answer) == [(2, "building", "damaged_key")]


async def test_an_id_typed_in_several_ways_is_one_building_or_an_error(liangjiang: CampaignApi) -> None:
    same = buildings((1001, "General"), ("1001", "@"), (" 1001 ", "@"), ("１００１", "@"))
    answer = await sent(liangjiang, "kangmei", "compounds", same, ".xlsx")
    assert (answer.status_code, await keys(liangjiang)) == (201, {"1001"})

    other = await sent(liangjiang, "kangmei", "compounds", buildings(("0007", "@"), (7, "General"), (8, "General")), ".xlsx")
    assert refusals(other) == [(2, "building", "respelled_key"), (3, "building", "respelled_key")]
    assert "0007" in str(other.json()["report"]["errors"])


async def test_an_id_that_differs_from_a_stored_one_in_spelling_only_is_an_error(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "kangmei", "compounds", [building("0001", 10), building("KM-1", 10)])

    lost = await sent(liangjiang, "kangmei", "compounds", buildings((1, "General")), ".xlsx")
    wide = await push(liangjiang, "kangmei", "compounds", [building("ＫＭ-1", 10)])
    again = await push(liangjiang, "kangmei", "compounds", [building("0001", 11)])
    renamed = await push(liangjiang, "kangmei", "compounds", [building("1", 10)], mode="replace", month="2022-08")

    assert refusals(lost) == [(2, "building", "respelled_key")]
    assert refusals(wide) == [(1, "building", "respelled_key")]
    assert (again.status_code, renamed.status_code) == (201, 201)
    assert await keys(liangjiang) == {"1"}


def _with_hidden(hide: Any) -> bytes:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("楼栋")
        sheet.write_row(0, 0, HEAD)
        for row, key in enumerate(("KM-1", "KM-2", "KM-3"), start=1):
            sheet.write_row(row, 0, ["2022年8月", key, "康美佳苑", 10, "康美街道"])
        book.add_worksheet("选项").write_column(0, 0, ["是", "否"])
        hide(book, sheet)

    return workbook(fill)


def _hidden_sheet(book: Any, _sheet: Any) -> None:
    hidden = book.add_worksheet("旧表")
    hidden.write_row(0, 0, HEAD)
    hidden.hide()


def _hidden_number(book: Any, _sheet: Any) -> None:
    hidden = book.add_worksheet("旧表")
    hidden.write(4, 3, 17)
    hidden.very_hidden()


@pytest.mark.parametrize(
    ("hide", "errors"),
    [
        (lambda _, sheet: sheet.set_row(2, None, None, {"hidden": True}), [("楼栋", 3)]),
        (lambda _, sheet: sheet.set_row(2, 0), [("楼栋", 3)]),
        (lambda _, sheet: sheet.set_column(3, 3, None, None, {"hidden": True}), [("楼栋", 2), ("楼栋", 3), ("楼栋", 4)]),
        (_hidden_sheet, [("旧表", 1)]),
        (_hidden_number, [("旧表", 5)]),
        (lambda book, _: book.worksheets()[1].hide(), []),
        (lambda _, sheet: sheet.set_row(7, None, None, {"hidden": True}), []),
        (lambda _, sheet: sheet.set_column(8, 9, None, None, {"hidden": True}), []),
    ],
)
async def test_hidden_rows_columns_and_sheets_are_errors_where_they_hold_values(
    liangjiang: CampaignApi, hide: Any, errors: list[tuple[str, int]]
) -> None:
    answer = await sent(liangjiang, "kangmei", "compounds", _with_hidden(hide), ".xlsx")

    report = answer.json()["report"]
    assert [(error["sheet"], error["row"]) for error in report["errors"]] == errors
    assert {error["code"] for error in report["errors"]} == ({"hidden_value"} if errors else set())
    assert answer.status_code == (422 if errors else 201)
    assert "hidden" in [passed["reason"] for passed in report["passed_over"]]


async def test_the_marked_file_shows_ids_as_they_were_shown_and_what_was_hidden(liangjiang: CampaignApi) -> None:
    refused = await sent(liangjiang, "kangmei", "compounds", buildings((1, "0000"), (12, '"KM-"000'), (1.5, "0.00")), ".xlsx")
    hidden = await sent(liangjiang, "kangmei", "compounds", _with_hidden(_hidden_number), ".xlsx")

    file = await liangjiang.get(f"{refused.headers['Location']}/errors.xlsx", "kangmei")
    table = await liangjiang.get(f"{refused.headers['Location']}/errors.csv", "kangmei")
    shown = await liangjiang.get(f"{hidden.headers['Location']}/errors.xlsx", "kangmei")

    (sheet,) = await parts_of(file.content, Media.XLSX)
    assert [shown_text(sheet.rows[row][1]) for row in (2, 3, 4)] == ["0001", "KM-012", "1.50"]  # type: ignore[index]
    assert [line.split(",")[1] for line in table.text.splitlines()[1:4]] == ["0001", "KM-012", "1.50"]
    assert [(page.start.name, page.start.is_visible) for page in await parts_of(shown.content, Media.XLSX)] == [
        ("楼栋", True),
        ("选项", True),
        ("旧表", False),
    ]
