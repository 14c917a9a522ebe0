"""Writing counts in batches of columns, in statements that the server works on while the next is prepared."""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, Final

from psycopg import AsyncConnection

from services.ingest.counts.pushed_counts import CountColumn
from shared.database.database import Scope
from shared.database.sql import array_of, statement, text_array

BATCH_CELLS: Final = 8_192  # counts in one statement, about
_BATCHES_SENT: Final = 32  # in one pipeline: what the server has not taken yet is held in memory

_WRITE_NEW = statement(__package__, "write_new")
_WRITE_OVER = statement(__package__, "write_over")
_RETRACT = statement(__package__, "retract")

Columns = Mapping[date, Mapping[int, CountColumn]]
"""Counts by month and metric."""


async def write_counts(
    connection: AsyncConnection, scope: Scope, version: int, columns: Columns, *, onto_stored: bool
) -> tuple[int, int]:
    """Write counts under a data version; return how many are new and how many changed.

    `onto_stored`: some may be stored already.
    """
    binds: dict[str, Any] = {"campaign": scope.campaign, "org": scope.org, "version": version}
    sql, batches = _WRITE_OVER if onto_stored else _WRITE_NEW, batches_of(columns)
    created = changed = 0
    while group := list(islice(batches, _BATCHES_SENT)):
        async with connection.pipeline() if len(group) > 1 else nullcontext():
            cursors = [await connection.execute(sql, binds | batch.binds) for batch in group]
        for cursor in cursors:
            new, updated = (await cursor.fetchone() or (0, 0)) if onto_stored else (cursor.rowcount, 0)
            created, changed = created + new, changed + updated
    return created, changed


async def retract_unnamed(
    connection: AsyncConnection, scope: Scope, version: int, month: date, columns: Mapping[int, CountColumn], derived: list[int]
) -> int:
    """Retract the counts of a month that are not in its columns, except those that registers derive; return how many."""
    areas = [array_of(column.counts.areas()) for column in columns.values()]
    binds: dict[str, Any] = {"campaign": scope.campaign, "org": scope.org, "version": version, "month": month, "derived": derived}
    return (await connection.execute(_RETRACT, binds | {"metrics": array_of(columns), "areas": text_array(areas)})).rowcount


@dataclass(slots=True)
class CountBatch:
    """Columns or parts of columns that one statement writes; every list has one entry a part."""

    months: list[date] = field(default_factory=list)
    metrics: list[int] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    counts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cells: int = 0

    @property
    def binds(self) -> dict[str, object]:
        """The binds of the statements that write counts."""
        return {
            "months": array_of(self.months),
            "metrics": array_of(self.metrics),
            "areas": text_array(self.areas),
            "counts": text_array(self.counts),
            "notes": text_array(self.notes),
        }


def batches_of(columns: Columns) -> Iterator[CountBatch]:
    """Yield counts in batches, in the order of the table's key."""
    batch = CountBatch()
    for month, by_metric in sorted(columns.items()):
        for metric, column in sorted(by_metric.items()):
            areas, counts = column.counts.areas(), column.counts.counts()
            for start in range(0, len(areas), BATCH_CELLS):
                part = areas[start : start + BATCH_CELLS]
                batch.months.append(month)
                batch.metrics.append(metric)
                batch.areas.append(array_of(part))
                batch.counts.append(array_of(counts[start : start + BATCH_CELLS]))
                batch.notes.append(text_array(map(column.notes.get, part)) if column.notes else "{}")
                batch.cells += len(part)
                if batch.cells >= BATCH_CELLS:
                    yield batch
                    batch = CountBatch()
    if batch.cells:
        yield batch
