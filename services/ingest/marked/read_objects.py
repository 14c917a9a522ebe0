"""Reads JSON and NDJSON as a table with a row for each object and a column for each field, in order of first appearance."""

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from services.ingest.formats.cells.cell import CellKind, SheetCell, TypedCell
from services.ingest.formats.media import Media
from services.ingest.formats.rows import BodyLimits, safe_excerpt
from services.ingest.formats.sheets.sheet import SheetStart
from services.ingest.marked.pushed_sheets import PushedSheets, clean
from shared.http.strict_json import DecimalLiteral, parse_line, parse_value

NUMBER_TITLE, OTHER_TITLE = "行号 row", "其他内容 other"
_COLUMNS_MAX = 30  # fields beyond it share the column `OTHER_TITLE`
_RAW_BYTES = 500  # of a line that is not JSON
_SEPARATORS = re.compile(r"[ \t\r\n,]*")


def read_objects(body: BinaryIO, media: Media, limits: BodyLimits, sheets: PushedSheets) -> None:
    """Read a body from its start and add its objects as one sheet."""
    sheet = sheets.begin(SheetStart(None))
    columns = {NUMBER_TITLE: 0}
    values = _lines(body, limits) if media is Media.NDJSON else _elements(body, limits)
    for index, (number, value) in enumerate(values, start=1):
        sheets.add(index, number, _row(number, value, columns))
    sheet.header_index, sheet.header_known = 0, True
    sheet.columns = {safe_excerpt(name): column for name, column in columns.items()}
    sheet.added_titles = list(map(clean, columns))
    sheet.width = len(columns)


def _lines(body: BinaryIO, limits: BodyLimits) -> Iterator[tuple[int, object]]:
    """Yield the number of each line that is not blank with its value, or with its text if it is not JSON."""
    number = 0
    while line := body.readline(limits.line_bytes + 1):
        number += 1
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = body.readline(limits.line_bytes)
        if line.strip():
            yield number, _value(line, limits)


def _value(line: bytes, limits: BodyLimits) -> object:
    try:
        return parse_line(line, limits.depth)
    except ValueError:
        return line[:_RAW_BYTES].decode(errors="replace").strip()


def _elements(body: BinaryIO, limits: BodyLimits) -> Iterator[tuple[int, object]]:
    """Yield the elements of the document's only array; the push has checked that it is such a document."""
    text = body.read().decode()
    position, number = text.index("[") + 1, 0
    while not text.startswith("]", position := _skip_separators(text, position)):
        number += 1
        value, position = parse_value(text, position, limits.depth)
        yield number, value


def _skip_separators(text: str, position: int) -> int:
    match = _SEPARATORS.match(text, position)
    return match.end() if match else position


def _row(number: int, value: object, columns: dict[str, int]) -> list[SheetCell]:
    cells: dict[int, SheetCell] = {0: TypedCell(CellKind.NUMBER, str(number))}
    if isinstance(value, dict):
        rest = {}
        for name, member in value.items():
            if name in columns or len(columns) < _COLUMNS_MAX:
                cells[columns.setdefault(name, len(columns))] = _cell(member)
            else:
                rest[name] = member
        other = json.dumps(rest, ensure_ascii=False) if rest else ""
    else:
        other = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if other:
        cells[columns.setdefault(OTHER_TITLE, len(columns))] = other
    return [cells.get(column, "") for column in range(max(cells) + 1)]


def _cell(value: Any) -> SheetCell:  # noqa: ANN401 - any JSON value
    if isinstance(value, str) and not isinstance(value, DecimalLiteral):
        return value
    if isinstance(value, int | DecimalLiteral) and not isinstance(value, bool):
        return TypedCell(CellKind.NUMBER, str(value))
    return json.dumps(value, ensure_ascii=False)
