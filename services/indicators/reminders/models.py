"""Request and response models of reminders."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from services.indicators.models import MonthText
from shared.http.json_response import ResponseModel
from shared.http.paging import Page
from shared.values.bilingual import Bilingual
from shared.values.count_key import CountKey
from shared.values.fields import CodeParameter, RequestBody, TextParagraph, TimestampText
from shared.values.months import MONTH_PATTERN
from shared.values.timestamps import Timestamp
from shared.vocabulary import ReminderChannel, SubmissionState


class ReminderRecord(ResponseModel):
    """The record of a sent reminder."""

    id: UUID
    month: MonthText
    org: str = Field(description="Organisation that was reminded.")
    channel: ReminderChannel
    text: str | None = Field(description="Text of the reminder; null if none was given and no count was missing.")
    open_cells: int = Field(description="Number of missing expected counts when the reminder was recorded.")
    sent_at: Timestamp
    logged_at: Timestamp = Field(description="Timestamp of the record.")
    by_org: str = Field(description="Organisation that sent the reminder.")
    client: str = Field(description="Client that recorded the reminder.")


class Reminder(ResponseModel):
    """An organisation's unfinished month, with a reminder text."""

    org: str
    title: Bilingual
    month: MonthText
    due: date = Field(description="Due date of the month's counts.")
    days_past_due: int = Field(description="Days since the due date, including the grace period; 0 until the due date.")
    late_days: int = Field(
        description="Days since the due date once the grace period is over and a count is missing; otherwise 0."
    )
    submission: SubmissionState = Field(description="State of the submission; the month is unfinished if `open` or `returned`.")
    open_cells: int = Field(description="Number of missing expected counts.")
    cells: list[CountKey] = Field(description="Missing expected counts.")
    text: Bilingual = Field(description="Reminder text to copy; lines end with a line feed.")
    sent: list[ReminderRecord] = Field(description="Recorded reminders of this month, newest first.")


class ReminderPage(Page[Reminder]):
    """Organisations whose month is incomplete or not submitted, in the order of the campaign file."""

    at: Timestamp = Field(description="Timestamp at which missing counts and lateness are judged: the current minute.")
    month: MonthText
    due: date = Field(description="Due date of the month's counts.")
    grace_until: date = Field(description="Last day of the grace period.")


class NewReminderRecord(RequestBody):
    """A sent reminder to record."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"month": "2022-08", "org": "unicom", "channel": "wechat"}]})

    month: Annotated[str, StringConstraints(pattern=MONTH_PATTERN)]
    org: CodeParameter = Field(description="Organisation that was reminded.")
    channel: ReminderChannel
    text: TextParagraph | None = Field(
        default=None, description="Text of the reminder. Defaults to the text that `/v1/reminders` returns now."
    )
    sent_at: TimestampText | None = Field(
        default=None, description="Timestamp of the reminder, not in the future. Defaults to the current time."
    )
