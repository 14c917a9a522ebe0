"""Total rows of a plain table, which may be too long to be kept in memory."""

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

_KEY_COLUMNS = ("metric", "area", "month")
_GROUPINGS = ((0, 1), (0, 2), (1, 2))  # no total has a metric, an area and a month


class RowPosition(NamedTuple):
    """A row by its number in the push and its number in the sheet."""

    number: int
    row: int


class TableTotals:
    """Adds up the counts of a table and compares its totals with the sums."""

    def __init__(
        self, columns: Mapping[str, int], names: Names, sender: SenderDefaults, normalisations: NormalisationLog, start: int
    ) -> None:
        """`columns`: column → its index; `start`: the number of the row above the first one."""
        self._columns = columns
        self._metrics, self._areas = frozenset(names.metrics.values()), frozenset(names.areas.values())
        self._campaign_area = sender.campaign_area
        self._running = RunningTotals(normalisations, start, _GROUPINGS)
        self._rows_added = 0  # of the current batch

    def _known_codes(self, metric: str, area: str, month: str) -> SumKey:
        return metric if metric in self._metrics else None, area if area in self._areas else None, month or None

    def begin_batch(self) -> None:
        """Start a new batch."""
        self._rows_added = 0

    def add(self, batch: Batch) -> None:
        """Add the rows that were read since the last call."""
        rows, since = batch.rows, self._rows_added
        metrics, areas, months = rows.metrics[since:], rows.areas[since:], rows.months[since:]
        keys: Iterable[SumKey] = zip(metrics, areas, months, strict=True)
        if not (self._metrics.issuperset(metrics) and self._areas.issuperset(areas)):
            keys = map(self._known_codes, metrics, areas, months)
        self._running.add_counts(list(zip(keys, rows.values[since:], strict=True)))
        self._rows_added = len(rows)

    def add_unreadable(self, metric: str, area: str, month: str) -> None:
        """Add a count that could not be read."""
        self._running.add_counts([(self._known_codes(metric, area, month), None)])

    def add_blank(self, batch: Batch, number: int, codes: tuple[str, str, str], cells: Sequence[SheetCell]) -> bool:
        """Add a row without a count; return whether it is a total row."""
        if any(is_total(text) for _, text in self._texts(cells)):
            self.add(batch)
            self._running.end_total_row(batch, number)
            return True
        if None not in (key := self._known_codes(*codes)):
            self._running.add_counts([(key, 0)])
        return False

    def check(
        self, batch: Batch, position: RowPosition, codes: tuple[str, str, str], cells: Sequence[SheetCell], count: ParsedCount
    ) -> None:
        """Check a total row. A total of the campaign's area is one of all areas."""
        self.add(batch)
        metric, area, month = codes
        is_of_campaign = area == self._campaign_area
        key = self._known_codes(metric, "" if is_of_campaign else area, month)
        texts = self._texts(cells)
        label = next(text for _, text in texts if is_total(text))
        unknown = [
            (name, text)
            for (name, text), code in zip(texts, key, strict=True)
            if code is None and is_unknown_name(text) and not (is_of_campaign and name == "area")
        ]
        if unknown:
            batch.received += 1
            batch.errors.append(row_error(RowCode.TOTAL_UNCHECKED, position.number, *unknown[0]))
        elif count.value is not None:
            total = StatedTotal(position.number, position.row, [key], count.value, is_subtotal(label))
            self._running.add_total(batch, total)
        elif count.code is not RowCode.FORMULA_WITHOUT_VALUE:
            batch.received += 1
            value = cell_text(cells[self._columns["value"]])
            batch.errors.append(row_error(count.code or RowCode.NOT_A_COUNT, position.number, "value", value, count.hint))
        self._running.end_total_row(batch, position.number)

    def _texts(self, cells: Sequence[SheetCell]) -> list[tuple[str, str]]:
        return [(name, cell_text(cells[self._columns[name]])) for name in _KEY_COLUMNS]

    def finish(self, batch: Batch, number: int) -> None:
        """Check the totals that could not be checked before the last row. `number`: the row below it."""
        self._running.finish(batch, number)
