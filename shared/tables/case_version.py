"""The submitted versions of application cases."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class CaseVersion(SQLModel, table=True):
    """The content of a case as it was submitted. Written by cases, never changed."""

    __tablename__ = "case_version"

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)  # whose case it is
    case_id: UUID = Field(primary_key=True, sa_type=Uuid)
    number: int = Field(primary_key=True, sa_type=Integer)  # of the submission, from 1
    at: datetime = Field(sa_type=DateTime(timezone=True))
    actor: str = Field(sa_type=Text)
    content: dict[str, Any] = Field(sa_type=JSONB)  # the fields that the organisation writes
