"""Requests and responses about the inbox and the workload."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.cases.moment import AsOfDay
from shared.http.paging import Page, PageQuery
from shared.values.bilingual import Bilingual
from shared.values.fields import AnyOf, CodeParameter
from shared.vocabulary import RegistryKind
from shared.vocabulary.term import PART_OF


class InboxQuery(PageQuery):
    """Day and filters of the inbox."""

    as_of: AsOfDay = None
    kind: AnyOf[RegistryKind] | None = Field(default=None, description="Only entries of these kinds.")
    overdue: bool | None = Field(default=None, description="`true`: only overdue entries. `false`: only those that are not.")


class InboxEntry(BaseModel):
    """Something that waits for your organisation."""

    kind: RegistryKind
    id: UUID | None = Field(description="Id of the item, request or finding; null for a month.")
    path: str = Field(description="Path of the item, month, request or finding that waits.")
    org: str = Field(description="Code of the organisation whose item or month it is.")
    title: str = Field(description="Title of the item; of a month and a request the month, of a challenge the count.")
    action: str = Field(description="Code of the move, or other action, that is expected.")
    label: Bilingual = Field(description="The expected action, in both languages.")
    due_on: date | None = Field(description="Day by which it is expected; null without one.")
    days_left: int | None = Field(description="Days until then, negative after it; null without a date.")
    overdue: bool = Field(description="Whether that day has passed.")


class InboxPage(Page[InboxEntry]):
    """The actions expected of your organisation, the most urgent first; those without a date come last."""

    as_of: date = Field(description="Day of the inbox.")


WorkloadKind = Annotated[
    Literal[
        RegistryKind.CASE, RegistryKind.DIFFICULTY, RegistryKind.ACTION_ITEM, RegistryKind.CHALLENGE, RegistryKind.ASSIGNMENT
    ],
    Field(json_schema_extra={PART_OF: RegistryKind.__name__}),
]
"""The kinds of items; months, requests and findings are none."""


class WorkloadQuery(PageQuery):
    """Day and filters of the workload."""

    as_of: AsOfDay = None
    kind: AnyOf[WorkloadKind] | None = Field(default=None, description="Only items of these kinds.")
    org: AnyOf[CodeParameter] | None = Field(default=None, description="Only the workload of these organisations.")


class WorkloadLine(BaseModel):
    """The items of one kind that an organisation is responsible for."""

    kind: RegistryKind
    org: str | None = Field(description="Code of the responsible organisation; null for items that have none yet.")
    open: int = Field(description="Number of unfinished items.")
    overdue: int = Field(description="Number of overdue items.")
    closed: int = Field(description="Number of finished items.")
    median_days: int | None = Field(
        description="Median of the days that finished items took from their creation, assignments from the first day of the"
        " supervision, to the move that finished them; the lower one of two. Null without any."
    )


class WorkloadPage(Page[WorkloadLine]):
    """The workload by kind and organisation."""

    as_of: date = Field(description="Day of the workload.")
