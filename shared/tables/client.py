"""The clients of organisations."""

from datetime import datetime

from sqlalchemy import DateTime, Integer, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class Client(SQLModel, table=True):
    """A machine client of one organisation. Written by identity; others read all but hash and digest of the secret."""

    __table_args__ = (UniqueConstraint("campaign", "org", "number"),)

    client_id: str = Field(primary_key=True, sa_type=CODE)  # campaign.org.number
    campaign: str = Field(sa_type=CODE)
    org: str = Field(sa_type=CODE)
    number: int = Field(sa_type=Integer)
    role: str = Field(sa_type=Text)  # a Role
    secret_hash: str = Field(sa_type=Text)  # Argon2id, which the previous release verifies
    secret_digest: bytes | None = Field(default=None, sa_type=LargeBinary)  # None until a client of that release comes back
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    revoked_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
