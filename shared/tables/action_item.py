"""The action items of organisations."""

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Date, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from shared.tables.item import Item, by_last_change, listed, search_text, waiting
from shared.tables.schema import CODE

WAITING_ACTION_ITEMS: Final = "state IN ('open', 'reported', 'returned')"


class ActionItem(Item, table=True):
    """One request of the task force or the leading group to one organisation. Written by cases.

    `org` is the organisation that must report. Those issued together share `issue_id`.
    """

    __tablename__ = "action_item"
    __table_args__ = (
        search_text("title", "text", "occasion", "report"),
        listed("action_item", "org", "state", "issued_by", "source", "due_on"),
        by_last_change("action_item"),
        waiting("action_item", WAITING_ACTION_ITEMS),
        Index("ix_action_item_difficulty", "campaign", "difficulty_id", postgresql_where=text("difficulty_id IS NOT NULL")),
    )

    issue_id: UUID = Field(sa_type=Uuid)
    issued_by: str = Field(sa_type=CODE)
    title: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    source: str = Field(sa_type=Text)  # an ActionItemSource
    occasion: str | None = Field(default=None, sa_type=Text)  # such as the name of the meeting
    issued_on: date = Field(sa_type=Date)
    due_on: date = Field(sa_type=Date)
    task: int | None = Field(default=None, sa_type=Integer)
    difficulty_id: UUID | None = Field(default=None, sa_type=Uuid)
    challenge_id: UUID | None = Field(default=None, sa_type=Uuid)
    case_id: UUID | None = Field(default=None, sa_type=Uuid)
    report: str | None = Field(default=None, sa_type=Text)  # the latest
    report_attachments: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid), sa_column_kwargs={"server_default": "{}"})
