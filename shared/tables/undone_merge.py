"""The merges of approved cases that were undone."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, Date, Uuid
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class UndoneMerge(SQLModel, table=True):
    """A merge of an approved case that was undone. Written by cases, never changed.

    At data version n, where `merged_version` ≤ n < `undone_version`, the case does not count for the month of `merged_on` and the
    months after it. The view `counting_span` has these data versions beside those of the case itself.
    """

    __tablename__ = "undone_merge"

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)  # whose case it is
    case_id: UUID = Field(primary_key=True, sa_type=Uuid)
    merged_version: int = Field(primary_key=True, sa_type=BigInteger)
    merged_on: date = Field(sa_type=Date)
    undone_version: int = Field(sa_type=BigInteger)
