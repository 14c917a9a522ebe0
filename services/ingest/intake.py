"""From batches of rows to cells: codes resolved, repeats found, good rows streamed on as binary COPY data.

Beside the stream the counts stand in columns (12 bytes a cell), so that repeats and rules across rows cost no statement.
"""

from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from struct import Struct
from typing import NamedTuple

from services.ingest.entitlement import Entitlement
from services.ingest.faults import Faults
from services.ingest.formats.findings import finding
from services.ingest.formats.rows import Batch, Normalisation, Row
from services.ingest.overlay import Overlay
from services.ingest.quality_state import Known
from shared.bilingual import Bilingual
from shared.campaign.months import month_text
from shared.domain.quality import Columns
from shared.domain.rules import ABSENT
from shared.vocabulary import RowCode

COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_TRAILER = b"\xff\xff"
_ROW = Struct("!hiiiiiiiiiqi")  # 6 fields: row, month, metric, area, value, note; each led by its length
_NO_NOTE = -1


class Slot(NamedTuple):
    """Where a count belongs: month, and metric and area by number."""

    month: date
    metric: int
    area: int


@dataclass(slots=True)
class Column:
    """The counts of one month and metric by area number, and the row each came in."""

    values: "array[int]"
    rows: "array[int]"
    notes: dict[int, str] = field(default_factory=dict)


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
    staged: int = 0
    repeats: dict[Slot, list[int]] = field(default_factory=dict)  # rows that say the same again
    contradictions: dict[Slot, list[tuple[int, int]]] = field(default_factory=dict)  # (row, value) that say otherwise
    gone: set[Slot] = field(default_factory=set)  # standing cells that the push takes back
    dropped: list[Slot] = field(default_factory=list)  # cells that were refused after they were staged
    normalisations: list[Normalisation] = field(default_factory=list)

    def take(self, batch: Batch) -> bytes:
        """Take a batch in; returns its good rows as COPY data."""
        self.received += batch.received
        self.blank += batch.blank
        self.normalisations += batch.notes
        errors = [*batch.errors, *(error for row in batch.damaged for error in self.entitlement.refusals(row))]
        errors.sort(key=lambda error: error.row or 0)  # all that is wrong with a row stands together
        self.faults.refuse_rows(batch.received - len(batch.rows), errors)
        return b"".join(self._packed(batch.rows))

    def _packed(self, rows: list[Row]) -> Iterator[bytes]:
        pack = _ROW.pack
        open_month = self.entitlement.month
        current: tuple[str, str] | None = None
        slot_month = date.min
        for number, metric, area, month, value, note in rows:
            if (month, metric) != current:
                found = open_month(month)
                reported = found.metrics.get(metric) if found else None
                if found is None or reported is None:
                    current = None
                    self._refuse(Row(number, metric, area, month, value, note))
                    continue
                current = (month, metric)
                slot_month = found.month
                column = self._column(slot_month, reported.number)
                values, numbers = column.values, column.rows
                days, metric_number, areas = found.days, reported.number, reported.areas
            area_number = areas.get(area)
            if area_number is None:
                self._refuse(Row(number, metric, area, month, value, note))
                continue
            if values[area_number] != ABSENT:
                self._repeat(Slot(slot_month, metric_number, area_number), column, number, value, note)
                continue
            values[area_number] = value
            numbers[area_number] = number
            self.staged += 1
            if note is None:
                yield pack(6, 4, number, 4, days, 4, metric_number, 4, area_number, 8, value, _NO_NOTE)
            else:
                column.notes[area_number] = note
                text = note.encode()
                yield pack(6, 4, number, 4, days, 4, metric_number, 4, area_number, 8, value, len(text)) + text

    def _column(self, month: date, metric: int) -> Column:
        by_metric = self.columns.setdefault(month, {})
        if metric not in by_metric:
            by_metric[metric] = Column(array("q", [ABSENT]) * self.width, array("i", [0]) * self.width)
        return by_metric[metric]

    def _refuse(self, row: Row) -> None:
        self.faults.refuse_rows(1, self.entitlement.refusals(row))

    def _repeat(self, slot: Slot, column: Column, number: int, value: int, note: str | None) -> None:
        if column.values[slot.area] == value and column.notes.get(slot.area) == note:
            self.repeats.setdefault(slot, []).append(number)
        else:
            self.contradictions.setdefault(slot, []).append((number, value))

    def finish(self) -> None:
        """Refuse every row of a cell that the push names with different values."""
        for slot, others in self.contradictions.items():
            column = self.columns[slot.month][slot.metric]
            same = [column.rows[slot.area], *self.repeats.pop(slot, [])]
            said = [(row, column.values[slot.area]) for row in same]
            everybody = sorted([*said, *others])
            listed = ", ".join(self.faults.locator.label(row) for row, _ in everybody[:20])
            hint = Bilingual(zh=f"涉及第 {listed} 行", en=f"see rows {listed}")
            errors = [finding(RowCode.DUPLICATE_CONFLICT, row, "value", value, hint) for row, value in everybody]
            self.faults.refuse_rows(len(everybody), errors)
            self.drop(slot)  # rules do not judge it a second time

    def restore(self, slot: Slot, row: int, value: int) -> None:
        """Take a cell in that was staged already."""
        column = self._column(slot.month, slot.metric)
        column.values[slot.area], column.rows[slot.area] = value, row
        self.received += 1
        self.staged += 1

    def arrays(self) -> dict[str, str | list[str | None]]:
        """What stands to be written, an array a column; numbers and dates as literals, which cost a driver's list little."""
        cells = [
            (column.rows[area], month, metric, area, value, column.notes.get(area))
            for month, by_metric in self.columns.items()
            for metric, column in by_metric.items()
            for area, value in enumerate(column.values)
            if value > ABSENT
        ]
        *columns, notes = zip(*cells, strict=True) if cells else [()] * 6
        named = zip(("rows", "months", "metrics", "areas", "values"), columns, strict=True)
        return {name: "{" + ",".join(map(str, column)) + "}" for name, column in named} | {"notes": list(notes)}

    def drop(self, slot: Slot) -> None:
        """Forget a staged cell that was refused."""
        self.columns[slot.month][slot.metric].values[slot.area] = ABSENT
        self.staged -= 1
        self.dropped.append(slot)

    @property
    def merged(self) -> int:
        """Rows that said the same as an earlier one."""
        return sum(len(rows) for rows in self.repeats.values())

    @property
    def months(self) -> list[date]:
        """The months it touches."""
        return sorted(self.columns.keys() | ({self.asked_month} if self.asked_month else set()))

    def overlay(self) -> Overlay | None:
        """What the push does to the counts that lines read; None where references may change, which hold for later months too."""
        if self.entitlement.declared(references=True):
            return None
        gone: dict[date, dict[int, set[int]]] = {}
        for month, metric, area in self.gone:
            gone.setdefault(month, {}).setdefault(metric, set()).add(area)
        columns = {
            month: {metric: column.values for metric, column in by_metric.items()} for month, by_metric in self.columns.items()
        }
        if self.replaces:
            columns.setdefault(self.asked_month or date.min, {})
        replaced = self.entitlement.declared(references=False) if self.replaces else frozenset()
        return Overlay(self.entitlement.org, columns, gone, replaced)

    def known(self) -> Known:
        """The columns in which no area of the organisation is left out."""
        found: dict[date, Columns] = {}
        for month, columns in self.columns.items():
            opened = self.entitlement.month(month_text(month))
            places = {each.number: len(each.areas) for each in opened.metrics.values()} if opened else {}
            found[month] = {
                metric: column.values
                for metric, column in columns.items()
                if self.width - column.values.count(ABSENT) == places.get(metric)
            }
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
