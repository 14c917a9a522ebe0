"""The submissions of organisations' months."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Date, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class Submission(SQLModel, table=True):
    """One state of an organisation's month, from `version` to before `until`. Written by ingest.

    A month without a row is open.
    """

    __table_args__ = (
        Index("ix_submission_current", "campaign", "org", "month", unique=True, postgresql_where=text("until IS NULL")),
    )

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)
    month: date = Field(primary_key=True, sa_type=Date)  # first day
    version: int = Field(primary_key=True, sa_type=BigInteger)
    until: int | None = Field(default=None, sa_type=BigInteger)
    state: str = Field(sa_type=Text)  # a SubmissionState
    content_hash: str | None = Field(
        default=None, sa_type=Text
    )  # what was attested: SHA-256 of the sorted metric,area,value lines
    attested_name: str | None = Field(default=None, sa_type=Text)
    attested_title: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    cells: list[dict[str, Any]] | None = Field(default=None, sa_type=JSONB)  # those that a return or reopening is about
    registers: list[dict[str, Any]] | None = Field(default=None, sa_type=JSONB)  # and the rows that a reopening is about
