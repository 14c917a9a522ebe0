"""The rows of a sheet as text, with the kind of each cell that is none."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from python_calamine import CalamineSheet

_TEXT_SHOWN = 600  # characters of a cell: more than any column takes

FrameCell = str | tuple[str, str]


def frame_cell(value: object) -> FrameCell:
    """A cell as text, with its kind unless it is text."""
    if isinstance(value, str):
        return value[:_TEXT_SHOWN]
    if isinstance(value, bool):
        return ("b", str(value).upper())
    if isinstance(value, int | float):
        whole = isinstance(value, int) or value.is_integer()
        return ("n", str(int(value)) if whole else format(Decimal(repr(value)), "f")[:_TEXT_SHOWN])
    if isinstance(value, datetime):
        return ("d", value.date().isoformat())
    return ("d", value.isoformat() if isinstance(value, date) else str(value))


def frame_rows(sheet: CalamineSheet, odd: dict[int, dict[int, tuple[str, str]]]) -> Iterator[tuple[int, Sequence[FrameCell]]]:
    """Every row from the sheet's first, with its number. Rows without any cell are empty."""
    left = sheet.start[1] if sheet.start else 0
    for number, cells in enumerate(sheet.iter_rows() if sheet.start else (), 1):
        row: list[FrameCell] = [*[""] * left, *map(frame_cell, cells)] if any(cells) or 0 in cells else []
        yield number, _overlaid(row, odd.pop(number - 1, {}))
    for below in sorted(odd):  # the reader leaves out trailing rows that hold nothing else
        yield below + 1, _overlaid([], odd[below])


def _overlaid(row: list[FrameCell], odd: dict[int, tuple[str, str]]) -> list[FrameCell]:
    for column, cell in odd.items():
        row += [""] * (column + 1 - len(row))
        row[column] = cell
    return row
