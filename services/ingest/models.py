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
    rows_done: int = Field(description="Rows read, including blank ones; while the push is running, the rows read so far.")


class Import(PushDescription):
    """An import with its report."""

    id: UUID | None = Field(description="Null in the answer to a dry run, so that equal dry runs get equal bytes.")
    data_version: int | None = Field(
        description="Data version created by the import, or the current one if it changed nothing. Null where `id` is null."
    )
    campaign: str
    months: list[str]
    report: PushReport


class ListedImport(PushDescription):
    """An import in a list."""

    id: UUID
    data_version: int = Field(description="Data version created by the import, or the current one if it changed nothing.")
    at: Timestamp = Field(description="Timestamp of the import.")
    counts: RowTotals
