"""Rows of texts outside the data of a table: captions, signatures and notes."""

from collections.abc import Sequence

from services.ingest.formats.cells.cell import SheetCell, cell_text
from services.ingest.formats.cells.labels import is_signature
from services.ingest.formats.cells.number_texts import holds_number, is_name
from services.ingest.formats.locator import CellPosition
from services.ingest.formats.passed_over import PassedOverLog
from services.ingest.formats.rows import Names
from shared.vocabulary import PassedOverReason


def pass_over_labelled(
    log: PassedOverLog, reason: PassedOverReason, sheet: str | None, number: int, cells: Sequence[SheetCell], names: Names
) -> list[int]:
    """Name the numbers of a row that a label precedes (电话：, 填报日期); return the column indices of the other numbers."""
    label = ""
    others = []
    for column_index, cell in enumerate(cells):
        text = cell_text(cell).strip()
        if holds_number(cell, names) and not (reason is PassedOverReason.CAPTION and is_name(text, names)):
            is_labelled = label.endswith((":", "：")) or is_signature(label)
            position = CellPosition(number, column_index).name
            if not is_labelled or not log.add(reason, sheet, position, f"{label} {text}"):
                others.append(column_index)
        elif text:
            label = text
    return others
