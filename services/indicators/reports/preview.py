"""`POST /v1/reports/previews`: the report as it would be issued now, without storing it."""

import asyncio
from dataclasses import replace
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.indicators.reports.content import report_content
from services.indicators.reports.content_models import ReportContent
from services.indicators.reports.files.render import BINARY_CONTENT, FILE_MEDIA_TYPES, draft_disposition, render_draft
from services.indicators.reports.issue import refuse_running_month
from services.indicators.reports.models import ReportDraft
from services.indicators.reports.report_data import read_report_data
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.http.json_response import json_bytes
from shared.http.representation import requested_format
from shared.problems import MonthNotEnded, MonthNotOpen, problems
from shared.reading.reading import open_reading
from shared.values.months import month_of

router = APIRouter(tags=["reports"])
_PREVIEW_RESPONSE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The report in the requested format.", "model": ReportContent, "content": BINARY_CONTENT},
}


@router.post("/v1/reports/previews", response_class=Response, responses=_PREVIEW_RESPONSE | problems(MonthNotEnded, MonthNotOpen))
async def preview_report(
    request: Request,
    service: ServiceDep,
    body: ReportDraft,
    issuer: Annotated[Principal, Depends(Authorized("preview_report"))],
    format: Annotated[  # noqa: A002 - named as the parameter
        Literal["json", "xlsx", "docx"] | None,
        Query(description="File format of the response. Defaults to the `Accept` header, then JSON."),
    ] = None,
) -> Response:
    """Preview a monthly report.

    Returns the report as it would be issued now, as JSON, Word or Excel; nothing is stored and no number is used. It shows the
    number and the data version that the report would get. Word and Excel files are marked as a draft on each page.
    """
    format_ = requested_format(request, format, ("json", "xlsx", "docx"))
    async with open_reading(service, issuer) as read:
        await refuse_running_month(read, month_of(body.month))
        draft = replace(read, version=read.version + 1, committed=False)
        data = await read_report_data(draft, month_of(body.month), service.clock.now(), service.definitions)
    file = await asyncio.to_thread(lambda: render_draft(json_bytes(report_content(data, body)), format_))
    headers = draft_disposition(issuer.campaign, body.month, format_)
    return Response(file, headers=headers, media_type=FILE_MEDIA_TYPES[format_])
