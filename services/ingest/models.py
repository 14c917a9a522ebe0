"""What the ingest service answers with."""

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
    PushMode,
    RowCode,
    RuleKind,
    RuleScope,
    Severity,
    Status,
)


class RowTotals(ResponseModel):
    """received = created + updated + unchanged + merged + rejected + withheld."""

    received: int
    created: int
    updated: int
    unchanged: int
    merged: int = Field(description="Rows that say the same as an earlier one of the push.")
    rejected: int = Field(description="Rows with an error.")
    withheld: int = Field(description="Good rows of a refused push.")
    retracted: int
    blank: int = Field(description="Rows whose value was left empty; not counted as received.")


class RowErrorDocument(ResponseModel):
    """What is wrong with one row or cell."""

    row: int | None = Field(description="As the sender counts: line, spreadsheet row, or place in `observations`, from 1.")
    sheet: str | None
    cell: str | None
    column: str | None
    code: RowCode
    value: str | None = Field(description="Cut at 64 characters.")
    message: Bilingual
    hint: Bilingual | None


class NormalisationDocument(ResponseModel):
    """Something that was read generously."""

    kind: NormalisationKind
    message: Bilingual
    count: int
    rows: list[int] = Field(description="The first few.")
    before: str | None
    after: str | None


class LineState(ResponseModel):
    """A line's deciding figure; the numbers are null while a cell is missing."""

    numerator: int | None
    denominator: int | None
    value: float | None
    display: str | None
    status: Status
    gap: int | None


class LineEffect(ResponseModel):
    """A line that the push moved, of those that the sender may read."""

    indicator: str
    month: str
    area: str | None
    org: str | None
    target: float | None
    before: LineState | None = Field(description="Null where there was no such line.")
    after: LineState | None
    flipped: bool = Field(description="Whether the target is reached now and was not before, or the other way round.")


class FindingCount(ResponseModel):
    """One count that a rule looked at."""

    org: str = Field(description="Whose it is.")
    month: str
    metric: str | None = Field(description="Null where `value` is a number of counts.")
    area: str | None
    value: int


class QualityFinding(ResponseModel):
    """A rule that a month breaks. Computed from the counts as they stand: other counts are another finding."""

    id: UUID
    rule: str
    severity: Severity
    kind: RuleKind
    scope: RuleScope
    org: str = Field(description="Whose month it is; `*` where several organisations' counts are compared.")
    month: str
    metric: str | None = Field(description="Null where the whole month is meant.")
    area: str | None
    values: list[FindingCount] = Field(description="The counts that were judged.")
    message: Bilingual
    explained: ExplainedBy | None = Field(description="Null: nobody has said anything about it.")
    explanation: str | None = Field(description="What was said: the row's note, or the explanation that was given.")


class PushReport(ResponseModel):
    """What became of each row."""

    counts: RowTotals
    errors: list[RowErrorDocument] = Field(description="The first 1 000; all of them are at the import's `/errors`.")
    errors_total: int
    errors_by_code: dict[str, int]
    errors_omitted: int
    normalisations: list[NormalisationDocument]
    effects: list[LineEffect] = Field(description="The first 1 000 lines that moved; in a dry run, that would move.")
    findings: list[QualityFinding] = Field(
        description="What the quality rules find in the months it touched, as it leaves them: the first 1 000. Empty where it"
        " was refused; with `same_as` they are in the report of that import."
    )
    findings_total: int
    same_as: UUID | None = Field(description="The earlier import with the same body, where nothing had to be compared.")


class PushDescription(ResponseModel):
    """What came, from whom, and what became of it."""

    org: str
    dataset: str
    mode: PushMode
    dry_run: bool
    reason: str | None
    undoes: UUID | None = Field(description="The import that it took back.")
    state: ImportState
    media_type: str
    body_bytes: int
    body_sha256: str
    idempotency_key: str | None
    changed: bool
    actor: str


class ImportDescription(PushDescription):
    """A push as it is recorded."""

    id: UUID
    data_version: int = Field(description="The data version it took, or met where it changed nothing.")
    rows_done: int = Field(description="Rows read, blank ones included; of a push under way, so far.")


class DryRunDocument(PushDescription):
    """What a push would do. It names neither an import nor a data version, so that equal dry runs have equal answers."""

    campaign: str
    months: list[str]
    report: PushReport


class ImportDocument(ImportDescription):
    """One push and what became of it."""

    campaign: str
    months: list[str]
    report: PushReport


class RefusedPush(ProblemDocument):
    """The problem of a push with wrong rows: nothing was stored, the import is recorded as refused."""

    import_id: UUID
    report: PushReport


class ImportListItem(ImportDescription):
    """A push in a list."""

    at: datetime
    counts: RowTotals


class ObservationRow(ResponseModel):
    """One count as it stands."""

    org: str
    month: str
    metric: str
    area: str
    value: int
    note: str | None
    data_version: int = Field(description="The version that wrote it.")
    import_id: UUID
    reported_at: datetime
