"""The keys that sign access tokens."""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class SigningKey(SQLModel, table=True):
    """One signing key; its private half is sealed under a key outside the database. Written by identity."""

    __tablename__ = "signing_key"

    kid: str = Field(primary_key=True, sa_type=CODE)
    public_jwk: dict[str, Any] = Field(sa_type=JSONB)
    sealed_private: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    signs_from: datetime = Field(sa_type=DateTime(timezone=True))
    retires_at: datetime | None = Field(
        default=None, sa_type=DateTime(timezone=True)
    )  # tokens it signed are refused from then on
