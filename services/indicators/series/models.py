"""Response models of a series."""

from typing import Annotated

from pydantic import Field, NonNegativeInt

from services.indicators.models import MonthText, SummaryLine
from shared.http.json_response import ResponseModel
from shared.values.bilingual import Bilingual
from shared.vocabulary import SeriesBreak, SeriesGap, SeriesStep

PeriodText = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}(-([0-9]{2}|Q[1-4]))?$",
        examples=["2022-08"],
        description="A month, a quarter or a year: `2022-08`, `2022-Q3`, `2022`.",
    ),
]


class CountRevision(ResponseModel):
    """A count of the earlier period, before and after its correction; or a number of cases that changed after its month ended."""

    org: str | None = Field(description="Null for a number of cases.")
    metric: str | None = Field(description="Null for a number of cases.")
    area: str | None = Field(description="Null for a number of cases.")
    month: MonthText
    before: NonNegativeInt = Field(description="Value when the later period was reported; of cases, when the month ended.")
    after: NonNegativeInt = Field(description="Current value.")
    data_version: int = Field(description="Data version that corrected the count, or approved the last of the late cases.")


class PeriodBreak(ResponseModel):
    """Why two periods cannot be compared, and the differences it concerns are null.

    `vintage` and revised numbers of cases are notices: they concern no difference.
    """

    kind: SeriesBreak
    metric: str | None = Field(description="Metric code; null if the break concerns the indicator as a whole.")
    text: Bilingual
    revisions: list[CountRevision] = Field(description="Corrected counts, for breaks of kind `revision`.")


class NetAddition(ResponseModel):
    """Differences to an earlier period; null if a break would make them wrong."""

    since: PeriodText
    numerator: int | None
    denominator: int | None
    value: float | None = Field(description="In the indicator's unit (percentage points for shares), truncated to 4 decimals.")
    display: str | None = Field(
        description="Difference of the displayed values, with its sign: a reader who subtracts them gets the same. `value` is the"
        " exact difference."
    )
    breaks: list[PeriodBreak]


class SeriesPoint(SummaryLine):
    """Summary line of a period; for a quarter, the last month of stocks and the sum of flows.

    `month` is the last month of the period.
    """

    period: PeriodText
    net_addition: NetAddition = Field(description="Difference to the previous period.")
    since_year_end: NetAddition = Field(description="Difference to the end of the previous year.")


class PeriodGap(ResponseModel):
    """A period without a value; gaps are never filled."""

    period: PeriodText
    kind: SeriesGap
    text: Bilingual


class Series(ResponseModel):
    """Time series of one indicator, as of one data version."""

    campaign: str
    data_version: int
    definition_version: int
    indicator: str
    title: Bilingual
    step: SeriesStep
    area: str | None
    org: str | None
    points: list[SeriesPoint] = Field(description="Points in order; periods without a line are listed in `gaps` only.")
    gaps: list[PeriodGap] = Field(description="Requested periods without a value, with the reason.")
