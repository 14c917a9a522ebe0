"""Stored responses to repeated requests."""

from datetime import datetime

from sqlalchemy import DateTime, Integer, LargeBinary, Text
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class Idempotency(SQLModel, table=True):
    """The committed response to a request with an Idempotency-Key; it never expires. Written by the service that sent it."""

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)
    key: str = Field(primary_key=True, sa_type=CODE)
    request_sha256: bytes = Field(sa_type=LargeBinary)  # over operation, question and body
    status: int = Field(sa_type=Integer)
    location: str | None = Field(default=None, sa_type=Text)
    body: bytes = Field(sa_type=LargeBinary)
    at: datetime = Field(sa_type=DateTime(timezone=True))
