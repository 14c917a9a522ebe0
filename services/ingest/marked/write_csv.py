"""Writes the pushed rows as CSV, with a column that describes the errors of each row."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from services.ingest.formats.cells.cell import SheetCell, shown_text
from services.ingest.formats.sheets.errors_column import ERRORS_TITLE
from services.ingest.marked.marks import Marks
from services.ingest.marked.pushed_sheets import PushedSheet, PushedSheets
from shared.values.formula_safe import formula_safe

_BETWEEN_ERRORS = " ； "
_BETWEEN_LANGUAGES = " / "


def write_csv(sheets: PushedSheets, marks: Marks, out: BinaryIO) -> None:
    """Write the file, without hidden sheets that have no errors, and rewind it. If several remain, each follows its name."""
    out.write(codecs.BOM_UTF8)
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    writer = csv.writer(text)
    shown = [sheet for sheet in sheets.sheets if sheet.layout.is_visible or marks.has_sheet(sheet.name)]
    for sheet in shown:
        if len(shown) > 1:
            writer.writerow([formula_safe(f"[{sheet.name}]")])
        writer.writerows(map(formula_safe, row) for row in _rows(sheets, sheet, marks))
    text.detach()
    out.seek(0)


def _rows(sheets: PushedSheets, sheet: PushedSheet, marks: Marks) -> Iterator[list[str]]:
    sheet_marks = marks.for_sheet(sheet.name)
    if sheet.added_titles:
        yield [*sheet.added_titles, ERRORS_TITLE]
    written, is_titled = (1, True) if sheet.added_titles else (0, not marks.has_sheet(sheet.name))
    for index, number, cells in sheets.read(sheet):
        yield from ([] for _ in range(index - written))  # empty rows
        written = index + 1
        texts = _padded(cells, sheet.width)
        errors = _BETWEEN_ERRORS.join(sheet.text_of(mark, _BETWEEN_LANGUAGES) for mark in sheet_marks.up_to(number))
        if not is_titled and any(texts):
            is_titled = True
            errors = _BETWEEN_ERRORS.join(filter(None, (ERRORS_TITLE, errors)))
        yield [*texts, errors] if errors else texts
    for mark in sheet_marks.remaining():
        yield [*_padded([], sheet.width), sheet.text_of(mark, _BETWEEN_LANGUAGES)]


def _padded(cells: Sequence[SheetCell], width: int) -> list[str]:
    return [*map(shown_text, cells), *[""] * (width - len(cells))]
