"""Responses of the ingest service that several of its endpoints share."""

from uuid import UUID

from pydantic import Field

from shared.http.json_response import ResponseModel
from shared.push_report import PushReport, RowTotals
from shared.values.timestamps import Timestamp
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


class ImportListItem(ImportDescription):
    """An import in a list."""

    at: Timestamp = Field(description="Timestamp of the import.")
    counts: RowTotals
