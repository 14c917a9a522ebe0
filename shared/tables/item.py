"""The columns that items of every kind have."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Integer, Text, Uuid
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class Item(SQLModel):
    """One item of a kind, which has a table of its own. Written by cases."""

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)  # whose item it is
    id: UUID = Field(primary_key=True, sa_type=Uuid)
    state: str = Field(sa_type=Text)  # of the kind's enumeration of states
    revision: int = Field(sa_type=Integer)  # grows with every change; the ETag
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(sa_type=DateTime(timezone=True))
