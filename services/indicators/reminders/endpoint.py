"""`GET /v1/reminders`: the organisations to remind of a month, with a text for each."""

from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.indicators.reminders.models import ReminderPage
from services.indicators.reminders.organisation_month import OrganisationMonth, read_organisation_months, reminder_signature
from services.indicators.reminders.sent import read_reminder_records
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.http import etag
from shared.http.lists import StoredRows, list_response
from shared.http.paging import PageQuery
from shared.http.tables import Table, bilingual, codes, computed, fields, term
from shared.problems import MonthNotOpen, problems
from shared.reading.reading import open_reading
from shared.values.bilingual import Bilingual
from shared.values.months import MonthParameter, month_of, month_text
from shared.vocabulary import SubmissionState

router = APIRouter(tags=["reminders"])
_TABLE: Final = Table(
    "reminders",
    "催报名单",
    (
        *fields("month"),
        *codes("org"),
        *fields("due", "days_past_due", "late_days"),
        term("submission", SubmissionState),
        *fields("open_cells"),
        computed(["cells"], lambda reminder: [" ".join(f"{cell['metric']}:{cell['area']}" for cell in reminder["cells"])]),
        bilingual("text"),
        computed(["sent"], lambda reminder: [len(reminder["sent"])]),
    ),
)


class ReminderQuery(PageQuery):
    """Query parameters of `GET /v1/reminders`."""

    month: MonthParameter | None = Field(default=None, description="Defaults to the latest month whose due date has passed.")


@router.get(
    "/v1/reminders",
    response_model=ReminderPage,
    responses=_TABLE.responses | problems(MonthNotOpen),
)
async def list_reminders(
    request: Request,
    service: ServiceDep,
    query: Annotated[ReminderQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("list_reminders"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """List organisations to remind.

    Returns the organisations whose month is incomplete or not submitted, each with a reminder text to copy; nothing is sent.
    Record sent reminders with `POST /v1/reminders/sent`.
    """
    async with open_reading(service, reader) as reading:
        definition = reading.definition
        at = service.clock.now().replace(second=0, microsecond=0)  # as the texts show it: unchanged for a minute
        today = at.astimezone(ZoneInfo(definition.campaign.timezone)).date()
        month = month_of(query.month) if query.month else definition.calendar.latest_due(today)
        await reading.refuse_unopened_months([month])
        months = await read_organisation_months(reading, month, at)
        records = await read_reminder_records(reading.connection, reader.campaign, month)
    signature = reminder_signature(definition, reader.org, reader.role)
    calendar = definition.calendar
    page = {"at": at, "month": month_text(month), "due": calendar.due(month), "grace_until": calendar.grace_until(month)}
    rows = StoredRows(
        rows=[org_month for org_month in months.values() if not org_month.finished],
        query_text=f"list_reminders {month}",
        row_key=lambda org_month: org_month.org,
        document=lambda org_month: _reminder(org_month, signature, records),
    )
    return await list_response(request, query, _TABLE, definition, rows, page)


def _reminder(org_month: OrganisationMonth, signature: Bilingual, records: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "org": org_month.org,
        "title": org_month.definition.organisation(org_month.org).title.model_dump(),
        "month": month_text(org_month.month),
        "due": org_month.due,
        "days_past_due": org_month.days_past_due,
        "late_days": org_month.late_days,
        "submission": org_month.state,
        "open_cells": len(org_month.missing),
        "cells": [
            {"org": org_month.org, "month": month_text(org_month.month), "metric": cell.metric, "area": cell.area}
            for cell in org_month.missing
        ],
        "text": org_month.reminder_text(signature).model_dump(),
        "sent": [record for record in records if record["org"] == org_month.org],
    }
