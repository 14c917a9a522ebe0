"""Corrections between months, read once for all values of a response."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from shared.database.sql import statement
from shared.domain.counts import CASES_METRIC, NO_ORG
from shared.domain.series.additions import Revision, expected_areas, metrics_by_side
from shared.domain.series.period_values import PeriodValue
from shared.reading.counted_cases import read_counted_cases
from shared.reading.reading import Reading
from shared.values.months import next_month

_REVISIONS: Final = statement(__package__, "revisions")


async def read_revisions(reading: Reading, pairs: Collection[tuple[date, date]], values: Sequence[PeriodValue]) -> list[Revision]:
    """Read the counts of the values that changed in the earlier month of a pair after the later month was reported.

    Numbers of cases are those of every month of the pairs that changed after the month ended.
    """
    if any(value.line.indicator.counts_cases for value in values):
        return [*await _revised_cases(reading, pairs), *await _revised_counts(reading, pairs, values)]
    return await _revised_counts(reading, pairs, values)


async def _revised_cases(reading: Reading, pairs: Collection[tuple[date, date]]) -> list[Revision]:
    """Read the months for which a case was approved after they had ended."""
    timezone = ZoneInfo(reading.definition.campaign.timezone)
    revisions = []
    for month, cases in (await read_counted_cases(reading, sorted({month for pair in pairs for month in pair}))).items():
        end = datetime.combine(next_month(month), datetime.min.time(), timezone)
        if late := [case["data_version"] for case in cases if case["at"] >= end]:
            numbers = (len(cases) - len(late), len(cases))
            revisions.append(Revision(month, month, NO_ORG, CASES_METRIC, 0, *numbers, max(late)))
    return revisions


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
