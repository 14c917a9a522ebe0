"""Response models of `/v1/targets` and `/v1/rankings`."""

from datetime import date
from typing import Literal

from pydantic import Field, NonNegativeInt

from services.indicators.models import LineValue, MonthText, TargetDeadline
from shared.http.json_response import ResponseModel
from shared.values.bilingual import Bilingual
from shared.vocabulary import ForecastState, SeriesBreak, Status


class TargetExcludedMonth(ResponseModel):
    """A month that cannot be compared with the requested one, and the reason."""

    month: MonthText
    reason: SeriesBreak
    text: Bilingual


class NumeratorPace(ResponseModel):
    """Net additions of the numerator between the first and the last comparable month; null with fewer than two of them."""

    months: list[MonthText] = Field(
        description="Comparable months: complete, counted as in the requested month, and not corrected after it."
    )
    left_out: list[TargetExcludedMonth] = Field(description="Other months since the line's first count, within `look_back`.")
    first: MonthText | None
    last: MonthText | None
    added: int | None = Field(description="Units of the numerator; negative if it decreased. Null beyond ±(2⁵³ − 1), too.")
    over_months: int | None
    per_month: float | None = Field(description="added ÷ over_months, truncated to 4 decimals.")


class TargetForecast(ResponseModel):
    """Value at the end of the due date, on the straight line through the first and the last comparable month.

    A denominator that is counted every month is projected on its own line; a reference count is kept.
    """

    state: ForecastState
    months: list[MonthText] = Field(description="Months that the forecast is calculated from; empty without a forecast.")
    numerator: NonNegativeInt | None = Field(
        description="Truncated to whole units after `value` and `gap` are calculated. Null above the largest possible count."
    )
    denominator: NonNegativeInt | None = Field(description="Truncated to whole units.")
    value: float | None
    display: str | None
    gap: NonNegativeInt | None = Field(description="Units of the numerator that will be missing to the target.")


class TargetProgress(ResponseModel):
    """Gap, required pace and forecast of a line for one target."""

    value: float = Field(description="Value in the unit of the line.")
    due: date
    kind: str = Field(description="`campaign` or `task`.", examples=["campaign"])
    task: int | None
    source: Bilingual
    decides: bool = Field(description="True for the target that the summary compares the line with.")
    status: Status = Field(description="Status at the end of the requested month.")
    gap: NonNegativeInt | None = Field(
        description="Units of the numerator missing, or too many if lower is better, at the month's end."
    )
    deadline: TargetDeadline
    months_left: float = Field(
        description="Months from the end of the requested month to the due date, truncated to 4 decimals; 0 after the due date."
        " A part of a month counts by its days.",
        examples=[1.0],
    )
    required_per_month: NonNegativeInt | None = Field(
        description="gap ÷ months_left, rounded up: units per month to add, or to remove if lower is better."
        " Null after the due date."
    )
    forecast: TargetForecast


class BenchmarkComparison(ResponseModel):
    """The published value of another place, compared with the line's value."""

    place: Bilingual
    month: MonthText = Field(description="Month of the published value, independent of the requested month.")
    value: float = Field(description="Value in the unit of the line.")
    difference: float | None = Field(
        description="The line's value minus the published value, truncated to 4 decimals; null if the line has no value."
    )
    source: Bilingual


class TargetLine(LineValue):
    """A summary line with its pace and its progress towards each of its targets."""

    comparator: str
    status: Status
    pace: NumeratorPace = Field(description="Pace of the numerator, and the months that it is calculated from.")
    targets: list[TargetProgress] = Field(
        description="The campaign's targets, the deciding one first, then the tasks' targets by due date."
    )
    benchmarks: list[BenchmarkComparison] = Field(
        description="Values of other places, in the order of the campaign file; empty unless the line is of the whole campaign."
    )


class Targets(ResponseModel):
    """Lines of the requested breakdown as of one data version."""

    campaign: str
    data_version: int
    definition_version: int
    month: MonthText
    lines: list[TargetLine]


class RankingEntry(ResponseModel):
    """An area or organisation with its rank."""

    rank: int | None = Field(
        description="Rank, 1 for the best; equal values share a rank, and the next rank is skipped. Null without a value."
    )
    tied: bool
    rank_before: int | None = Field(description="Rank in the previous month; null without a value in that month.")
    area: str | None
    org: str | None
    numerator: NonNegativeInt | None
    denominator: NonNegativeInt | None
    value: float | None
    display: str | None
    status: Status
    gap: NonNegativeInt | None


class Ranking(ResponseModel):
    """Areas or organisations ordered by one indicator, best first, those without a value last."""

    indicator: str
    unit: Bilingual
    ranked: int = Field(description="Number of entries with a rank.")
    entries: list[RankingEntry]


class IndicatorRankings(ResponseModel):
    """One ranking for each indicator that is counted by area or by organisation, as of one data version."""

    campaign: str
    data_version: int
    definition_version: int
    month: MonthText
    by: Literal["area", "org"]
    rankings: list[Ranking]
