"""The audit log."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Text, Uuid
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class Audit(SQLModel, table=True):
    """One state-changing request, committed with what it changed. Written by every service, never updated."""

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)  # whose thing was changed
    id: UUID = Field(primary_key=True, sa_type=Uuid)
    at: datetime = Field(sa_type=DateTime(timezone=True))
    actor: str = Field(sa_type=Text)
    operation: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    request_id: str = Field(sa_type=Text)
