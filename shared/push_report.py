"""The report of a push, in its import and in the problem of a push that is refused."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from shared.values.bilingual import Bilingual
from shared.vocabulary import (
    ExplainedBy,
    NormalisationKind,
    PassedOverReason,
    RowCode,
    RuleKind,
    RuleScope,
    Severity,
    Status,
)


class RowTotals(BaseModel):
    """Numbers of rows: received = created + updated + unchanged + merged + rejected + withheld."""

    received: int
    created: int
    updated: int
    unchanged: int = Field(description="Rows equal to the stored count or row.")
    merged: int = Field(description="Rows equal to an earlier row of the push.")
    rejected: int = Field(description="Rows with an error.")
    withheld: int = Field(description="Valid rows of a refused push; not stored.")
    retracted: int = Field(description="Stored counts or rows removed because the push did not repeat them.")
    blank: int = Field(description="Rows without a value; not included in `received`.")


class RowErrorDocument(BaseModel):
    """An error in a row or cell."""

    row: int | None = Field(
        description="Row number in the file (line or spreadsheet row) or position in `observations`, starting at 1."
    )
    sheet: str | None
    cell: str | None
    column: str | None
    code: RowCode
    value: str | None = Field(description="Invalid value, truncated to 64 characters.")
    message: Bilingual
    hint: Bilingual | None


class NormalisationDocument(BaseModel):
    """A normalisation applied while a CSV or XLSX file was read."""

    kind: NormalisationKind
    message: Bilingual
    count: int
    rows: list[int] = Field(description="Numbers of the first rows.")
    before: str | None = Field(description="Example as it was in the file.")
    after: str | None = Field(description="The example as it was read.")


class PassedOverDocument(BaseModel):
    """A column, a row or a sheet of a CSV or XLSX file whose numbers are neither stored nor checked."""

    reason: PassedOverReason
    message: Bilingual
    sheet: str | None = Field(description="Null in a CSV file.")
    cell: str | None = Field(description="Cell of the column's title, or of the row's number; null for a sheet.")
    text: str = Field(description="Title of the column, the number with its label, or name of the sheet.")


class LineState(BaseModel):
    """The deciding value of a summary line; the numbers are null while an expected count is missing."""

    numerator: int | None
    denominator: int | None
    value: float | None
    display: str | None
    status: Status
    gap: int | None
    missing: int = Field(description="Number of missing expected counts.")


class LineEffect(BaseModel):
    """A summary line that pushed or hypothetical counts change, of those that the caller may read."""

    indicator: str
    month: str
    area: str | None
    org: str | None
    unit: Bilingual
    target: float | None
    due: date | None
    before: LineState | None = Field(description="Null if there was no such line.")
    after: LineState | None = Field(description="Null if there is no such line with these counts.")
    flipped: bool = Field(description="True if the target is met and was not before, or no longer met.")


class FindingCount(BaseModel):
    """A count that a rule compared."""

    org: str = Field(description="Organisation that the count belongs to.")
    month: str
    metric: str | None = Field(description="Null if `value` is a number of counts or register records.")
    area: str | None
    value: int


class QualityFinding(BaseModel):
    """A rule broken by the current counts of a month. When the counts change, the finding gets a new id."""

    id: UUID
    rule: str
    severity: Severity
    kind: RuleKind
    scope: RuleScope
    org: str = Field(description="Organisation of the month; `*` if counts of several organisations are compared.")
    month: str
    metric: str | None = Field(description="Null if the finding is about the whole month.")
    area: str | None
    values: list[FindingCount] = Field(description="Counts that were compared.")
    message: Bilingual
    explained: ExplainedBy | None = Field(description="Source of the explanation; null if the finding is unexplained.")
    explanation: str | None = Field(description="Text of the row note or of the explanation.")


class PushReport(BaseModel):
    """The result of a push: row totals, errors, normalisations, effects and findings."""

    counts: RowTotals
    errors: list[RowErrorDocument] = Field(description="The first 1 000 row errors; `/errors` of the import lists all.")
    errors_total: int
    errors_by_code: dict[str, int]
    errors_omitted: int = Field(description="Row errors that `errors` leaves out.")
    normalisations: list[NormalisationDocument]
    passed_over: list[PassedOverDocument] = Field(
        default_factory=list,
        description="All columns, rows and sheets of a CSV or XLSX file whose numbers are neither stored nor checked. Any other"
        " number of the file is a count, a total that was checked, or an error.",
    )
    effects: list[LineEffect] = Field(description="The first 1 000 summary lines that changed or, in a dry run, would change.")
    findings: list[QualityFinding] = Field(
        description="The first 1 000 findings on the months of the push, with its counts. Empty if the push was refused; with"
        " `same_as`, see the report of that import."
    )
    findings_total: int
    same_as: UUID | None = Field(
        description="Earlier import with the same body; null unless the push was recognised as its repetition."
    )
