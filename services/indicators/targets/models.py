"""What `/v1/targets` and `/v1/rankings` answer with."""

from datetime import date
from typing import Literal

from pydantic import Field, NonNegativeInt

from services.indicators.models import LineValue, MonthText
from shared.http.json_response import ResponseModel
from shared.values.bilingual import Bilingual
from shared.vocabulary import ForecastState, SeriesBreak, Status


class TargetExcludedMonth(ResponseModel):
    """A month that cannot be compared with the one asked for, and why."""

    month: MonthText
    reason: SeriesBreak
    text: Bilingual


class PaceBasis(ResponseModel):
    """What pace and forecasts rest on."""

    months: list[MonthText] = Field(
        description="The comparable months: complete, counted as in the month asked for, and not corrected after it."
    )
    left_out: list[TargetExcludedMonth] = Field(
        description="The others since the line's first count, within the months looked back."
    )


class PaceSoFar(ResponseModel):
    """Net additions of the numerator between the first and the last comparable month."""

    first: MonthText
    last: MonthText
    added: int = Field(description="Units of the numerator; negative where it fell.")
    over_months: int
    per_month: float = Field(description="added ÷ over_months, cut at 4 decimals.")


class TargetForecast(ResponseModel):
    """Where the straight line through the first and the last comparable month stands at the end of the due day.

    A denominator that is counted every month goes on along its own line, a reference stands as it is.
    """

    state: ForecastState
    months: list[MonthText] = Field(description="The months it rests on; empty without a forecast.")
    numerator: NonNegativeInt | None = Field(
        description="Cut to whole units; `value` and `gap` are computed before the cut. Units above the largest count are null."
    )
    denominator: NonNegativeInt | None = Field(description="Cut to whole units.")
    value: float | None
    display: str | None
    gap: NonNegativeInt | None = Field(description="Units of the numerator that will be missing.")


class TargetProgress(ResponseModel):
    """How far a line is from one target, and whether it will get there."""

    value: float = Field(description="In the unit of the line.")
    due: date
    kind: str = Field(description="`campaign` or `task`.", examples=["campaign"])
    task: int | None
    source: Bilingual
    decides: bool = Field(description="The summary judges the line by it.")
    status: Status = Field(description="At the end of the month asked for.")
    gap: NonNegativeInt | None = Field(description="Units of the numerator still missing at the end of the month asked for.")
    months_left: float = Field(
        description="From the end of the month asked for to the end of the due day, cut at 4 decimals; 0 once that is past."
        " A due day within a month counts by the days of that month.",
        examples=[1.0],
    )
    required_per_month: NonNegativeInt | None = Field(
        description="gap ÷ months left, rounded up: units a month that reach the target over today's denominator."
        " Null once the due day is past."
    )
    forecast: TargetForecast


class BenchmarkComparison(ResponseModel):
    """The published figure of another place, beside the line's value."""

    place: Bilingual
    month: MonthText = Field(description="Its own month, whichever was asked for.")
    value: float = Field(description="In the unit of the line.")
    difference: float | None = Field(description="The line's value minus this one, cut at 4 decimals; null without a value.")
    source: Bilingual


class TargetLine(LineValue):
    """One line of the summary with its pace, and how far it is from each of its targets."""

    comparator: str
    status: Status
    basis: PaceBasis
    pace: PaceSoFar | None = Field(description="Null with fewer than two comparable months.")
    targets: list[TargetProgress] = Field(
        description="The campaign's, the one that decides first, then those of tasks by due day."
    )
    benchmarks: list[BenchmarkComparison] = Field(
        description="Of lines of the whole campaign only, in the order of the campaign's file."
    )


class Targets(ResponseModel):
    """Lines of exactly the breakdown asked for, as of one data version."""

    campaign: str
    data_version: int
    definition_version: int
    month: MonthText
    lines: list[TargetLine]


class RankedLine(ResponseModel):
    """An area or an organisation in its place."""

    rank: int | None = Field(description="1 is the best; equal values share a rank and the next one skips. Null without a value.")
    tied: bool
    rank_before: int | None = Field(description="The rank in the month before; null without a value then.")
    area: str | None
    org: str | None
    numerator: NonNegativeInt | None
    denominator: NonNegativeInt | None
    value: float | None
    display: str | None
    status: Status
    gap: NonNegativeInt | None


class Ranking(ResponseModel):
    """The areas or organisations of one indicator, best first; those without a value at the end."""

    indicator: str
    unit: Bilingual
    ranked: int = Field(description="How many have a rank.")
    entries: list[RankedLine]


class Rankings(ResponseModel):
    """One ranking for each indicator that is counted by what is asked for, as of one data version."""

    campaign: str
    data_version: int
    definition_version: int
    month: MonthText
    by: Literal["area", "org"]
    rankings: list[Ranking]
