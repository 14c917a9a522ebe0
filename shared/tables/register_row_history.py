"""The previous rows of the registers."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Date, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class RegisterRowHistory(SQLModel, table=True):
    """A row of a register that was corrected or retracted, visible from `version` to before `until`. Written by ingest."""

    __tablename__ = "register_row_history"

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)
    month: date = Field(primary_key=True, sa_type=Date)  # first day
    list_: str = Field(primary_key=True, sa_type=CODE, sa_column_kwargs={"name": "register"})
    key: str = Field(primary_key=True, sa_type=CODE)
    version: int = Field(primary_key=True, sa_type=BigInteger)
    until: int = Field(sa_type=BigInteger)
    area: int = Field(sa_type=Integer)  # code_number
    body: dict[str, Any] = Field(sa_type=JSONB)
