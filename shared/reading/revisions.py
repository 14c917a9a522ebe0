"""Corrections between months, read once for all values of a response."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from shared.database.sql import statement
from shared.domain.counts import CASES_METRIC, NO_ORG
from shared.domain.series.additions import Revision, expected_areas, metrics_by_side
from shared.domain.series.period_values import PeriodValue
from shared.reading.reading import Reading

_REVISIONS: Final = statement(__package__, "revisions")
_REVISED_CASES: Final = statement(__package__, "revised_cases")


async def read_revisions(reading: Reading, pairs: Collection[tuple[date, date]], values: Sequence[PeriodValue]) -> list[Revision]:
    """Read the counts of the values that changed in the earlier month of a pair after the later month was reported.

    Numbers of cases are those of every month of the pairs that changed after the month ended.
    """
    if any(value.line.indicator.counts_cases for value in values):
        return [*await _revised_cases(reading, pairs), *await _revised_counts(reading, pairs, values)]
    return await _revised_counts(reading, pairs, values)


async def _revised_cases(reading: Reading, pairs: Collection[tuple[date, date]]) -> list[Revision]:
    """Read the months whose number of cases changed after they had ended: by dates that were entered later."""
    binds = {
        "campaign": reading.reader.campaign,
        "version": reading.version,
        "months": sorted({month for pair in pairs for month in pair}),
        "timezone": reading.definition.campaign.timezone,
    }
    rows = await (await reading.connection.execute(_REVISED_CASES, binds)).fetchall()
    return [Revision(month, month, NO_ORG, CASES_METRIC, 0, before, after, version) for month, before, after, version in rows]


async def _revised_counts(
    reading: Reading, pairs: Collection[tuple[date, date]], values: Sequence[PeriodValue]
) -> list[Revision]:
    cells = {
        (metric.metric, org, area)
        for value in values
        for _, metric in metrics_by_side(value)
        for org, areas in expected_areas(value, metric).items()
        for area in areas
    }
    if not cells:
        return []
    binds = {
        "campaign": reading.reader.campaign,
        "bases": [base for base, _ in pairs],
        "months": [month for _, month in pairs],
        "metrics": sorted({metric for metric, _, _ in cells}),
        "orgs": sorted({org for _, org, _ in cells}),
        "areas": sorted({area for _, _, area in cells}),
        "version": reading.version,
    }
    return [Revision(*row) for row in await (await reading.connection.execute(_REVISIONS, binds)).fetchall()]
