"""Totals of a form, below its counts and beside them: held against the sum of their parts, and not stored."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from services.ingest.formats.cells.cell import CellKind, SheetCell, cell_text, read_count
from services.ingest.formats.cells.labels import is_subtotal
from services.ingest.formats.locator import FormGrid
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.row_errors import row_error, total_hint
from services.ingest.formats.rows import Batch, SummedRows
from services.ingest.formats.totals.sums import RunningTotals, StatedTotal, SumKey
from shared.vocabulary import NormalisationKind, RowCode

RowCodes = Mapping[str, str | None]
"""By metric, area and month, as far as something is said of them; None: nothing that is known."""
ANY_CODES = (None, None, None)
DIMENSIONS = ("metric", "area", "month")


class TotalColumn(NamedTuple):
    """A column of totals."""

    partial: bool  # only of the columns since the last such one
    of: Mapping[str, str] = MappingProxyType({})  # only of counts of this metric, area or month


class FormTotals:
    """Holds the totals of one table against its counts, row by row."""

    def __init__(
        self,
        grid: FormGrid,
        head: int,
        counts: Mapping[int, RowCodes],
        totals: Mapping[int, TotalColumn],
        down: Sequence[str],
        notes: NormalisationLog,
    ) -> None:
        """`head`: the last row of the head; `counts`: columns of counts → what the head says of them; `down`: what rows name.

        `totals`: columns of totals, which name codes.
        """
        self._grid, self._counts, self._columns, self._down, self._notes = grid, counts, totals, down, notes
        self._beside = {place: self._across(place, total) for place, total in totals.items()}
        each_but_one = [tuple(n for n in range(len(down) + 1) if n != left_out) for left_out in range(1, len(down) + 1)]
        self._running = RunningTotals(notes, grid.number_for(head), each_but_one, self._parts_of)

    def _across(self, place: int, total: TotalColumn) -> list[int]:
        """The columns that a column of totals adds up."""
        of = total.of.items()
        found = sorted(
            column for column, said in self._counts.items() if all(said.get(name) in (None, code) for name, code in of)
        )
        if not total.partial:
            return found
        before = max((each for each in self._columns if each < place), default=-1)
        after = min((each for each in self._columns if each > place), default=1 << 30)
        left = [column for column in found if before < column < place]
        return left or [column for column in found if place < column < after]

    def _parts_of(self, key: SumKey) -> tuple[str | None, ...] | None:
        place, *named = key
        said = self._counts[place] if isinstance(place, int) else {}
        if None in said.values():
            return None
        codes = {**said, **{name: code for name, code in zip(self._down, named, strict=True) if isinstance(code, str)}}
        return tuple(codes.get(name) for name in DIMENSIONS)

    def row(
        self, batch: Batch, number: int, codes: RowCodes, values: Mapping[int, int | None], cells: Sequence[SheetCell]
    ) -> None:
        """Enter the counts of a row, None for those that could not be read, and judge its totals."""
        key = [codes.get(name) for name in self._down]
        self._running.parts([((place, *key), value) for place, value in values.items()])
        for place, across in self._beside.items():
            count = self._count(batch, number, place, cells[place])
            if count is not None:
                parts = [(each, values[each]) for each in across if each in values]
                self._judge(batch, number, place, count, parts)

    def _judge(self, batch: Batch, row: int, place: int, total: int, parts: Sequence[tuple[int, int | None]]) -> None:
        known = [value for _, value in parts if value is not None]
        of = self._columns[place].of
        doubtful = any(self._counts[column].get(name) is None for column, _ in parts for name in of)
        if sum(known) == total or len(known) < len(parts) or doubtful:
            self._notes.add(NormalisationKind.TOTAL_CHECKED, row, str(total), str(sum(known)))
            return
        self._differs(batch, row, place, total, sum(known))
        numbers = [self._grid.number_for(row, column) for column, _ in parts]
        batch.mismatched_totals += [SummedRows(number - 1, number + 1, ANY_CODES) for number in numbers]

    def _differs(self, batch: Batch, row: int, place: int, total: int, parts: int) -> None:
        batch.received += 1
        number = self._grid.number_for(row, place)
        batch.errors.append(row_error(RowCode.TOTAL_DIFFERS, number, "value", str(total), total_hint(parts)))

    def below(self, batch: Batch, number: int, codes: RowCodes, cells: Mapping[int, SheetCell], label: str) -> None:
        """Enter a row of totals, of the counts with these codes, by column."""
        key = tuple(codes.get(name) for name in self._down)
        for place, cell in cells.items():
            count = self._count(batch, number, place, cell)
            if count is not None:
                keys = [(each, *key) for each in self._beside.get(place, (place,))]
                total = StatedTotal(self._grid.number_for(number, place), number, keys, count, is_subtotal(label))
                self._running.total(batch, total)
        self.passed(batch, number)

    def passed(self, batch: Batch, row: int) -> None:
        """A row of totals ended."""
        self._running.mark(batch, self._grid.number_for(row))

    def _count(self, batch: Batch, row: int, place: int, cell: SheetCell) -> int | None:
        """What stands as a total; None where nothing does, or nothing that can be read."""
        count = read_count(cell)
        if count.code and not (isinstance(cell, tuple) and cell.kind is CellKind.UNCALCULATED):
            batch.received += 1
            batch.errors.append(row_error(count.code, self._grid.number_for(row, place), "value", cell_text(cell), count.hint))
        return count.value

    def settle(self, batch: Batch, row: int) -> None:
        """Judge what is left; `row`: the one below the last."""
        self._running.settle(batch, self._grid.number_for(row))
