"""The assignments of tasks."""

from typing import Any

from sqlalchemy import Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from shared.tables.item import Item


class TaskAssignment(Item, table=True):
    """The assignment of a task to one responsible organisation. Written by cases.

    It has a row from its first change on; before, it is what the campaign file says. Its id follows from task and organisation.
    """

    __tablename__ = "task_assignment"

    number: int = Field(sa_type=Integer)  # of the task
    measures: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)  # those that were reported on
    milestones: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
