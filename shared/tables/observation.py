"""The current counts."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Date, Integer, Text
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE
from shared.vocabulary import LARGEST_COUNT


class Observation(SQLModel, table=True):
    """One count an organisation reported for one month, metric and area. Written by ingest, read by indicators."""

    __table_args__ = (CheckConstraint(f"value BETWEEN 0 AND {LARGEST_COUNT}", name="value"),)

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)
    month: date = Field(primary_key=True, sa_type=Date)  # first day
    metric: int = Field(primary_key=True, sa_type=Integer)  # code_number
    area: int = Field(primary_key=True, sa_type=Integer)  # code_number
    value: int = Field(sa_type=BigInteger)  # in the metric's declared unit
    version: int = Field(sa_type=BigInteger)  # the ledger version that wrote it
    note: str | None = Field(default=None, sa_type=Text)
