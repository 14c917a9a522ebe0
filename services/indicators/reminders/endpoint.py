"""`GET /v1/reminders`: the organisations to remind of a month, with a text for each."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.indicators.reading import open_reading
from services.indicators.reminders.models import ReminderPage
from services.indicators.reminders.organisation_month import OrganisationMonth, read_organisation_months, reminder_signature
from services.indicators.reminders.sent import read_reminder_records
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.http.json_response import JsonResponse
from shared.values.bilingual import Bilingual
from shared.values.months import MonthParameter, month_of, month_text

router = APIRouter(tags=["reminders"])


class ReminderQuery(BaseModel):
    """Query parameters of `GET /v1/reminders`."""

    model_config = ConfigDict(extra="forbid")

    month: MonthParameter | None = Field(default=None, description="Defaults to the latest month whose due date has passed.")


@router.get("/v1/reminders", response_model=ReminderPage)
async def list_reminders(
    service: ServiceDep,
    query: Annotated[ReminderQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("list_reminders"))],
) -> Response:
    """List organisations to remind.

    Returns the organisations whose month is incomplete or not submitted, each with a reminder text to copy; nothing is sent.
    Record sent reminders with `POST /v1/reminders/sent`.
    """
    at = service.clock.now()
    async with open_reading(service, reader) as read:
        definition = read.definition
        today = at.astimezone(ZoneInfo(definition.campaign.timezone)).date()
        month = month_of(query.month) if query.month else definition.calendar.latest_due(today)
        months = await read_organisation_months(read, month, at)
        records = await read_reminder_records(read.connection, reader.campaign, month)
    signature = reminder_signature(definition, reader.org, reader.role)
    items = [
        _reminder(org_month, signature, [record for record in records if record["org"] == org])
        for org, org_month in months.items()
        if not org_month.finished
    ]
    calendar = definition.calendar
    page = {"at": at, "month": month_text(month), "due": calendar.due(month), "grace_until": calendar.grace_until(month)}
    return JsonResponse({"items": items, "next": None, "total": len(items), **page})


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
        "cells": [{"metric": cell.metric, "area": cell.area} for cell in org_month.missing],
        "text": org_month.reminder_text(signature).model_dump(),
        "sent": records,
    }
