"""The status of an assignment in responses."""

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from shared.domain import task_status
from shared.vocabulary import TaskReason, TaskState, TaskStatus


class StatusReason(BaseModel):
    """A reason for the status of an assignment."""

    code: TaskReason = Field(description="Reason.")
    indicator: str | None = Field(description="Code of the indicator that will miss its target; otherwise null.")
    day: date | None = Field(description="Due date, date of the latest report, or of the return; null if there is none.")


class AssignmentStatus(BaseModel):
    """Status of an assignment on a day."""

    org: str = Field(description="Code of the responsible organisation.")
    state: TaskState
    status: TaskStatus = Field(description="Status, derived from state, due date, reports and indicators.")
    reasons: list[StatusReason] = Field(description="Reasons for the status; empty if there is nothing to add.")
    days_left: int | None = Field(
        description="Days to the due date, negative after it; null without a due date and once it was reported done."
    )
    reported_on: date | None = Field(description="Date of the latest report.")
    reported_done_on: date | None = Field(description="Date on which it was reported done, while that stands.")
    accepted_on: date | None = Field(description="Date of acceptance, while it is done.")


def status_document(status: task_status.AssignmentStatus) -> dict[str, Any]:
    """Return a status as `AssignmentStatus` describes it, without the organisation."""
    return {
        "state": status.state,
        "status": status.status,
        "reasons": [{"code": reason.code, "indicator": reason.indicator, "day": reason.day} for reason in status.reasons],
        "days_left": status.days_left,
        "reported_on": status.reported_on,
        "reported_done_on": status.reported_done_on,
        "accepted_on": status.accepted_on,
    }
