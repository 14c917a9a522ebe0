"""Workbooks: cells of every kind, and the workbooks that are made to hurt."""

import io
import struct
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from services.ingest.formats.media import Media
from shared.problems import Problem, Schema, TooLarge
from tests.services.ingest.formats.pushed import TITLES, as_xlsx, contents, read, repacked, workbook

GOOD = ("homes_gigabit_covered", "500112007", "2022-08", 29594)
READ = (*GOOD, None)
SHEET = "xl/worksheets/sheet1.xml"


def _with(write: Callable[[xlsxwriter.Workbook, Any], None]) -> bytes:
    """A workbook with titles, one good row, and what `write` adds from row 3 (index 2) on."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("月报")
        sheet.write_row(0, 0, TITLES)
        sheet.write_row(1, 0, GOOD)
        sheet.write_row(2, 0, GOOD[:3])
        write(book, sheet)

    return workbook(fill)


def _sheet(change: Callable[[bytes], bytes]) -> bytes:
    return repacked(as_xlsx([GOOD]), lambda name, content: change(content) if name == SHEET else content)


def _cells(xml: str) -> bytes:
    """A workbook with titles, one good row, and a row 3 of this XML."""
    return _sheet(lambda content: content.replace(b"</sheetData>", f'<row r="3">{xml}</row></sheetData>'.encode()))


def test_numbers_dates_and_text_may_stand_for_each_other() -> None:
    def write(book: xlsxwriter.Workbook, sheet: Any) -> None:
        day = book.add_format({"num_format": "yyyy-mm"})
        sheet.write_row(2, 0, ["homes_gigabit_covered", 500112007, 202208, 29594.0])
        sheet.write_row(3, 0, ["千兆覆盖家庭数", "鸳鸯", "2022年8月", "２９，５９４"])
        sheet.write_row(4, 0, GOOD)
        sheet.write_datetime(4, 2, datetime(2022, 8, 31, tzinfo=UTC).replace(tzinfo=None), day)
        sheet.write_row(5, 0, ["", " ", "", ""])
        sheet.write_row(6, 0, [*GOOD[:3], "", "只有备注"])
        sheet.write_row(8, 0, [*GOOD, "备注"])

    pushed = read(_with(write), Media.XLSX)

    assert [(number, *row[1:5]) for number, row in zip(pushed.row_numbers, pushed.rows, strict=True)] == [
        (number, *GOOD) for number in (2, 3, 4, 5, 9)
    ]
    assert pushed.rows[-1].note == "备注"
    assert (pushed.blank, pushed.received, pushed.errors) == (1, 5, [])
    assert pushed.kinds == {
        "blank_row": 2,
        "metric_name": 1,
        "area_name": 1,
        "number_as_code": 1,
        "month_form": 2,
        "date_as_month": 1,
        "thousands": 1,
        "full_width": 1,
    }


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.25, "fraction", "0.25"),
        (1e-7, "fraction", "0.0000001"),
        (-3, "negative", "-3"),
        (2**53, "too_large", str(2**53)),
        (1e17, "too_many_digits", "1" + "0" * 17),
        ("25%", "percent", "25%"),
        ("-", "placeholder", "-"),
        (True, "not_a_count", "TRUE"),
        (date(2022, 8, 1), "not_a_count", "2022-08-01"),
    ],
)
def test_a_wrong_value_is_named_by_its_cell(value: Any, code: str, shown: str) -> None:
    def write(book: xlsxwriter.Workbook, sheet: Any) -> None:
        if isinstance(value, date):
            sheet.write_datetime(2, 3, value, book.add_format({"num_format": "yyyy-mm-dd"}))
        else:
            sheet.write(2, 3, value)

    pushed = read(_with(write), Media.XLSX)

    (error,) = pushed.errors
    assert (error.row, error.cell, error.sheet, error.column) == (3, "D3", "月报", "value")
    assert (error.code.value, error.value) == (code, shown)
    assert contents(pushed.rows) == [READ]


@pytest.mark.parametrize("column", range(4))
def test_an_error_cell_is_an_error_and_never_a_blank(column: int) -> None:
    def write(_book: xlsxwriter.Workbook, sheet: Any) -> None:
        sheet.write_row(2, 0, GOOD)
        sheet.write_formula(2, column, "=1/0", None, "#DIV/0!")

    pushed = read(_with(write), Media.XLSX)

    assert [(error.cell, error.code.value, error.value) for error in pushed.errors] == [
        (f"{'ABCD'[column]}3", "error_cell", "#DIV/0!")
    ]
    assert (pushed.blank, pushed.received) == (0, 2)


def test_error_cells_are_seen_however_the_xml_writes_them() -> None:
    good = "".join(
        f'<c r="{letter}3" t="inlineStr"><is><t>{text}</t></is></c>' for letter, text in zip("ABC", GOOD[:3], strict=False)
    )

    for cell in ('<c r="D3" t="e"><v>#REF!</v></c>', "<c t='e' r='D3'><f>X</f><v>#REF!</v></c>", '<c t="e"><v>#REF!</v></c>'):
        pushed = read(_cells(good + cell), Media.XLSX)
        assert [(error.cell, error.code.value) for error in pushed.errors] == [("D3", "error_cell")]


def test_a_formula_gives_its_saved_result_and_is_an_error_without_one() -> None:
    def write(_book: xlsxwriter.Workbook, sheet: Any) -> None:
        sheet.write_formula(2, 3, "=1+1", None, 2)
        for row in (3, 4):
            sheet.write_row(row, 0, GOOD[:3])
            sheet.write_formula(row, 3, "=1+1", None, "")
        sheet.write_row(5, 0, GOOD[:3])
        sheet.write_formula(5, 3, '=""', None, "")

    body = repacked(
        _with(write),
        lambda _, content: content.replace(b'<c r="D6">', b'<c r="D6" t="str">').replace(
            b'<v></v></c></row><row r="5"', b'</c></row><row r="5"'
        ),
    )
    pushed = read(body, Media.XLSX)

    assert [row.value for row in pushed.rows] == [29594, 2]
    assert [(error.cell, error.code.value) for error in pushed.errors] == [
        ("D4", "formula_without_value"),
        ("D5", "formula_without_value"),
    ]
    assert pushed.blank == 1  # a formula whose result is an empty text


def test_cells_keep_their_names_when_the_table_stands_away_from_the_corner() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(3, 27, TITLES)
        sheet.write_row(4, 27, [*GOOD[:3], "x"])

    assert [error.cell for error in read(workbook(fill), Media.XLSX).errors] == ["AE5"]


def test_every_visible_sheet_with_a_table_is_read_and_the_others_are_named() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("说明").write(0, 0, "填报说明")
        hidden = book.add_worksheet("旧")
        hidden.hide()
        for sheet, value in ((hidden, 1), (book.add_worksheet("固网"), 2), (book.add_worksheet("移动"), "x")):
            sheet.write_row(0, 0, TITLES)
            sheet.write_row(1, 0, GOOD)
            sheet.write_row(2, 0, [*GOOD[:3], value])
        book.add_chartsheet("图")

    pushed = read(workbook(fill), Media.XLSX)

    assert [row.value for row in pushed.rows] == [29594, 2, 29594]
    assert len({row.number for row in pushed.rows}) == 3
    assert [pushed.locator.label(row.number) for row in pushed.rows] == ["固网!D2", "固网!D3", "移动!D2"]
    assert [(error.sheet, error.cell, error.code.value) for error in pushed.errors if error.sheet != "移动"] == [
        ("旧", "D2", "hidden_value"),
        ("旧", "D3", "hidden_value"),
    ]
    assert [(error.sheet, error.row, error.cell) for error in pushed.errors if error.sheet == "移动"] == [("移动", 3, "D3")]


def test_titles_that_are_nearly_right_name_the_missing_one() -> None:
    with pytest.raises(Schema) as refusal:
        read(as_xlsx([GOOD], ("指标", "区域", "月份", "数字")), Media.XLSX)

    assert [(error.where, error.code) for error in refusal.value.errors] == [
        ("/sheets/月报/D1", "unknown_title"),
        ("/header/value", "missing_column"),
    ]


def test_a_workbook_without_cells_is_refused() -> None:
    with pytest.raises(Schema, match="指标"):
        read(workbook(lambda book: book.add_worksheet()), Media.XLSX)


def test_a_spooled_file_is_read_as_well_as_one_in_memory() -> None:
    with tempfile.TemporaryFile() as body:
        body.write(as_xlsx([GOOD] * 3))
        body.seek(0)

        assert contents(read(body, Media.XLSX).rows) == [READ] * 3


def test_many_rows_come_in_batches() -> None:
    pushed = read(as_xlsx([(*GOOD[:3], n) for n in range(5_000)]), Media.XLSX)

    assert [row.value for row in pushed.rows] == list(range(5_000))
    assert max(len(batch.rows) for batch in pushed.batches) <= 2_000


def test_more_rows_than_the_limit_are_too_large() -> None:
    with pytest.raises(TooLarge):
        read(as_xlsx([GOOD] * 11), Media.XLSX, max_rows=10)


def _long(rows: int) -> bytes:
    """A workbook of many rows, made quickly."""
    cells = "".join(f'<c r="{column}{{0}}"><v>500112007</v></c>' for column in "ABCD")
    xml = "".join(f'<row r="{number}">{cells.format(number)}</row>' for number in range(3, rows + 3))
    return _sheet(lambda content: content.replace(b"</sheetData>", xml.encode() + b"</sheetData>"))


def _far_corner(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet()
    sheet.write(0, 0, "metric")
    sheet.write(1_048_575, 16_383, 1)


def _far_corner_of_256(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet()
    sheet.write(0, 0, "metric")
    sheet.write(1_048_575, 255, 1)


def _lying(size: int) -> bytes:
    """A workbook with a part of `size` bytes whose size the zip's directory gives as 10."""
    data = bytearray(repacked(as_xlsx([GOOD]), lambda _, content: content, {"xl/media/x.xml": b" " * size}))
    at = data.rindex(b"xl/media/x.xml") - 46
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(data)


def _lying_sheet() -> bytes:
    filler = b"<!--" + b" " * (200 << 20) + b"-->"
    data = bytearray(_sheet(lambda content: content.replace(b"</sheetData>", b"</sheetData>" + filler)))
    at = data.rindex(SHEET.encode()) - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = struct.pack("<I", 500)
    return bytes(data)


def _entities(content: bytes) -> bytes:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    return content.replace(b"<worksheet", bomb + b"<worksheet", 1)


def _external(name: str, content: bytes) -> bytes:
    if name != "xl/sharedStrings.xml":
        return content
    return content.replace(b"<sst", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst', 1).replace(b"metric<", b"&a;<")


def _plain_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hello.txt", "hello")
    return out.getvalue()


HURTFUL: list[tuple[str, Callable[[], bytes], type[Problem]]] = [
    ("far corner", lambda: workbook(_far_corner), Schema),
    ("wrong far reference", lambda: _cells('<c r="ZZZ99999999"><v>1</v></c>'), Schema),
    ("many rows of nothing", lambda: _cells('</row><row r="1048577"><c><v>1</v></c>'), Schema),
    ("inflates", lambda: repacked(as_xlsx([GOOD]), lambda _, content: content, {"x.bin": bytes(100 << 20)}), TooLarge),
    ("inflates more than it says", lambda: _lying(100 << 20), Schema),
    ("sheet inflates more than it says", _lying_sheet, Schema),
    (
        "10000 parts",
        lambda: repacked(as_xlsx([GOOD]), lambda _, content: content, {f"{n}": b"" for n in range(10_000)}),
        TooLarge,
    ),
    ("climbing names", lambda: repacked(as_xlsx([GOOD]), lambda _, content: content, {"../../etc/x": b""}), Schema),
    ("absolute names", lambda: repacked(as_xlsx([GOOD]), lambda _, content: content, {"/etc/x": b""}), Schema),
    ("entity bomb", lambda: _sheet(_entities), Schema),
    ("external entity", lambda: repacked(as_xlsx([GOOD]), _external), Schema),
    ("broken XML", lambda: _sheet(lambda content: content[:-30]), Schema),
    ("missing sheet", lambda: repacked(as_xlsx([GOOD]), lambda name, content: b"" if name == SHEET else content), Schema),
    ("cut off", lambda: as_xlsx([GOOD])[:-200], Schema),
    ("not a workbook", _plain_zip, Schema),
    ("old Excel", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5_000), Schema),
    ("HTML", lambda: b"<html><table><tr><td>1</td></tr></table></html>", Schema),
    ("empty", lambda: b"", Schema),
]


@pytest.mark.parametrize(("make", "problem"), [case[1:] for case in HURTFUL], ids=[case[0] for case in HURTFUL])
def test_a_workbook_made_to_hurt_is_refused_in_bounded_time(make: Callable[[], bytes], problem: type[Problem]) -> None:
    body = make()
    started = time.monotonic()

    with pytest.raises(problem) as refusal:
        read(body, Media.XLSX)

    assert type(refusal.value) is problem
    assert time.monotonic() - started < 20


def test_a_worker_that_runs_out_of_memory_or_time_is_a_refusal() -> None:
    rows = as_xlsx([GOOD] * 20_000)

    with pytest.raises(Schema, match="memory"):
        read(workbook(_far_corner_of_256), Media.XLSX, xlsx_cells=10**12)
    with pytest.raises(Schema, match=r"memory|damaged"):
        read(rows, Media.XLSX, xlsx_memory_bytes=1 << 20)
    with pytest.raises(Schema, match="long"):
        read(rows, Media.XLSX, xlsx_silence_s=0.001)
    with pytest.raises(Schema, match="long"):
        read(_long(250_000), Media.XLSX, xlsx_cpu_s=1, xlsx_cells=10_000_000)


def _renamed(change: Callable[[str], str]) -> bytes:
    """A workbook with parts of other names."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_xlsx([GOOD]))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name in {"_rels/.rels", "[Content_Types].xml"}:
                content = content.replace(b"xl/workbook.xml", change("xl/workbook.xml").replace("\\", "/").encode())
            new.writestr(change(name), content)
    return out.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        lambda name: name.replace("/", "\\"),
        lambda name: name.replace("workbook.xml", "workbook22.xml"),
        lambda name: name.replace("workbook.xml", "workbook22.xml").replace("/", "\\"),
        lambda name: name.replace("xl/workbook", "xl\\workbook"),
    ],
)
def test_a_workbook_whose_parts_have_other_names_is_read(change: Callable[[str], str]) -> None:
    assert contents(read(_renamed(change), Media.XLSX).rows) == [READ]


@pytest.mark.parametrize(
    ("name", "text"),
    [("xl/workbook.bin", "xlsb"), ("word/document.xml", "Word"), ("ppt/presentation.xml", "presentation"), ("x/y.xml", "not a")],
)
def test_other_office_files_are_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(Schema, match=text):
        read(_renamed(lambda part: name if part == "xl/workbook.xml" else part), Media.XLSX)


@pytest.mark.parametrize("name", ["xl\\..\\..\\etc", "\\xl\\a.xml", "c:\\a.xml", "xl\\workbook.xml"])
def test_backslashes_make_no_name_safe(name: str) -> None:
    with pytest.raises(Schema, match="unsafe or duplicate"):
        read(repacked(as_xlsx([GOOD]), lambda _, content: content, {name: b""}), Media.XLSX)
