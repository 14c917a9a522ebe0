"""The comments on items."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, Text, Uuid
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class ItemComment(SQLModel, table=True):
    """One comment on an item. Written by cases; only striking it out changes it, once."""

    __tablename__ = "item_comment"
    __table_args__ = (Index("ix_item_comment_of_item", "campaign", "org", "kind", "item_id", "id"),)

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)  # whose item it is
    id: UUID = Field(primary_key=True, sa_type=Uuid)
    kind: str = Field(sa_type=CODE)
    item_id: UUID = Field(sa_type=Uuid)
    by_org: str = Field(sa_type=CODE)  # who wrote it
    actor: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=DateTime(timezone=True))
    text: str = Field(sa_type=Text)
    visibility: str = Field(sa_type=Text)  # a CommentVisibility
    person_name: str | None = Field(default=None, sa_type=Text)
    person_title: str | None = Field(default=None, sa_type=Text)
    struck_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    strike_reason: str | None = Field(default=None, sa_type=Text)
