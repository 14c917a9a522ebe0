"""What an explanation answers with."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, NonNegativeInt

from services.indicators.models import IndicatorDefinition, MissingCount, MonthText, SummaryLine, TargetDefinition
from shared.http.json_response import ResponseModel
from shared.values.bilingual import Bilingual
from shared.vocabulary import Grain, MetricKind, Reducer, RegisterCode, StepKind, SubmissionState

_YOURS = "Null where it is another reporter's, for carriers and street offices."


class ArithmeticStep(ResponseModel):
    """One step of the arithmetic."""

    kind: StepKind
    area: str | None = Field(description="Of a part: the area that contributes it.")
    org: str | None = Field(description="Of a part: the organisation that contributes it.")
    expression: str | None = Field(
        description="The calculation: + − × ÷ ≥, min, max; ⌈…⌉ rounds up. Null where there is nothing to compute,"
        " and where it would name a rival's counts.",
        examples=["9056 × 100 ÷ 36285"],
    )
    result: str = Field(
        description="What comes out: a count, a value that is cut and never rounded, or a status.", examples=["24.9579"]
    )
    text: Bilingual


class ExplainedVariant(ResponseModel):
    """One way of reducing the counts, step by step."""

    variant: str
    title: Bilingual
    reducer: Reducer
    reducer_title: Bilingual
    numerator: str | None = Field(description="The metric it counts; null where it counts cases.")
    denominator: str | None = Field(description="The metric it divides by; null for a plain number.")
    decides: bool
    steps: list[ArithmeticStep]
    missing: list[MissingCount]


class ExplainedMetric(ResponseModel):
    """A metric that the indicator reads."""

    code: str
    title: Bilingual
    unit: Bilingual
    kind: MetricKind
    grain: Grain
    caliber: Bilingual | None
    counted_from: RegisterCode | None = Field(
        description="The register that it is counted from, `/v1/registers/{counted_from}/rows`; null where it is reported."
    )


class DefinitionInForce(ResponseModel):
    """The version of the definition that was in force."""

    version: int
    at: datetime = Field(description="When it was applied.")
    client: str | None = Field(description="Who applied it. Null for carriers and street offices.")
    valid_from: MonthText | None = Field(description="The first month of the indicator's block; null: from the beginning.")


class CountAttestation(ResponseModel):
    """Who signed the organisation's month off."""

    name: str | None = Field(description=_YOURS)
    title: str | None = Field(description=_YOURS)
    client: str | None = Field(description=_YOURS)
    at: datetime
    data_version: int


class CountSubmission(ResponseModel):
    """The sign-off of the month that a count belongs to."""

    state: SubmissionState
    data_version: int | None = Field(description="The version of its last move; null where nobody moved it.")
    attested: CountAttestation | None = Field(description="Null while the month is not signed off.")


class ExplainedCount(ResponseModel):
    """A count that went in, and where it comes from."""

    side: Literal["numerator", "denominator"]
    variants: list[str] = Field(description="The variants that read it.")
    metric: str
    org: str = Field(description="`*`: counted from the registers of several organisations.")
    area: str
    month: MonthText = Field(description="Its own month: older than the one asked for references only.")
    value: NonNegativeInt
    note: str | None = Field(description="What the sender wrote beside it. " + _YOURS)
    data_version: int = Field(description="The version that wrote it.")
    import_id: UUID = Field(description="The push it came in, `/v1/imports/{id}`.")
    imported_by: str = Field(description="The organisation that pushed it.")
    client: str | None = Field(description="The client that pushed it. " + _YOURS)
    at: datetime = Field(description="When that was.")
    submission: CountSubmission | None = Field(description="Null where no one organisation signs it off.")


class ExplainedCase(ResponseModel):
    """An approved case that was counted."""

    id: UUID
    title: str
    applicant: str
    domain: str
    org: str = Field(description="Who filed it.")
    area: str | None
    approved_on: date
    data_version: int = Field(description="The version that approved it.")
    client: str = Field(description="The client that approved it.")
    at: datetime = Field(description="When that was recorded.")


class IndicatorExplanation(ResponseModel):
    """One line of the summary, with everything it was computed from."""

    campaign: str
    data_version: int
    definition_version: int
    line: SummaryLine
    indicator: IndicatorDefinition
    definition: DefinitionInForce
    target: TargetDefinition | None = Field(description="The one that the line is judged by.")
    metrics: list[ExplainedMetric]
    variants: list[ExplainedVariant]
    facts: list[ExplainedCount]
    cases: list[ExplainedCase]
