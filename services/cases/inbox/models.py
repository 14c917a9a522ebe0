"""Requests and responses about the inbox and the workload."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from shared.http.paging import Page, PageQuery
from shared.values.bilingual import Bilingual
from shared.values.fields import CodeParameter
from shared.vocabulary import RegistryKind


class InboxQuery(PageQuery):
    """Day and filters of the inbox."""

    as_of: Annotated[
        str | None,
        Field(
            max_length=64,
            description="Day in the campaign's time zone, for the inbox at its end; or a data version or RFC 3339 timestamp, for"
            " the inbox at that time. Defaults to now.",
        ),
    ] = None
    kind: RegistryKind | None = Field(default=None, description="Only entries of this kind.")
    overdue: bool | None = Field(default=None, description="`true`: only overdue entries. `false`: only those that are not.")


class InboxEntry(BaseModel):
    """Something that waits for your organisation."""

    kind: RegistryKind
    path: str = Field(description="Path of the item, month or request that waits.")
    org: str = Field(description="Code of the organisation whose item or month it is.")
    title: str = Field(description="Title of the item; of a month and a request the month.")
    action: str = Field(description="Code of the move, or other action, that is expected.")
    label: Bilingual = Field(description="The expected action, in both languages.")
    due_on: date | None = Field(description="Day by which it is expected; null without one.")
    days_left: int | None = Field(description="Days until then, negative after it; null without a date.")
    overdue: bool = Field(description="Whether that day has passed.")


class InboxPage(Page[InboxEntry]):
    """The actions expected of your organisation, the most urgent first; those without a date come last."""

    as_of: date = Field(description="Day of the inbox.")


class WorkloadQuery(PageQuery):
    """Filters of the workload."""

    kind: RegistryKind | None = Field(default=None, description="Only items of this kind.")
    org: CodeParameter | None = Field(default=None, description="Only the workload of this organisation.")


class WorkloadLine(BaseModel):
    """The items of one kind that an organisation is responsible for."""

    kind: RegistryKind
    org: str | None = Field(description="Code of the responsible organisation; null for items that have none yet.")
    open: int = Field(description="Number of unfinished items.")
    overdue: int = Field(description="Number of overdue items.")
    closed: int = Field(description="Number of finished items.")
    median_days: int | None = Field(
        description="Median of the days from creation to the last move of finished items; the lower one of two. Null without any."
    )
