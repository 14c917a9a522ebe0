"""The role of each row of a sheet: a header, counts, a total, or texts of several kinds."""

import re
from collections.abc import Mapping, Sequence
from enum import Enum, auto

from services.ingest.formats.cells.cell import NumberedRow, SheetCell, cell_text, is_blank
from services.ingest.formats.cells.labels import bare_name, is_comparison, is_of_other_figures, is_signature
from services.ingest.formats.cells.number_texts import holds_number, is_title
from services.ingest.formats.cells.units import is_multiple, is_unit, is_unit_label, unit_in_text
from services.ingest.formats.layout.caption import read_caption
from services.ingest.formats.layout.layout import Layout
from services.ingest.formats.layout.list_titles import column_of_title
from services.ingest.formats.layout.read_layout import ROWS_LOOKED_BELOW, read_layout
from services.ingest.formats.layout.value_kinds import value_kind
from services.ingest.formats.readings.context import TableContext
from services.ingest.formats.readings.count_columns import RowNames
from services.ingest.formats.readings.table import TableReader
from services.ingest.formats.sheets.sheet import MergedRange
from shared.values.spelling import normalised

_HEADERS_MAX = 1_000  # rows of a sheet that are examined as headers of further tables
_HEADER_TEXTS = 2  # a header has at least a name and a count
_COLUMN_LETTER = re.compile(r"[甲乙丙丁戊]|栏次|栏号")
_PLACE = re.compile(r".*(?:街道|镇|乡|社区|园区)", re.DOTALL)


class RowRole(Enum):
    """Roles of rows below a header that is understood."""

    UNITS = auto()
    COLUMN_NUMBERS = auto()  # 甲, 乙, 1, 2 below the titles
    TOTAL = auto()
    SECTION = auto()  # a text that begins another part of the form
    COMPARISON = auto()  # shares, or other months' counts
    COUNTS = auto()
    UNNAMED_COUNTS = auto()  # numbers, or errors, beside no name that is known
    UNKNOWN_HEADER = auto()
    SIGNATURE = auto()
    CAPTION = auto()


class RowRoles:
    """Finds the roles of the rows of one sheet."""

    def __init__(self, sheet: str | None, context: TableContext) -> None:
        self._sheet, self._context, self._names = sheet, context, context.names
        self._headers_examined = 0

    def layout_at(self, rows: Sequence[NumberedRow], index: int) -> Layout | None:
        """Return the table whose header begins at a row; None if none does."""
        _, cells = rows[index]
        if self._headers_examined >= _HEADERS_MAX or sum(not is_blank(cell) for cell in cells) <= 1:
            return None
        self._headers_examined += 1
        return read_layout(rows, index, self._context.title_reader, self._sheet)

    def role_below_header(
        self,
        table: TableReader,
        rows: Sequence[NumberedRow],
        index: int,
        cells: Sequence[SheetCell],
        names: RowNames,
        merged: Mapping[int, MergedRange],
        *,
        is_first: bool,
    ) -> RowRole | Layout:
        """Return the role of a row of a table, or the layout of the next table if its header begins with the row.

        `cells` and `names`: of the row, without hidden numbers. `is_first`: the row is the first one below the header.
        """
        is_named = any(name.parsed.is_known for name in names.values())
        if is_first and (role := _role_of_first(table.layout, cells, is_named=is_named)):
            return role
        if table.is_total(cells, names):
            return RowRole.TOTAL
        if not is_named and self._begins_section(table.layout, rows[index][0], cells):
            return RowRole.SECTION
        if table.comparison_of(names):
            return RowRole.COMPARISON
        if is_named and not table.has_title(names):
            return RowRole.COUNTS
        return self._role_of_unnamed(table, rows, index, cells, names, is_merged=bool(merged))

    def _role_of_unnamed(
        self,
        table: TableReader,
        rows: Sequence[NumberedRow],
        index: int,
        cells: Sequence[SheetCell],
        names: RowNames,
        *,
        is_merged: bool,
    ) -> RowRole | Layout:
        layout = self.layout_at(rows, index)
        if layout and not table.layout.has_as_row(layout):
            return layout
        if table.has_title(names) or self.heads_numbers(table.layout, rows, index, cells):
            return RowRole.UNKNOWN_HEADER
        if any(is_signature(cell_text(cell)) for cell in cells):
            return RowRole.SIGNATURE
        if (
            self._is_caption(rows, index, cells)
            or all(is_blank(cells[column_index]) for column_index in table.layout.count_columns)
            or (is_merged and _only_text(cells))
        ):
            return RowRole.CAPTION
        return RowRole.UNNAMED_COUNTS

    def _begins_section(self, layout: Layout, number: int, cells: Sequence[SheetCell]) -> bool:
        """Return whether a row of one text begins another part of the form, below which only a new header makes counts certain.

        It does if it names what the rows below may have instead of the form's, or if these do not name their metric.
        """
        text = _only_text(cells)
        if not bare_name(text) or holds_number(text, self._names):
            return False
        if is_comparison(text) and not is_of_other_figures(text) and not value_kind(text):
            return False
        if is_signature(text):
            return is_multiple(unit_in_text(text))
        if "metric" not in layout.name_columns and not _PLACE.fullmatch(text):
            return True
        name = normalised(bare_name(text))
        if name in self._names.metrics or name in self._names.organisations or name in self._names.areas:
            return True
        caption = read_caption([(number, list(cells))], None, self._context.statements)
        return caption.names_anything or bool(caption.unknown_areas and not layout.names("area"))

    def heads_numbers(self, layout: Layout | None, rows: Sequence[NumberedRow], index: int, cells: Sequence[SheetCell]) -> bool:
        """Return whether a row without known names is a header that is not understood: texts where counts are, above numbers.

        In a list the rows name what is counted, so that a row of texts is a header only if it contains a title of a list.
        """
        filled = [column_index for column_index, cell in enumerate(cells) if not is_blank(cell)]
        texts = [column_index for column_index in filled if layout is None or column_index in layout.count_columns]
        if not texts or len(filled) < _HEADER_TEXTS or any(not is_title(cells[column_index]) for column_index in texts):
            return False
        labels = [cell_text(cells[column_index]) for column_index in filled]
        if layout and layout.is_list:
            return any(map(column_of_title, labels))
        for _, row in rows[index + 1 : index + 1 + ROWS_LOOKED_BELOW]:
            below = [cell_text(cell) for cell in row if not is_blank(cell)]
            if any(map(is_signature, below)) or any(map(_is_label_of_signature, labels)):
                return False
            if any(column_index < len(row) and holds_number(row[column_index], self._names) for column_index in texts):
                return True
            if not all(is_unit(text) or is_unit_label(text) for text in below):
                return False
        return False

    def _is_caption(self, rows: Sequence[NumberedRow], index: int, cells: Sequence[SheetCell]) -> bool:
        """Return whether a row of texts is the caption of another table, whose header begins below."""
        if index + 1 == len(rows) or any(holds_number(cell, self._names) for cell in cells):
            return False
        return self.layout_at(rows, index + 1) is not None


def _is_label_of_signature(text: str) -> bool:
    """Return whether a text with a colon labels a signature: 联系电话：. Without one it may be a title."""
    return is_signature(text) and normalised(text).endswith(":")


def _role_of_first(layout: Layout, cells: Sequence[SheetCell], *, is_named: bool) -> RowRole | None:
    """Return the role of the row below a header if it explains the titles."""
    if _is_unit_row(layout, cells, is_named=is_named):
        return RowRole.UNITS
    return RowRole.COLUMN_NUMBERS if _is_row_of_column_numbers(cells) else None


def _is_row_of_column_numbers(cells: Sequence[SheetCell]) -> bool:
    """Return whether a row numbers the columns, as statistical tables do: 甲, 乙, 1, 2, 3."""
    texts = [cell_text(cell).strip() for cell in cells if not is_blank(cell)]
    numbers = [text for text in texts if not _COLUMN_LETTER.fullmatch(text)]
    return 0 < len(numbers) < len(texts) and numbers == [str(number) for number in range(1, len(numbers) + 1)]


def _is_unit_row(layout: Layout, cells: Sequence[SheetCell], *, is_named: bool) -> bool:
    count_columns = layout.count_columns
    texts = [cell_text(cells[column_index]) for column_index in count_columns]
    if any(is_unit_label(cell_text(cell)) for cell in cells[: min(count_columns)]):
        return True
    if is_named:
        return False
    return any(map(normalised, texts)) and all(is_unit(text) for text in texts if normalised(text))


def _only_text(cells: Sequence[SheetCell]) -> str:
    """Return the text of a row that has one, perhaps in a merged cell; empty if it has several, or something else."""
    texts = {cell if isinstance(cell, str) else None for cell in cells if not is_blank(cell)}
    return (texts.pop() or "").strip() if len(texts) == 1 else ""
