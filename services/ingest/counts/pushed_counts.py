"""The counts of a push, with their codes resolved and repeated rows merged.

A count takes 12 bytes in a column, so that a large push needs no table of its own, and repeats and rules no statement.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise, repeat
from typing import Final, NamedTuple

from services.ingest.counts.entitlement import Entitlement
from services.ingest.formats.row_errors import counted_twice_hint, row_error
from services.ingest.formats.rows import Batch, Normalisation, PassedOver, Row, Rows, SummedRows
from services.ingest.formats.total_spans import TotalSpans
from services.ingest.push.row_errors import RowErrors
from services.ingest.quality.change_set import ChangeSet
from shared.domain.counts_by_area import CountsByArea, assign
from shared.values.months import month_text
from shared.vocabulary import RowCode

NOWHERE: Final = -1  # no area has this number


class Slot(NamedTuple):
    """The place of one count: month, and metric and area by number."""

    month: date
    metric: int
    area: int


@dataclass(slots=True)
class CountColumn:
    """The counts of one month and metric by area number, with the row of each and its note."""

    counts: CountsByArea
    rows: "array[int]"
    notes: dict[int, str] = field(default_factory=dict)

    @classmethod
    def empty(cls, width: int) -> "CountColumn":
        """Return a column without counts."""
        return cls(CountsByArea(width), array("i", [0]) * width)

    def put(self, area: int, row: int, value: int, note: str | None) -> None:
        """Enter a count into an empty place."""
        self.counts[area], self.rows[area] = value, row
        if note is not None:
            self.notes[area] = note

    def put_all(self, areas: list[int], rows: Rows) -> bool:
        """Enter rows at once; return False, and enter nothing, if an area is unknown, appears twice or has a count already."""
        if NOWHERE in areas or not self.counts.add_all(areas, rows.values):
            return False
        assign(self.rows, areas, rows.numbers)
        if rows.notes.count(None) < len(rows):
            self.notes.update((area, note) for area, note in zip(areas, rows.notes, strict=True) if note is not None)
        return True


@dataclass(slots=True)
class PushedCounts:
    """The counts of a push while it is read and checked, in columns: by month, metric and area."""

    entitlement: Entitlement
    errors: RowErrors
    width: int  # largest area number + 1
    requested_month: date | None = None  # touched even if no row names it
    replaces: bool = False  # stored counts of the requested month are retracted unless a row repeats them
    columns: dict[date, dict[int, CountColumn]] = field(default_factory=dict)
    received: int = 0
    blank: int = 0
    repeats: dict[Slot, list[int]] = field(default_factory=dict)  # rows that repeat an earlier one
    contradictions: dict[Slot, list[tuple[int, int]]] = field(default_factory=dict)  # rows with another value: (row, value)
    removed: set[Slot] = field(default_factory=set)  # stored counts that the push retracts
    mismatched_totals: list[SummedRows] = field(default_factory=list)
    matched_totals: list[SummedRows] = field(default_factory=list)
    normalisations: list[Normalisation] = field(default_factory=list)
    passed_over: list[PassedOver] = field(default_factory=list)

    def add(self, batch: Batch) -> list[Row]:
        """Add the rows of a batch; return those that the organisation may not report, in order. They remain to be rejected."""
        self.received += batch.received
        self.blank += batch.blank
        self.normalisations += batch.normalisations
        self.passed_over += batch.passed_over
        self.mismatched_totals += batch.mismatched_totals
        self.matched_totals += batch.matched_totals
        return sorted(row for key, rows in _by_column(batch.rows) for row in self._enter(*key, rows))

    def reject(self, batch: Batch, rows: Iterable[Row]) -> None:
        """Reject the rows with errors of a batch that was added, and the rows that may not be reported; explaining takes time."""
        errors = [*batch.errors, *(error for row in batch.partial_rows for error in self.entitlement.rejections(row))]
        errors.sort(key=lambda error: error.row or 0)  # the errors of one row follow each other
        self.errors.reject_rows(batch.received - len(batch.rows), errors)
        for row in rows:
            self.errors.reject_rows(1, self.entitlement.rejections(row))

    def _enter(self, month: str, metric: str, rows: Rows) -> Iterable[Row]:
        """Enter the rows of one month and metric; return those that the organisation may not report."""
        open_month = self.entitlement.month(month)
        reported = open_month.metrics.get(metric) if open_month else None
        if open_month is None or reported is None:
            return rows
        column = self._column(open_month.month, reported.number)
        areas = list(map(reported.areas.get, rows.areas, repeat(NOWHERE)))
        if column.put_all(areas, rows):
            return ()
        rejected = []
        for area, row in zip(areas, rows, strict=True):
            if area == NOWHERE:
                rejected.append(row)
            elif area in column.counts:
                self._repeat(Slot(open_month.month, reported.number, area), column, row)
            else:
                column.put(area, row.number, row.value, row.note)
        return rejected

    def _column(self, month: date, metric: int) -> CountColumn:
        by_metric = self.columns.setdefault(month, {})
        if metric not in by_metric:
            by_metric[metric] = CountColumn.empty(self.width)
        return by_metric[metric]

    def _repeat(self, slot: Slot, column: CountColumn, row: Row) -> None:
        if column.counts[slot.area] == row.value and column.notes.get(slot.area) == row.note:
            self.repeats.setdefault(slot, []).append(row.number)
        else:
            self.contradictions.setdefault(slot, []).append((row.number, row.value))

    @property
    def needs_finish(self) -> bool:
        """True if rows contradict each other, or a total, or if a total may add up a row that is dropped as a repeat."""
        return bool(self.contradictions or self.mismatched_totals or (self.repeats and self.matched_totals))

    def finish(self) -> None:
        """Reject the rows whose total does not match, and every row of a count that the push gives different values."""
        self._reject_mismatched()
        self._reject_counted_twice()
        for slot, others in self.contradictions.items():
            column = self.columns[slot.month][slot.metric]
            same = [column.rows[slot.area], *self.repeats.pop(slot, [])]
            rows = sorted([*((row, column.counts[slot.area]) for row in same), *others])
            hint = self.errors.locator.describe([row for row, _ in rows[:20]])
            errors = [row_error(RowCode.DUPLICATE_CONFLICT, row, "value", value, hint) for row, value in rows]
            self.errors.reject_rows(len(rows), errors)
            self.drop(slot)  # rules do not check it a second time

    def _reject_mismatched(self) -> None:
        """Reject the rows whose total does not match: any of them may be wrong."""
        for slot in list(self._mismatched_slots()) if self.mismatched_totals else ():
            self.errors.reject_rows(1 + len(self.repeats.pop(slot, ())), ())
            self.drop(slot)

    def _mismatched_slots(self) -> Iterator[Slot]:
        mismatched = TotalSpans(self.mismatched_totals)
        for slot, codes in self._slots():
            rows = (self.columns[slot.month][slot.metric].rows[slot.area], *self.repeats.get(slot, ()))
            if any(mismatched.cover(row, row, codes) for row in rows):
                yield slot

    def _reject_counted_twice(self) -> None:
        """Reject equal rows of a count other than 0 that a total adds up one by one: once stored, they would not give it."""
        matched = TotalSpans(self.matched_totals)
        for slot, codes in list(self._slots()) if self.matched_totals and self.repeats else ():
            column = self.columns[slot.month][slot.metric]
            rows = sorted([column.rows[slot.area], *self.repeats.get(slot, ())])
            value = column.counts[slot.area]
            if value and any(matched.cover(*pair, codes) for pair in pairwise(rows)):
                hint = counted_twice_hint(self.errors.locator.describe(rows[:20]))
                errors = [row_error(RowCode.DUPLICATE_CONFLICT, row, "value", value, hint) for row in rows]
                self.errors.reject_rows(len(rows), errors)
                del self.repeats[slot]
                self.drop(slot)

    def _slots(self) -> Iterator[tuple[Slot, tuple[str, str, str]]]:
        """Yield the counts that no other row contradicts, with their metric, area and month."""
        for day, columns in self.columns.items():
            month = month_text(day)
            open_month = self.entitlement.month(month)
            for metric, reported in open_month.metrics.items() if open_month else ():
                column = columns.get(reported.number)
                for code, area in reported.areas.items() if column else ():
                    slot = Slot(day, reported.number, area)
                    if column and area in column.counts and slot not in self.contradictions:
                        yield slot, (metric, code, month)

    def restore(self, slot: Slot, value: int, note: str | None) -> None:
        """Add a count that was stored before."""
        self.received += 1
        self._column(slot.month, slot.metric).put(slot.area, self.received, value, note)

    def drop(self, slot: Slot) -> None:
        """Remove a count whose row was rejected."""
        del self.columns[slot.month][slot.metric].counts[slot.area]

    @property
    def merged(self) -> int:
        """The number of rows that repeat an earlier one."""
        return sum(len(rows) for rows in self.repeats.values())

    @property
    def months(self) -> list[date]:
        """The months that the push touches."""
        return sorted(self.columns.keys() | ({self.requested_month} if self.requested_month else set()))

    @property
    def metrics(self) -> frozenset[int]:
        """The metrics, by number, of which the push may change a count."""
        pushed = frozenset(slot.metric for slot in self.removed).union(*self.columns.values())
        if not self.replaces:
            return pushed
        return pushed | self.entitlement.declared(references=False) | self.entitlement.declared(references=True)

    def change_set(self) -> ChangeSet:
        """Return the changes of the push, without the rows that were rejected."""
        removed: dict[date, dict[int, set[int]]] = {}
        for month, metric, area in self.removed:
            removed.setdefault(month, {}).setdefault(metric, set()).add(area)
        columns = {
            month: {metric: column.counts for metric, column in by_metric.items()} for month, by_metric in self.columns.items()
        }
        if self.replaces and self.requested_month:
            columns.setdefault(self.requested_month, {})
        replaced = self.entitlement.declared(references=False) if self.replaces else frozenset()
        return ChangeSet(self.entitlement.org, columns, removed, replaced)

    def known_change_set(self) -> ChangeSet | None:
        """Return the changes of the push; None if it may change reference counts, of which older ones may then apply."""
        return self.change_set() if self.metrics.isdisjoint(self.entitlement.declared(references=True)) else None

    def normalised(self) -> list[dict[str, object]]:
        """Return one line for each kind of normalisation."""
        counted: Counter[str] = Counter()
        for note in self.normalisations:
            counted[note.kind.value] += note.count
        first = {note.kind: note for note in reversed(self.normalisations)}
        return [
            {
                "kind": kind.value,
                "message": kind.title_.model_dump(),
                "count": counted[kind.value],
                "rows": list(note.rows),
                "before": note.before,
                "after": note.after,
            }
            for kind, note in first.items()
        ]


def _by_column(rows: Rows) -> Iterable[tuple[tuple[str, str], Rows]]:
    """Yield rows by month and metric, in the sender's order; most batches have only one of each."""
    if len(set(rows.months)) == len(set(rows.metrics)) == 1:
        return [((rows.months[0], rows.metrics[0]), rows)]
    indexes: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for index, key in enumerate(zip(rows.months, rows.metrics, strict=True)):
        indexes[key].append(index)
    return [(key, rows.select(positions)) for key, positions in indexes.items()]
