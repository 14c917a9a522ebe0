"""The moves and edits of items."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, Index, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class ItemMove(SQLModel, table=True):
    """One change of an item: a move, or an edit. Written by cases, never changed.

    The previous release sees those of cases, without edits, as the view `case_move`.
    """

    __tablename__ = "item_move"
    __table_args__ = (Index("ix_item_move_by_time", "campaign", "kind", "at"),)

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)  # whose item it is
    kind: str = Field(primary_key=True, sa_type=CODE, sa_column_kwargs={"server_default": "case"})
    item_id: UUID = Field(primary_key=True, sa_type=Uuid)
    revision: int = Field(primary_key=True, sa_type=Integer)  # the item's revision after the change
    move: str | None = Field(default=None, sa_type=Text)  # null: an edit
    state: str = Field(sa_type=Text)  # after the change
    by_org: str = Field(sa_type=CODE)
    actor: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=DateTime(timezone=True))
    on: date | None = Field(default=None, sa_type=Date)  # the date that the move names
    reason: str | None = Field(default=None, sa_type=Text)
    person_name: str | None = Field(default=None, sa_type=Text)
    person_title: str | None = Field(default=None, sa_type=Text)
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB, sa_column_kwargs={"server_default": "{}"})
    """The other fields of the move's body."""
    before: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB, sa_column_kwargs={"server_default": "{}"})
    """The columns that changed, with their previous values."""
    after: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB, sa_column_kwargs={"server_default": "{}"})
