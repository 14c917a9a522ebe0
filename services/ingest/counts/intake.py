"""From batches of rows to columns of counts: codes resolved, repeats found.

12 bytes a count, so that a large push needs no table of its own, and repeats and rules across rows no statement.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import repeat

from services.ingest.counts.columns import NOWHERE, Column, Slot
from services.ingest.counts.entitlement import Entitlement
from services.ingest.counts.write_batches import Portion, portions
from services.ingest.formats.row_errors import row_error
from services.ingest.formats.rows import Batch, Normalisation, Row, Rows
from services.ingest.formats.totals.mismatches import MismatchedTotals
from services.ingest.push.row_errors import Faults
from services.ingest.quality.overlay import Overlay
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import RowCode


@dataclass(slots=True)
class Intake:
    """A push while it is read."""

    entitlement: Entitlement
    faults: Faults
    width: int  # largest area number + 1
    asked_month: date | None = None  # touched even if no row names it
    replaces: bool = False  # what stands in its month and is not named is taken back
    columns: dict[date, dict[int, Column]] = field(default_factory=dict)
    received: int = 0
    blank: int = 0
    repeats: dict[Slot, list[int]] = field(default_factory=dict)  # rows that say the same again
    contradictions: dict[Slot, list[tuple[int, int]]] = field(default_factory=dict)  # (row, value) that say otherwise
    gone: set[Slot] = field(default_factory=set)  # standing cells that the push takes back
    mismatched_totals: MismatchedTotals = field(default_factory=MismatchedTotals)
    normalisations: list[Normalisation] = field(default_factory=list)
    entered: Portion | None = None  # what came in since somebody took it away; None where nobody does
    _overlay: Overlay | None = None  # as long as nothing comes or goes

    def take(self, batch: Batch) -> None:
        """Take a batch in."""
        self.received += batch.received
        self.blank += batch.blank
        self.normalisations += batch.normalisations
        errors = [*batch.errors, *(error for row in batch.partial_rows for error in self.entitlement.refusals(row))]
        errors.sort(key=lambda error: error.row or 0)  # all that is wrong with a row stands together
        self.faults.refuse_rows(batch.received - len(batch.rows), errors)
        for row in sorted(row for which, rows in _by_column(batch.rows) for row in self._enter(*which, rows)):
            self.faults.refuse_rows(1, self.entitlement.refusals(row))
        for summed_rows in batch.mismatched_totals:
            self.mismatched_totals.add(summed_rows)

    def _enter(self, month: str, metric: str, rows: Rows) -> Iterable[Row]:
        """Enter the rows of one month and metric; returns those that may not be reported."""
        found = self.entitlement.month(month)
        reported = found.metrics.get(metric) if found else None
        if found is None or reported is None:
            return rows
        slot = (found.month, reported.number)
        column = self._column(*slot)
        areas = list(map(reported.areas.get, rows.areas, repeat(NOWHERE)))
        if column.put_all(areas, rows):
            self._put(*slot, areas, rows.values, column.notes)
            return ()
        refused, new = [], dict[int, int]()
        for area, row in zip(areas, rows, strict=True):
            if area == NOWHERE:
                refused.append(row)
            elif area in column.counts:
                self._repeat(Slot(*slot, area), column, row)
            else:
                column.put(area, row.number, row.value, row.note)
                new[area] = row.value
        self._put(*slot, list(new), list(new.values()), column.notes)
        return refused

    def _put(self, month: date, metric: int, areas: Sequence[int], values: Sequence[int], notes: Mapping[int, str]) -> None:
        if self.entered and areas:
            self.entered.add(month, metric, areas, values, notes)

    def _column(self, month: date, metric: int) -> Column:
        self._overlay = None
        by_metric = self.columns.setdefault(month, {})
        if metric not in by_metric:
            by_metric[metric] = Column.empty(self.width)
        return by_metric[metric]

    def _repeat(self, slot: Slot, column: Column, row: Row) -> None:
        if column.counts[slot.area] == row.value and column.notes.get(slot.area) == row.note:
            self.repeats.setdefault(slot, []).append(row.number)
        else:
            self.contradictions.setdefault(slot, []).append((row.number, row.value))

    def finish(self) -> None:
        """Refuse the rows whose total is another, and every row of a cell that the push names with different values."""
        self._refuse_untrue()
        for slot, others in self.contradictions.items():
            column = self.columns[slot.month][slot.metric]
            same = [column.rows[slot.area], *self.repeats.pop(slot, [])]
            said = [(row, column.counts[slot.area]) for row in same]
            everybody = sorted([*said, *others])
            listed = ", ".join(self.faults.locator.label(row) for row, _ in everybody[:20])
            hint = Bilingual(zh=f"涉及第 {listed} 行", en=f"see rows {listed}")
            errors = [row_error(RowCode.DUPLICATE_CONFLICT, row, "value", value, hint) for row, value in everybody]
            self.faults.refuse_rows(len(everybody), errors)
            self.drop(slot)  # rules do not judge it a second time

    def _refuse_untrue(self) -> None:
        """Refuse the rows whose total is another: nobody knows which of them is wrong."""
        for slot in list(self._untrue_cells()) if self.mismatched_totals else ():
            self.faults.refuse_rows(1 + len(self.repeats.pop(slot, ())), ())
            self.drop(slot)

    def _untrue_cells(self) -> Iterator[Slot]:
        for day, columns in self.columns.items():
            month = month_text(day)
            opened = self.entitlement.month(month)
            for metric, reported in opened.metrics.items() if opened else ():
                column = columns.get(reported.number, Column.empty(0))
                for code, area in reported.areas.items() if column.counts else ():
                    slot, key = Slot(day, reported.number, area), (metric, code, month)
                    rows = (column.rows[area], *self.repeats.get(slot, ()))
                    here = area in column.counts and slot not in self.contradictions
                    if here and any(self.mismatched_totals.covers(row, key) for row in rows):
                        yield slot

    def restore(self, slot: Slot, value: int, note: str | None) -> None:
        """Take in a cell that stood before."""
        self.received += 1
        self._column(slot.month, slot.metric).put(slot.area, self.received, value, note)

    def portions(self) -> Iterator[Portion]:
        """What is to be written."""
        return portions(self.columns)

    def drop(self, slot: Slot) -> None:
        """Forget a cell that was refused."""
        self._overlay = None
        self.columns[slot.month][slot.metric].drop(slot.area)

    @property
    def wrong(self) -> bool:
        """Whether rows are refused already, or will be for what they say of one cell."""
        return self.faults.rows > 0 or bool(self.contradictions)

    @property
    def in_order(self) -> bool:
        """Whether the counts of every column came in the order of the table's key."""
        numbers = ([row for row in column.rows if row] for columns in self.columns.values() for column in columns.values())
        return all(rows == sorted(rows) for rows in numbers)

    @property
    def merged(self) -> int:
        """Rows that said the same as an earlier one."""
        return sum(len(rows) for rows in self.repeats.values())

    @property
    def months(self) -> list[date]:
        """The months it touches."""
        return sorted(self.columns.keys() | ({self.asked_month} if self.asked_month else set()))

    def overlay(self) -> Overlay:
        """What the push does to the counts that stand, as far as it was read and not refused."""
        if self._overlay is None:
            self._overlay = self._laid()
        return self._overlay

    def _laid(self) -> Overlay:
        gone: dict[date, dict[int, set[int]]] = {}
        for month, metric, area in self.gone:
            gone.setdefault(month, {}).setdefault(metric, set()).add(area)
        columns = {
            month: {metric: column.counts for metric, column in by_metric.items()} for month, by_metric in self.columns.items()
        }
        if self.replaces:
            columns.setdefault(self.asked_month or date.min, {})
        replaced = self.entitlement.declared(references=False) if self.replaces else frozenset()
        return Overlay(self.entitlement.org, columns, gone, replaced, self._whole())

    def foreseen(self) -> Overlay | None:
        """The same where it is all that moves: a reference holds for later months too."""
        return None if self.entitlement.declared(references=True) else self.overlay()

    def _whole(self) -> dict[date, set[int]]:
        """The metrics of each month of which no area is left out."""
        found = {}
        for month, columns in self.columns.items():
            opened = self.entitlement.month(month_text(month))
            places = {each.number: len(each.areas) for each in opened.metrics.values()} if opened else {}
            found[month] = {metric for metric, column in columns.items() if column.filled == places.get(metric)}
        return found

    def normalised(self) -> list[dict[str, object]]:
        """What was read generously, a line a kind."""
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
    """Rows by month and metric, each in the sender's order; most often a batch is of one."""
    if len(set(rows.months)) == len(set(rows.metrics)) == 1:
        return [((rows.months[0], rows.metrics[0]), rows)]
    places: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for place, which in enumerate(zip(rows.months, rows.metrics, strict=True)):
        places[which].append(place)
    return [(which, rows.select(found)) for which, found in places.items()]
