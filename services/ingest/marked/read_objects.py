"""JSON and NDJSON as a table: a row an object, a column a field, in the order in which the fields first appear."""

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from services.ingest.formats.cells.cell import CellKind, SheetCell, TypedCell
from services.ingest.formats.media import Media
from services.ingest.formats.rows import BodyLimits, safe_excerpt
from services.ingest.marked.pushed_sheets import PushedSheets, clean
from shared.http.strict_json import DecimalLiteral, parse_line, parse_value

NUMBER, OTHER = "行号 row", "其他内容 other"
_FIELDS_MAX = 30  # columns; the fields after them stand together under `OTHER`
_RAW_SHOWN = 500  # bytes of a line that is no object
_BETWEEN = re.compile(r"[ \t\r\n,]*")


def read_objects(body: BinaryIO, media: Media, limits: BodyLimits, sheets: PushedSheets) -> None:
    """Read the body, which stands at its start."""
    sheet = sheets.begin(None)
    columns = {NUMBER: 0}
    found = _lines(body, limits) if media is Media.NDJSON else _elements(body, limits)
    for place, (number, value) in enumerate(found, start=1):
        sheets.add(place, number, _row(number, value, columns))
    sheet.head, sheet.known = 0, True
    sheet.columns = {safe_excerpt(name): at for name, at in columns.items()}
    sheet.titles = list(map(clean, columns))
    sheet.width = len(columns)


def _lines(body: BinaryIO, limits: BodyLimits) -> Iterator[tuple[int, object]]:
    """Each line that holds something: its number, and its value or, where it is no JSON, its text."""
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
        return line[:_RAW_SHOWN].decode(errors="replace").strip()


def _elements(body: BinaryIO, limits: BodyLimits) -> Iterator[tuple[int, object]]:
    """Each element of the document's one list. That it is such a document was seen when it was pushed."""
    text = body.read().decode()
    at, number = text.index("[") + 1, 0
    while not text.startswith("]", at := _skipped(text, at)):
        number += 1
        value, at = parse_value(text, at, limits.depth)
        yield number, value


def _skipped(text: str, at: int) -> int:
    match = _BETWEEN.match(text, at)
    return match.end() if match else at


def _row(number: int, value: object, columns: dict[str, int]) -> list[SheetCell]:
    cells: dict[int, SheetCell] = {0: TypedCell(CellKind.NUMBER, str(number))}
    if isinstance(value, dict):
        more = {}
        for name, member in value.items():
            if name in columns or len(columns) < _FIELDS_MAX:
                cells[columns.setdefault(name, len(columns))] = _cell(member)
            else:
                more[name] = member
        other = json.dumps(more, ensure_ascii=False) if more else ""
    else:
        other = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if other:
        cells[columns.setdefault(OTHER, len(columns))] = other
    return [cells.get(place, "") for place in range(max(cells) + 1)]


def _cell(value: Any) -> SheetCell:  # noqa: ANN401 - any JSON value
    if isinstance(value, str) and not isinstance(value, DecimalLiteral):
        return value
    if isinstance(value, int | DecimalLiteral) and not isinstance(value, bool):
        return TypedCell(CellKind.NUMBER, str(value))
    return json.dumps(value, ensure_ascii=False)
