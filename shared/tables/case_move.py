"""The moves of application cases."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, DateTime, ForeignKeyConstraint, Integer, Text, Uuid
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class CaseMove(SQLModel, table=True):
    """One move of a case through its states. Written by cases."""

    __tablename__ = "case_move"
    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign", "org", "case_id"], ["case_file.campaign", "case_file.org", "case_file.id"], ondelete="CASCADE"
        ),
    )

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)  # whose case it is
    case_id: UUID = Field(primary_key=True, sa_type=Uuid)
    revision: int = Field(primary_key=True, sa_type=Integer)  # the case's revision after the move
    move: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)  # a CaseState, after the move
    by_org: str = Field(sa_type=CODE)
    actor: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=DateTime(timezone=True))
    on: date | None = Field(default=None, sa_type=Date)  # the approval's date
    reason: str | None = Field(default=None, sa_type=Text)
