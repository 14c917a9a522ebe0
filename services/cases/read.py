"""Reading cases. What a role may not see does not exist for it."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from psycopg import AsyncConnection
from psycopg.rows import class_row, dict_row

from services.cases.models import Case, CaseLine, CaseQuestion, CaseStep
from shared.access import policy
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.database.database import Scope
from shared.database.sql import statement
from shared.domain import lifecycle
from shared.http import etag
from shared.http.json_response import JsonResponse
from shared.http.paging import Page, decode_cursor, encode_cursor
from shared.problems import Forbidden, NotFound, Overloaded, Schema, TokenInvalid, problems
from shared.vocabulary import CaseMove, CaseState

router = APIRouter(tags=["cases"])

Lister = Annotated[Principal, Depends(Authorized("list_cases"))]
Reader = Annotated[Principal, Depends(Authorized("get_case"))]
CaseId = Annotated[UUID, Path(description="The case's id.")]

_LIST = statement(__package__, "list_cases")
_COUNT = statement(__package__, "count_cases")
_FIND = statement(__package__, "find_case")
_MOVES = statement(__package__, "list_moves")


@router.get("/v1/cases", responses=problems(TokenInvalid, Forbidden, Schema, Overloaded))
async def list_cases(request: Request, reader: Lister, question: Annotated[CaseQuestion, Query()]) -> Page[CaseLine]:
    """The cases you may see, in the order in which they were filed."""
    asked = f"list_cases {reader.campaign} {question.state} {question.domain} {question.org}"
    binds = {
        **question.model_dump(include={"state", "domain", "org"}),
        "campaign": reader.campaign,
        "reader": reader.org,
        "seen": sorted(lifecycle.VISIBLE_CASE_STATES[reader.role]),
        "after": decode_cursor(asked, question.next, [str])[0] if question.next else None,
        "limit": question.limit + 1,
    }
    async with request.app.state.database.read(scope_of(reader, "list_cases")) as snapshot:
        found = await snapshot.connection.cursor(row_factory=dict_row).execute(_LIST, binds)
        rows = await found.fetchall()
        (total,) = await (await snapshot.connection.execute(_COUNT, binds)).fetchone() or (0,)
    shown = rows[: question.limit]
    return Page[CaseLine](
        items=[CaseLine(**row, actions=actions(row, reader)) for row in shown],
        next=encode_cursor(asked, [str(shown[-1]["id"])]) if len(rows) > len(shown) else None,
        total=total,
    )


@router.get("/v1/cases/{id}", response_model=Case, responses=problems(TokenInvalid, Forbidden, NotFound, Schema, Overloaded))
async def get_case(request: Request, reader: Reader, id: CaseId, if_none_match: etag.IfNoneMatch = None) -> Response:  # noqa: A002, ARG001 - named as in the path; read by `unchanged`
    """One case with its moves. Its ETag is what a move needs as `If-Match`."""
    async with request.app.state.database.read(scope_of(reader, "get_case")) as snapshot:
        row = await visible(snapshot.connection, reader, id)
        case = await described(snapshot.connection, row, reader)
    tag = tag_of(case, reader)
    return etag.not_modified(request, tag) or JsonResponse(case.model_dump(mode="json"), headers=etag.cache_headers(tag))


def scope_of(reader: Principal, operation: str) -> Scope:
    """The reach that the policy grants for an operation."""
    return Scope(reader.campaign, reader.org, policy.granted_reach(operation, reader.role))


async def visible(connection: AsyncConnection, reader: Principal, case_id: UUID) -> dict[str, Any]:
    """The case's row. Raises NotFound where there is none, and by the same statement where it is hidden."""
    binds = {
        "campaign": reader.campaign,
        "reader": reader.org,
        "seen": sorted(lifecycle.VISIBLE_CASE_STATES[reader.role]),
        "id": case_id,
    }
    row = await (await connection.cursor(row_factory=dict_row).execute(_FIND, binds)).fetchone()
    if row is None:
        raise NotFound
    return row


async def described(connection: AsyncConnection, row: dict[str, Any], reader: Principal) -> Case:
    """The case as this reader sees it."""
    binds = {"campaign": reader.campaign, "org": row["org"], "id": row["id"]}
    steps: Sequence[CaseStep] = await (await connection.cursor(row_factory=class_row(CaseStep)).execute(_MOVES, binds)).fetchall()
    return Case(**row, actions=actions(row, reader), moves=list(steps))


def actions(row: dict[str, Any], reader: Principal) -> list[CaseMove]:
    """What this reader may do with the case now."""
    state = CaseState(row["state"])
    return lifecycle.available_moves(lifecycle.CASE_MOVES, state, reader.role, own=row["org"] == reader.org)


def view(case_id: UUID, reader: Principal) -> tuple[object, ...]:
    """What a case's ETag depends on besides its revision: another reader may do other things with it."""
    return ("case", case_id, reader.role, reader.org)


def tag_of(case: CaseLine, reader: Principal) -> str:
    """The ETag of a case as this reader sees it."""
    return etag.revision_tag(case.revision, *view(case.id, reader))
