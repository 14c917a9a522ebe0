"""Large pushes that are being processed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, Integer, Text, Uuid
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class RunningImport(SQLModel, table=True):
    """Progress of a large push. Written by ingest outside the push's own transaction, and deleted when the push ends."""

    __tablename__ = "running_import"

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)
    id: UUID = Field(primary_key=True, sa_type=Uuid)  # of the import to be
    dataset: str = Field(sa_type=Text)
    mode: str = Field(sa_type=Text)
    dry_run: bool = Field(sa_type=Boolean)
    reason: str | None = Field(default=None, sa_type=Text)
    media_type: str = Field(sa_type=Text)
    body_bytes: int = Field(sa_type=BigInteger)
    body_sha256: str = Field(sa_type=Text)
    idempotency_key: str | None = Field(default=None, sa_type=Text)
    version: int = Field(sa_type=BigInteger)  # the data version it met
    at: datetime = Field(sa_type=DateTime(timezone=True))  # when it began
    actor: str = Field(sa_type=Text)
    rows_done: int = Field(sa_type=Integer)
    beat_at: datetime = Field(sa_type=DateTime(timezone=True))  # last sign of life, by the real clock
