"""Rows of a sheet as text; cells of other types with their kind."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from python_calamine import CalamineSheet

from services.ingest.workbooks.cell_marks import CellMark, CellMarks
from services.ingest.workbooks.styles import CellStyle

_TEXT_LENGTH_MAX = 600  # characters of a cell: more than any column may have
_SIGNIFICANT_DIGITS = 15  # that spreadsheet programs show and keep
_ROUNDED_BELOW = 1e15  # whole numbers above have more digits

FrameCell = str | tuple[str, str] | tuple[str, str, str | None, str | None]


def frame_cell(value: object) -> FrameCell:
    """Return a cell as text, with its kind if it is of another type."""
    if isinstance(value, str):
        return value[:_TEXT_LENGTH_MAX]
    if isinstance(value, bool):
        return ("b", str(value).upper())
    if isinstance(value, int):
        return ("n", str(value))
    if isinstance(value, float):
        return ("n", str(int(value))) if value.is_integer() else _fraction(value)
    if isinstance(value, datetime):
        return ("d", value.date().isoformat())
    return ("d", value.isoformat() if isinstance(value, date) else str(value))


def _fraction(value: float) -> FrameCell:
    """Return a number that is not whole, rounded as spreadsheet programs show it."""
    text = repr(value)
    if len(text) <= _SIGNIFICANT_DIGITS or abs(value) >= _ROUNDED_BELOW:
        return ("n", _plain(text))
    rounded, stored = _plain(f"{value:.{_SIGNIFICANT_DIGITS}g}"), _plain(text)
    return ("n", rounded) if rounded == stored else ("n", rounded, None, stored)


def _plain(text: str) -> str:
    return (format(Decimal(text), "f") if "e" in text else text)[:_TEXT_LENGTH_MAX]


def frame_rows(sheet: CalamineSheet, marks: CellMarks) -> Iterator[tuple[int, Sequence[FrameCell]]]:
    """Yield every row of a sheet with its number, from 1."""
    left = sheet.start[1] if sheet.start else 0
    marked = marks.by_row()
    marked_index, marked_cells = next(marked, (-1, []))
    for index, cells in enumerate(sheet.iter_rows() if sheet.start else ()):
        row: list[FrameCell] = [*[""] * left, *map(frame_cell, cells)] if any(cells) or 0 in cells else []
        if index == marked_index:
            row = _with_marks(row, marked_cells)
            marked_index, marked_cells = next(marked, (-1, []))
        yield index + 1, row
    while marked_index >= 0:  # the reader omits trailing rows without other cells
        yield marked_index + 1, _with_marks([], marked_cells)
        marked_index, marked_cells = next(marked, (-1, []))


def _with_marks(row: list[FrameCell], marks: Sequence[tuple[int, CellMark]]) -> list[FrameCell]:
    for column, mark in marks:
        if isinstance(mark, CellStyle):
            if column < len(row) and row[column]:
                row[column] = _styled(row[column], mark)
        else:
            row += [""] * (column + 1 - len(row))
            row[column] = mark
    return row


def _styled(cell: FrameCell, style: CellStyle) -> FrameCell:
    """Return a cell with content as its style shows it."""
    if style.is_struck:
        return ("s", cell if isinstance(cell, str) else cell[1])
    if style.format is None or isinstance(cell, str) or cell[0] != "n":
        return cell
    text = cell[1]
    if style.format.percent:
        return ("p", style.format.percentage(text))
    shown = style.format.show(text)
    if style.format.is_multiple and shown is not None:
        return shown
    stored = cell[3] if len(cell) > 2 else None
    return cell if shown in {None, text} else ("n", text, shown, stored)
