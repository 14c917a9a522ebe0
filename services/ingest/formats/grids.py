"""The rows of a table as cells, whatever the columns mean: for datasets that have columns of their own."""

import csv
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import BinaryIO, NamedTuple

from services.ingest.formats.cells import BROKEN, Kind
from services.ingest.formats.csv_body import DELIMITERS, Lines, encoding_of, records_of
from services.ingest.formats.notes import Notes
from services.ingest.formats.rows import Limits
from services.ingest.formats.xlsx import frames, refusal, unreadable
from shared.bilingual import Bilingual
from shared.problems import Malformed
from shared.vocabulary import NormalisationKind, RowCode

Recognised = Callable[[Sequence[str]], int]
"""How many columns a row of titles names."""
_ZIP = b"PK\x03\x04"
_FEWEST = 2  # known titles that make a row the header


class GridRow(NamedTuple):
    """One row; the first one is the header."""

    sheet: str | None
    number: int  # as a spreadsheet numbers it
    cells: Sequence[tuple[str, RowCode | None]] | Bilingual  # texts, each with what is wrong with it; or why it cannot be read


async def csv_rows(body: BinaryIO, limits: Limits, notes: Notes, recognised: Recognised) -> AsyncGenerator[GridRow]:
    """The header of a CSV and the rows below it."""
    encoding = await encoding_of(body, notes)
    lines = Lines(body, encoding, limits)
    skipped, delimiter, titles = _titles(lines, recognised)
    if delimiter != ",":
        notes.add(NormalisationKind.DELIMITER, skipped + 1, delimiter, ",")
    yield GridRow(None, skipped + 1, [(title, None) for title in titles])
    for number, cells in enumerate(records_of(lines, delimiter), skipped + 2):
        yield GridRow(None, number, cells if isinstance(cells, Bilingual) else [(cell, None) for cell in cells])


async def xlsx_rows(body: BinaryIO, limits: Limits, notes: Notes, recognised: Recognised) -> AsyncGenerator[GridRow]:
    """The first sheet with a row of known titles: that row and the rows below it."""
    magic = body.read(len(_ZIP))
    body.seek(0)
    if magic != _ZIP:
        raise unreadable("no_workbook")
    sheet, chosen, sheets = "", None, list[str]()
    async with aclosing(frames(body, limits)) as found:
        async for frame in found:
            if "refused" in frame:
                raise refusal(frame["refused"], limits)
            sheets = frame.get("sheets", sheets)
            if chosen is not None and "sheet" in frame:
                break
            sheet = frame.get("sheet", sheet)
            for number, raw in frame.get("rows", []):
                cells = [_cell(cell) for cell in raw]
                if chosen is None and recognised([text for text, _ in cells]) < _FEWEST:
                    continue
                chosen = sheet
                yield GridRow(sheet, number, cells)
    for name in sheets:
        if chosen is not None and name != chosen:
            notes.add(NormalisationKind.SHEET_IGNORED, None, name)


def _titles(lines: Lines, recognised: Recognised) -> tuple[int, str, list[str]]:
    """How many lines stand above the header, its delimiter, and its cells."""
    for skipped, line in enumerate(lines):
        if line.strip():
            rows = [(delimiter, next(csv.reader([line], delimiter=delimiter))) for delimiter in DELIMITERS]
            delimiter, titles = max(rows, key=lambda row: recognised(row[1]))
            return skipped, delimiter, titles
    raise Malformed("请求体为空", "the body is empty")


def _cell(raw: str | Sequence[str]) -> tuple[str, RowCode | None]:
    return (raw, None) if isinstance(raw, str) else (raw[1], BROKEN.get(Kind(raw[0])))
