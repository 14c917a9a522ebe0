"""The sender's rows as CSV, with one more column that says what is wrong with each."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from services.ingest.formats.cells.cell import SheetCell, cell_text
from services.ingest.marked.marks import ERRORS, Mark, Marks
from services.ingest.marked.pushed_sheets import PushedSheet, PushedSheets
from shared.values.formula_safe import formula_safe

_BETWEEN = " ； "


def write_csv(sheets: PushedSheets, marks: Marks, out: BinaryIO) -> None:
    """Write the file, and go back to its start. Of several sheets each is led by a row with its name."""
    out.write(codecs.BOM_UTF8)
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    writer = csv.writer(text)
    for sheet in sheets.sheets:
        if len(sheets.sheets) > 1:
            writer.writerow([formula_safe(f"[{sheet.name}]")])
        writer.writerows(map(formula_safe, row) for row in _rows(sheets, sheet, marks))
    text.detach()
    out.seek(0)


def _rows(sheets: PushedSheets, sheet: PushedSheet, marks: Marks) -> Iterator[list[str]]:
    found = marks.of(sheet.name)
    if sheet.titles:
        yield [*sheet.titles, ERRORS]
    written = len(sheet.titles) and 1
    for place, number, cells in sheets.read(sheet):
        yield from ([] for _ in range(place - written))  # rows that hold nothing
        written = place + 1
        texts = _padded(cells, sheet.width)
        said = _said(found.upto(number))
        if place == sheet.head:
            said = _BETWEEN.join(filter(None, (ERRORS, said)))
        yield [*texts, said] if said else texts
    for mark in found.rest():
        yield [*_padded([], sheet.width), mark.text]


def _padded(cells: Sequence[SheetCell], width: int) -> list[str]:
    return [*map(cell_text, cells), *[""] * (width - len(cells))]


def _said(marks: Sequence[Mark]) -> str:
    return _BETWEEN.join(mark.text for mark in marks)
