"""The counts with an open challenge: to carriers their own, to subdistrict offices also those of their subdistrict."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from shared.campaign.applied import AppliedDefinition
from shared.database.sql import statement
from shared.domain.counts import CountPlace
from shared.domain.visibility import CARRIERS_AND_STREETS
from shared.reading.reading import Reading

_CHALLENGED: Final = statement(__package__, "challenged_counts")


async def read_challenged_counts(reading: Reading) -> Mapping[CountPlace, UUID]:
    """Return the challenged counts with their challenges."""
    rows = await fetch_visible(reading, _CHALLENGED, version=reading.version)
    places = ((count_place(reading.definition, *count), challenge) for *count, challenge in rows)
    return {place: challenge for place, challenge in places if place}


async def fetch_visible(reading: Reading, sql: str, **binds: int) -> list[tuple[Any, ...]]:
    """Return the rows of a statement about the challenges that the reader sees."""
    reader = reading.reader
    limits = {
        "limited": reader.role in CARRIERS_AND_STREETS,
        "org": reader.org,
        "area": reading.definition.organisation(reader.org).area,
    }
    return await (await reading.connection.execute(sql, {"campaign": reader.campaign, **limits, **binds})).fetchall()


def count_place(definition: AppliedDefinition, metric: str, org: str, month: date, area: str) -> CountPlace | None:
    """Return the place of a count; None if this version of the definition does not have it."""
    if metric not in definition.metric_numbers or area not in definition.area_numbers:
        return None
    return CountPlace(definition.metric_numbers[metric], org, month, definition.area_numbers[area])
