"""Totals of a table, in total rows and total columns: compared with the sum of their parts, not stored."""

from collections.abc import Mapping, Sequence

from services.ingest.formats.cells.cell import SheetCell, cell_text, read_count
from services.ingest.formats.cells.labels import is_subtotal
from services.ingest.formats.layout.columns import DIMENSIONS, TotalColumn
from services.ingest.formats.locator import CellPosition, SheetNumbers
from services.ingest.formats.readings.context import TableContext
from services.ingest.formats.readings.sums import RunningTotals, StatedTotal, SumCodes, SumKey
from services.ingest.formats.row_errors import row_error, total_hint
from services.ingest.formats.rows import Batch, SummedRows
from shared.vocabulary import NormalisationKind, PassedOverReason, RowCode

RowCodes = Mapping[str, str | None]
"""Codes by dimension, for the dimensions that are given; None: an unknown name."""
ANY_CODES = (None, None, None)
_PENDING_MAX = 2_000  # counts that are added together


class TableTotals:
    """Compares the totals of one table with its counts, row by row."""

    def __init__(
        self,
        numbers: SheetNumbers,
        header_row: int,
        counts: Mapping[int, RowCodes],
        totals: Mapping[int, TotalColumn],
        row_dimensions: Sequence[str],
        context: TableContext,
    ) -> None:
        """`header_row`: the last row of the header; `counts`: columns of counts → the codes in the header.

        `totals`: columns of totals, with codes; `row_dimensions`: the dimensions that rows name.
        """
        self._numbers, self._counts, self._totals, self._row_dimensions = numbers, counts, totals, row_dimensions
        self._normalisations, self._passed_over = context.normalisations, context.passed_over
        self._pending: list[tuple[SumKey, int | None]] = []  # counts that are not in the sums yet
        self._columns_summed = {column_index: self._summed_by(column_index, total) for column_index, total in totals.items()}
        fields = range(len(row_dimensions) + 1)
        groupings = [tuple(field for field in fields if field != omitted) for omitted in fields[1:]]
        self._running = RunningTotals(self._normalisations, numbers.number_for(header_row), groupings, self._codes_of)

    def _summed_by(self, total_index: int, total: TotalColumn) -> list[int]:
        """Return the columns that a total column adds up."""
        summed = sorted(
            column_index
            for column_index, codes in self._counts.items()
            if all(codes.get(dimension) in (None, code) for dimension, code in total.codes.items())
        )
        if not total.partial:
            return summed
        previous = max((index for index in self._totals if index < total_index), default=-1)
        following = min((index for index in self._totals if index > total_index), default=1 << 30)
        left = [column_index for column_index in summed if previous < column_index < total_index]
        return left or [column_index for column_index in summed if total_index < column_index < following]

    def _codes_of(self, key: SumKey) -> SumCodes | None:
        column_index, *row_codes = key
        header_codes = self._counts[column_index] if isinstance(column_index, int) else {}
        if None in header_codes.values():
            return None
        named = zip(self._row_dimensions, row_codes, strict=True)
        codes = {**header_codes, **{dimension: code for dimension, code in named if isinstance(code, str)}}
        return tuple(codes.get(dimension) for dimension in DIMENSIONS)

    def add_row(
        self, batch: Batch, row: int, codes: RowCodes, values: Mapping[int, int | None], cells: Sequence[SheetCell]
    ) -> None:
        """Add the counts of a row, None for those that could not be read, and check its totals."""
        row_key = [codes.get(dimension) for dimension in self._row_dimensions]
        self._pending += [((column_index, *row_key), value) for column_index, value in values.items()]
        if len(self._pending) > _PENDING_MAX:
            self._add_pending()
        for column_index, summed in self._columns_summed.items():
            total = self._read_total(batch, row, column_index, cells[column_index], self._totals[column_index].title)
            if total is not None:
                parts = [(index, values[index]) for index in summed if index in values]
                self._check(batch, row, column_index, total, parts)

    def _add_pending(self) -> None:
        self._running.add_counts(self._pending)
        self._pending = []

    def _check(self, batch: Batch, row: int, column_index: int, total: int, parts: Sequence[tuple[int, int | None]]) -> None:
        values = [value for _, value in parts if value is not None]
        dimensions = self._totals[column_index].codes
        doubtful = any(self._counts[index].get(dimension) is None for index, _ in parts for dimension in dimensions)
        if sum(values) == total or len(values) < len(parts) or doubtful:
            self._normalisations.add(NormalisationKind.TOTAL_CHECKED, row, str(total), str(sum(values)))
            return
        batch.received += 1
        number = self._numbers.number_for(row, column_index)
        batch.errors.append(row_error(RowCode.TOTAL_DIFFERS, number, "value", str(total), total_hint(sum(values))))
        numbers = [self._numbers.number_for(row, index) for index, _ in parts]
        batch.mismatched_totals += [SummedRows(number - 1, number + 1, ANY_CODES) for number in numbers]

    def add_total_row(self, batch: Batch, row: int, codes: RowCodes, cells: Mapping[int, SheetCell], label: str) -> None:
        """Add a total row of the counts with these codes; `cells` by column index."""
        self._add_pending()
        row_key = tuple(codes.get(dimension) for dimension in self._row_dimensions)
        for column_index, cell in cells.items():
            value = self._read_total(batch, row, column_index, cell, label)
            if value is not None:
                keys = [(index, *row_key) for index in self._columns_summed.get(column_index, (column_index,))]
                number = self._numbers.number_for(row, column_index)
                self._running.add_total(batch, StatedTotal(number, row, keys, value, is_subtotal(label)))
        self.end_total_row(batch, row)

    def end_total_row(self, batch: Batch, row: int) -> None:
        """End a total row: the rows below it are another part."""
        self._add_pending()
        self._running.end_total_row(batch, self._numbers.number_for(row))

    def _read_total(self, batch: Batch, row: int, column_index: int, cell: SheetCell, label: str) -> int | None:
        """Return the value of a total; None if there is none, or if it cannot be read. `label`: of its row or column."""
        count = read_count(cell)
        if count.code is RowCode.FORMULA_WITHOUT_VALUE and self._passed_over.add(
            PassedOverReason.UNSAVED_TOTAL, self._numbers.sheet, CellPosition(row, column_index).name, label
        ):
            return None
        if count.code:
            batch.received += 1
            number = self._numbers.number_for(row, column_index)
            batch.errors.append(row_error(count.code, number, "value", cell_text(cell), count.hint))
        return count.value

    def finish(self, batch: Batch, row: int) -> None:
        """Check the remaining totals. `row`: the row below the last one."""
        self._add_pending()
        self._running.finish(batch, self._numbers.number_for(row))
