"""The time that the parameter `as_of` of a registry's operation names: a day, a data version or a timestamp."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import Field

from shared.access.dependencies import Service
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Snapshot
from shared.domain.visibility import CARRIERS_AND_STREETS
from shared.problems import FutureVersion
from shared.reading.as_of import as_of_timestamp, parse_timestamp, resolve_as_of, version_number
from shared.reading.reading import refuse_version_without_report
from shared.values.bilingual import Bilingual

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EXPECTED: Final = Bilingual(
    zh="应为日期（如 2022-09-06）、数据版本，或带时区的时间（如 2022-09-06T10:00:00+08:00）",
    en="must be a day such as 2022-09-06, a data version, or a timestamp with offset such as 2022-09-06T10:00:00+08:00",
)
_TICK: Final = timedelta(microseconds=1)

AsOfDay = Annotated[
    str | None,
    Field(
        max_length=64,
        description="Day in the campaign's time zone, for what was so at its end; or a data version or RFC 3339 timestamp, for"
        " that time. Defaults to now.",
    ),
]


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, with the data version and the definition of that time."""

    at: datetime
    version: int
    definition: AppliedDefinition
    past: bool = True  # otherwise it is now

    @property
    def day(self) -> date:
        """The day in the campaign's time zone."""
        return self.at.astimezone(ZoneInfo(self.definition.campaign.timezone)).date()


async def resolve_moment(service: Service, snapshot: Snapshot, reader: Principal, as_of: str | None) -> Moment:
    """Return the time that `as_of` names.

    Raises FutureVersion, Schema for text that names no time of the campaign, and Forbidden for a version without a report.
    """
    connection, campaign = snapshot.connection, reader.campaign
    latest = await service.definitions.at(connection, campaign, snapshot.definition_version)
    timezone = latest.campaign.timezone
    today = service.clock.today(timezone)
    if as_of is None or as_of == today.isoformat():
        return Moment(service.clock.now(), snapshot.version, latest, past=False)
    sent = as_of
    if (day := _day(as_of)) is not None:
        if day > today:
            raise FutureVersion("该日期尚未到来。", "The day is in the future.")
        as_of = (datetime.combine(day + timedelta(days=1), time(), ZoneInfo(timezone)) - _TICK).isoformat()
    elif version_number(as_of) is None:
        parse_timestamp(as_of, "as_of", _EXPECTED)
    if day is None and reader.role in CARRIERS_AND_STREETS:
        await refuse_version_without_report(connection, campaign, as_of)
    version, definition_version = await resolve_as_of(snapshot, campaign, as_of, service.clock, "as_of", sent=sent)
    at = await as_of_timestamp(connection, campaign, as_of, version)
    return Moment(at, version, await service.definitions.at(connection, campaign, definition_version))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
