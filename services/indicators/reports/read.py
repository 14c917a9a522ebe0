"""`GET /v1/reports`: issued reports and their files."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from pydantic import Field
from starlette.responses import Response

from services.indicators.reports.content_models import ReportContent
from services.indicators.reports.files.render import FILE_MEDIA_TYPES, report_disposition
from services.indicators.reports.models import IssuedReport
from shared.access import policy
from shared.access.dependencies import Authorized, Service, ServiceDep
from shared.access.key_ring import Principal
from shared.database.sql import statement
from shared.domain.visibility import CARRIERS_AND_STREETS
from shared.http import attachment, etag
from shared.http.json_response import JsonResponse
from shared.http.lists import QueriedRows, list_response
from shared.http.paging import Page, PageQuery
from shared.http.tables import Table, codes, computed, fields
from shared.problems import NotFound
from shared.reading.reading import campaign_scope
from shared.values.media_types import JSON
from shared.values.months import MonthParameter, month_of, month_text
from shared.vocabulary import ReportAction

router = APIRouter(tags=["reports"])
ReportNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description="Report number.", examples=[1])]

_LIST = statement(__package__, "list_reports")
_COUNT = "SELECT count(*) FROM report WHERE campaign = %(campaign)s AND (%(month)s::date IS NULL OR month = %(month)s)"
_FILE = (
    "SELECT r.month, f.sha256, f.content FROM report r JOIN report_file f USING (campaign, number)"
    " WHERE r.campaign = %(campaign)s AND r.number = %(number)s AND f.ending = %(ending)s"
)
_TABLE: Final = Table(
    "reports",
    "月报",
    (
        *fields("number", "month", "data_version", "definition_version", "issued_at"),
        *codes("issued_by", of="org"),
        *fields("supersedes", "superseded_by"),
        computed(["figures"], lambda report: [_displayed(report["figures"])]),
        computed(["files"], lambda report: [" ".join(file["path"] for file in report["files"])]),
        computed(["acknowledged_by"], lambda report: [" ".join(each["org"] for each in report["acknowledgements"])]),
        *fields("actions"),
    ),
)
_JSON_FILE: Final[dict[int | str, dict[str, Any]]] = {200: {"description": "The file.", "model": ReportContent}}
_FORMATS: Final = {"json": "JSON", "xlsx": "a workbook", "docx": "a Word document"}


class ReportsQuery(PageQuery):
    """Query parameters of `GET /v1/reports`."""

    month: MonthParameter | None = Field(default=None, description="Only reports of this month.")


@router.get("/v1/reports", response_model=Page[IssuedReport], responses=_TABLE.responses)
async def list_reports(
    request: Request,
    service: ServiceDep,
    query: Annotated[ReportsQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("list_reports"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """List monthly reports.

    Returns the issued reports in the order of their numbers; carriers and subdistrict offices see only the displayed indicator
    values.
    """
    async with service.database.read(campaign_scope(reader)) as snapshot:
        definition = await service.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        rows = QueriedRows(
            connection=snapshot.connection,
            page=_LIST,
            count=_COUNT,
            binds={"campaign": reader.campaign, "month": month_of(query.month) if query.month else None, "number": None},
            query_text=f"list_reports {query.month}",
            keys={"number": int},
            document=lambda row: report_document(row, reader),
        )
        return await list_response(request, query, _TABLE, definition, rows)


@router.get("/v1/reports/{number}", response_model=IssuedReport)
async def get_report(
    request: Request,
    service: ServiceDep,
    number: ReportNumber,
    reader: Annotated[Principal, Depends(Authorized("get_report"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """Get a monthly report.

    Returns the displayed value of each indicator, the report's files and its acknowledgements.
    """
    async with service.database.read(campaign_scope(reader)) as snapshot:
        document = report_document(await read_report(snapshot.connection, reader, number), reader)
    headers = report_headers(document, reader)
    return etag.not_modified(request, headers["ETag"]) or JsonResponse(document, headers=headers)


def _file_endpoint(ending: str) -> Callable[..., Awaitable[Response]]:
    async def report_file(
        request: Request,
        service: ServiceDep,
        number: ReportNumber,
        reader: Annotated[Principal, Depends(Authorized(f"get_report_{ending}"))],
        _if_none_match: etag.IfNoneMatch = None,
    ) -> Response:
        return await _file_response(request, service, reader, number, ending)

    report_file.__doc__ = f"""Download a monthly report as {_FORMATS[ending]}.

    Returns the file with the bytes that were issued; they never change.
    """
    return report_file


for _ending, _media_type in FILE_MEDIA_TYPES.items():
    router.add_api_route(
        f"/v1/reports/{{number}}/report.{_ending}",
        _file_endpoint(_ending),
        name=f"get_report_{_ending}",
        methods=["GET"],
        response_class=Response,
        responses=_JSON_FILE if _media_type == JSON else attachment.file_response(_media_type),
    )


async def _file_response(request: Request, service: Service, reader: Principal, number: int, ending: str) -> Response:
    binds = {"campaign": reader.campaign, "number": number, "ending": ending}
    async with service.database.read(campaign_scope(reader)) as snapshot:
        row = await (await snapshot.connection.execute(_FILE, binds, binary=True)).fetchone()
    if row is None:
        raise NotFound
    month, sha256, content = row
    headers = etag.cache_headers(f'"{sha256[:32]}"') | report_disposition(reader.campaign, month_text(month), number, ending)
    return etag.not_modified(request, headers["ETag"]) or Response(content, headers=headers, media_type=FILE_MEDIA_TYPES[ending])


async def read_report(connection: AsyncConnection, reader: Principal, number: int) -> Mapping[str, Any]:
    """Return a report's row. Raises NotFound."""
    binds = {"campaign": reader.campaign, "month": None, "number": number, "after_number": None, "limit": 1}
    row = await (await connection.cursor(row_factory=dict_row).execute(_LIST, binds)).fetchone()
    if row is None:
        raise NotFound
    return row


def report_document(row: Mapping[str, Any], reader: Principal) -> dict[str, Any]:
    """Return a report as `IssuedReport` describes it, with what the reader may see."""
    sees_files = reader.role not in CARRIERS_AND_STREETS
    return {
        "number": row["number"],
        "month": month_text(row["month"]),
        "data_version": row["version"],
        "definition_version": row["definition_version"],
        "issued_at": row["issued_at"],
        "issued_by": row["issuer"],
        "supersedes": row["supersedes"],
        "superseded_by": row["superseded_by"],
        "figures": row["figures"],
        "files": [_file(row["number"], file) for file in row["files"]] if sees_files else [],
        "acknowledgements": row["acknowledgements"] if sees_files else [],
        "actions": _actions(row, reader),
    }


def report_headers(document: Mapping[str, Any], reader: Principal) -> dict[str, str]:
    """Return the ETag headers of a report for a reader; only acknowledgements and a superseding report change it."""
    acknowledged_by = [acknowledgement["org"] for acknowledgement in document["acknowledgements"]]
    parts = (document["number"], reader.org, reader.role, document["superseded_by"], acknowledged_by)
    return etag.cache_headers(etag.entity_tag("report", reader.campaign, *parts))


def _displayed(figures: Iterable[Mapping[str, Any]]) -> str:
    """Return the displayed values of a report as one cell."""
    return " ".join(f"{figure['indicator']}={figure['display']}" for figure in figures if figure["display"] is not None)


def _actions(row: Mapping[str, Any], reader: Principal) -> list[ReportAction]:
    acknowledged_by = {acknowledgement["org"] for acknowledgement in row["acknowledgements"]}
    permitted = reader.role in policy.GRANTS["acknowledge_report"]
    return [ReportAction.ACKNOWLEDGE] if permitted and reader.org not in acknowledged_by else []


def _file(number: int, file: Mapping[str, Any]) -> dict[str, Any]:
    return {**file, "path": f"/v1/reports/{number}/report.{file['ending']}", "media_type": FILE_MEDIA_TYPES[file["ending"]]}
