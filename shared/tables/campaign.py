"""The latest version of each campaign; its row is the campaign lock."""

from datetime import datetime

from sqlalchemy import BigInteger, DateTime
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class Campaign(SQLModel, table=True):
    """The latest version of a campaign's ledger. Its row lock orders all writers; written with each new version."""

    campaign: str = Field(primary_key=True, sa_type=CODE)
    version: int = Field(default=0, sa_type=BigInteger)  # the data version
    definition_version: int = Field(default=0, sa_type=BigInteger)  # the version that applied the definition in force
    at: datetime = Field(sa_type=DateTime(timezone=True))  # of the last version; never decreases
