"""What every question of this service reads: one snapshot, at one data version, under the definition in force then."""

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Final, Self

from fastapi import Request
from psycopg import AsyncConnection
from pydantic import Field

from services.indicators.as_of import resolve
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Scope
from shared.domain.summary import CountsRow, Judged, summarise, summary_statement
from shared.domain.summary_lines import Breakdown, PlannedIndicator
from shared.domain.summary_plan import MonthPlan, summary_plan
from shared.domain.visibility import CARRIERS_AND_STREETS, may_see_line
from shared.problems import Forbidden
from shared.values.months import MONTH_PATTERN

_ISSUED: Final = "SELECT FROM report WHERE campaign = %s AND version = %s"

MonthParameter = Annotated[str, Field(pattern=MONTH_PATTERN, examples=["2022-08"])]
AsOf = Annotated[
    str | None, Field(max_length=64, description="A data version, or an instant (RFC 3339): the answer as it was then.")
]


@dataclass(frozen=True, slots=True)
class Reading:
    """A snapshot read at one data version."""

    connection: AsyncConnection
    reader: Principal
    version: int
    past: bool  # older than the newest version
    definition: AppliedDefinition

    def earlier(self, version: int) -> Self:
        """The same transaction and definition, read at a version before."""
        return replace(self, version=version, past=True)

    async def reports(self, plans: Sequence[MonthPlan], *, in_force: bool = True) -> list[CountsRow]:
        """The counts that the plans' lines are computed from; of plans that are not in force nothing is remembered."""
        asked = summary_statement(plans, self.reader.campaign, self.version, past=self.past, in_force=in_force)
        return await (await self.connection.execute(*asked, binary=True)).fetchall()

    async def lines(self, months: Iterable[date], *, by_area: bool = False, by_org: bool = False) -> list[Judged]:
        """The lines of some months that the reader may see, in one breakdown."""
        plans = tuple([summary_plan(self.definition, month) for month in months])
        return seen_lines(self.reader, self.definition, plans, await self.reports(plans), by_area=by_area, by_org=by_org)


@asynccontextmanager
async def reading(request: Request, reader: Principal, as_of: str | None = None) -> AsyncIterator[Reading]:
    """Open the snapshot that a question is answered from, with the whole campaign in reach.

    Raises Forbidden for a reporter that asks for a version without a report, `FutureVersion` and `Schema` for what is none.
    """
    async with readings(request, reader, as_of=as_of) as (read,):
        yield read


@asynccontextmanager
async def readings(request: Request, reader: Principal, **asked: str | None) -> AsyncIterator[tuple[Reading, ...]]:
    """The same for a question about several versions, by the names of its parameters: one snapshot, read at each."""
    named = [as_of for as_of in asked.values() if as_of] if reader.role in CARRIERS_AND_STREETS else []
    async with _opened(request, reader, asked, of_reports=named) as found:
        yield found


@asynccontextmanager
async def reading_on(request: Request, reader: Principal, version: int) -> AsyncIterator[Reading]:
    """Open a snapshot at the data version that an answer began with, where its next part is read.

    A long answer so keeps no connection while its client takes its time, and is of one version all the same. The client has no
    say in which: reporters do not look back with it.
    """
    async with _opened(request, reader, {"as_of": str(version)}) as (read,):
        yield read


@asynccontextmanager
async def _opened(
    request: Request, reader: Principal, asked: Mapping[str, str | None], of_reports: Iterable[str] = ()
) -> AsyncIterator[tuple[Reading, ...]]:
    state = request.app.state
    async with state.database.read(scope_of(reader)) as snapshot:
        for each in of_reports:
            await refuse_unreported(snapshot.connection, reader.campaign, each)
        found = []
        for name, as_of in asked.items():
            version, definition_version = await resolve(snapshot, reader.campaign, as_of, state.clock, name)
            definition = await state.definitions.at(snapshot.connection, reader.campaign, definition_version)
            found.append(Reading(snapshot.connection, reader, version, version < snapshot.version, definition))
        yield tuple(found)


async def refuse_unreported(connection: AsyncConnection, campaign: str, as_of: str) -> None:
    """Reporters could tell from two versions around a rival's push what it changed; those of reports are the same for all.

    An instant is none of these: which version it names would tell when the next one was taken.
    """
    version = int(as_of) if re.fullmatch(r"[0-9]{1,15}", as_of) else None
    issued = await connection.execute(_ISSUED, [campaign, version])
    if await issued.fetchone() is None:
        raise Forbidden("历史版本仅在月报发布后可读", "of earlier versions only those of issued reports can be read, by number")


def scope_of(reader: Principal) -> Scope:
    """The lines of one organisation may rest on references of others."""
    return Scope(reader.campaign, reader.org, "campaign")


def seen_lines(
    reader: Principal,
    definition: AppliedDefinition,
    plans: Sequence[MonthPlan],
    reports: Sequence[CountsRow],
    *,
    by_area: bool,
    by_org: bool,
    indicator: str | None = None,
) -> list[Judged]:
    """The lines that the reader may see, of one indicator where one is named, computed from their counts."""

    def seen(computed: PlannedIndicator, within: Breakdown) -> bool:
        return indicator in (None, computed.code) and may_see_line(reader.role, reader.org, definition, within)

    return list(summarise(plans, reports, by_area=by_area, by_org=by_org, seen=seen))
