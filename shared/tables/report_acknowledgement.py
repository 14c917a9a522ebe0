"""The acknowledgements of monthly reports."""

from datetime import datetime

from sqlalchemy import DateTime, ForeignKeyConstraint, Integer, Text
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class ReportAcknowledgement(SQLModel, table=True):
    """Acknowledgement of a report by an organisation. Written by indicators, never changed."""

    __tablename__ = "report_acknowledgement"
    __table_args__ = (ForeignKeyConstraint(["campaign", "number"], ["report.campaign", "report.number"], ondelete="CASCADE"),)

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)
    number: int = Field(primary_key=True, sa_type=Integer)
    note: str | None = Field(default=None, sa_type=Text)
    actor: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=DateTime(timezone=True))
