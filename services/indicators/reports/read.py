"""`GET /v1/reports`: issued reports, and their files as they were issued."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from pydantic import ConfigDict, Field
from starlette.responses import Response

from services.indicators.reading import campaign_scope
from services.indicators.reports.content_models import ReportContent
from services.indicators.reports.files.render import BINARY_CONTENT, MEDIA_TYPES, report_disposition
from services.indicators.reports.models import ReportDocument
from shared.access import policy
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.database.sql import statement
from shared.domain.visibility import CARRIERS_AND_STREETS
from shared.http import etag
from shared.http.json_response import JsonResponse
from shared.http.paging import Page, PageQuery, decode_cursor, encode_cursor
from shared.problems import Forbidden, NotFound, Overloaded, Schema, TokenInvalid, problems
from shared.values.months import MonthParameter, month_of, month_text
from shared.vocabulary import ReportAction

router = APIRouter(tags=["reports"])
ReportNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description="The report's number.", examples=[1])]

_LIST = statement(__package__, "list_reports")
_COUNT = "SELECT count(*) FROM report WHERE campaign = %(campaign)s AND (%(month)s::date IS NULL OR month = %(month)s)"
_FILE = (
    "SELECT r.month, f.sha256, f.content FROM report r JOIN report_file f USING (campaign, number)"
    " WHERE r.campaign = %(campaign)s AND r.number = %(number)s AND f.ending = %(ending)s"
)
_REFUSALS = (TokenInvalid, Forbidden, NotFound, Schema, Overloaded)
_AS_ISSUED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file, byte for byte as it was issued.",
        "model": ReportContent,
        "content": BINARY_CONTENT,
    },
}


class ReportsQuery(PageQuery):
    """Which reports."""

    model_config = ConfigDict(extra="forbid")

    month: MonthParameter | None = Field(default=None, description="Only reports of this month.")


@router.get("/v1/reports", response_model=Page[ReportDocument], responses=problems(*_REFUSALS))
async def list_reports(
    request: Request,
    query: Annotated[ReportsQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("list_reports"))],
) -> Response:
    """The issued reports in the order of their numbers. Carriers and street offices see what is shown of each indicator."""
    asked = f"list_reports {query.month}"
    binds = {
        "campaign": reader.campaign,
        "month": month_of(query.month) if query.month else None,
        "number": None,
        "after": decode_cursor(asked, query.next, [int])[0] if query.next else None,
        "limit": query.limit + 1,
    }
    async with request.app.state.database.read(campaign_scope(reader)) as snapshot:
        rows = await (await snapshot.connection.cursor(row_factory=dict_row).execute(_LIST, binds)).fetchall()
        (total,) = await (await snapshot.connection.execute(_COUNT, binds)).fetchone() or (0,)
    shown = rows[: query.limit]
    following = encode_cursor(asked, [shown[-1]["number"]]) if len(rows) > len(shown) else None
    return JsonResponse({"items": [report_document(row, reader) for row in shown], "next": following, "total": total})


@router.get("/v1/reports/{number}", response_model=ReportDocument, responses=problems(*_REFUSALS))
async def get_report(
    request: Request,
    number: ReportNumber,
    reader: Annotated[Principal, Depends(Authorized("get_report"))],
    _held: etag.IfNoneMatch = None,
) -> Response:
    """One report: how each indicator was shown, its files, and who received it."""
    async with request.app.state.database.read(campaign_scope(reader)) as snapshot:
        document = report_document(await read_report(snapshot.connection, reader, number), reader)
    headers = report_headers(document, reader)
    return etag.not_modified(request, headers["ETag"]) or JsonResponse(document, headers=headers)


@router.get(
    "/v1/reports/{number}/report.{ending}",
    response_class=Response,
    responses=_AS_ISSUED | problems(*_REFUSALS),
)
async def get_report_file(
    request: Request,
    number: ReportNumber,
    ending: Annotated[Literal["json", "xlsx", "docx"], Path(examples=["json"])],
    reader: Annotated[Principal, Depends(Authorized("get_report_file"))],
    _held: etag.IfNoneMatch = None,
) -> Response:
    """A report in one format, byte for byte as it was issued."""
    binds = {"campaign": reader.campaign, "number": number, "ending": ending}
    async with request.app.state.database.read(campaign_scope(reader)) as snapshot:
        row = await (await snapshot.connection.execute(_FILE, binds, binary=True)).fetchone()
    if row is None:
        raise NotFound
    month, sha256, content = row
    headers = etag.cache_headers(f'"{sha256[:32]}"') | report_disposition(reader.campaign, month_text(month), number, ending)
    return etag.not_modified(request, headers["ETag"]) or Response(content, headers=headers, media_type=MEDIA_TYPES[ending])


async def read_report(connection: AsyncConnection, reader: Principal, number: int) -> Mapping[str, Any]:
    """A report's row. Raises NotFound."""
    binds = {"campaign": reader.campaign, "month": None, "number": number, "after": None, "limit": 1}
    row = await (await connection.cursor(row_factory=dict_row).execute(_LIST, binds)).fetchone()
    if row is None:
        raise NotFound
    return row


def report_document(row: Mapping[str, Any], reader: Principal) -> dict[str, Any]:
    """A report as this reader sees it."""
    whole = reader.role not in CARRIERS_AND_STREETS
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
        "files": [_file(row["number"], each) for each in row["files"]] if whole else [],
        "acknowledgements": row["acknowledgements"] if whole else [],
        "actions": _actions(row, reader),
    }


def report_headers(document: Mapping[str, Any], reader: Principal) -> dict[str, str]:
    """The tag of a report as this reader sees it: what may still happen to it is that somebody receives or supersedes it."""
    later = (document["superseded_by"], [each["org"] for each in document["acknowledgements"]])
    return etag.cache_headers(etag.entity_tag("report", reader.campaign, document["number"], reader.org, reader.role, *later))


def _actions(row: Mapping[str, Any], reader: Principal) -> list[ReportAction]:
    may = reader.role in policy.GRANTS["acknowledge_report"]
    return [ReportAction.ACKNOWLEDGE] if may and reader.org not in {each["org"] for each in row["acknowledgements"]} else []


def _file(number: int, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {**entry, "path": f"/v1/reports/{number}/report.{entry['ending']}", "media_type": MEDIA_TYPES[entry["ending"]]}
