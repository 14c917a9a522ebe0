"""The recorded reminders."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, DateTime, Index, Integer, Text, Uuid
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class SentReminder(SQLModel, table=True):
    """A reminder of a month that an organisation received. Written by indicators, never changed.

    No summary sees it, so it takes no data version.
    """

    __tablename__ = "sent_reminder"
    __table_args__ = (Index("ix_sent_reminder_by_time", "campaign", "id"),)

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)  # who reminded
    id: UUID = Field(primary_key=True, sa_type=Uuid)  # UUIDv7: sorts by time
    month: date = Field(sa_type=Date)  # first day
    to_org: str = Field(sa_type=CODE)  # who was reminded
    channel: str = Field(sa_type=Text)  # a ReminderChannel
    text: str | None = Field(default=None, sa_type=Text)
    open_cells: int = Field(sa_type=Integer)  # of that organisation, when this was logged
    sent_at: datetime = Field(sa_type=DateTime(timezone=True))
    logged_at: datetime = Field(sa_type=DateTime(timezone=True))
    client: str = Field(sa_type=Text)  # the client that logged it
