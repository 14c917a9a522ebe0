"""`POST /v1/reports`: the task force issues the report of a month."""

import asyncio
import hashlib
from datetime import date
from functools import partial
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Request
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from starlette.responses import Response

from services.indicators.reports.content import report_content
from services.indicators.reports.files.render import render_files
from services.indicators.reports.indicators import public_figures
from services.indicators.reports.models import IssuedReport, NewReport
from services.indicators.reports.read import read_report, report_document, report_headers
from services.indicators.reports.report_data import ReportData, read_report_data, version_timestamp
from shared.access.dependencies import Authorized, Service, ServiceDep
from shared.access.key_ring import Principal
from shared.database import audit
from shared.database.ledger import lock_campaign, take_version
from shared.database.sql import statement
from shared.http import idempotency
from shared.http.idempotency import IdempotencyKey, StoredResponse
from shared.http.json_response import json_bytes
from shared.problems import MonthNotEnded, MonthNotOpen, problems
from shared.reading.reading import Reading, campaign_scope
from shared.values.months import month_of, next_month
from shared.vocabulary import LedgerKind

router = APIRouter(tags=["reports"])
_INSERT = statement(__package__, "insert_report")
_INSERT_FILE = statement(__package__, "insert_report_file")


@router.post(
    "/v1/reports",
    status_code=201,
    response_model=IssuedReport,
    responses=problems(MonthNotEnded, MonthNotOpen),
)
async def create_report(
    request: Request,
    service: ServiceDep,
    body: NewReport,
    issuer: Annotated[Principal, Depends(Authorized("create_report"))],
    key: IdempotencyKey = None,
) -> Response:
    """Issue a monthly report.

    Issues the report of a month that has ended; it gets a number and a data version and never changes. Issuing the same month
    again creates a new report that supersedes the earlier one.
    """
    digest = idempotency.request_digest([b"create_report", body.model_dump_json().encode()])
    async with service.database.write(campaign_scope(issuer)) as connection:
        issue = partial(_issue, connection, service, request.state.request_id, issuer, body)
        answer = await idempotency.respond_once(connection, campaign_scope(issuer), key, digest, service.clock.now(), issue)
    return answer.to_response(report_headers(orjson.loads(answer.body), issuer))


async def _issue(
    connection: AsyncConnection, service: Service, request_id: str, issuer: Principal, body: NewReport
) -> StoredResponse:
    """Issue the report under the campaign's lock, so that no other data version is created meanwhile."""
    ledger = await lock_campaign(connection, issuer.campaign)
    definition = await service.definitions.at(connection, issuer.campaign, ledger.definition_version)
    today = service.clock.today(definition.campaign.timezone)
    version = await take_version(
        connection, ledger, kind=LedgerKind.REPORT, subject=body.month, actor=issuer.client_id, now=service.clock.now()
    )
    reading = Reading(connection, issuer, version, past=False, definition=definition, today=today, committed=False)
    await refuse_running_month(reading, month_of(body.month))
    data = await read_report_data(reading, month_of(body.month), await version_timestamp(reading), service.definitions)
    content = report_content(data, body)
    files = await asyncio.to_thread(render_files, json_bytes(content))
    await _insert(connection, issuer, data, public_figures(content["indicators"]), files)
    await audit.record(
        connection,
        campaign=issuer.campaign,
        org=issuer.org,
        actor=issuer.client_id,
        operation="create_report",
        subject=str(data.number),
        request_id=request_id,
        now=service.clock.now(),
    )
    document = report_document(await read_report(connection, issuer, data.number), issuer)
    return StoredResponse(201, f"/v1/reports/{data.number}", json_bytes(document))


async def refuse_running_month(reading: Reading, month: date) -> None:
    """Raise MonthNotOpen for a month that has not begun or is before the campaign's first, MonthNotEnded for a running one."""
    await reading.refuse_unopened_months([month])
    first_day = next_month(month)
    if reading.today < first_day:
        raise MonthNotEnded(
            "该月尚未结束，不能发布月报。", f"The month has not ended; its report can be issued from {first_day} on."
        )


async def _insert(
    connection: AsyncConnection,
    issuer: Principal,
    data: ReportData,
    figures: list[dict[str, object]],
    files: dict[str, bytes],
) -> None:
    binds = {"campaign": issuer.campaign, "number": data.number}
    columns = {
        "month": data.month,
        "version": data.version,
        "definition_version": data.definition.version,
        "issued_at": data.issued_at,
        "issuer": issuer.org,
        "actor": issuer.client_id,
        "figures": Jsonb(figures, lambda document: orjson.dumps(document).decode()),
    }
    await connection.execute(_INSERT, binds | columns)
    for extension, content in files.items():
        file = {"ending": extension, "sha256": hashlib.sha256(content).hexdigest(), "content": content}
        await connection.execute(_INSERT_FILE, binds | file)
