"""What is compared between two data versions: which months, and where counts were touched."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.indicators.changes.causes import LedgerEvent
from services.indicators.reading import Reading
from shared.campaign.blocks import EVERYBODY
from shared.database.sql import statement
from shared.domain.visibility import CARRIERS_AND_STREETS
from shared.values.months import next_month
from shared.vocabulary import LedgerKind, MetricKind, Role

CHANGES_MONTHS_MAX: Final = 36  # compared where no month is asked for: the latest

_ACTS = statement(__package__, "events")
_MONTHS = statement(__package__, "months")
_PUSHED = """
SELECT DISTINCT org FROM ledger
WHERE campaign = %(campaign)s AND kind = 'import' AND version > %(after)s AND version <= %(to)s
"""


@dataclass(frozen=True, slots=True)
class ComparedVersions:
    """Two readings of one snapshot, and what lies between them."""

    old: Reading
    new: Reading
    months: list[date]  # that are compared, in order; never a matter of the clock
    acts: list[LedgerEvent]  # that the reader may know of
    binds: dict[str, Any]  # what statements about the counts between are asked for

    async def rows(self, sql: str, **binds: object) -> list[tuple[Any, ...]]:
        """What a statement answers about the counts between."""
        return await (await self.new.connection.execute(sql, self.binds | binds)).fetchall()


async def compare_versions(old: Reading, new: Reading, month: date | None) -> ComparedVersions:
    """Find out which months are compared, and in which months of which organisations counts may have been touched."""
    versions = {"campaign": new.reader.campaign, "after": old.version, "to": new.version}
    referred, referring = _references(old, new)
    reporting = _reporting(old, new)
    span = ComparedVersions(old, new, [], [], versions)
    acts = _seen(new, [LedgerEvent(LedgerKind(kind), *rest) for kind, *rest in await span.rows(_ACTS)])
    held = await span.rows(_MONTHS, orgs=sorted(reporting | referring))
    pushed = {EVERYBODY, *(org for (org,) in await span.rows(_PUSHED))}
    reported = [each for org, each in held if org in reporting] + [act.month for act in acts if act.month]
    months = [month] if month else _through(reported)
    looked = [
        (org, each)
        for org, each in held
        if org in pushed and months and (each in months or (org in referring and each < months[-1]))
    ]
    binds = {
        **versions,
        "months": months,
        "referred": referred,
        "orgs": [org for org, _ in looked],
        "places": [each for _, each in looked],
    }
    return ComparedVersions(old, new, months, acts, binds)


def _through(months: list[date]) -> list[date]:
    """From the first to the last of some months, those without counts too: their lines may read references."""
    through = sorted(months)[:1]
    while through and through[-1] < max(months):
        through.append(next_month(through[-1]))
    return through[-CHANGES_MONTHS_MAX:]


def _references(*readings: Reading) -> tuple[list[int], set[str]]:
    """The reference metrics, and under whom their counts stand."""
    metrics = [
        (read.definition.metric_numbers[metric.code], metric.reporters)
        for read in readings
        for metric in read.definition.metrics
        if metric.kind is MetricKind.REFERENCE
    ]
    return sorted({number for number, _ in metrics}), {EVERYBODY, *(org for _, orgs in metrics for org in orgs)}


def _reporting(*readings: Reading) -> set[str]:
    """Whose counts decide which months there are: a carrier is not to learn in which month a rival began to report."""
    reader = readings[-1].reader
    if reader.role is Role.CARRIER:
        return {reader.org}
    return {EVERYBODY, *(each.code for read in readings for each in read.definition.organisations)}


def _seen(read: Reading, acts: Iterable[LedgerEvent]) -> list[LedgerEvent]:
    """A reporter knows of the acceptance of its own months only."""
    own = read.reader.org if read.reader.role in CARRIERS_AND_STREETS else None
    return [act for act in acts if own is None or act.org in (None, own)]
