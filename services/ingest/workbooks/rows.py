"""Rows of a sheet as text; cells of other types with their kind."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from python_calamine import CalamineSheet

_TEXT_LENGTH_MAX = 600  # characters of a cell: more than any column may have

FrameCell = str | tuple[str, str]


def frame_cell(value: object) -> FrameCell:
    """Return a cell as text, with its kind if it is of another type."""
    if isinstance(value, str):
        return value[:_TEXT_LENGTH_MAX]
    if isinstance(value, bool):
        return ("b", str(value).upper())
    if isinstance(value, int | float):
        is_whole = isinstance(value, int) or value.is_integer()
        return ("n", str(int(value)) if is_whole else format(Decimal(repr(value)), "f")[:_TEXT_LENGTH_MAX])
    if isinstance(value, datetime):
        return ("d", value.date().isoformat())
    return ("d", value.isoformat() if isinstance(value, date) else str(value))


def frame_rows(
    sheet: CalamineSheet, typed_cells: dict[int, dict[int, tuple[str, str]]]
) -> Iterator[tuple[int, Sequence[FrameCell]]]:
    """Yield every row of a sheet with its number, from 1. `typed_cells`: cells of `SheetScan` that replace the sheet's."""
    left = sheet.start[1] if sheet.start else 0
    for number, cells in enumerate(sheet.iter_rows() if sheet.start else (), 1):
        row: list[FrameCell] = [*[""] * left, *map(frame_cell, cells)] if any(cells) or 0 in cells else []
        yield number, _with_cells(row, typed_cells.pop(number - 1, {}))
    for index in sorted(typed_cells):  # the reader omits trailing rows without other cells
        yield index + 1, _with_cells([], typed_cells[index])


def _with_cells(row: list[FrameCell], cells: dict[int, tuple[str, str]]) -> list[FrameCell]:
    for column, cell in cells.items():
        row += [""] * (column + 1 - len(row))
        row[column] = cell
    return row
