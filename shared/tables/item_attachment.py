"""The files attached to items."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, Text, Uuid
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class ItemAttachment(SQLModel, table=True):
    """One file attached to an item; the store of attachments has its bytes under its id. Written by cases.

    Only striking it out changes it, once; the bytes stay.
    """

    __tablename__ = "item_attachment"
    __table_args__ = (Index("ix_item_attachment_of_item", "campaign", "org", "kind", "item_id", "id"),)

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)  # whose item it is
    id: UUID = Field(primary_key=True, sa_type=Uuid)
    kind: str = Field(sa_type=CODE)
    item_id: UUID = Field(sa_type=Uuid)
    by_org: str = Field(sa_type=CODE)  # who attached it
    actor: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=DateTime(timezone=True))
    name: str = Field(sa_type=Text)
    media_type: str = Field(sa_type=Text)
    size: int = Field(sa_type=BigInteger)  # bytes
    sha256: str = Field(sa_type=Text)  # hex
    scan: str = Field(sa_type=Text)  # a ScanResult
    struck_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    strike_reason: str | None = Field(default=None, sa_type=Text)
