"""The explanations of findings."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, DateTime, Integer, Text, Uuid
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class FindingExplanation(SQLModel, table=True):
    """One revision of an explanation; the last one applies. Written by ingest, never changed.

    Findings are computed and not stored: their id is made from the counts that were judged.
    """

    __tablename__ = "finding_explanation"

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)
    month: date = Field(primary_key=True, sa_type=Date)  # first day
    finding_id: UUID = Field(primary_key=True, sa_type=Uuid)
    revision: int = Field(primary_key=True, sa_type=Integer)  # from 1
    text: str = Field(sa_type=Text)
    actor: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=DateTime(timezone=True))
