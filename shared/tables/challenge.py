"""The challenges of counts."""

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, Date, Index, Text, Uuid, text
from sqlmodel import Field

from shared.tables.item import Item, by_last_change, listed, search_text, waiting
from shared.tables.schema import CODE

WAITING_CHALLENGES: Final = "state NOT IN ('dismissed', 'withdrawn')"


class Challenge(Item, table=True):
    """A question about one count of `org`. Written by cases; ingest records the push that corrects the count.

    Its state is that after the last move: an open or conceded challenge whose `due` has passed is unanswered.
    A summary of data version n shows it where `opened_version` ≤ n and `ended_version` is null or above n.
    """

    __table_args__ = (
        Index(
            "ix_challenge_of_count",
            "campaign",
            "org",
            "month",
            "metric",
            "area",
            unique=True,
            postgresql_where=text("ended_version IS NULL"),
        ),
        search_text("reason", "evidence"),
        listed("challenge", "org", "state", "metric", "area", "due", "decision_due", "challenger"),
        by_last_change("challenge"),
        waiting("challenge", WAITING_CHALLENGES),
    )

    metric: str = Field(sa_type=CODE)
    area: str = Field(sa_type=CODE)
    month: date = Field(sa_type=Date)  # first day
    value: int = Field(sa_type=BigInteger)  # that was read
    data_version: int = Field(sa_type=BigInteger)  # at which it was read
    challenger: str = Field(sa_type=CODE)  # the organisation that opened it
    reason: str = Field(sa_type=Text)
    evidence: str | None = Field(default=None, sa_type=Text)
    due: date | None = Field(default=None, sa_type=Date)  # the last day of the next move
    decision_due: date | None = Field(default=None, sa_type=Date)  # of the decision, if `due` passes without that move
    corrected_by: UUID | None = Field(default=None, sa_type=Uuid)  # the last import that corrected the count
    opened_version: int = Field(sa_type=BigInteger)
    ended_version: int | None = Field(default=None, sa_type=BigInteger)  # that upheld, dismissed or withdrew it
