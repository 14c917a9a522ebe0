"""The months that are compared between two data versions, and the months of organisations in which counts may differ."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.indicators.changes.causes import LedgerEvent
from services.indicators.reading import Reading
from shared.campaign.blocks import EVERYBODY
from shared.database.sql import statement
from shared.domain.visibility import CARRIERS_AND_STREETS
from shared.values.months import month_range
from shared.vocabulary import LedgerKind, MetricKind, Role

CHANGES_MONTHS_MAX: Final = 36  # the latest ones, if no month is requested

_EVENTS = statement(__package__, "events")
_MONTHS = statement(__package__, "months")
_PUSHERS = """
SELECT DISTINCT org FROM ledger
WHERE campaign = %(campaign)s AND kind = 'import' AND version > %(after)s AND version <= %(to)s
"""


@dataclass(frozen=True, slots=True)
class ComparedVersions:
    """Two readings of one snapshot, with the months to compare and the events between them."""

    old: Reading
    new: Reading
    months: list[date]  # in order; they never depend on the clock
    events: list[LedgerEvent]  # that the reader may know of
    binds: dict[str, Any]  # of statements about the counts that changed between the versions

    async def fetch(self, sql: str, **binds: object) -> list[tuple[Any, ...]]:
        """Return the rows of a statement about the changed counts."""
        return await (await self.new.connection.execute(sql, self.binds | binds)).fetchall()


async def compare_versions(old: Reading, new: Reading, month: date | None) -> ComparedVersions:
    """Find the months to compare, and the months of organisations in which counts may have changed."""
    versions = {"campaign": new.reader.campaign, "after": old.version, "to": new.version}
    reference_metrics, reference_orgs = _references(old, new)
    orgs = _orgs_that_set_months(old, new)
    without_months = ComparedVersions(old, new, [], [], versions)
    rows = await without_months.fetch(_EVENTS)
    events = _visible_events(new, [LedgerEvent(LedgerKind(kind), *event) for kind, *event in rows])
    org_months = await without_months.fetch(_MONTHS, orgs=sorted(orgs | reference_orgs))
    pushers = {EVERYBODY, *(org for (org,) in await without_months.fetch(_PUSHERS))}
    reported = [own for org, own in org_months if org in orgs] + [event.month for event in events if event.month]
    months = [month] if month else month_range(min(reported), max(reported))[-CHANGES_MONTHS_MAX:] if reported else []
    searched = [
        (org, own)
        for org, own in org_months
        if org in pushers and months and (own in months or (org in reference_orgs and own < months[-1]))
    ]
    binds = {
        **versions,
        "months": months,
        "reference_metrics": reference_metrics,
        "orgs": [org for org, _ in searched],
        "org_months": [own for _, own in searched],
    }
    return ComparedVersions(old, new, months, events, binds)


def _references(*readings: Reading) -> tuple[list[int], set[str]]:
    """Return the reference metrics by number, and the organisations that report them."""
    metrics = [
        (reading.definition.metric_numbers[metric.code], metric.reporters)
        for reading in readings
        for metric in reading.definition.metrics
        if metric.kind is MetricKind.REFERENCE
    ]
    return sorted({number for number, _ in metrics}), {EVERYBODY, *(org for _, orgs in metrics for org in orgs)}


def _orgs_that_set_months(*readings: Reading) -> set[str]:
    """Return the organisations whose first and last months with counts bound the comparison.

    For a carrier it is the carrier alone, so that it does not learn in which month a rival began to report.
    """
    reader = readings[-1].reader
    if reader.role is Role.CARRIER:
        return {reader.org}
    return {EVERYBODY, *(organisation.code for reading in readings for organisation in reading.definition.organisations)}


def _visible_events(reading: Reading, events: Iterable[LedgerEvent]) -> list[LedgerEvent]:
    """Return the events without the accepted months of others, if the reader is a carrier or subdistrict office."""
    own = reading.reader.org if reading.reader.role in CARRIERS_AND_STREETS else None
    return [event for event in events if own is None or event.org in (None, own)]
