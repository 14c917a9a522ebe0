"""Totals among the rows of a plain table that is too long to be held."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from services.ingest.formats.cells.cell import SheetCell, cell_text
from services.ingest.formats.cells.labels import is_subtotal, is_total, is_unknown_name
from services.ingest.formats.cells.values import ParsedCount
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.row_errors import row_error
from services.ingest.formats.rows import Batch, Names
from services.ingest.formats.sender import SenderDefaults
from services.ingest.formats.totals.sums import RunningTotals, StatedTotal, SumKey
from shared.vocabulary import RowCode

_NAMED = ("metric", "area", "month")
_TWO_OF_THREE = ((0, 1), (0, 2), (1, 2))  # of these: no total names all of them


class RowPosition(NamedTuple):
    """A row by its number in the push, and in its sheet."""

    number: int
    row: int


class TableTotals:
    """Adds up the counts of a table, and holds its totals against the sums."""

    def __init__(
        self, places: Mapping[str, int], names: Names, sender: SenderDefaults, notes: NormalisationLog, start: int
    ) -> None:
        """`places`: of the columns; `start`: the number of the row above the first one."""
        self._places = places
        self._metrics, self._areas = frozenset(names.metrics.values()), frozenset(names.areas.values())
        self._whole = sender.campaign_area
        self._running = RunningTotals(notes, start, _TWO_OF_THREE)
        self._summed = 0  # rows of the batch that were added

    def _known(self, metric: str, area: str, month: str) -> SumKey:
        """The codes among what was read."""
        return metric if metric in self._metrics else None, area if area in self._areas else None, month or None

    def begin_batch(self) -> None:
        """The rows that come next are the first of a batch."""
        self._summed = 0

    def add(self, batch: Batch) -> None:
        """Add the rows that were read since the last time."""
        rows, since = batch.rows, self._summed
        metrics, areas, months = rows.metrics[since:], rows.areas[since:], rows.months[since:]
        keys: Iterable[SumKey] = zip(metrics, areas, months, strict=True)
        if not (self._metrics.issuperset(metrics) and self._areas.issuperset(areas)):
            keys = map(self._known, metrics, areas, months)
        self._running.parts(list(zip(keys, rows.values[since:], strict=True)))
        self._summed = len(rows)

    def unreadable(self, metric: str, area: str, month: str) -> None:
        """Enter a count that could not be read, of what is known of it."""
        self._running.parts([(self._known(metric, area, month), None)])

    def blank(self, batch: Batch, number: int, codes: tuple[str, str, str], cells: Sequence[SheetCell]) -> bool:
        """Enter a row without a count; whether it is one of totals."""
        if any(is_total(text) for _, text in self._texts(cells)):
            self.add(batch)
            self._running.mark(batch, number)
            return True
        if None not in (key := self._known(*codes)):
            self._running.parts([(key, 0)])
        return False

    def total(
        self, batch: Batch, at: RowPosition, codes: tuple[str, str, str], cells: Sequence[SheetCell], count: ParsedCount
    ) -> None:
        """Judge a row of totals, which is stored nowhere. One of the whole area is one of all areas."""
        self.add(batch)
        metric, area, month = codes
        whole = area == self._whole
        key = self._known(metric, "" if whole else area, month)
        label = next(text for _, text in self._texts(cells) if is_total(text))
        unknown = [
            each for each, known in zip(self._texts(cells), key, strict=True) if known is None and is_unknown_name(each[1])
        ]
        unknown = [(name, text) for name, text in unknown if not (whole and name == "area")]
        if unknown:
            batch.received += 1
            batch.errors.append(row_error(RowCode.TOTAL_UNCHECKED, at.number, *unknown[0]))
        elif count.value is not None:
            self._running.total(batch, StatedTotal(at.number, at.row, [key], count.value, is_subtotal(label)))
        elif count.code is not RowCode.FORMULA_WITHOUT_VALUE:
            batch.received += 1
            value = cell_text(cells[self._places["value"]])
            batch.errors.append(row_error(count.code or RowCode.NOT_A_COUNT, at.number, "value", value, count.hint))
        self._running.mark(batch, at.number)

    def _texts(self, cells: Sequence[SheetCell]) -> list[tuple[str, str]]:
        return [(name, cell_text(cells[self._places[name]])) for name in _NAMED]

    def settle(self, batch: Batch, number: int) -> None:
        """Judge the totals that could not be judged before the last row; `number`: the one below it."""
        self._running.settle(batch, number)
