"""The current rows of the registers."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Date, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class RegisterRow(SQLModel, table=True):
    """One row of an organisation's register of a month. Written by ingest, which derives counts from it at the same version."""

    __tablename__ = "register_row"

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)
    month: date = Field(primary_key=True, sa_type=Date)  # first day
    list_: str = Field(primary_key=True, sa_type=CODE, sa_column_kwargs={"name": "register"})  # a RegisterCode
    key: str = Field(primary_key=True, sa_type=CODE)  # the row's own name: of a place, a building, a station
    area: int = Field(sa_type=Integer)  # code_number
    version: int = Field(sa_type=BigInteger)  # the ledger version that wrote it
    body: dict[str, Any] = Field(sa_type=JSONB)  # its other columns; empty ones are left out
