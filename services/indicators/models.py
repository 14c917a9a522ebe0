"""What the indicators service answers with."""

from datetime import date
from typing import Annotated

from pydantic import Field, NonNegativeInt

from shared.http.json_response import ResponseModel
from shared.values.bilingual import Bilingual
from shared.vocabulary import Reducer, Status

MonthText = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$", examples=["2022-08"])]
AreaParameter = Annotated[str, Field(max_length=32)]
OrgParameter = Annotated[str, Field(max_length=63)]


class LineVariant(ResponseModel):
    """One way of reducing the counts; the line repeats the one that decides."""

    variant: str
    numerator: NonNegativeInt | None
    denominator: NonNegativeInt | None
    value: float | None = Field(description="numerator × scale ÷ denominator, cut at 4 decimals.")
    display: str | None = Field(description="The value cut at the indicator's decimals, without unit. Never rounded.")
    status: Status
    gap: NonNegativeInt | None = Field(description="Units of the numerator still missing to reach the target.")
    decides: bool


class CountStates(ResponseModel):
    """The owed input cells of numerator and denominator."""

    reported: int = Field(description="With a count above 0.")
    zero: int = Field(description="Reported as 0.")
    missing: int


class MissingCount(ResponseModel):
    """An owed count that was not reported."""

    org: str
    metric: str
    area: str


class PartialCounts(ResponseModel):
    """What was reported of an incomplete figure."""

    numerator: int
    denominator: int


class ReferenceMonth(ResponseModel):
    """A denominator that is older than the month asked for."""

    metric: str
    month: MonthText


class LineValue(ResponseModel):
    """Which line it is, and what it comes to."""

    indicator: str
    month: MonthText
    area: str | None
    org: str | None
    numerator: NonNegativeInt | None
    denominator: NonNegativeInt | None
    scale: int
    value: float | None
    display: str | None
    unit: Bilingual


class SummaryLine(LineValue):
    """One indicator in one month, and where asked for one area and organisation."""

    target: float | None = Field(description="In the unit of the value.")
    comparator: str
    due: date | None
    status: Status
    gap: NonNegativeInt | None
    variants: list[LineVariant]
    cells: CountStates
    missing: list[MissingCount]
    partial: PartialCounts | None
    provisional: bool = Field(description="True until the month of every contributor is accepted.")
    references: list[ReferenceMonth]


class Summary(ResponseModel):
    """Lines of exactly the breakdown asked for, as of one data version."""

    campaign: str
    data_version: int
    definition_version: int
    lines: list[SummaryLine]


class VariantDefinition(ResponseModel):
    """A variant as the definition has it."""

    code: str
    title: Bilingual
    reducer: Reducer
    numerator: str | None
    denominator: str | None = Field(description="The metric it divides by: the indicator's unless it has one of its own.")
    decides: bool


class TargetDefinition(ResponseModel):
    """A value to be reached by a date."""

    value: float
    due: date
    kind: str
    task: int | None
    area: str | None
    org: str | None
    source: Bilingual


class IndicatorDefinition(ResponseModel):
    """An indicator as it is defined for a month."""

    code: str
    title: Bilingual
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


class IndicatorList(ResponseModel):
    """The indicators of a month, in the order of the campaign's file."""

    items: list[IndicatorDefinition]
    next: str | None
    total: int
