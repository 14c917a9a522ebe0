"""Query parameters of targets and rankings: month and indicator."""

from datetime import date
from typing import Annotated

from pydantic import Field

from shared.campaign.applied import AppliedDefinition
from shared.clock import Clock
from shared.http.query_codes import unknown_code
from shared.values.months import month_of

IndicatorCode = Annotated[
    str | None, Field(max_length=63, description="Indicator code. Defaults to all indicators.", examples=["pon_10g_share"])
]


def requested_month(month: str | None, definition: AppliedDefinition, clock: Clock) -> date:
    """Return the month of a query, or the latest month whose due date has passed."""
    return month_of(month) if month else definition.calendar.latest_due(clock.today(definition.campaign.timezone))


def refuse_unknown_indicator(code: str | None, definition: AppliedDefinition, month: date) -> None:
    """Raise Schema if the month has no such indicator."""
    known = [indicator.code for indicator in definition.indicators_of(month)]
    if code is not None and code not in known:
        raise unknown_code("indicator", code, known)
