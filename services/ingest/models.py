"""Responses of the ingest service that several of its endpoints share."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.http.json_response import ResponseModel
from shared.push_report import PushReport, RowTotals
from shared.vocabulary import ImportState, PushMode


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
    rows_done: int = Field(description="Rows read, including blank ones; while the push is running, the rows read so far.")


class Import(PushDescription):
    """A push with its report: the import, or what it would be after a dry run."""

    id: UUID | None = Field(description="Id of the import; null in the response to a dry run.")
    data_version: int | None = Field(
        description="Data version created by the import, or the current one if it changed nothing; null in the response to a dry"
        " run, so that equal dry runs return equal bytes."
    )
    campaign: str
    months: list[str]
    report: PushReport


class ImportListItem(PushDescription):
    """An import in a list."""

    id: UUID
    data_version: int = Field(description="Data version created by the import, or the current one if it changed nothing.")
    at: datetime = Field(description="Timestamp of the import.")
    counts: RowTotals
