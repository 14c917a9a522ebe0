"""The approved cases behind a month's number of cases."""

from collections.abc import Collection
from datetime import date
from typing import Any, Final

from psycopg.rows import dict_row

from shared.database.sql import statement
from shared.reading.reading import Reading

_COUNTED: Final = statement(__package__, "counted_cases")


async def read_counted_cases(reading: Reading, months: Collection[date]) -> dict[date, list[dict[str, Any]]]:
    """Return the cases that count for each month, as `ExplainedCase` describes them."""
    binds = {"campaign": reading.reader.campaign, "version": reading.version, "months": list(months)}
    rows = await (await reading.connection.cursor(row_factory=dict_row).execute(_COUNTED, binds)).fetchall()
    cases: dict[date, list[dict[str, Any]]] = {month: [] for month in months}
    for row in rows:
        cases[row.pop("month")].append(row)
    return cases
