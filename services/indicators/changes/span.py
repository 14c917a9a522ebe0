"""The months that are compared between two data versions, and the months of organisations in which counts may differ."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.indicators.changes.causes import LedgerEvent
from shared.campaign.blocks import EVERYBODY
from shared.database.sql import statement
from shared.reading.reading import Reading
from shared.values.months import month_range
from shared.vocabulary import LedgerKind, MetricKind, Role

_EVENTS = statement(__package__, "events")
_MONTHS = statement(__package__, "months")
_PUSHERS: Final = """
SELECT DISTINCT org FROM ledger
WHERE campaign = %(campaign)s AND kind = 'import' AND version > %(after)s AND version <= %(to)s
"""
_AT: Final = "SELECT at FROM ledger WHERE campaign = %s AND version = %s"


@dataclass(frozen=True, slots=True)
class ComparedVersions:
    """Two readings of one snapshot, with the months that have lines at each and the events between them."""

    old: Reading
    new: Reading
    old_months: list[date]  # in order, up to a requested one; they depend on the ledger's time, never on the clock
    new_months: list[date]
    events: list[LedgerEvent]
    binds: dict[str, Any]  # of statements about the counts that changed between the versions

    @property
    def months(self) -> list[date]:
        """The months to compare, in order: a requested one, or all that have lines at either version."""
        requested = self.binds["month"]
        return [month for month in self.months_read if requested in (None, month)]

    @property
    def months_read(self) -> list[date]:
        """The months up to the last of `months`: they hold the reasons why a deadline changed."""
        return sorted({*self.old_months, *self.new_months})

    async def fetch(self, sql: str, **binds: object) -> list[tuple[Any, ...]]:
        """Return the rows of a statement about the changed counts."""
        return await (await self.new.connection.execute(sql, self.binds | binds)).fetchall()


async def compare_versions(old: Reading, new: Reading, month: date | None) -> ComparedVersions:
    """Find the months to compare, and the months of organisations in which counts may have changed.

    A month restricts the lines to it, and the counts to those that its lines may read; without one, all months are compared.
    """
    versions = {"campaign": new.reader.campaign, "after": old.version, "to": new.version}
    without_counts = ComparedVersions(old, new, [], [], [], versions)
    events = [LedgerEvent(LedgerKind(kind), *event) for kind, *event in await without_counts.fetch(_EVENTS)]
    first = await _first_month(old, new, events)
    old_months, new_months = [await _line_months(reading, first) for reading in (old, new)]
    pushers = sorted({EVERYBODY, *(org for (org,) in await without_counts.fetch(_PUSHERS))})
    searched = await without_counts.fetch(_MONTHS, orgs=pushers)
    binds = {
        **versions,
        "month": month,
        "reference_metrics": _reference_metrics(old, new),
        "orgs": [org for org, _ in searched],
        "org_months": [own for _, own in searched],
    }
    if month is not None:
        old_months, new_months = ([each for each in months if each <= month] for months in (old_months, new_months))
    return ComparedVersions(old, new, old_months, new_months, events, binds)


async def _first_month(old: Reading, new: Reading, events: Iterable[LedgerEvent]) -> date | None:
    """Return the campaign's first month; if every month takes counts, the first with counts or cases."""
    first_months = [reading.definition.calendar.first_month for reading in (old, new)]
    known = [month for month in first_months if month is not None]
    if len(known) == len(first_months):
        return min(known)
    binds = {"campaign": new.reader.campaign, "orgs": sorted(_orgs_that_set_months(old, new)), "to": new.version}
    reported = [month for _, month in await (await new.connection.execute(_MONTHS, binds)).fetchall()]
    return min(
        [*known, *reported, *(event.month for event in events if event.month and event.kind is LedgerKind.CASE)], default=None
    )


async def _line_months(reading: Reading, first: date | None) -> list[date]:
    """Return the months from the first on that have lines at a version: until the month in which it was created."""
    binds = [reading.reader.campaign, reading.version]
    row = await (await reading.connection.execute(_AT, binds)).fetchone()
    if first is None or row is None:
        return []
    last = row[0].astimezone(ZoneInfo(reading.definition.campaign.timezone)).date().replace(day=1)
    return month_range(max(first, reading.definition.calendar.first_month or first), last)


def _reference_metrics(*readings: Reading) -> list[int]:
    """Return the reference metrics, by number."""
    numbers = {
        reading.definition.metric_numbers[metric.code]
        for reading in readings
        for metric in reading.definition.metrics
        if metric.kind is MetricKind.REFERENCE
    }
    return sorted(numbers)


def _orgs_that_set_months(*readings: Reading) -> set[str]:
    """Return the organisations whose first month with counts begins the comparison.

    For a carrier it is the carrier alone, so that it does not learn in which month a rival began to report.
    """
    reader = readings[-1].reader
    if reader.role is Role.CARRIER:
        return {reader.org}
    return {EVERYBODY, *(organisation.code for reading in readings for organisation in reading.definition.organisations)}
