"""The head row of a campaign."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class Campaign(SQLModel, table=True):
    """Where a campaign's ledger stands. Its row lock orders all writers; written by whoever takes a version."""

    campaign: str = Field(primary_key=True, sa_type=CODE)
    version: int = Field(default=0, sa_type=BigInteger)  # the data version
    definition_version: int = Field(default=0, sa_type=BigInteger)  # the version that applied the definition in force
    at: datetime = Field(sa_type=DateTime(timezone=True))  # of the last version; never decreases
