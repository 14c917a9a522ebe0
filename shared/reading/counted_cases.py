"""The approved cases behind a month's number of cases, and how many they are."""

from collections.abc import Collection
from datetime import date
from typing import Any, Final, NamedTuple

from psycopg.rows import dict_row

from shared.database.sql import statement
from shared.reading.reading import Reading

_COUNTED: Final = statement(__package__, "counted_cases")
_COUNT: Final = statement(__package__, "count_cases")


class CaseCount(NamedTuple):
    """Number of cases of one organisation and domain that count for a month."""

    month: date
    org: str
    domain: str
    cases: int


async def read_counted_cases(reading: Reading, month: date, *, latest: int | None = None) -> list[dict[str, Any]]:
    """Return the cases that count for a month by approval date, as `ExplainedCase` describes them; `latest`: at most so many."""
    binds = {"campaign": reading.reader.campaign, "version": reading.version, "month": month, "latest": latest}
    return await (await reading.connection.cursor(row_factory=dict_row).execute(_COUNTED, binds)).fetchall()


async def count_cases(reading: Reading, months: Collection[date]) -> list[CaseCount]:
    """Return the number of cases that count for each month, by organisation and domain, where there are any."""
    binds = {"campaign": reading.reader.campaign, "version": reading.version, "months": list(months)}
    return [CaseCount(*row) for row in await (await reading.connection.execute(_COUNT, binds)).fetchall()]
