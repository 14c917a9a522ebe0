"""The difficulties of carriers and subdistrict offices."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import CheckConstraint, Date, DateTime, Integer, Text
from sqlmodel import Field

from shared.tables.item import Item, by_last_change, listed, search_text, waiting
from shared.tables.schema import CODE

WAITING_DIFFICULTIES: Final = "state IN ('open', 'assigned', 'answered')"


class Difficulty(Item, table=True):
    """One difficulty that an organisation needs help with. Written by cases."""

    __table_args__ = (
        CheckConstraint("(responsible IS NULL) = (due_on IS NULL)", name="assignment"),
        search_text("title", "place", "needed", "answer"),
        listed("difficulty", "org", "state", "responsible", "category", "area", "needed_by", "due_on"),
        by_last_change("difficulty"),
        waiting("difficulty", WAITING_DIFFICULTIES),
    )

    title: str = Field(sa_type=Text)
    category: str = Field(sa_type=CODE)
    place: str = Field(sa_type=Text)
    area: str | None = Field(default=None, sa_type=CODE)
    task: int | None = Field(default=None, sa_type=Integer)
    needed: str = Field(sa_type=Text)
    needed_by: date = Field(sa_type=Date)
    responsible: str | None = Field(default=None, sa_type=CODE)  # the assigned organisation; it reads the row too
    due_on: date | None = Field(default=None, sa_type=Date)  # of the answer
    answer: str | None = Field(default=None, sa_type=Text)  # the latest
    escalated_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))  # the latest time
