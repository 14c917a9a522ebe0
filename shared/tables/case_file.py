"""The application cases."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, Text
from sqlmodel import Field

from shared.tables.item import Item
from shared.tables.schema import CODE


class CaseFile(Item, table=True):
    """One application-innovation case. Written by cases, counted by indicators.

    At data version n it counts for month m where `approved_version` ≤ n, `approved_on` is not after m, and `ended_version` is
    null or above n or `ended_on` is after m.
    """

    __tablename__ = "case_file"
    __table_args__ = (
        CheckConstraint("(approved_on IS NULL) = (approved_version IS NULL)", name="approval"),
        Index("ix_case_file_by_time", "campaign", "id"),
    )

    title: str = Field(sa_type=Text)
    domain: str = Field(sa_type=Text)  # a case domain of the campaign
    applicant: str = Field(sa_type=Text)  # the organisation the application serves
    summary: str = Field(sa_type=Text)
    area: str | None = Field(default=None, sa_type=CODE)
    approved_on: date | None = Field(default=None, sa_type=Date)
    approved_version: int | None = Field(default=None, sa_type=BigInteger)
    ended_version: int | None = Field(default=None, sa_type=BigInteger)  # the version that withdrew an approved case
    ended_on: date | None = Field(default=None, sa_type=Date)  # the day of that withdrawal; null in rows of earlier releases
