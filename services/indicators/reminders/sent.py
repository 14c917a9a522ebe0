"""`/v1/reminders/sent`: the log of who was reminded, when and how."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from pydantic import ConfigDict, Field
from starlette.responses import Response

from services.indicators.models import OrgParameter
from services.indicators.reading import open_reading
from services.indicators.reminders.models import NewSentReminder, SentReminder
from services.indicators.reminders.text import sender_of
from services.indicators.reminders.unfinished import owing
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.database import audit
from shared.database.database import Scope
from shared.database.sql import statement
from shared.http import idempotency, paging
from shared.http.idempotency import IdempotencyKey, StoredResponse
from shared.http.json_response import JsonResponse
from shared.http.paging import Page, PageQuery
from shared.problems import (
    BODY_PROBLEMS,
    KEYED_PROBLEMS,
    FieldError,
    Forbidden,
    NotFound,
    Overloaded,
    Schema,
    TokenInvalid,
    problems,
)
from shared.values.bilingual import Bilingual
from shared.values.months import MonthParameter, month_of, month_text
from shared.values.suggestions import nearest
from shared.values.uuid7 import uuid7

router = APIRouter(tags=["reminders"])
_INSERT = statement(__package__, "insert_sent_reminder")
_LIST = statement(__package__, "list_sent_reminders")
_COUNT = statement(__package__, "count_sent_reminders")
_REFUSALS = (TokenInvalid, Forbidden, NotFound, Schema, Overloaded)
_EVERY = {"id": None, "month": None, "org": None, "after": None, "limit": None}


class SentQuestion(PageQuery):
    """Which reminders; every filter may be left out."""

    model_config = ConfigDict(extra="forbid")

    month: MonthParameter | None = None
    org: OrgParameter | None = Field(default=None, description="Who was reminded.")


@router.post(
    "/v1/reminders/sent",
    status_code=201,
    response_model=SentReminder,
    responses=problems(*_REFUSALS, *BODY_PROBLEMS, *KEYED_PROBLEMS),
)
async def log_reminder(
    request: Request,
    body: NewSentReminder,
    sender: Annotated[Principal, Depends(Authorized("log_reminder"))],
    key: IdempotencyKey = None,
) -> Response:
    """Log that an organisation was reminded of a month: how, when, and with which words."""
    state, scope = request.app.state, Scope(sender.campaign, sender.org)
    now: datetime = state.clock.now()
    entry = await _entry(request, sender, body, now)
    print_ = idempotency.request_digest([b"log_reminder", body.model_dump_json().encode()])
    async with state.database.write(scope) as connection:
        log = partial(_logged, connection, request, sender, entry)
        answer = await idempotency.respond_once(connection, scope, key, print_, now, log)
    return answer.response()


@router.get("/v1/reminders/sent", response_model=Page[SentReminder], responses=problems(*_REFUSALS))
async def list_sent_reminders(
    request: Request,
    question: Annotated[SentQuestion, Query()],
    reader: Annotated[Principal, Depends(Authorized("list_sent_reminders"))],
) -> Response:
    """Who was reminded, the newest first."""
    text = f"list_sent_reminders {question.month} {question.org}"
    binds = _EVERY | {
        "campaign": reader.campaign,
        "month": month_of(question.month) if question.month else None,
        "org": question.org,
        "after": paging.decode_cursor(text, question.next, [str])[0] if question.next else None,
        "limit": question.limit + 1,
    }
    async with request.app.state.database.read(Scope(reader.campaign, reader.org, "campaign")) as snapshot:
        rows = await _rows(snapshot.connection, binds)
        (total,) = await (await snapshot.connection.execute(_COUNT, binds)).fetchone() or (0,)
    shown = rows[: question.limit]
    following = paging.encode_cursor(text, [str(shown[-1]["id"])]) if len(rows) > len(shown) else None
    return JsonResponse({"items": shown, "next": following, "total": total})


@router.get("/v1/reminders/sent/{id}", response_model=SentReminder, responses=problems(*_REFUSALS))
async def get_sent_reminder(
    request: Request,
    id: Annotated[UUID, Path(description="The log entry's id.")],  # noqa: A002 - named as in the path
    reader: Annotated[Principal, Depends(Authorized("get_sent_reminder"))],
) -> Response:
    """One of them."""
    async with request.app.state.database.read(Scope(reader.campaign, reader.org, "campaign")) as snapshot:
        rows = await _rows(snapshot.connection, _EVERY | {"campaign": reader.campaign, "id": id})
    if not rows:
        raise NotFound
    return JsonResponse(rows[0])


async def sent_of(connection: AsyncConnection, campaign: str, month: date) -> list[dict[str, Any]]:
    """The reminders of a month, the newest first."""
    return await _rows(connection, _EVERY | {"campaign": campaign, "month": month})


async def _rows(connection: AsyncConnection, binds: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = await (await connection.cursor(row_factory=dict_row).execute(_LIST, binds)).fetchall()
    return [row | {"month": month_text(row["month"])} for row in rows]


async def _entry(request: Request, sender: Principal, body: NewSentReminder, now: datetime) -> dict[str, Any]:
    """The log's row. Raises Schema where nobody owes that, or it is yet to be."""
    month = month_of(body.month)
    async with open_reading(request.app.state.service, sender) as read:
        orgs = await owing(read, month, now)
        signed = sender_of(read.definition, sender.org, sender.role)
    if body.org not in orgs:
        message = Bilingual(zh="该单位在该月没有应报数据", en="this organisation owes nothing of that month")
        hint = nearest(body.org, orgs)
        raise Schema(errors=[FieldError(where="/org", code="owes_nothing", message=message, value=body.org, hint=hint)])
    if body.sent_at is not None and body.sent_at > now:
        message = Bilingual(zh="不得晚于现在", en="it is yet to come")
        raise Schema(errors=[FieldError(where="/sent_at", code="future", message=message, value=body.sent_at.isoformat())])
    reminded = orgs[body.org]
    return {
        "id": uuid7(),
        "month": month,
        "org": body.org,
        "channel": body.channel,
        "text": body.text or (None if reminded.finished else reminded.text(signed).zh),
        "open_cells": len(reminded.missing),
        "sent_at": body.sent_at.astimezone(UTC) if body.sent_at else now,
        "logged_at": now,
        "by_org": sender.org,
        "client": sender.client_id,
    }


async def _logged(connection: AsyncConnection, request: Request, sender: Principal, entry: dict[str, Any]) -> StoredResponse:
    await connection.execute(_INSERT, entry | {"campaign": sender.campaign})
    await audit.record(
        connection,
        campaign=sender.campaign,
        org=sender.org,
        actor=sender.client_id,
        operation="log_reminder",
        subject=str(entry["id"]),
        request_id=request.state.request_id,
        now=entry["logged_at"],
    )
    document = entry | {"month": month_text(entry["month"])}
    return StoredResponse(201, f"/v1/reminders/sent/{entry['id']}", orjson.dumps(document))
