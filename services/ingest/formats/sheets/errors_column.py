"""The column of errors that a marked file has: it is no part of what is pushed, so reading the file again leaves it out."""

import re

from services.ingest.formats.cells.cell import SheetCell, cell_text, is_blank
from services.ingest.formats.sheets.sheet import HEADER_ROWS, SheetRows

ERRORS_TITLE = "错误 errors"
_CODE = re.compile(r"\[[a-z_]+\]")  # behind each error of a description
_CUT_CHARS = 100  # a description that is cut before its first code is longer


class ErrorsColumn:
    """Finds the column in the first rows of a sheet, and removes what was written there; whatever else was typed there stays."""

    def __init__(self) -> None:
        self._column: int | None = None
        self._rows = 0

    def remove_from(self, rows: SheetRows) -> SheetRows:
        """Remove title and descriptions from a portion of rows."""
        for _, cells in rows.rows:
            self._rows += 1
            if self._column is None and self._rows <= HEADER_ROWS:
                self._column = _column_titled(cells)
            if self._column is not None and self._column < len(cells) and _is_written(cells[self._column]):
                cells[self._column] = ""
                if self._column == len(cells) - 1:
                    del cells[-1]  # a longer row of a CSV may have a number that was split at its separator
        return rows


def _column_titled(cells: list[SheetCell]) -> int | None:
    last = next((index for index in reversed(range(len(cells))) if not is_blank(cells[index])), None)
    return last if last is not None and cell_text(cells[last]).startswith(ERRORS_TITLE) else None


def _is_written(cell: SheetCell) -> bool:
    text = cell_text(cell)
    return text.startswith(ERRORS_TITLE) or len(text) > _CUT_CHARS or _CODE.search(text) is not None
