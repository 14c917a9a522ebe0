"""The reopening requests."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class Reopening(SQLModel, table=True):
    """A request of an organisation to reopen a month for certain counts. Written by ingest.

    No summary sees it, so it takes no data version; the campaign's head row orders its changes all the same.
    """

    __table_args__ = (
        Index("ix_reopening_open", "campaign", "org", "month", unique=True, postgresql_where=text("state = 'open'")),
    )

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)  # whose month it is, and who asks
    id: UUID = Field(primary_key=True, sa_type=Uuid)
    month: date = Field(sa_type=Date)  # first day
    state: str = Field(sa_type=Text)  # a ReopeningState
    cells: list[dict[str, Any]] = Field(sa_type=JSONB)  # metric and area of each
    registers: list[dict[str, Any]] | None = Field(default=None, sa_type=JSONB)  # register and area of each
    reason: str = Field(sa_type=Text)
    asked_at: datetime = Field(sa_type=DateTime(timezone=True))
    asked_by: str = Field(sa_type=Text)  # the client
    decided_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    decided_by: str | None = Field(default=None, sa_type=Text)  # the client
    decided_org: str | None = Field(default=None, sa_type=CODE)
    decision: str | None = Field(default=None, sa_type=Text)  # the reason given
