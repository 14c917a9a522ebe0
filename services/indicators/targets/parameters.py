"""What questions of this service name: a month, or the latest one that is due; an indicator."""

from datetime import date
from typing import Annotated

from pydantic import Field

from shared.campaign.applied import AppliedDefinition
from shared.clock import Clock
from shared.http.query_codes import unknown_code
from shared.values.months import month_of

IndicatorCode = Annotated[
    str | None, Field(max_length=63, description="The code of one indicator; left out: all.", examples=["pon_10g_share"])
]


def requested_month(month: str | None, definition: AppliedDefinition, clock: Clock) -> date:
    """The month that a question names, or the latest that is past its due day."""
    head = definition
    return month_of(month) if month else head.calendar.latest_due(clock.today(head.campaign.timezone))


def refuse_unknown_indicator(code: str | None, definition: AppliedDefinition, month: date) -> None:
    """Raise Schema where the month has no such indicator."""
    known = [indicator.code for indicator in definition.indicators_of(month)]
    if code is not None and code not in known:
        raise unknown_code("indicator", code, known)
