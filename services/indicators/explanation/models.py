"""Response models of an explanation."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field, NonNegativeInt

from services.indicators.definitions.models import DefinitionVersion
from services.indicators.models import IndicatorDefinition, MetricDefinition, MonthText, SummaryLine, TargetDefinition
from shared.http.json_response import ResponseModel
from shared.values.bilingual import Bilingual
from shared.values.count_key import CountKey
from shared.values.timestamps import Timestamp
from shared.vocabulary import Reducer, StepKind, SubmissionState

_OWN_ONLY = "For carriers and subdistrict offices, null unless the count is their own."


class ArithmeticStep(ResponseModel):
    """One step of the calculation."""

    kind: StepKind
    area: str | None = Field(description="Area of a step of kind `part`.")
    org: str | None = Field(description="Organisation of a step of kind `part`.")
    expression: str | None = Field(
        description="Calculation with + − × ÷ ≥, min and max; ⌈…⌉ rounds up. Null if there is nothing to compute"
        " or if it would reveal another carrier's counts.",
        examples=["9056 × 100 ÷ 36285"],
    )
    result: str = Field(description="Result of the step: a count, a truncated value or a status.", examples=["24.9579"])
    text: Bilingual


class ExplainedVariant(ResponseModel):
    """Calculation of one variant, step by step."""

    variant: str
    title: Bilingual
    reducer: Reducer
    reducer_title: Bilingual
    numerator: str | None = Field(description="Metric of the numerator; null if the variant counts cases.")
    denominator: str | None = Field(description="Metric of the denominator; null if the value is a plain number.")
    decides: bool
    steps: list[ArithmeticStep]
    missing: list[CountKey]


class CountAttestation(ResponseModel):
    """Attestation of the organisation's month."""

    name: str | None = Field(description=_OWN_ONLY)
    title: str | None = Field(description=_OWN_ONLY)
    client: str | None = Field(description=_OWN_ONLY)
    at: Timestamp
    data_version: int


class CountSubmission(ResponseModel):
    """Submission of the month that a count belongs to."""

    state: SubmissionState
    data_version: int | None = Field(description="Data version of its last move; null if there was none.")
    attested: CountAttestation | None = Field(description="Null while the month is not submitted.")


class ExplainedCount(ResponseModel):
    """A count that the line uses, with its origin."""

    side: Literal["numerator", "denominator"]
    variants: list[str] = Field(description="Codes of the variants that use the count.")
    metric: str
    org: str = Field(description="Reporting organisation; `*` for counts derived from the registers of several organisations.")
    area: str
    month: MonthText = Field(description="Month of the count; earlier than the requested month for reference counts only.")
    value: NonNegativeInt
    note: str | None = Field(
        description="Sender's note. For carriers and subdistrict offices, null unless their own or a reference count's."
    )
    data_version: int = Field(description="Data version that wrote the count.")
    import_id: UUID = Field(description="Import that wrote the count, `/v1/imports/{id}`.")
    imported_by: str = Field(description="Organisation that pushed the count.")
    client: str | None = Field(description="Client that pushed the count. " + _OWN_ONLY)
    at: Timestamp = Field(description="Timestamp of the import.")
    submission: CountSubmission | None = Field(description="Null for counts that no single organisation submits.")
    challenge: UUID | None = Field(
        description="Open challenge of the count, `/v1/challenges/{id}`; null if there is none that you may know of."
    )


class ExplainedCase(ResponseModel):
    """An approved case that the line counts."""

    id: UUID
    title: str
    applicant: str
    domain: str
    org: str = Field(description="Organisation that submitted the case.")
    area: str | None
    approved_on: date
    ended_on: date | None = Field(description="Date on which its approval has ended since; the case counts to the month before.")
    data_version: int = Field(description="Data version that approved the case.")
    client: str = Field(description="Client that approved the case.")
    at: Timestamp = Field(description="Timestamp of the approval in the ledger.")


class IndicatorExplanation(ResponseModel):
    """A summary line with everything it was calculated from."""

    campaign: str
    data_version: int
    definition_version: int
    line: SummaryLine
    indicator: IndicatorDefinition
    definition: DefinitionVersion = Field(description="Version of the definition that was in force.")
    target: TargetDefinition | None = Field(description="Target that the line is compared with; null if it has none.")
    metrics: list[MetricDefinition]
    variants: list[ExplainedVariant]
    facts: list[ExplainedCount]
    cases: list[ExplainedCase]
