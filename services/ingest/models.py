"""Responses of the ingest service that several of its endpoints share."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.http.json_response import ResponseModel
from shared.problems import ProblemDocument
from shared.values.bilingual import Bilingual
from shared.vocabulary import (
    ExplainedBy,
    ImportState,
    NormalisationKind,
    PassedOverReason,
    PushMode,
    RowCode,
    RuleKind,
    RuleScope,
    Severity,
    Status,
)


class RowTotals(ResponseModel):
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


class RowErrorDocument(ResponseModel):
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


class NormalisationDocument(ResponseModel):
    """A normalisation applied while a CSV or XLSX file was read."""

    kind: NormalisationKind
    message: Bilingual
    count: int
    rows: list[int] = Field(description="Numbers of the first rows.")
    before: str | None = Field(description="Example as it was in the file.")
    after: str | None = Field(description="The example as it was read.")


class PassedOverDocument(ResponseModel):
    """A column, a row or a sheet of a CSV or XLSX file whose numbers are neither stored nor checked."""

    reason: PassedOverReason
    message: Bilingual
    sheet: str | None = Field(description="Null in a CSV file.")
    cell: str | None = Field(description="Cell of the column's title, or of the row's number; null for a sheet.")
    text: str = Field(description="Title of the column, the number with its label, or name of the sheet.")


class LineState(ResponseModel):
    """The deciding value of a summary line; the numbers are null while an expected count is missing."""

    numerator: int | None
    denominator: int | None
    value: float | None
    display: str | None
    status: Status
    gap: int | None


class LineEffect(ResponseModel):
    """A summary line that the push changed, of those that the sender may read."""

    indicator: str
    month: str
    area: str | None
    org: str | None
    target: float | None
    before: LineState | None = Field(description="Null if there was no such line.")
    after: LineState | None = Field(description="Null if there is no such line any more.")
    flipped: bool = Field(description="True if the target is now met and was not before, or no longer met.")


class FindingCount(ResponseModel):
    """A count that a rule compared."""

    org: str = Field(description="Organisation that the count belongs to.")
    month: str
    metric: str | None = Field(description="Null if `value` is a number of counts or register records.")
    area: str | None
    value: int


class QualityFinding(ResponseModel):
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


class PushReport(ResponseModel):
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


class PushDescription(ResponseModel):
    """A push: sender, body, parameters and outcome."""

    org: str
    dataset: str
    mode: PushMode
    dry_run: bool
    reason: str | None
    undoes: UUID | None = Field(description="Import that this import undid.")
    state: ImportState
    media_type: str
    body_bytes: int
    body_sha256: str
    idempotency_key: str | None
    changed: bool
    actor: str


class ImportDescription(PushDescription):
    """A push with the id of its import."""

    id: UUID
    data_version: int = Field(description="Data version created by the import, or the current one if it changed nothing.")
    rows_done: int = Field(description="Rows read, including blank ones; while the push is running, the rows read so far.")


class DryRunDocument(PushDescription):
    """The result of a dry run. It has no import id and no data version, so that equal dry runs return equal bytes."""

    campaign: str
    months: list[str]
    report: PushReport


class ImportDocument(ImportDescription):
    """An import with its report."""

    campaign: str
    months: list[str]
    report: PushReport


class RefusedPush(ProblemDocument):
    """The problem of a push with row errors: nothing was stored, and the import is recorded as refused."""

    import_id: UUID
    report: PushReport


class ImportListItem(ImportDescription):
    """An import in a list."""

    at: datetime = Field(description="Timestamp of the import.")
    counts: RowTotals


class ObservationRow(ResponseModel):
    """A current count."""

    org: str
    month: str
    metric: str
    area: str
    value: int
    note: str | None
    data_version: int = Field(description="Data version that last changed the count.")
    import_id: UUID
    reported_at: datetime
