"""The monthly reports."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, DateTime, Index, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class Report(SQLModel, table=True):
    """One issued report: the campaign as of `version`, which the report created. Written by indicators, never changed."""

    __table_args__ = (Index("ix_report_by_version", "campaign", "version", unique=True),)

    campaign: str = Field(primary_key=True, sa_type=CODE)
    number: int = Field(primary_key=True, sa_type=Integer)  # from 1, over all months; issuing a month again takes the next
    month: date = Field(sa_type=Date)  # first day
    version: int = Field(sa_type=BigInteger)
    definition_version: int = Field(sa_type=BigInteger)
    issued_at: datetime = Field(sa_type=DateTime(timezone=True))
    issuer: str = Field(sa_type=CODE)  # an organisation
    actor: str = Field(sa_type=Text)
    figures: list[dict[str, Any]] = Field(sa_type=JSONB)  # what every reader of the campaign may see of it
