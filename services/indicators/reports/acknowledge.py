"""`POST /v1/reports/{number}/acknowledgements`: the leading group and the regulator confirm receipt."""

from datetime import datetime
from functools import partial
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Request
from psycopg import AsyncConnection
from starlette.responses import Response

from services.indicators.reports.models import IssuedReport, NewAcknowledgement
from services.indicators.reports.read import ReportNumber, read_report, report_document, report_headers
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.database import audit
from shared.database.sql import statement
from shared.http import idempotency
from shared.http.idempotency import IdempotencyKey, StoredResponse
from shared.http.json_response import json_bytes
from shared.problems import (
    AlreadyAcknowledged,
    problems,
)
from shared.reading.reading import campaign_scope

router = APIRouter(tags=["reports"])
_INSERT = statement(__package__, "insert_acknowledgement")


@router.post(
    "/v1/reports/{number}/acknowledgements",
    status_code=201,
    response_model=IssuedReport,
    responses=problems(AlreadyAcknowledged),
)
async def acknowledge_report(
    request: Request,
    service: ServiceDep,
    number: ReportNumber,
    body: NewAcknowledgement,
    receiver: Annotated[Principal, Depends(Authorized("acknowledge_report"))],
    key: IdempotencyKey = None,
) -> Response:
    """Acknowledge a monthly report.

    Records once that your organisation has received the report and returns the report.
    """
    scope, now = campaign_scope(receiver), service.clock.now()
    digest = idempotency.request_digest([b"acknowledge_report", str(number).encode(), body.model_dump_json().encode()])
    async with service.database.write(scope) as connection:
        acknowledge = partial(_acknowledge, connection, receiver, number, body, request.state.request_id, now)
        answer = await idempotency.respond_once(connection, scope, key, digest, now, acknowledge)
    return answer.to_response(report_headers(orjson.loads(answer.body), receiver))


async def _acknowledge(
    connection: AsyncConnection,
    receiver: Principal,
    number: int,
    body: NewAcknowledgement,
    request_id: str,
    now: datetime,
) -> StoredResponse:
    await read_report(connection, receiver, number)
    report = {"campaign": receiver.campaign, "org": receiver.org, "number": number}
    acknowledgement = {"note": body.note, "actor": receiver.client_id, "at": now}
    if not (await connection.execute(_INSERT, report | acknowledgement)).rowcount:
        raise AlreadyAcknowledged
    await audit.record(
        connection,
        campaign=receiver.campaign,
        org=receiver.org,
        actor=receiver.client_id,
        operation="acknowledge_report",
        subject=str(number),
        request_id=request_id,
        now=now,
    )
    document = report_document(await read_report(connection, receiver, number), receiver)
    return StoredResponse(201, f"/v1/reports/{number}", json_bytes(document))
