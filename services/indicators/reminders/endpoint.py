"""`GET /v1/reminders`: who has not finished a month, and what to tell them."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.indicators.reading import open_reading
from services.indicators.reminders.models import ReminderPage
from services.indicators.reminders.sent import sent_of
from services.indicators.reminders.text import Unfinished, sender_of
from services.indicators.reminders.unfinished import owing
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.http.json_response import JsonResponse
from shared.problems import Forbidden, NotFound, Overloaded, Schema, TokenInvalid, problems
from shared.values.bilingual import Bilingual
from shared.values.months import MonthParameter, month_of, month_text

router = APIRouter(tags=["reminders"])


class ReminderQuestion(BaseModel):
    """Which month."""

    model_config = ConfigDict(extra="forbid")

    month: MonthParameter | None = Field(default=None, description="Left out: the latest month that is past its due day.")


@router.get(
    "/v1/reminders",
    response_model=ReminderPage,
    responses=problems(TokenInvalid, Forbidden, NotFound, Schema, Overloaded),
)
async def list_reminders(
    request: Request,
    question: Annotated[ReminderQuestion, Query()],
    reader: Annotated[Principal, Depends(Authorized("list_reminders"))],
) -> Response:
    """Whoever has open cells, or a month that is not submitted: due day, days late, and a text that is ready to be pasted.

    Nothing is sent from here: what was sent is logged with `POST /v1/reminders/sent`.
    """
    at = request.app.state.clock.now()
    async with open_reading(request.app.state.service, reader) as read:
        definition = read.definition
        today = at.astimezone(ZoneInfo(definition.campaign.timezone)).date()
        month = month_of(question.month) if question.month else definition.calendar.latest_due(today)
        found = [each for each in (await owing(read, month, at)).values() if not each.finished]
        sent = await sent_of(read.connection, reader.campaign, month)
    sender = sender_of(definition, reader.org, reader.role)
    items = [_document(each, sender, [one for one in sent if one["org"] == each.org]) for each in found]
    calendar = definition.calendar
    page = {"at": at, "month": month_text(month), "due": calendar.due(month), "grace_until": calendar.grace_until(month)}
    return JsonResponse({"items": items, "next": None, "total": len(items), **page})


def _document(each: Unfinished, sender: Bilingual, sent: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "org": each.org,
        "title": each.definition.organisation(each.org).title.model_dump(),
        "month": month_text(each.month),
        "due": each.due,
        "days_past_due": each.days_past_due,
        "late_days": each.late_days,
        "submission": each.state,
        "open_cells": len(each.missing),
        "cells": [{"metric": cell.metric, "area": cell.area} for cell in each.missing],
        "text": each.text(sender).model_dump(),
        "sent": sent,
    }
