"""Snapshots of a campaign at one data version, under the definition that was in force then."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Final, Self
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection
from pydantic import Field

from shared.access.dependencies import Service
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY
from shared.database.database import Scope, Snapshot
from shared.database.sql import statement
from shared.domain.counts import Breakdown, CountPlace
from shared.domain.summary import CountsRow, summarise, summary_statement
from shared.domain.summary_lines import SummaryLine
from shared.domain.summary_plan import MonthPlan, PlannedIndicator, summary_plan
from shared.domain.visibility import CARRIERS_AND_STREETS, may_see_line
from shared.problems import Forbidden, MonthNotOpen
from shared.reading.as_of import parse_timestamp, resolve_as_of, version_number
from shared.values.months import month_text

_COUNTED_MONTHS: Final = statement(__package__, "counted_months")
_SUPERSEDED: Final = "SELECT at FROM ledger WHERE campaign = %s AND version > %s ORDER BY version LIMIT 1"
_ISSUED: Final = "SELECT FROM report WHERE campaign = %s AND version = %s"

AsOf = Annotated[str | None, Field(max_length=64, description="Data version or RFC 3339 timestamp; returns the data as of then.")]


@dataclass(frozen=True, slots=True)
class Reading:
    """The campaign's data at one version, read in one snapshot on behalf of one client."""

    connection: AsyncConnection
    reader: Principal
    version: int
    past: bool  # older than the latest version
    definition: AppliedDefinition  # in force at the version
    today: date  # months have begun up to this business date
    committed: bool = True  # otherwise another transaction may take the same version

    def at_earlier_version(self, version: int) -> Self:
        """Return the same snapshot and definition with the data of an earlier version."""
        return replace(self, version=version, past=True)

    async def refuse_unopened_months(self, months: Sequence[date]) -> None:
        """Raise MonthNotOpen if one of some months, in order, had not begun or is before the campaign's first."""
        if await self.open_months(months) != months:
            raise await self.month_not_open(months)

    async def open_months(self, months: Sequence[date]) -> list[date]:
        """Return those of some months, in order, that had begun at the time of the reading, since the campaign's first."""
        first, last = self.definition.calendar.first_month or date.min, await self.last_open_month(months[-1])
        return [month for month in months if first <= month <= last]

    async def month_not_open(self, months: Sequence[date]) -> MonthNotOpen:
        """Return the problem of some months, in order, that are not open."""
        first, last = self.definition.calendar.first_month, month_text(await self.last_open_month(months[-1]))
        if first is None:
            return MonthNotOpen(f"可查询 {last} 及以前的月份。", f"Months up to {last} can be read.")
        since = month_text(first)
        return MonthNotOpen(f"可查询 {since} 至 {last} 的月份。", f"Months from {since} to {last} can be read.")

    async def last_open_month(self, requested: date) -> date:
        """Return the last month that had begun; if the campaign accepts counts of any month, the last with counts if it is later.

        `requested` is the month that matters: the counts are not looked at if it had begun.
        """
        current = self.today.replace(day=1)
        if requested <= current or self.definition.calendar.opens != "always":
            return current
        _, last = await self.counted_months()
        return max(current, last) if last else current

    async def first_month(self) -> date | None:
        """Return the calendar's first month, or else the first month with counts or approved cases."""
        return self.definition.calendar.first_month or (await self.counted_months())[0]

    async def counted_months(self) -> tuple[date | None, date | None]:
        """Return the first and the last month with counts or approved cases."""
        orgs = [EVERYBODY, *self.definition.org_codes]
        binds = {"campaign": self.reader.campaign, "orgs": orgs, "version": self.version}
        first, last = await (await self.connection.execute(_COUNTED_MONTHS, binds)).fetchone() or (None, None)
        return first, last

    async def read_counts(self, plans: Sequence[MonthPlan]) -> list[CountsRow]:
        """Read the counts that the plans' lines are computed from."""
        statement = summary_statement(plans, self.reader.campaign, self.version, past=self.past)
        return await (await self.connection.execute(*statement, binary=True)).fetchall()

    async def read_lines(
        self, months: Iterable[date], *, by_area: bool = False, by_org: bool = False, challenged: Collection[CountPlace] = ()
    ) -> list[SummaryLine]:
        """Compute the lines of some months that the reader may see, in one breakdown."""
        plans = tuple([summary_plan(self.definition, month) for month in months])
        counts = await self.read_counts(plans)
        return visible_lines(self.reader, self.definition, plans, counts, by_area=by_area, by_org=by_org, challenged=challenged)


@asynccontextmanager
async def open_reading(service: Service, reader: Principal, as_of: str | None = None) -> AsyncIterator[Reading]:
    """Open a snapshot at a data version, by default the latest, with the whole campaign in reach.

    Raises Forbidden if a carrier or street office names a version without a report, FutureVersion or Schema if there is no such
    version.
    """
    async with service.database.read(campaign_scope(reader)) as snapshot:
        yield await _requested_reading(service, reader, snapshot, "as_of", as_of)


@asynccontextmanager
async def open_readings(
    service: Service, reader: Principal, as_of: Mapping[str, str | None]
) -> AsyncIterator[tuple[Reading, ...]]:
    """Open one snapshot at several data versions, each given by the name of its query parameter and the parameter's value."""
    async with service.database.read(campaign_scope(reader)) as snapshot:
        yield tuple([await _requested_reading(service, reader, snapshot, *parameter) for parameter in as_of.items()])


@asynccontextmanager
async def open_reading_at(service: Service, reader: Principal, version: int) -> AsyncIterator[Reading]:
    """Open a new snapshot at the data version of a response that has begun, to read its next part.

    A long response thus keeps no connection while its client is slow. Any role may continue at any version, since the client
    does not choose it.
    """
    async with service.database.read(campaign_scope(reader)) as snapshot:
        versions = await resolve_as_of(snapshot, reader.campaign, str(version), service.clock, "as_of")
        yield await _reading(service, reader, snapshot, versions)


async def _requested_reading(
    service: Service, reader: Principal, snapshot: Snapshot, parameter: str, as_of: str | None
) -> Reading:
    if as_of is None:
        return await _reading(service, reader, snapshot, (snapshot.version, snapshot.definition_version))
    if reader.role in CARRIERS_AND_STREETS:
        await refuse_version_without_report(snapshot.connection, reader.campaign, as_of)
    versions = await resolve_as_of(snapshot, reader.campaign, as_of, service.clock, parameter)
    return await _reading(service, reader, snapshot, versions, as_of)


async def _reading(
    service: Service, reader: Principal, snapshot: Snapshot, versions: tuple[int, int], as_of: str | None = None
) -> Reading:
    version, definition_version = versions
    definition = await service.definitions.at(snapshot.connection, reader.campaign, definition_version)
    at = service.clock.now()
    if as_of is not None and version_number(as_of) is None:
        at = parse_timestamp(as_of, "as_of")
    elif version < snapshot.version:  # months had begun until the next version: then the version was the latest one
        superseded = await snapshot.connection.execute(_SUPERSEDED, [reader.campaign, version])
        at = (await superseded.fetchone() or (at,))[0]
    today = at.astimezone(ZoneInfo(definition.campaign.timezone)).date()
    return Reading(snapshot.connection, reader, version, version < snapshot.version, definition, today)


async def refuse_version_without_report(connection: AsyncConnection, campaign: str, as_of: str) -> None:
    """Raise Forbidden unless a report was issued at the version.

    From the versions before and after a rival's push, a carrier could derive the rival's counts. A timestamp is refused too: the
    version it resolves to would show when the next version was created.
    """
    issued = await connection.execute(_ISSUED, [campaign, version_number(as_of)])
    if await issued.fetchone() is None:
        raise Forbidden(
            "只能按版本号查看已发布月报所依据的数据版本。",
            "Earlier data versions are available to your role only where a report was issued; give the version number,"
            " not a timestamp.",
        )


def campaign_scope(reader: Principal) -> Scope:
    """Return the scope of the whole campaign: lines of one organisation may use reference counts of others."""
    return Scope(reader.campaign, reader.org, "campaign")


def visible_lines(
    reader: Principal,
    definition: AppliedDefinition,
    plans: Sequence[MonthPlan],
    counts: Sequence[CountsRow],
    *,
    by_area: bool,
    by_org: bool,
    indicator: str | None = None,
    challenged: Collection[CountPlace] = (),
) -> list[SummaryLine]:
    """Compute the lines that the reader may see, of all indicators or of one."""

    def visible(computed: PlannedIndicator, breakdown: Breakdown) -> bool:
        return indicator in (None, computed.code) and may_see_line(reader.role, reader.org, definition, breakdown)

    lines = summarise(plans, counts, by_area=by_area, by_org=by_org, is_visible=visible, challenged=challenged)
    return list(lines)
