"""Every push, with its report."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, Index, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class ImportRecord(SQLModel, table=True):
    """One push, refused ones included, with its report. Written by ingest."""

    __tablename__ = "import"
    __table_args__ = (
        Index("ix_import_by_time", "campaign", "id"),
        Index("ix_import_by_request", "campaign", "org", "request_sha256"),
        Index("ix_import_by_key", "campaign", "org", "idempotency_key"),
    )

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)
    id: UUID = Field(primary_key=True, sa_type=Uuid)  # UUIDv7: sorts by time
    dataset: str = Field(sa_type=Text)
    mode: str = Field(sa_type=Text)  # a PushMode
    dry_run: bool = Field(default=False, sa_type=Boolean, sa_column_kwargs={"server_default": text("false")})
    reason: str | None = Field(default=None, sa_type=Text)  # for changing what was submitted before
    state: str = Field(sa_type=Text)  # an ImportState
    media_type: str = Field(sa_type=Text)
    body_bytes: int = Field(sa_type=BigInteger)
    body_sha256: str = Field(sa_type=Text)  # hex
    request_sha256: bytes = Field(sa_type=LargeBinary)  # over operation, question and body
    idempotency_key: str | None = Field(default=None, sa_type=Text)
    version: int = Field(sa_type=BigInteger)  # the data version it took, or met where it changed nothing
    changed: bool = Field(sa_type=Boolean)
    at: datetime = Field(sa_type=DateTime(timezone=True))
    actor: str = Field(sa_type=Text)
    undoes: UUID | None = Field(default=None, sa_type=Uuid)  # the import that it takes back
    counts: dict[str, Any] = Field(sa_type=JSONB)
    document: bytes = Field(sa_type=LargeBinary)  # the import as it was answered, byte for byte
