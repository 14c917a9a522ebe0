"""Reads counts page by page at one data version."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from shared.access.dependencies import Service
from shared.database.sql import statement
from shared.domain.visibility import VisibleCounts
from shared.reading.reading import Reading, open_reading_at

PAGE_ROWS: Final = 1_000  # of a table: a page is read and written within milliseconds, so that other requests do not wait
_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 1)


class CountRecordKey(NamedTuple):
    """The key of a count; as the start of a page, the count need not exist."""

    org: str
    month: date
    metric: int
    area: int


class CountRecord(NamedTuple):
    """A count at a data version, with its origin."""

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
    def key(self) -> CountRecordKey:
        """The key, after which the next page begins."""
        return CountRecordKey(self.org, self.month, self.metric, self.area)


@dataclass(frozen=True, slots=True)
class CountFilter:
    """The requested months, organisation, metric and area; None means all."""

    first: date | None = None
    last: date | None = None
    org: str | None = None
    metric: int | None = None
    area: int | None = None


@dataclass(frozen=True, slots=True)
class CountReader:
    """Reads the requested counts that are visible to the client."""

    filter: CountFilter
    visible: VisibleCounts

    async def read_total(self, reading: Reading) -> int:
        """Return the number of counts on all pages together."""
        orgs = self._orgs()
        binds = {**self._binds(reading), "first": self._first, "orgs": list(orgs), "wholes": list(orgs.values())}
        row = await (await reading.connection.execute(statement(__package__, "total", past=reading.past), binds)).fetchone()
        return int(row[0]) if row else 0

    async def read_page(self, reading: Reading, after: CountRecordKey | None, limit: int) -> list[CountRecord]:
        """Return the next counts after a key, organisation by organisation."""
        records: list[CountRecord] = []
        for start, whole in self._starts(after):
            binds = {
                **self._binds(reading),
                "org": start.org,
                "whole": whole,
                "limit": limit - len(records),
                "after_month": start.month,
                "after_metric": start.metric,
                "after_area": start.area,
            }
            rows = await reading.connection.execute(statement(__package__, "counts", past=reading.past), binds, binary=True)
            records += [CountRecord(start.org, *row) for row in await rows.fetchall()]
            if len(records) == limit:
                break
        return records

    async def read_following(
        self, service: Service, reading: Reading, first: list[CountRecord]
    ) -> AsyncIterator[list[CountRecord]]:
        """Yield the first page and all that follow, each of these in a snapshot of its own at the same version."""
        page = first
        while page:
            yield page
            if len(page) < PAGE_ROWS:
                break
            async with open_reading_at(service, reading.reader, reading.version) as later:
                page = await self.read_page(later, page[-1].key, PAGE_ROWS)

    @property
    def _first(self) -> date:
        return self.filter.first or _FIRST

    def _orgs(self) -> dict[str, bool]:
        return {org: whole for org, whole in self.visible.orgs.items() if self.filter.org in (None, org)}

    def _starts(self, after: CountRecordKey | None) -> Iterator[tuple[CountRecordKey, bool]]:
        """Yield the key to read on from for each organisation, and whether all of its counts are visible."""
        for org, whole in self._orgs().items():
            start = CountRecordKey(org, self._first, 0, 0)  # codes have numbers from 1
            if after is None or org > after.org:
                yield start, whole
            elif org == after.org:
                yield max(start, after), whole

    def _binds(self, reading: Reading) -> dict[str, Any]:
        return {
            "campaign": reading.reader.campaign,
            "version": reading.version,
            "last": self.filter.last or _LAST,
            "metric": self.filter.metric,
            "area": self.filter.area,
            "seen_metrics": self.visible.metrics,
            "seen_areas": self.visible.areas,
        }
