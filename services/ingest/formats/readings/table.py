"""One table: every number below its header is a count, a total, a comparison or an error."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from services.ingest.formats.cells.cell import (
    BROKEN_CELLS,
    CellKind,
    NumberedRow,
    SheetCell,
    TypedCell,
    cell_text,
    is_blank,
)
from services.ingest.formats.cells.labels import is_comparison, is_signature, is_total, is_unknown_name
from services.ingest.formats.cells.number_texts import holds_number, is_split_number, unread_code
from services.ingest.formats.layout.columns import DIMENSIONS
from services.ingest.formats.layout.form_defaults import FormDefaults
from services.ingest.formats.layout.layout import Layout
from services.ingest.formats.layout.list_titles import column_of_title, is_period_title
from services.ingest.formats.locator import CellPosition, SheetNumbers
from services.ingest.formats.readings.context import TableContext
from services.ingest.formats.readings.count_columns import (
    ColumnRoles,
    NamedField,
    RolesByMetric,
    RowNames,
    count_columns,
    known_code,
    month_sums,
    without_increases,
)
from services.ingest.formats.readings.counts import RowFields, TableCountReader
from services.ingest.formats.readings.other_columns import OtherColumns
from services.ingest.formats.readings.totals import TableTotals
from services.ingest.formats.row_errors import UNQUOTED_HINT, row_error
from services.ingest.formats.rows import Batch
from services.ingest.formats.sheets.sheet import MergedRange, SheetStart
from services.ingest.formats.value_checks import note_error
from shared.values.formula_safe import as_written
from shared.values.spelling import normalised
from shared.vocabulary import NormalisationKind, PassedOverReason, RowCode

_SPACE = re.compile(r"\s+")


class HeaderPosition(NamedTuple):
    """First and last row of a header, from 1, and the number of cells in the last."""

    first_row: int
    last_row: int
    width: int


class TableReader:
    """Reads the rows below one header."""

    def __init__(
        self,
        sheet: SheetStart,
        numbers: SheetNumbers,
        layout: Layout,
        header: HeaderPosition,
        defaults: FormDefaults,
        context: TableContext,
    ) -> None:
        self._header_row, self._header_width = header.last_row, header.width
        self.layout, self._numbers, self._defaults, self._context = layout, numbers, defaults, context
        self._normalisations, self._sheet = context.normalisations, sheet
        self._is_text = sheet.delimiter == ","  # a number with thousands separators and no quotes is split
        context.months.set_year(defaults.year)
        self._row_dimensions = [name for name in DIMENSIONS if name in layout.name_columns]
        self._columns = count_columns(layout, defaults.kind, context)
        self._roles = RolesByMetric(self._columns, context.names)
        self._month_sums = month_sums(layout, self._columns)
        self._count_reader = TableCountReader(layout, header.last_row, numbers, defaults, context, is_text=self._is_text)
        self._empty_unknown_columns = dict(layout.unknown_columns)  # that contain no number so far
        assigned = {
            *(column.column_index for column in self._columns),
            *layout.name_columns.values(),
            *layout.total_columns,
            *layout.passed_over,
            *layout.checked_names,
            *((layout.item_column,) if layout.item_column is not None else ()),
        }
        self.width = max(assigned) + 1
        self._unassigned = [column_index for column_index in range(self.width) if column_index not in assigned]
        self._other_columns = OtherColumns(layout, self._unassigned, self.width, context, self._metrics_of_header)
        self._org_above: SheetCell = ""  # of the rows above, for those that leave their own empty
        self._label_columns = sorted({*range(min(layout.count_columns)), *map(layout.name_columns.get, self._row_dimensions)})
        self._defaulted = self._default_names()
        numbers.begin_table(header.first_row, self._find_cell)
        self._totals = self._table_totals()
        self._log_header()

    @cached_property
    def _metrics_of_header(self) -> set[str]:
        """Known metrics that the header or the caption names."""
        named = [column.names["metric"].parsed for column in self._columns if "metric" in column.names]
        caption = [self._context.read("metric", self.layout.metric)] if self.layout.metric else []
        return {metric.code for metric in (*named, *caption) if metric.is_known}

    @property
    def metrics(self) -> set[str]:
        """Known metrics that the header, the caption or a row so far has named."""
        return self._metrics_of_header | self._roles.keys()

    def refuse_below(self, row: NumberedRow, metrics_above: Collection[str]) -> None:
        """Raise Schema if a text below the table says that its counts, or those above it, are others than they are read as."""
        self._defaults.refuse_below(row, self.metrics.union(metrics_above))

    def _default_names(self) -> dict[str, NamedField]:
        """Return the month and the metric that the whole table has."""
        defaulted = {}
        if not self.layout.names("month"):
            self._defaults.require_month()
            defaulted["month"] = self._defaults.month
        elif "month" in self.layout.dimensions:
            named = [column.names["month"].parsed for column in self._columns if "month" in column.names]
            self._defaults.require_months({month.code for month in named if month.is_known})
        if self.layout.metric:
            defaulted["metric"] = self.layout.metric
        return {dimension: NamedField(self._context.read(dimension, code), code) for dimension, code in defaulted.items()}

    def _table_totals(self) -> TableTotals:
        header_codes = {
            column.column_index: {dimension: known_code(name.parsed) for dimension, name in column.names.items()}
            for column in self._columns
        }
        totals = {
            column_index: total._replace(
                codes={name: known_code(self._context.read(name, text)) or text for name, text in total.codes.items()}
            )
            for column_index, total in self.layout.total_columns.items()
        }
        return TableTotals(self._numbers, self._header_row, header_codes, totals, self._row_dimensions, self._context)

    def _log_header(self) -> None:
        """Name the columns that are passed over, and the titles that were understood by their groups."""
        for column_index, title in self.layout.passed_over.items():
            is_other = (self.layout.is_list or is_period_title(title)) and not is_comparison(title)
            reason = PassedOverReason.OTHER_COLUMN if is_other else PassedOverReason.COMPARISON_COLUMN
            self._pass_over_column(reason, column_index, title)
        for heading in self.layout.count_columns.values():
            for label in heading.labels.values():
                if label.code and "metric" in heading.labels:
                    self._normalisations.add(NormalisationKind.METRIC_NAME, label.row, label.text, label.code)

    def _pass_over_column(self, reason: PassedOverReason, column_index: int, title: str) -> None:
        cell = CellPosition(self._header_row, column_index).name
        self._context.passed_over.add(reason, self._sheet.name, cell, title)

    def _find_cell(self, row: int, column_index: int, column: str) -> CellPosition:
        """Return the cell that a field of a count was read from."""
        heading = self.layout.count_columns.get(column_index) or self.layout.unknown_columns.get(column_index)
        if column in self.layout.name_columns:
            return CellPosition(row, self.layout.name_columns[column])
        if heading and column in heading.labels:
            return CellPosition(heading.labels[column].row, column_index)
        if column == "month" and not self.layout.names("month") and self._defaults.month_position:
            return self._defaults.month_position
        position = self._count_reader.position_of_unit(column_index) if column == "unit" else None
        return position or CellPosition(row, column_index)

    def read_units(self, number: int, cells: Sequence[SheetCell]) -> None:
        """Read a row of units."""
        self._count_reader.read_units(number, cells)

    def read_names(self, cells: Sequence[SheetCell]) -> RowNames:
        """Return the metric, area and month that a row names; `cells` has the table's width at least."""
        names = {}
        for dimension in self._row_dimensions:
            cell = cells[self.layout.name_columns[dimension]]
            names[dimension] = NamedField(self._context.read(dimension, cell), cell_text(cell))
        return names

    def is_total(self, cells: Sequence[SheetCell], names: RowNames) -> bool:
        """Return whether a row is a total row."""
        if len(self._label_columns) == len(names) and all(name.parsed.is_known for name in names.values()):
            return False
        return any(is_total(cell_text(cells[column_index])) for column_index in self._label_columns)

    def has_title(self, names: RowNames) -> bool:
        """Return whether a row has the title of a column where it should name a metric, an area or a month: it is a header."""
        return any(not name.parsed.is_known and column_of_title(name.text) in DIMENSIONS for name in names.values())

    def comparison_of(self, names: RowNames) -> str:
        """Return the title of a row of shares or of other months' counts (5G用户占比, 同比); empty if the row is none."""
        metric = names.get("metric")
        labels = [metric] if metric else names.values()
        texts = (name.text for name in labels if not name.parsed.is_known)
        return next((text for text in texts if is_comparison(text) and not is_signature(text)), "")

    def read_row(
        self, batch: Batch, number: int, cells: Sequence[SheetCell], names: RowNames, merged: Mapping[int, MergedRange]
    ) -> None:
        """Read the counts of a data row. `merged`: the merged range over each covered cell, by column."""
        if self._is_malformed(batch, number, cells):
            return
        row = self._row_fields(batch, number, cells, names)
        metric = row.names.get("metric")
        roles = self._roles[metric.parsed.code if metric else ""]
        if self._month_sums:
            roles = without_increases(roles, self._month_sums, metric, cells, self._context.names.flows)
        values: dict[int, int | None] = {}
        for column in roles.read:
            cell = cells[column.column_index]
            if not column.is_known:
                if not holds_number(cell, self._context.names):
                    continue
                self._empty_unknown_columns.pop(column.column_index, None)
            if column.column_index in merged:
                cell = self._merged_cell(cell, merged[column.column_index])
            values[column.column_index] = self._count_reader.read(batch, number, column, cell, row)
        if roles.wrong or roles.compared:
            self._account_for_other_kinds(batch, number, cells, roles, values)
        self.refuse_unassigned(batch, number, cells)
        codes = {dimension: known_code(name.parsed) for dimension, name in names.items()}
        self._totals.add_row(batch, number, codes, values, cells)

    def _account_for_other_kinds(
        self, batch: Batch, number: int, cells: Sequence[SheetCell], roles: ColumnRoles, values: dict[int, int | None]
    ) -> None:
        """Reject the numbers of a row of another kind than its metric's, or name their columns if they are beside the count."""
        for column in roles.wrong:
            if holds_number(cells[column.column_index], self._context.names):
                values[column.column_index] = None
                self._reject_cell(batch, number, column.column_index, RowCode.VALUE_KIND_DIFFERS, cells[column.column_index])
        for column in roles.compared:
            if not is_blank(cells[column.column_index]):
                self._pass_over_column(PassedOverReason.COMPARISON_COLUMN, column.column_index, column.heading.text)

    def _is_malformed(self, batch: Batch, number: int, cells: Sequence[SheetCell]) -> bool:
        """Reject a row of a CSV file that has more values than columns: a number was split at its thousands separator."""
        if self._sheet.delimiter is None or len(cells) <= self.width:
            return False
        beyond = next((cell for cell in cells[self.width :] if not is_blank(cell)), None)
        if beyond is None and self._is_text and len(cells) > self._header_width:
            beyond = next((cell for cell, following in pairwise(cells) if is_split_number(cell, following)), None)
        if beyond is None:
            return False
        batch.received += 1
        error_number = self._numbers.number_for(number)
        batch.errors.append(row_error(RowCode.MALFORMED_ROW, error_number, None, cell_text(beyond), UNQUOTED_HINT))
        return True

    def _row_fields(self, batch: Batch, number: int, cells: Sequence[SheetCell], names: RowNames) -> RowFields:
        columns = self.layout.name_columns
        note, error = _read_note(cells[columns["note"]], self._log_note) if "note" in columns else (None, None)
        if "org" in columns and not is_blank(cells[columns["org"]]):
            self._org_above = cells[columns["org"]]
        other_org = cell_text(self._org_above) if "org" in columns and self._is_other_organisation(self._org_above) else ""
        names = {**self._defaulted, **names} if self._defaulted else names
        is_contradicted = self._reject_contradictions(batch, number, cells, names)
        return RowFields(cells, names, note, error, other_org, is_contradicted)

    def _log_note(self, before: str, after: str) -> None:
        self._normalisations.add(NormalisationKind.SPACE, None, before, after)

    def _is_other_organisation(self, cell: SheetCell) -> bool:
        """Return whether a cell names an organisation that is not the sender."""
        spelling = normalised(cell_text(cell))
        return bool(spelling) and self._context.sender.is_other(self._context.names.organisations.get(spelling))

    def _merged_cell(self, cell: SheetCell, merged: MergedRange) -> SheetCell:
        """Return a cell of a merged range, as an error unless it is the only count that the range covers."""
        if is_blank(cell):
            return cell
        counts_covered = sum(merged.left <= column_index <= merged.right for column_index in self.layout.count_columns)
        is_single = merged.top == merged.bottom and counts_covered == 1
        return cell if is_single else TypedCell(CellKind.MERGED, cell_text(cell))

    def refuse_unassigned(self, batch: Batch, number: int, cells: Sequence[SheetCell]) -> None:
        """Reject the numbers of a row in columns without a title or beyond the last one."""
        for column_index in (*self._unassigned, *range(self.width, len(cells))):
            if (cell := cells[column_index]) and holds_number(cell, self._context.names):
                self._reject_cell(batch, number, column_index, unread_code(cell), cell)

    def _reject_contradictions(self, batch: Batch, number: int, cells: Sequence[SheetCell], names: RowNames) -> bool:
        """Reject the texts in columns without a role that mean other counts than the row's; return whether there are any."""
        if not self._other_columns.say_anything(cells):
            return False
        codes = {dimension: known_code(name.parsed) for dimension, name in names.items()}
        contradictions = self._other_columns.contradictions(cells, codes)
        if all(is_blank(cells[column.column_index]) for column in self._columns):
            return False
        for column_index, code in contradictions.items():
            if code is RowCode.UNREAD_NUMBER and self._is_text and is_split_number(*cells[column_index - 1 : column_index + 1]):
                continue  # an error of the count that it is the rest of
            error_number = self._numbers.number_for(number, column_index)
            batch.errors.append(row_error(code, error_number, None, cell_text(cells[column_index])))
        return bool(contradictions)

    def _reject_cell(self, batch: Batch, number: int, column_index: int, code: RowCode, cell: SheetCell) -> None:
        batch.received += 1
        batch.errors.append(row_error(code, self._numbers.number_for(number, column_index), "value", cell_text(cell)))

    def read_total_row(self, batch: Batch, number: int, cells: Sequence[SheetCell], names: RowNames) -> None:
        """Read a total row. A total of the campaign's area is one of all areas; one of an unknown name is an error."""
        self.refuse_unassigned(batch, number, cells)
        for column_index in self._empty_unknown_columns:
            if holds_number(cells[column_index], self._context.names):
                self._reject_cell(batch, number, column_index, unread_code(cells[column_index]), cells[column_index])
        codes: dict[str, str | None] = {}
        for dimension, name in names.items():
            codes[dimension] = known_code(name.parsed)
            if codes[dimension] is None and is_unknown_name(name.text):
                batch.received += 1
                error_number = self._numbers.number_for(number, min(self.layout.count_columns))
                batch.errors.append(row_error(RowCode.TOTAL_UNCHECKED, error_number, dimension, name.text))
                self._totals.end_total_row(batch, number)
                return
        if codes.get("area") == self._context.sender.campaign_area:
            codes["area"] = None
        label = next(cell_text(cell) for cell in cells if is_total(cell_text(cell)))
        column_indices = sorted([*self.layout.count_columns, *self.layout.total_columns])
        self._totals.add_total_row(batch, number, codes, {index: cells[index] for index in column_indices}, label)

    def end(self, batch: Batch, last_row: int) -> None:
        """End the table with this row."""
        self._totals.finish(batch, last_row + 1)
        for column_index, heading in self._empty_unknown_columns.items():
            if heading.text:
                self._pass_over_column(PassedOverReason.OTHER_COLUMN, column_index, heading.text)


def _read_note(cell: SheetCell, log: Callable[[str, str], None]) -> tuple[str | None, RowCode | None]:
    """Return a note, or the error that it has."""
    if not isinstance(cell, str) and (broken := BROKEN_CELLS.get(cell.kind)):
        return None, broken
    text = as_written(cell_text(cell))
    if not text or text.isspace():
        return None, None
    note = (text if text.isprintable() else _SPACE.sub(" ", text)).strip()
    error = note_error(note)
    if error is None and note != text:
        log(text, note)
    return note, error
