"""The previous counts."""

from datetime import date

from sqlalchemy import BigInteger, Date, Integer, Text
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class ObservationHistory(SQLModel, table=True):
    """A count that was corrected, visible from `version` to before `until`. Written by ingest."""

    __tablename__ = "observation_history"

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)
    month: date = Field(primary_key=True, sa_type=Date)  # first day
    metric: int = Field(primary_key=True, sa_type=Integer)  # code_number
    area: int = Field(primary_key=True, sa_type=Integer)  # code_number
    version: int = Field(primary_key=True, sa_type=BigInteger)
    until: int = Field(sa_type=BigInteger)
    value: int = Field(sa_type=BigInteger)
    note: str | None = Field(default=None, sa_type=Text)
