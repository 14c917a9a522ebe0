"""`/v1/reminders/sent`: the record of sent reminders."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from pydantic import Field
from starlette.responses import Response

from services.indicators.reminders.models import NewReminderRecord, ReminderRecord
from services.indicators.reminders.organisation_month import read_organisation_months, reminder_signature
from shared.access.dependencies import Authorized, Service, ServiceDep
from shared.access.key_ring import Principal
from shared.database import audit
from shared.database.database import Scope
from shared.database.sql import statement
from shared.http import etag, idempotency
from shared.http.idempotency import IdempotencyKey, StoredResponse
from shared.http.json_response import JsonResponse, json_bytes
from shared.http.lists import QueriedRows, list_response
from shared.http.paging import Page, PageQuery
from shared.http.query_codes import refuse_unknown_code
from shared.http.tables import Table, codes, fields, term
from shared.problems import (
    FieldError,
    MonthNotOpen,
    NotFound,
    Schema,
    problems,
)
from shared.reading.reading import open_reading
from shared.values.bilingual import Bilingual
from shared.values.fields import CodeParameter
from shared.values.months import MonthParameter, month_of, month_text
from shared.values.suggestions import nearest
from shared.vocabulary import FieldCode, ReminderChannel

router = APIRouter(tags=["reminders"])
_INSERT = statement(__package__, "insert_sent_reminder")
_LIST = statement(__package__, "list_sent_reminders")
_COUNT = statement(__package__, "count_sent_reminders")
_NO_FILTER = {"id": None, "month": None, "org": None, "after_id": None, "limit": None}
_TABLE: Final = Table(
    "sent-reminders",
    "催报记录",
    (
        *fields("id", "month"),
        *codes("org"),
        term("channel", ReminderChannel),
        *fields("text", "open_cells", "sent_at", "logged_at"),
        *codes("by_org", of="org"),
        *fields("client"),
    ),
)


class ReminderRecordsQuery(PageQuery):
    """Query parameters of `GET /v1/reminders/sent`."""

    month: MonthParameter | None = Field(default=None, description="Only reminders of this month.")
    org: CodeParameter | None = Field(default=None, description="Only reminders to this organisation.")


@router.post("/v1/reminders/sent", status_code=201, response_model=ReminderRecord, responses=problems(MonthNotOpen))
async def log_reminder(
    request: Request,
    service: ServiceDep,
    body: NewReminderRecord,
    sender: Annotated[Principal, Depends(Authorized("log_reminder"))],
    key: IdempotencyKey = None,
) -> Response:
    """Record a sent reminder.

    Records that an organisation was reminded of a month: channel, text and time.
    """
    scope = Scope(sender.campaign, sender.org)
    now = service.clock.now()
    record = await _new_record(service, sender, body, now)
    digest = idempotency.request_digest([b"log_reminder", body.model_dump_json().encode()])
    async with service.database.write(scope) as connection:
        insert = partial(_insert, connection, request.state.request_id, sender, record)
        answer = await idempotency.respond_once(connection, scope, key, digest, now, insert)
    return answer.to_response()


@router.get("/v1/reminders/sent", response_model=Page[ReminderRecord], responses=_TABLE.responses)
async def list_sent_reminders(
    request: Request,
    service: ServiceDep,
    query: Annotated[ReminderRecordsQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("list_sent_reminders"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """List sent reminders.

    Returns the recorded reminders, newest first.
    """
    binds = {
        "campaign": reader.campaign,
        "id": None,
        "month": month_of(query.month) if query.month else None,
        "org": query.org,
    }
    async with service.database.read(Scope(reader.campaign, reader.org, "campaign")) as snapshot:
        definition = await service.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        refuse_unknown_code("org", query.org, definition.org_codes)
        rows = QueriedRows(
            connection=snapshot.connection,
            page=_LIST,
            count=_COUNT,
            binds=binds,
            query_text=f"list_sent_reminders {query.month} {query.org}",
            keys={"id": str},
            document=_document,
        )
        return await list_response(request, query, _TABLE, definition, rows)


@router.get("/v1/reminders/sent/{id}", response_model=ReminderRecord)
async def get_sent_reminder(
    service: ServiceDep,
    id: Annotated[UUID, Path(description="Id of the recorded reminder.")],  # noqa: A002 - named as in the path
    reader: Annotated[Principal, Depends(Authorized("get_sent_reminder"))],
) -> Response:
    """Get a sent reminder.

    Returns one recorded reminder.
    """
    async with service.database.read(Scope(reader.campaign, reader.org, "campaign")) as snapshot:
        records = await _read_records(snapshot.connection, _NO_FILTER | {"campaign": reader.campaign, "id": id})
    if not records:
        raise NotFound
    return JsonResponse(records[0])


async def read_reminder_records(connection: AsyncConnection, campaign: str, month: date) -> list[dict[str, Any]]:
    """Return the recorded reminders of a month, newest first."""
    return await _read_records(connection, _NO_FILTER | {"campaign": campaign, "month": month})


async def _read_records(connection: AsyncConnection, binds: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = await (await connection.cursor(row_factory=dict_row).execute(_LIST, binds)).fetchall()
    return [_document(row) for row in rows]


def _document(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"month": month_text(row["month"])}


async def _new_record(service: Service, sender: Principal, body: NewReminderRecord, now: datetime) -> dict[str, Any]:
    """Return the row to insert. Raises Schema if the organisation has no expected counts or `sent_at` is in the future."""
    month = month_of(body.month)
    async with open_reading(service, sender) as reading:
        await reading.refuse_unopened_months([month])
        months = await read_organisation_months(reading, month, now)
        signature = reminder_signature(reading.definition, sender.org, sender.role)
    if body.org not in months:
        message = Bilingual(zh="该单位在该月没有应报数据", en="has no expected counts in this month")
        hint = nearest(body.org, months)
        raise Schema(
            errors=[FieldError(where="/org", code=FieldCode.NOTHING_EXPECTED, message=message, value=body.org, hint=hint)]
        )
    if body.sent_at is not None and body.sent_at > now:
        message = Bilingual(zh="不得晚于当前时间", en="must not be in the future")
        raise Schema(
            errors=[FieldError(where="/sent_at", code=FieldCode.IN_THE_FUTURE, message=message, value=body.sent_at.isoformat())]
        )
    reminded = months[body.org]
    return {
        "id": service.clock.new_id(),
        "month": month,
        "org": body.org,
        "channel": body.channel,
        "text": body.text or (None if reminded.finished else reminded.reminder_text(signature).zh),
        "open_cells": len(reminded.missing),
        "sent_at": body.sent_at.astimezone(UTC) if body.sent_at else now,
        "logged_at": now,
        "by_org": sender.org,
        "client": sender.client_id,
    }


async def _insert(connection: AsyncConnection, request_id: str, sender: Principal, record: dict[str, Any]) -> StoredResponse:
    await connection.execute(_INSERT, record | {"campaign": sender.campaign})
    await audit.record(
        connection,
        campaign=sender.campaign,
        org=sender.org,
        actor=sender.client_id,
        operation="log_reminder",
        subject=str(record["id"]),
        request_id=request_id,
        now=record["logged_at"],
    )
    document = record | {"month": month_text(record["month"])}
    return StoredResponse(201, f"/v1/reminders/sent/{record['id']}", json_bytes(document))
