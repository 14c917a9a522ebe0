"""Snapshots of a campaign at one data version, under the definition that was in force then."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Final, Self

from psycopg import AsyncConnection
from pydantic import Field

from shared.access.dependencies import Service
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Scope, Snapshot
from shared.domain.counts import Breakdown
from shared.domain.summary import CountsRow, summarise, summary_statement
from shared.domain.summary_lines import SummaryLine
from shared.domain.summary_plan import MonthPlan, PlannedIndicator, summary_plan
from shared.domain.visibility import CARRIERS_AND_STREETS, may_see_line
from shared.problems import Forbidden
from shared.reading.as_of import resolve_as_of, version_number

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
    committed: bool = True  # otherwise another transaction may take the same version

    def at_earlier_version(self, version: int) -> Self:
        """Return the same snapshot and definition with the data of an earlier version."""
        return replace(self, version=version, past=True)

    async def read_counts(self, plans: Sequence[MonthPlan]) -> list[CountsRow]:
        """Read the counts that the plans' lines are computed from."""
        statement = summary_statement(plans, self.reader.campaign, self.version, past=self.past)
        return await (await self.connection.execute(*statement, binary=True)).fetchall()

    async def read_lines(self, months: Iterable[date], *, by_area: bool = False, by_org: bool = False) -> list[SummaryLine]:
        """Compute the lines of some months that the reader may see, in one breakdown."""
        plans = tuple([summary_plan(self.definition, month) for month in months])
        counts = await self.read_counts(plans)
        return visible_lines(self.reader, self.definition, plans, counts, by_area=by_area, by_org=by_org)


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
        yield await _reading(service, reader, snapshot, *versions)


async def _requested_reading(
    service: Service, reader: Principal, snapshot: Snapshot, parameter: str, as_of: str | None
) -> Reading:
    if as_of is None:
        return await _reading(service, reader, snapshot, snapshot.version, snapshot.definition_version)
    if reader.role in CARRIERS_AND_STREETS:
        await refuse_version_without_report(snapshot.connection, reader.campaign, as_of)
    versions = await resolve_as_of(snapshot, reader.campaign, as_of, service.clock, parameter)
    return await _reading(service, reader, snapshot, *versions)


async def _reading(service: Service, reader: Principal, snapshot: Snapshot, version: int, definition_version: int) -> Reading:
    definition = await service.definitions.at(snapshot.connection, reader.campaign, definition_version)
    return Reading(snapshot.connection, reader, version, version < snapshot.version, definition)


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
) -> list[SummaryLine]:
    """Compute the lines that the reader may see, of all indicators or of one."""

    def visible(computed: PlannedIndicator, breakdown: Breakdown) -> bool:
        return indicator in (None, computed.code) and may_see_line(reader.role, reader.org, definition, breakdown)

    return list(summarise(plans, counts, by_area=by_area, by_org=by_org, is_visible=visible))
