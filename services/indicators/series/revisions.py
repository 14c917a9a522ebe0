"""The corrections that stand between months: read once for all the figures of an answer."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Final

from services.indicators.reading import Reading
from services.indicators.series.additions import Revision, places, sides
from services.indicators.series.figures import PeriodFigure
from shared.database.sql import statement

_REVISIONS: Final = statement(__package__, "revisions")


async def revisions_of(read: Reading, pairs: Collection[tuple[date, date]], later: Iterable[PeriodFigure]) -> list[Revision]:
    """What was corrected in an earlier month of a pair after the later one was reported, among the cells of the later figures."""
    cells = {
        (owed.metric, org, area)
        for each in later
        for _, owed in sides(each)
        for org, areas in places(each, owed).items()
        for area in areas
    }
    if not cells:
        return []
    binds = {
        "campaign": read.reader.campaign,
        "bases": [base for base, _ in pairs],
        "months": [month for _, month in pairs],
        "metrics": sorted({metric for metric, _, _ in cells}),
        "orgs": sorted({org for _, org, _ in cells}),
        "areas": sorted({area for _, _, area in cells}),
        "version": read.version,
    }
    return [Revision(*row) for row in await (await read.connection.execute(_REVISIONS, binds)).fetchall()]
