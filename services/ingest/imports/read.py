"""`/v1/imports`: every push and what became of it."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.ingest.counts.endpoints import own_or_named
from services.ingest.models import ImportDocument, ImportListItem, RowErrorDocument
from services.ingest.push.record import NO_COUNTS, PushResult
from services.ingest.push.row_errors import RowErrors
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.database.sql import statement
from shared.http import paging
from shared.http.json_response import JsonResponse
from shared.http.paging import Page
from shared.problems import Forbidden, NotFound, Overloaded, Schema, TokenInvalid, problems
from shared.vocabulary import ImportState

router = APIRouter(tags=["imports"])
_LIST = statement(__package__, "list_imports")
_COUNT = statement(__package__, "count_imports")
_FIND = "SELECT org, document FROM import WHERE campaign = %s AND id = %s"
_ERRORS = statement(__package__, "list_import_errors")
_COUNT_ERRORS = "SELECT count(*) FROM import_error WHERE campaign = %s AND org = %s AND import_id = %s"
_RUNNING = statement(__package__, "find_running")
ALIVE: Final = timedelta(minutes=2)  # longer than any single step of a push may take
ImportId = Annotated[UUID, Path(description="The import's id.")]


class ImportQuery(BaseModel):
    """Which pushes; every filter may be left out."""

    model_config = ConfigDict(extra="forbid")

    idempotency_key: Annotated[str, Field(max_length=255)] | None = None
    state: ImportState | None = None
    org: Annotated[str, Field(max_length=63)] | None = None
    limit: Annotated[int, Field(ge=1, le=paging.MAX_LIMIT)] = paging.DEFAULT_LIMIT
    next: Annotated[str, Field(max_length=1_000)] | None = None

    @property
    def text(self) -> str:
        """The question without its place, for the cursor."""
        return f"list_imports {self.idempotency_key} {self.state} {self.org}"


@router.get("/v1/imports", response_model=Page[ImportListItem], responses=problems(TokenInvalid, Forbidden, Schema, Overloaded))
async def list_imports(
    request: Request,
    question: Annotated[ImportQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("list_imports"))],
) -> Response:
    """Pushes with their counts, the newest first; carriers and streets see their own."""
    scope = own_or_named(reader, "list_imports", question.org)
    binds = {
        "campaign": reader.campaign,
        "org": scope.org if scope.reach == "own" else None,
        "idempotency_key": question.idempotency_key,
        "state": question.state,
        "after": paging.decode_cursor(question.text, question.next, [str])[0] if question.next else None,
        "limit": question.limit + 1,
        "since": _alive_since(request),
        "no_counts": Jsonb(NO_COUNTS),
    }
    async with request.app.state.database.read(scope) as snapshot:
        rows = await (await snapshot.connection.cursor(row_factory=dict_row).execute(_LIST, binds)).fetchall()
        (total,) = await (await snapshot.connection.execute(_COUNT, binds)).fetchone() or (0,)
    shown = rows[: question.limit]
    following = paging.encode_cursor(question.text, [str(shown[-1]["id"])]) if len(rows) > question.limit else None
    return JsonResponse({"items": shown, "next": following, "total": total})


@router.get(
    "/v1/imports/{id}", response_model=ImportDocument, responses=problems(TokenInvalid, Forbidden, NotFound, Schema, Overloaded)
)
async def get_import(
    request: Request,
    id: ImportId,  # noqa: A002 - named as in the path
    reader: Annotated[Principal, Depends(Authorized("get_import"))],
) -> Response:
    """One push, byte for byte as it was answered; of a large one under way, how many rows it has read so far."""
    async with request.app.state.database.read(own_or_named(reader, "get_import", None)) as snapshot:
        found = await _found(snapshot.connection, reader, id)
        running = None if found else await _running(request, snapshot.connection, reader, id)
    if running:
        return JsonResponse(running)
    if found is None:
        raise NotFound
    return Response(found[1], media_type="application/json")


@router.get(
    "/v1/imports/{id}/errors",
    response_model=Page[RowErrorDocument],
    responses=problems(TokenInvalid, Forbidden, NotFound, Schema, Overloaded),
)
async def list_import_errors(
    request: Request,
    id: ImportId,  # noqa: A002 - named as in the path
    reader: Annotated[Principal, Depends(Authorized("list_import_errors"))],
    page: Annotated[paging.PageQuery, Query()],
) -> Response:
    """Every error of a push, in the order of its report."""
    text = f"list_import_errors {id}"
    after = paging.decode_cursor(text, page.next, [int])[0] if page.next else 0
    async with request.app.state.database.read(own_or_named(reader, "list_import_errors", None)) as snapshot:
        found = await _found(snapshot.connection, reader, id)
        if found is None:
            raise NotFound
        owner, _ = found
        binds = {"campaign": reader.campaign, "owner": owner, "import_id": id, "after": after, "limit": page.limit + 1}
        rows = await (await snapshot.connection.execute(_ERRORS, binds)).fetchall()
        counted = await snapshot.connection.execute(_COUNT_ERRORS, [reader.campaign, owner, id])
        (total,) = await counted.fetchone() or (0,)
    shown = rows[: page.limit]
    following = paging.encode_cursor(text, [shown[-1][0]]) if len(rows) > len(shown) else None
    return JsonResponse({"items": [orjson.Fragment(document) for _, document in shown], "next": following, "total": total})


async def _found(connection: AsyncConnection, reader: Principal, import_id: UUID) -> tuple[Any, ...] | None:
    """Whose it is, and the document. What the reader may not see does not exist: row-level security hides it."""
    return await (await connection.execute(_FIND, [reader.campaign, import_id])).fetchone()


async def _running(request: Request, connection: AsyncConnection, reader: Principal, import_id: UUID) -> dict[str, Any] | None:
    binds = {"campaign": reader.campaign, "id": import_id, "since": _alive_since(request)}
    row = await (await connection.cursor(row_factory=dict_row).execute(_RUNNING, binds)).fetchone()
    with RowErrors() as errors:
        return row | {"months": [], "report": PushResult(errors, NO_COUNTS).report()} if row else None


def _alive_since(request: Request) -> datetime:
    """A push whose process died leaves its progress behind: without a sign of life since then it is not shown."""
    at: datetime = request.app.state.clock.real_now()
    return at - ALIVE
