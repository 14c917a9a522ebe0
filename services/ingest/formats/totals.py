"""Totals of a form: held against the sum of their parts, and not stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from services.ingest.formats.asides import is_subtotal
from services.ingest.formats.cells import Cell, Kind, count_in, text_of
from services.ingest.formats.findings import finding, total_hint
from services.ingest.formats.notes import Notes
from services.ingest.formats.rows import Batch
from shared.vocabulary import NormalisationKind, RowCode


class Part(NamedTuple):
    """A count that totals may contain."""

    number: int  # in the push
    row: int
    column: int
    value: int | None  # None: it could not be read, and no total of it is judged
    keys: Mapping[str, str | None]  # metric, area, month as far as the table says them


Place = tuple[int, int, int]  # number in the push, row, column


@dataclass(frozen=True, slots=True)
class _Total:
    number: int
    row: int
    column: int
    cell: Cell
    keys: Mapping[str, str]
    below: bool  # a row of totals
    beside: bool  # a column of totals
    partial: bool  # 小计


class Totals:
    """Parts and totals of one table."""

    def __init__(self, columns: Mapping[int, bool]) -> None:
        """`columns` of totals → whether only of a part."""
        self._columns = columns
        self._parts: list[Part] = []
        self._totals: list[_Total] = []

    def part(self, part: Part) -> None:
        """Enter a count."""
        self._parts.append(part)

    def beside(self, place: Place, cell: Cell, keys: Mapping[str, str]) -> None:
        """Enter a total of a row, of the parts with these keys."""
        self._totals.append(_Total(*place, cell, keys, below=False, beside=True, partial=self._columns[place[2]]))

    def below(self, place: Place, cell: Cell, keys: Mapping[str, str], label: str) -> None:
        """Enter a total of a column, of the parts with these keys."""
        self._totals.append(_Total(*place, cell, keys, below=True, beside=False, partial=is_subtotal(label)))

    def corner(self, place: Place, cell: Cell, keys: Mapping[str, str], label: str) -> None:
        """Enter a total of totals."""
        self._totals.append(_Total(*place, cell, keys, below=True, beside=True, partial=is_subtotal(label)))

    def settle(self, batch: Batch, notes: Notes) -> None:
        """Judge every total. One that disagrees is an error, and every count in it is refused: nobody knows which is wrong."""
        refused: set[int] = set()
        for total in self._totals:
            count = count_in(total.cell)
            if isinstance(total.cell, tuple) and total.cell.kind is Kind.UNCALCULATED:
                continue
            if count.code:
                batch.received += 1
                batch.errors.append(finding(count.code, total.number, "value", text_of(total.cell), count.hint))
            elif count.value is not None:
                parts = self._parts_of(total)
                known = [part.value for part in parts if part.value is not None]
                if len(known) < len(parts) or sum(known) == count.value:
                    notes.add(NormalisationKind.TOTAL_CHECKED, total.row, text_of(total.cell), str(sum(known)))
                    continue
                batch.received += 1
                hint = total_hint(sum(known))
                batch.errors.append(finding(RowCode.TOTAL_DIFFERS, total.number, "value", text_of(total.cell), hint))
                refused.update(part.number for part in parts)
        if refused:
            batch.rows = batch.rows.without(refused)
        self._parts, self._totals = [], []

    def _parts_of(self, total: _Total) -> list[Part]:
        parts = [part for part in self._parts if all(part.keys.get(name) == code for name, code in total.keys.items())]
        if total.below:
            if total.partial:
                rows = {each.row for each in self._totals if each.below}
                parts = _since([part for part in parts if part.row != total.row], rows, total.row, "row")
        else:
            parts = [part for part in parts if part.row == total.row]
        if not total.beside:
            return [part for part in parts if part.column == total.column]
        if self._columns[total.column]:
            return _since(parts, self._columns, total.column, "column")
        return parts


def _since(parts: list[Part], marks: Iterable[int], mark: int, side: str) -> list[Part]:
    """The parts between the mark before and this one; where there are none, those between this one and the next."""
    marks = list(marks)
    before = max((each for each in marks if each < mark), default=-1)
    above = [part for part in parts if before < getattr(part, side) < mark]
    after = min((each for each in marks if each > mark), default=1 << 30)
    return above or [part for part in parts if mark < getattr(part, side) < after]
