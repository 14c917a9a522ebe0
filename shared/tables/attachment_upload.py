"""Files that may be in the store of attachments without being attached."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Uuid
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class AttachmentUpload(SQLModel, table=True):
    """A file that is being put into the store. Written by cases before that; deleted with the file, or when it is attached."""

    __tablename__ = "attachment_upload"

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)  # whose item it is for
    id: UUID = Field(primary_key=True, sa_type=Uuid)
    at: datetime = Field(sa_type=DateTime(timezone=True))  # real time
