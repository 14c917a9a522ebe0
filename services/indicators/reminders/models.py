"""What reminders take and answer."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from services.indicators.models import MonthText, OrgParameter
from shared.http.json_response import ResponseModel
from shared.http.paging import Page
from shared.values.bilingual import Bilingual
from shared.values.fields import Body, Paragraph
from shared.values.months import MONTH_PATTERN
from shared.vocabulary import ReminderChannel, SubmissionState


class OpenCell(ResponseModel):
    """An owed count that was not reported."""

    metric: str
    area: str


class SentReminder(ResponseModel):
    """That somebody was reminded."""

    id: UUID
    month: MonthText
    org: str = Field(description="Who was reminded.")
    channel: ReminderChannel
    text: str | None = Field(description="What was said; null where nothing was open and no text was given.")
    open_cells: int = Field(description="How many of its cells were open when this was logged.")
    sent_at: datetime
    logged_at: datetime
    by_org: str = Field(description="Who reminded.")
    client: str


class Reminder(ResponseModel):
    """What an organisation has not finished of a month, and a text that tells it so."""

    org: str
    title: Bilingual
    month: MonthText
    due: date
    days_past_due: int = Field(description="Days since the due day, the grace's among them; 0 up to it.")
    late_days: int = Field(description="The same once the grace is over, while a cell is open; else 0.")
    submission: SubmissionState = Field(description="Where the month stands: `returned` and `open` are unfinished.")
    open_cells: int
    cells: list[OpenCell]
    text: Bilingual = Field(description="Ready to be pasted; lines end with a line feed.")
    sent: list[SentReminder] = Field(description="The reminders of this month that were logged, the newest first.")


class ReminderPage(Page[Reminder]):
    """Whoever has not finished a month, in the order of the campaign's file."""

    at: datetime = Field(description="The business instant at which it was judged.")
    month: MonthText
    due: date
    grace_until: date


class NewSentReminder(Body):
    """A reminder that was sent."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"month": "2022-08", "org": "unicom", "channel": "wechat"}]})

    month: Annotated[str, StringConstraints(pattern=MONTH_PATTERN)]
    org: OrgParameter = Field(description="Who was reminded.")
    channel: ReminderChannel
    text: Paragraph | None = Field(default=None, description="What was said; left out: the text that `/v1/reminders` gives now.")
    sent_at: AwareDatetime | None = Field(default=None, description="When; left out: now. Not in the future.")
