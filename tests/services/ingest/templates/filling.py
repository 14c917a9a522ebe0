"""Templates in the hands of a test: opened as a person's program opens them, filled in, saved."""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import python_calamine
import xlsxwriter  # type: ignore[import-untyped]

TITLES = [
    "指标代码 metric",
    "指标 title",
    "区域代码 area",
    "区域 name",
    "月份 month",
    "计量单位 unit",
    "上月数 last_value",
    "本月数 value",
    "备注 note",
]
METRIC, TITLE, AREA, NAME, MONTH, UNIT, LAST, VALUE, NOTE = range(9)
Table = list[list[Any]]


def table_of(file: bytes, ending: str) -> Table:
    """The cells of a template's first sheet."""
    if ending == "csv":
        assert file.startswith(codecs.BOM_UTF8)
        return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))
    return next(iter(sheets_of(file).values()))


def sheets_of(file: bytes) -> dict[str, Table]:
    """The cells of each visible sheet of a workbook."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file))
    visible = [s.name for s in book.sheets_metadata if s.visible == python_calamine.SheetVisibleEnum.Visible]
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in visible}


def saved(table: Table, ending: str) -> bytes:
    """The table as a spreadsheet program saves it, its first sheet only."""
    if ending == "csv":
        text = io.StringIO()
        csv.writer(text).writerows(table)
        return codecs.BOM_UTF8 + text.getvalue().encode()
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("填报表 counts")
        for row, cells in enumerate(table):
            sheet.write_row(row, 0, cells)
    return out.getvalue()


def filled(file: bytes, ending: str, value: Callable[[str, str], int | None]) -> tuple[bytes, dict[tuple[str, str], int]]:
    """The template with counts filled in, and what was filled in by metric and area."""
    table = table_of(file, ending)
    entered = {}
    for row in table[1:]:
        count = value(row[METRIC], row[AREA])
        if count is not None:
            row[VALUE] = count
            entered[row[METRIC], row[AREA]] = count
    return saved(table, ending), entered


def parts(file: bytes, pattern: str) -> str:
    """The XML of the parts of a workbook whose names match, joined."""
    archive = zipfile.ZipFile(io.BytesIO(file))
    return "".join(archive.read(name).decode() for name in archive.namelist() if re.fullmatch(pattern, name))
