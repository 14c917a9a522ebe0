"""`/v1/findings/{id}/explanation`: an organisation explains a finding on its counts."""

from datetime import datetime
from typing import Annotated

import psycopg
from fastapi import APIRouter, Depends, Request
from psycopg import AsyncConnection
from pydantic import ConfigDict
from starlette.responses import Response

from services.ingest.findings.documents import finding_response
from services.ingest.findings.models import FindingId, ReasonedFinding
from services.ingest.findings.read_findings import find_finding
from services.ingest.push.writable_months import writable_months
from services.ingest.service import IngestServiceDep
from shared.access.dependencies import Authorized
from shared.access.key_ring import Principal
from shared.database import audit
from shared.database.database import Scope
from shared.database.ledger import read_ledger
from shared.database.sql import statement
from shared.http import etag
from shared.problems import ConcurrentChange, MonthClosed, NotExplainable, problems
from shared.reading.findings import Finding, add_explanations
from shared.values.fields import RequestBody, TextParagraph

router = APIRouter(tags=["findings"])
_INSERT = statement(__package__, "insert_explanation")


class NewExplanation(RequestBody):
    """An organisation's explanation of a finding."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "7月新增站点集中入网，数据已逐站核对。"}]})

    text: TextParagraph


@router.put(
    "/v1/findings/{id}/explanation",
    response_model=ReasonedFinding,
    responses=problems(NotExplainable, MonthClosed, ConcurrentChange),
)
async def explain_finding(
    request: Request,
    service: IngestServiceDep,
    id: FindingId,  # noqa: A002 - named as in the path
    body: NewExplanation,
    sender: Annotated[Principal, Depends(Authorized("explain_finding"))],
    if_match: etag.IfMatch = None,
) -> Response:
    """Explain a quality finding.

    Stores your organisation's explanation of a finding; replacing an existing one requires `If-Match`.

    Repeating the same text changes nothing. A finding of severity `block` cannot be explained: correct the counts instead.
    """
    scope = Scope(sender.campaign, sender.org)
    try:
        async with service.database.write(scope) as connection:
            ledger = await read_ledger(connection, sender.campaign)
            definition = await service.definitions.at(connection, sender.campaign, ledger.definition_version)
            finding = await find_finding(connection, scope, definition, id)
            if finding.revision == 0 or finding.explained is None or finding.explained.text != body.text:
                _check_explainable(finding, if_match)
                await writable_months(connection, scope, [finding.month], body.text)  # the explanation is the reason
                await _store(connection, sender, finding, body.text, request.state.request_id, service.clock.now())
                await add_explanations(connection, scope, [finding])
    except psycopg.errors.UniqueViolation as concurrent:
        raise ConcurrentChange(
            "该问题的说明刚刚有变化，请重新读取。", "The explanation has just changed; read the finding again."
        ) from concurrent
    return finding_response(finding, definition, sender)


def _check_explainable(finding: Finding, if_match: str | None) -> None:
    """Raise NotExplainable if only other counts help, or the problem of an If-Match that is missing or out of date."""
    if finding.rule.refuses:
        raise NotExplainable(
            "该问题须更正数据，不能以说明代替。", "A finding of severity `block` cannot be explained; correct the counts."
        )
    if finding.revision or if_match is not None:
        etag.refuse_stale(if_match, finding.revision)


async def _store(
    connection: AsyncConnection, sender: Principal, finding: Finding, text: str, request_id: str, now: datetime
) -> None:
    """Store the next revision of the explanation."""
    binds = {
        "campaign": sender.campaign,
        "org": sender.org,
        "month": finding.month,
        "finding_id": finding.id,
        "revision": finding.revision + 1,
        "text": text,
        "actor": sender.client_id,
        "at": now,
    }
    await connection.execute(_INSERT, binds)
    await audit.record(
        connection,
        campaign=sender.campaign,
        org=sender.org,
        actor=sender.client_id,
        operation="explain_finding",
        subject=str(finding.id),
        request_id=request_id,
        now=now,
    )
