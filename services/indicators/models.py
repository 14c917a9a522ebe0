"""Response models that several endpoints share."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt

from shared.http.json_response import ResponseModel
from shared.values.bilingual import Bilingual, TitledCode
from shared.values.count_key import CountKey
from shared.vocabulary import DeadlineState, Grain, MetricKind, Reducer, RegisterCode, SeriesStep, Status

MonthText = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$", examples=["2022-08"])]
GroupBy = Annotated[
    Literal["area", "org", "area,org", "org,area"] | None,
    Field(description="Breakdown of the lines; omit it for one line per indicator and month."),
]


LineCount = Annotated[
    NonNegativeInt | None,
    Field(
        description="Null if an expected count is missing or none was reported, and above 2⁵³ − 1, which JSON readers do not keep"
        " exact; the CSV has the number."
    ),
]


class LineVariant(ResponseModel):
    """Value of one variant of an indicator; the line repeats that of the deciding variant."""

    variant: str
    numerator: LineCount
    denominator: LineCount
    value: float | None = Field(description="numerator × scale ÷ denominator, truncated to 4 decimals.")
    display: str | None = Field(description="The value truncated to the indicator's decimals, without unit.")
    status: Status
    gap: NonNegativeInt | None = Field(
        description="Units of `counted_in` by which the numerator falls short of the target, or exceeds it if lower is better."
    )
    counted_in: Bilingual = Field(description="Unit of numerator and gap.")
    decides: bool


class CountStates(ResponseModel):
    """Numbers of expected counts of numerator and denominator, by state."""

    reported: int = Field(description="Reported with a value above 0.")
    zero: int = Field(description="Reported as 0.")
    missing: int = Field(description="Not reported; a count of several months is one.")


class PartialCounts(ResponseModel):
    """Sums of the reported counts of an incomplete line; null for a side of which nothing was reported."""

    numerator: NonNegativeInt | None
    denominator: NonNegativeInt | None


class ReferenceMonth(ResponseModel):
    """A denominator whose counts are from a month before the requested one."""

    metric: str
    month: MonthText


class LineValue(ResponseModel):
    """A summary line and its deciding value."""

    indicator: str
    month: MonthText
    area: str | None
    org: str | None
    numerator: LineCount
    denominator: LineCount
    scale: int
    value: float | None
    display: str | None
    unit: Bilingual


class TargetDeadline(ResponseModel):
    """State of a target against its due date, at the end of the line's month."""

    due: date
    state: DeadlineState | None = Field(
        description="Depends on the values of the months up to the line's, never on the current date."
        " Null after the due date if the line has no value."
    )
    first_met_month: MonthText | None = Field(description="First month up to the line's in which the target was met.")
    value_at_due: float | None = Field(
        description="Value of the last month that ended by the due date; null before that month, or if it has no value."
    )


class SummaryLine(LineValue):
    """One indicator in one month, for one area and organisation if the summary is broken down by them."""

    target: float | None = Field(description="Target in the unit of the value.")
    comparator: str
    due: date | None
    status: Status
    gap: NonNegativeInt | None
    counted_in: Bilingual = Field(description="Unit of numerator and gap.")
    variants: list[LineVariant]
    cells: CountStates
    missing: list[CountKey] = Field(
        description="Expected counts that were not reported; of a quarter or year of a flow, each of its months without one."
    )
    partial: PartialCounts | None
    provisional: bool = Field(description="True until the months of all contributing organisations are accepted.")
    references: list[ReferenceMonth]
    deadline: TargetDeadline | None = Field(description="Null without a target.")
    challenged: int = Field(
        description="Number of counts that the line reads and that have an open challenge; those that you may know of."
    )


class Summary(ResponseModel):
    """Lines of the requested breakdown, as of one data version."""

    campaign: str
    data_version: int
    definition_version: int
    lines: list[SummaryLine]


class AreaDefinition(TitledCode):
    """An area: the whole area of the campaign, or a subdistrict."""

    short: Bilingual
    parent: str | None = Field(description="Code of the parent area; null for the campaign's whole area.")
    urban: bool
    valid_from: str | None = Field(description="First month in which the area exists; null if unlimited.", examples=["2022-05"])
    valid_to: str | None = Field(description="Last month in which the area exists; null if unlimited.")


ValidFrom = Annotated[
    str | None,
    Field(description="First month to which this block applies; the latest block that has begun is in force. Null: any month."),
]


class MetricDefinition(TitledCode):
    """A metric: what organisations count."""

    aliases: list[str] = Field(description="Other names that CSV files, workbooks and forms may use; JSON accepts codes only.")
    unit: Bilingual
    kind: MetricKind
    grain: Grain
    owed_by: list[str]
    reported_by: list[str] = Field(description="Organisations that may report it voluntarily.")
    derived: bool = Field(description="True if it is calculated from registers and cannot be pushed.")
    counted_from: RegisterCode | None = Field(
        description="Register that the metric is derived from (`/v1/registers/{counted_from}/rows`); null if it is reported."
    )
    task: int | None
    caliber: Bilingual | None
    valid_from: ValidFrom


class VariantDefinition(TitledCode):
    """A variant of an indicator: one way of combining the counts of several organisations."""

    reducer: Reducer
    numerator: str | None
    denominator: str | None = Field(description="Code of the metric to divide by: the variant's own, or the indicator's.")
    decides: bool


class TargetDefinition(ResponseModel):
    """A value to be reached by a date."""

    value: float = Field(description="Value in the unit of the indicator.")
    due: date
    kind: str = Field(description="`campaign` or `task`.")
    period: SeriesStep = Field(description="Period whose value is compared; sums of flows are compared with no other target.")
    task: int | None
    area: str | None
    org: str | None
    source: Bilingual


class IndicatorDefinition(TitledCode):
    """An indicator, a ratio (numerator × scale ÷ denominator) or a number, with its targets."""

    numerator: str | None
    denominator: str | None
    scale: int
    decimals: int
    unit: Bilingual
    comparator: str
    caliber: Bilingual
    source: Bilingual
    informational: bool
    variants: list[VariantDefinition]
    targets: list[TargetDefinition]
    valid_from: ValidFrom
