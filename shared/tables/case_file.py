"""The application cases."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Date, Index, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from shared.tables.item import Item, by_last_change, listed, search_text, waiting
from shared.tables.schema import CODE

WAITING_CASES: Final = (
    "state IN ('draft', 'returned', 'submitted', 'in_review') OR revocation_requested_on IS NOT NULL"
    " OR state = 'recommended' AND selected IS NULL"
)


class CaseFile(Item, table=True):
    """One application-innovation case. Written by cases, counted by indicators.

    At data version n it counts for month m where `approved_version` ≤ n, `approved_on` is not after m, and `ended_version` is
    null or above n or `ended_on` is after m, except between a merge and its undoing (see `UndoneMerge`).
    """

    __tablename__ = "case_file"
    __table_args__ = (
        CheckConstraint("(approved_on IS NULL) = (approved_version IS NULL)", name="approval"),
        search_text("title", "applicant", "summary"),
        listed("case_file", "org", "state", "published", "was_submitted", "domain", "area", "industry"),
        by_last_change("case_file"),
        waiting("case_file", WAITING_CASES),
        Index("ix_case_file_applicant", "campaign", "applicant", postgresql_include=["org", "state", "published"]),
        Index("ix_case_file_credit_code", "campaign", "credit_code"),
    )

    title: str = Field(sa_type=Text)
    domain: str = Field(sa_type=Text)  # a case domain of the campaign
    industry: str | None = Field(default=None, sa_type=Text)  # an Industry
    applicant: str = Field(sa_type=Text)  # the organisation the application serves
    credit_code: str | None = Field(default=None, sa_type=CODE)  # its unified social credit code
    partners: list[str] = Field(default_factory=list, sa_type=ARRAY(Text), sa_column_kwargs={"server_default": "{}"})
    area: str | None = Field(default=None, sa_type=CODE)
    technologies: list[str] = Field(default_factory=list, sa_type=ARRAY(Text), sa_column_kwargs={"server_default": "{}"})
    network_mode: str | None = Field(default=None, sa_type=Text)  # a NetworkMode
    summary: str = Field(sa_type=Text)
    results: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB, sa_column_kwargs={"server_default": "[]"})
    """Name, value and unit of each."""
    started_on: date | None = Field(default=None, sa_type=Date)
    investment_cny: int | None = Field(default=None, sa_type=BigInteger)
    links: list[str] = Field(default_factory=list, sa_type=ARRAY(Text), sa_column_kwargs={"server_default": "{}"})

    was_submitted: bool = Field(default=False, sa_type=Boolean, sa_column_kwargs={"server_default": "false"})
    """True once it has been submitted; others see a withdrawn case only then."""
    approved_on: date | None = Field(default=None, sa_type=Date)
    approved_version: int | None = Field(default=None, sa_type=BigInteger)
    ended_version: int | None = Field(default=None, sa_type=BigInteger)  # the version that ended an approval
    ended_on: date | None = Field(default=None, sa_type=Date)  # the day of that end; null in rows of earlier releases
    recommended_to: str | None = Field(default=None, sa_type=Text)  # a RecommendedTo
    recommended_on: date | None = Field(default=None, sa_type=Date)
    selected: bool | None = Field(default=None, sa_type=Boolean)  # the outcome of the recommendation
    outcome_note: str | None = Field(default=None, sa_type=Text)
    outcome_on: date | None = Field(default=None, sa_type=Date)
    published: bool = Field(default=False, sa_type=Boolean, sa_column_kwargs={"server_default": "false"})
    """True if all carriers and subdistrict offices may read its title, domain, applicant, summary and results."""
    revocation_requested_on: date | None = Field(default=None, sa_type=Date)
    merged_into: UUID | None = Field(default=None, sa_type=Uuid)  # the case that it duplicates
