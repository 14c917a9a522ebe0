"""`/v1/imports`: the imports, and the row errors of each."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from pydantic import Field
from starlette.responses import Response

from services.ingest.models import Import, ListedImport
from services.ingest.push.record import NO_COUNTS, PushResult
from services.ingest.push.row_errors import ERRORS_LISTED, RowErrors
from services.ingest.read_scope import read_scope
from services.ingest.service import IngestService, IngestServiceDep
from shared.access.dependencies import Authorized
from shared.access.key_ring import Principal
from shared.database.sql import statement
from shared.http import etag
from shared.http.json_response import JsonResponse
from shared.http.lists import QueriedRows, list_response
from shared.http.paging import Page, PageQuery
from shared.http.query_codes import refuse_unknown_code
from shared.http.tables import Table, bilingual, codes, fields, members, term
from shared.problems import ErrorsNotKept, NotFound, problems
from shared.push_report import RowErrorDocument, RowTotals
from shared.values.fields import KEY_LENGTH, CodeParameter
from shared.vocabulary import ImportState, PushMode, RowCode

router = APIRouter(tags=["imports"])
_LIST = statement(__package__, "list_imports")
_COUNT = statement(__package__, "count_imports")
_FIND = "SELECT org, document FROM import WHERE campaign = %s AND id = %s"
_FIND_ERRORS = """
SELECT org, counts ->> 'rejected' = '0' OR NOT dry_run AND at >= %s FROM import WHERE campaign = %s AND id = %s
"""
_ERRORS = statement(__package__, "list_import_errors")
_COUNT_ERRORS = (
    "SELECT count(*) FROM import_error WHERE campaign = %(campaign)s AND org = %(owner)s AND import_id = %(import_id)s"
)
_FIND_RUNNING = statement(__package__, "find_running")
RUNNING_TIMEOUT: Final = timedelta(minutes=2)  # longer than a push may go without writing its progress
_TABLE: Final = Table(
    "imports",
    "导入记录",
    (
        *fields("id", "at"),
        *codes("org"),
        *fields("dataset"),
        term("mode", PushMode),
        *fields("dry_run"),
        term("state", ImportState),
        *fields("changed", "data_version", "rows_done"),
        members("counts", RowTotals.model_fields),
        *fields("reason", "undoes", "media_type", "body_bytes", "body_sha256", "idempotency_key", "actor"),
    ),
)
_ERROR_TABLE: Final = Table(
    "import-errors",
    "导入错误",
    (*fields("row", "sheet", "cell", "column"), term("code", RowCode), *fields("value"), bilingual("message"), bilingual("hint")),
)
ImportId = Annotated[UUID, Path(description="Id of the import.")]


class ImportQuery(PageQuery):
    """Filters of a list of imports."""

    idempotency_key: Annotated[str, Field(max_length=KEY_LENGTH)] | None = Field(
        default=None, description="Only imports of pushes with this Idempotency-Key."
    )
    state: ImportState | None = Field(default=None, description="Only imports in this state.")
    org: CodeParameter | None = Field(default=None, description="Organisation code.")

    @property
    def cursor_text(self) -> str:
        """Operation and filters: a cursor is valid only for the same ones."""
        return f"list_imports {self.idempotency_key} {self.state} {self.org}"


@router.get(
    "/v1/imports",
    response_model=Page[ListedImport],
    responses=_TABLE.responses,
)
async def list_imports(
    request: Request,
    service: IngestServiceDep,
    query: Annotated[ImportQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("list_imports"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """List imports.

    Returns imports with their row totals, newest first; carriers and subdistrict offices see only their own.
    """
    scope = read_scope(reader, "list_imports", query.org)
    binds = {
        "campaign": reader.campaign,
        "org": scope.org if scope.reach == "own" else None,
        "idempotency_key": query.idempotency_key,
        "state": query.state,
        **_running_binds(service),
        "no_counts": Jsonb(NO_COUNTS),
    }
    async with service.database.read(scope) as snapshot:
        definition = await service.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        refuse_unknown_code("org", query.org, definition.org_codes)
        rows = QueriedRows(
            connection=snapshot.connection,
            page=_LIST,
            count=_COUNT,
            binds=binds,
            query_text=query.cursor_text,
            keys={"id": str},
        )
        return await list_response(request, query, _TABLE, definition, rows)


@router.get("/v1/imports/{id}", response_model=Import)
async def get_import(
    service: IngestServiceDep,
    id: ImportId,  # noqa: A002 - named as in the path
    reader: Annotated[Principal, Depends(Authorized("get_import"))],
) -> Response:
    """Get an import.

    Returns an import exactly as the push was answered or, while a large push is running, the number of rows read so far.
    """
    async with service.database.read(read_scope(reader, "get_import", None)) as snapshot:
        row = await _find(snapshot.connection, reader, id)
        running = None if row else await _find_running(service, snapshot.connection, reader, id)
    if running:
        return JsonResponse(running)
    if row is None:
        raise NotFound
    _, document = row
    return Response(document, media_type="application/json")


@router.get(
    "/v1/imports/{id}/errors",
    response_model=Page[RowErrorDocument],
    responses=_ERROR_TABLE.responses | problems(ErrorsNotKept),
)
async def list_import_errors(
    request: Request,
    service: IngestServiceDep,
    id: ImportId,  # noqa: A002 - named as in the path
    reader: Annotated[Principal, Depends(Authorized("list_import_errors"))],
    query: Annotated[PageQuery, Query()],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """List the row errors of an import.

    Returns the row errors of a push in the order of its report: the first 10 000, for as long as bodies are kept.
    A dry run has its errors in its report only.
    """
    async with service.database.read(read_scope(reader, "list_import_errors", None)) as snapshot:
        definition = await service.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        since = service.retention.since(service.clock.now())
        row = await (await snapshot.connection.execute(_FIND_ERRORS, [since, reader.campaign, id])).fetchone()
        if row is None:
            raise NotFound
        owner, kept = row
        if not kept:
            raise _errors_not_kept(service.retention.days)
        rows = QueriedRows(
            connection=snapshot.connection,
            page=_ERRORS,
            count=_COUNT_ERRORS,
            binds={"campaign": reader.campaign, "owner": owner, "import_id": id},
            query_text=f"list_import_errors {id}",
            keys={"number": int},
            document=lambda error: orjson.loads(error["document"]),
        )
        return await list_response(request, query, _ERROR_TABLE, definition, rows)


def _errors_not_kept(days: int) -> ErrorsNotKept:
    return ErrorsNotKept(
        f"导入的错误明细保留 {days} 天，试导入的不保留；导入报告中列有前 {ERRORS_LISTED} 条。",
        f"Row errors are kept for {days} days, and not for dry runs; the report of the import lists the first {ERRORS_LISTED}.",
    )


async def _find(connection: AsyncConnection, reader: Principal, import_id: UUID) -> tuple[Any, ...] | None:
    """Return organisation and document of an import; row-level security hides those that the reader may not see."""
    return await (await connection.execute(_FIND, [reader.campaign, import_id])).fetchone()


async def _find_running(
    service: IngestService, connection: AsyncConnection, reader: Principal, import_id: UUID
) -> dict[str, Any] | None:
    binds = {"campaign": reader.campaign, "id": import_id, **_running_binds(service)}
    row = await (await connection.cursor(row_factory=dict_row).execute(_FIND_RUNNING, binds)).fetchone()
    with RowErrors() as no_errors:
        return row | {"months": [], "report": PushResult(no_errors, NO_COUNTS).report()} if row else None


def _running_binds(service: IngestService) -> dict[str, datetime]:
    """Return the times between which progress is current: a push whose process died leaves it behind.

    Progress from the future is as old: it was recorded before the clock was set back.
    """
    now = service.clock.real_now()
    return {"since": now - RUNNING_TIMEOUT, "until": now + RUNNING_TIMEOUT}
