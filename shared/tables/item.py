"""The columns that items of every kind have."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Column, Computed, DateTime, Index, Integer, Text, Uuid, text
from sqlmodel import Field, SQLModel

from shared.tables.schema import CODE


class Item(SQLModel):
    """One item of a kind, which has a table of its own. Written by cases."""

    __mapper_args__: ClassVar[Any] = {"exclude_properties": ["search_text"]}  # as long as the texts that it repeats

    campaign: str = Field(primary_key=True, sa_type=CODE)
    org: str = Field(primary_key=True, sa_type=CODE)  # whose item it is
    id: UUID = Field(primary_key=True, sa_type=Uuid)
    state: str = Field(sa_type=Text)  # of the kind's enumeration of states
    revision: int = Field(sa_type=Integer)  # grows with every change; the ETag
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(sa_type=DateTime(timezone=True))
    finished_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    """The time of the move after which nothing needed to be done. Null in unfinished items, and in rows of earlier releases."""


def search_text(*columns: str) -> Column[str]:
    """Return the column that searches look into: what texts say, whatever the width and case of letters.

    The database computes it whenever a row is written. A search would take a hundred times as long if it normalised all texts.
    """
    texts = " || ' '::text || ".join(f"COALESCE({column}, ''::text)" for column in columns)
    return Column("search_text", Text, Computed(f"lower(NORMALIZE({texts}, NFKC))", persisted=True))


def listed(table: str, *columns: str) -> Index:
    """Return the index of lists: in the order of their pages, with the columns by which items are found and counted.

    Row-level security lets no operator of a search into an index, but these columns are read from it without the rows. So is the
    workload, which needs the times.
    """
    return Index(f"ix_{table}_listed", "campaign", "id", postgresql_include=[*columns, "created_at", "updated_at", "finished_at"])


def waiting(table: str, condition: str) -> Index:
    """Return the index by which the few items are found that may wait for a move."""
    return Index(f"ix_{table}_unfinished", "campaign", "id", postgresql_where=text(condition))


def by_last_change(table: str) -> Index:
    """Return the index by which the items are found that have changed since a time."""
    return Index(f"ix_{table}_by_last_change", "campaign", "updated_at")
