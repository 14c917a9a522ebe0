"""Corrections between months, read once for all values of a response."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Final

from services.indicators.reading import Reading
from services.indicators.series.additions import Revision, expected_areas, metrics_by_side
from services.indicators.series.period_values import PeriodValue
from shared.database.sql import statement

_REVISIONS: Final = statement(__package__, "revisions")


async def read_revisions(reading: Reading, pairs: Collection[tuple[date, date]], values: Iterable[PeriodValue]) -> list[Revision]:
    """Read the counts of the values that changed in the earlier month of a pair after the later month was reported."""
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
