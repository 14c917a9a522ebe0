"""Reads counts one by one, page after page, at one data version."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from fastapi import Request

from services.indicators.reading import Reading, open_reading_at
from shared.database.sql import statement
from shared.domain.visibility import VisibleCounts, visible_counts

PAGE_ROWS: Final = 1_000  # of a table: read and written within milliseconds, so that others are not kept waiting
_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 1)


class Place(NamedTuple):
    """The count a page comes after: it need not exist."""

    org: str
    month: date
    metric: int
    area: int


class Fact(NamedTuple):
    """A count as it stood."""

    org: str
    month: date
    metric: int
    area: int
    value: int
    note: str | None
    version: int  # that wrote it
    import_id: str
    at: datetime
    submission: str  # a SubmissionState

    @property
    def place(self) -> Place:
        """Where the next page goes on."""
        return Place(self.org, self.month, self.metric, self.area)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which counts are asked for, in numbers; None: all."""

    first: date | None = None
    last: date | None = None
    org: str | None = None
    metric: int | None = None
    area: int | None = None


@dataclass(frozen=True, slots=True)
class Pull:
    """The counts of a question that its reader may see."""

    wanted: Wanted
    seen: VisibleCounts

    async def count(self, read: Reading) -> int:
        """How many there are."""
        orgs = self._orgs()
        binds = {**self._binds(read), "first": self._first, "orgs": list(orgs), "wholes": list(orgs.values())}
        row = await (await read.connection.execute(statement(__package__, "count_facts", past=read.past), binds)).fetchone()
        return int(row[0]) if row else 0

    async def page(self, read: Reading, after: Place | None, limit: int) -> list[Fact]:
        """The next ones after a place, organisation by organisation."""
        found: list[Fact] = []
        for place, whole in self._places(after):
            binds = {
                **self._binds(read),
                "org": place.org,
                "whole": whole,
                "limit": limit - len(found),
                "after_month": place.month,
                "after_metric": place.metric,
                "after_area": place.area,
            }
            rows = await read.connection.execute(statement(__package__, "facts", past=read.past), binds, binary=True)
            found += [Fact(place.org, *row) for row in await rows.fetchall()]
            if len(found) == limit:
                break
        return found

    async def pages(self, request: Request, read: Reading, first: list[Fact]) -> AsyncIterator[list[Fact]]:
        """Every page, the first having been read already; each of the others in a snapshot of its own at the same version."""
        page = first
        while page:
            yield page
            if len(page) < PAGE_ROWS:
                break
            async with open_reading_at(request.app.state.service, read.reader, read.version) as on:
                page = await self.page(on, page[-1].place, PAGE_ROWS)

    @property
    def _first(self) -> date:
        return self.wanted.first or _FIRST

    def _orgs(self) -> dict[str, bool]:
        return {org: whole for org, whole in self.seen.orgs.items() if self.wanted.org in (None, org)}

    def _places(self, after: Place | None) -> Iterator[tuple[Place, bool]]:
        """Where each organisation is to be read from."""
        for org, whole in self._orgs().items():
            start = Place(org, self._first, 0, 0)  # codes have numbers from 1
            if after is None or org > after.org:
                yield start, whole
            elif org == after.org:
                yield max(start, after), whole

    def _binds(self, read: Reading) -> dict[str, Any]:
        return {
            "campaign": read.reader.campaign,
            "version": read.version,
            "last": self.wanted.last or _LAST,
            "metric": self.wanted.metric,
            "area": self.wanted.area,
            "seen_metrics": self.seen.metrics,
            "seen_areas": self.seen.areas,
        }


def pull_of(read: Reading, wanted: Wanted) -> Pull:
    """What a reader gets of what is wanted."""
    return Pull(wanted, visible_counts(read.reader.role, read.reader.org, read.definition))
