"""Reads of a month's expected counts, stored counts and submissions at one data version."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from shared.clock import Clock
from shared.domain.expected_cells import ExpectedCell, StoredCount, expected_cells, month_expectations
from shared.domain.visibility import CARRIERS_AND_STREETS
from shared.reading.as_of import as_of_timestamp
from shared.reading.reading import Reading
from shared.vocabulary import Role, SubmissionState

_SUBMISSIONS: Final = """
SELECT org, state, reason FROM submission
WHERE campaign = %(campaign)s AND month = %(month)s AND version <= %(version)s AND (until IS NULL OR until > %(version)s)
"""


class MonthSubmission(NamedTuple):
    """State of an organisation's month, and the reason given with its last move."""

    state: SubmissionState
    reason: str | None


async def latest_timestamp(reading: Reading, clock: Clock) -> datetime:
    """Return the timestamp at which the latest version is judged: the start of today, or that of the version if it is of today.

    Lateness counts days, so that a response changes with the data and with the day only.
    """
    now = clock.now()
    zone = ZoneInfo(reading.definition.campaign.timezone)
    start_of_day = datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(UTC)
    version_at = await as_of_timestamp(reading.connection, reading.reader.campaign, str(reading.version), reading.version)
    return version_at if start_of_day < version_at <= now else start_of_day


async def read_expected_counts(reading: Reading, month: date, at: datetime) -> list[ExpectedCell]:
    """Return the expected and the voluntary counts of a month that the reader may see, with their state at a timestamp.

    Carriers see their own, subdistrict offices their own and those of their subdistrict, the others all.
    """
    reader, definition = reading.reader, reading.definition
    street = definition.organisation(reader.org).area if reader.role is Role.STREET else None
    all_orgs = street is not None or reader.role not in CARRIERS_AND_STREETS
    orgs = [org.code for org in definition.organisations if all_orgs or org.code == reader.org]
    cells = expected_cells(definition, month, orgs, await read_stored_counts(reading, month, orgs), at)
    return [cell for cell in cells if street is None or street == cell.area or cell.org == reader.org]


async def read_stored_counts(reading: Reading, month: date, orgs: Sequence[str]) -> list[StoredCount]:
    """Return the stored counts of some organisations for a month, voluntary ones included."""
    expectations = month_expectations(reading.definition, month)
    statement = expectations.statement(reading.reader.campaign, orgs, reading.version, past=reading.past)
    rows = await (await reading.connection.execute(*statement)).fetchall()
    return [StoredCount(*row) for row in rows]


async def read_month_submissions(reading: Reading, month: date) -> Mapping[str, MonthSubmission]:
    """Return the submission of each organisation that has moved its month."""
    binds = {"campaign": reading.reader.campaign, "month": month, "version": reading.version}
    rows = await (await reading.connection.execute(_SUBMISSIONS, binds)).fetchall()
    return {org: MonthSubmission(SubmissionState(state), reason) for org, state, reason in rows}
