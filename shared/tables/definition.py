"""The versions of a campaign's definition."""

from typing import Any

from sqlalchemy import BigInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class DefinitionVersion(SQLModel, table=True):
    """One applied campaign file, whole. Written by `gigacity campaign apply`."""

    __tablename__ = "definition"

    campaign: str = Field(primary_key=True, sa_type=CODE)
    version: int = Field(primary_key=True, sa_type=BigInteger)
    until: int | None = Field(default=None, sa_type=BigInteger)  # the version that replaced it
    digest: str = Field(sa_type=Text)  # SHA-256 of the canonical body
    body: dict[str, Any] = Field(sa_type=JSONB)
