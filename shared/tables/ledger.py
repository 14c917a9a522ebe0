"""The one ledger of a campaign."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Text
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class Ledger(SQLModel, table=True):
    """One data version: each change that a summary can see has a row. Written in the transaction of the change."""

    campaign: str = Field(primary_key=True, sa_type=CODE)
    version: int = Field(primary_key=True, sa_type=BigInteger)
    at: datetime = Field(sa_type=DateTime(timezone=True))
    kind: str = Field(sa_type=Text)  # a LedgerKind
    subject: str = Field(sa_type=Text)  # the import, case, month or definition it is about
    org: str | None = Field(default=None, sa_type=CODE)  # whose facts or submission it moved; null for a definition
    actor: str = Field(sa_type=Text)  # the client that did it
