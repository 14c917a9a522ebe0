"""`POST /v1/reports/previews` and its files: the report as it would be issued now, without storing it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.indicators.reports.content import report_content
from services.indicators.reports.content_models import ReportContent
from services.indicators.reports.files.render import FILE_MEDIA_TYPES, draft_disposition, render_draft
from services.indicators.reports.issue import refuse_running_month
from services.indicators.reports.models import NewReportPreview
from services.indicators.reports.report_data import read_report_data
from shared.access.dependencies import Authorized, Service, ServiceDep
from shared.access.key_ring import Principal
from shared.http.attachment import file_response
from shared.http.json_response import json_bytes
from shared.problems import MonthNotEnded, MonthNotOpen, problems
from shared.reading.reading import open_reading
from shared.values.months import month_of

router = APIRouter(tags=["reports"])
_JSON_RESPONSE: Final[dict[int | str, dict[str, Any]]] = {200: {"description": "The report.", "model": ReportContent}}
_PATHS: Final = {
    "json": ("/v1/reports/previews", "preview_report", "JSON"),
    "xlsx": ("/v1/reports/previews/report.xlsx", "preview_report_xlsx", "a workbook"),
    "docx": ("/v1/reports/previews/report.docx", "preview_report_docx", "a Word document"),
}


def _endpoint(ending: str) -> Callable[..., Awaitable[Response]]:
    _, operation, format_ = _PATHS[ending]

    async def preview(
        service: ServiceDep, body: NewReportPreview, issuer: Annotated[Principal, Depends(Authorized(operation))]
    ) -> Response:
        return await _preview(service, body, issuer, ending)

    marked = "" if ending == "json" else " Each page is marked as a draft."
    preview.__doc__ = f"""Preview a monthly report as {format_}.

    Returns the report as it would be issued now, with the number and the data version that it would get; nothing is stored and
    no number is used.{marked}
    """
    return preview


for _ending, (_path, _operation, _) in _PATHS.items():
    router.add_api_route(
        _path,
        _endpoint(_ending),
        name=_operation,
        methods=["POST"],
        response_class=Response,
        responses=(_JSON_RESPONSE if _ending == "json" else file_response(FILE_MEDIA_TYPES[_ending]))
        | problems(MonthNotEnded, MonthNotOpen),
    )


async def _preview(service: Service, body: NewReportPreview, issuer: Principal, ending: str) -> Response:
    async with open_reading(service, issuer) as reading:
        await refuse_running_month(reading, month_of(body.month))
        draft = replace(reading, version=reading.version + 1, committed=False)
        data = await read_report_data(draft, month_of(body.month), service.clock.now(), service.definitions)
    file = await asyncio.to_thread(lambda: render_draft(json_bytes(report_content(data, body)), ending))
    headers = draft_disposition(issuer.campaign, body.month, ending)
    return Response(file, headers=headers, media_type=FILE_MEDIA_TYPES[ending])
