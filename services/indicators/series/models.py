"""What a series looks like."""

from typing import Annotated

from pydantic import Field, NonNegativeInt

from services.indicators.models import MonthText, SummaryLine
from shared.http.json_response import ResponseModel
from shared.values.bilingual import Bilingual
from shared.vocabulary import SeriesBreak, SeriesGap, SeriesStep

PeriodText = Annotated[
    str, Field(pattern=r"^[0-9]{4}-([0-9]{2}|Q[1-4])$", examples=["2022-08"], description="A month, or a quarter: `2022-Q3`.")
]


class CountRevision(ResponseModel):
    """A count of the earlier period as it stood when the later period was reported, and as it stands."""

    org: str
    metric: str
    area: str
    month: MonthText
    before: NonNegativeInt
    after: NonNegativeInt
    data_version: int = Field(description="The version that corrected it.")


class PeriodBreak(ResponseModel):
    """Something that stands between two periods; what it concerns is null, except for `vintage`."""

    kind: SeriesBreak
    metric: str | None = Field(description="Null where it concerns the indicator as a whole.")
    text: Bilingual
    revisions: list[CountRevision] = Field(description="Of a `revision`: the counts that were corrected.")


class NetAddition(ResponseModel):
    """The differences to an earlier period; null where something stands between that would make them wrong."""

    since: PeriodText
    numerator: int | None
    denominator: int | None
    value: float | None = Field(description="In the indicator's unit (percentage points of a share), cut at 4 decimals.")
    display: str | None = Field(description="The same with its sign, cut at the indicator's decimals. Never rounded.")
    breaks: list[PeriodBreak]


class SeriesPoint(SummaryLine):
    """The line of a period, as the summary has it; of a quarter the last month of stocks and the sum of flows.

    `month` is the period's last one.
    """

    period: PeriodText
    net_addition: NetAddition = Field(description="Since the period before.")
    since_year_end: NetAddition = Field(description="Since the end of the year before.")


class PeriodGap(ResponseModel):
    """A period without a value. It is never filled from its neighbours."""

    period: PeriodText
    kind: SeriesGap
    text: Bilingual


class Series(ResponseModel):
    """One indicator over time, as of one data version."""

    campaign: str
    data_version: int
    definition_version: int
    indicator: str
    title: Bilingual
    step: SeriesStep
    area: str | None
    org: str | None
    points: list[SeriesPoint] = Field(description="In order. A period that has no line is among the gaps only.")
    gaps: list[PeriodGap] = Field(description="Every period asked for that has no value, and why.")
