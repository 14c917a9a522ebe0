"""Reading cases. A case that a role may not see is not found for it."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from psycopg import AsyncConnection
from psycopg.rows import class_row, dict_row

from services.cases.models import Case, CaseMoveMade, CaseQuery, ListedCase
from shared.access import policy
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.database.database import Scope
from shared.database.sql import statement
from shared.domain import lifecycle
from shared.http import etag
from shared.http.json_response import item_response
from shared.http.lists import QueriedRows, list_response
from shared.http.paging import Page
from shared.http.query_codes import refuse_unknown_code
from shared.http.tables import Table, codes, fields, term
from shared.problems import NotFound
from shared.vocabulary import CaseMove, CaseState

router = APIRouter(tags=["cases"])

Lister = Annotated[Principal, Depends(Authorized("list_cases"))]
Reader = Annotated[Principal, Depends(Authorized("get_case"))]
CaseId = Annotated[UUID, Path(description="Id of the case.")]

_LIST = statement(__package__, "list_cases")
_COUNT = statement(__package__, "count_cases")
_FIND = statement(__package__, "find_case")
_MOVES = statement(__package__, "list_moves")
_TABLE: Final = Table(
    "cases",
    "应用案例",
    (
        *fields("id", "title"),
        *codes("org", "domain", "area"),
        *fields("applicant", "summary"),
        term("state", CaseState),
        *fields("approved_on", "approved_version", "ended_version", "revision", "created_at", "updated_at", "actions"),
    ),
)


@router.get(
    "/v1/cases",
    response_model=Page[ListedCase],
    responses=_TABLE.responses,
)
async def list_cases(
    request: Request,
    service: ServiceDep,
    reader: Lister,
    query: Annotated[CaseQuery, Query()],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """List application cases.

    Returns the cases that you may see, oldest first.
    """
    binds = {
        **query.model_dump(include={"state", "domain", "org"}),
        "campaign": reader.campaign,
        "reader": reader.org,
        "visible_states": sorted(lifecycle.VISIBLE_CASE_STATES[reader.role]),
    }
    async with service.database.read(case_scope(reader, "list_cases")) as snapshot:
        definition = await service.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        refuse_unknown_code("org", query.org, [organisation.code for organisation in definition.organisations])
        refuse_unknown_code("domain", query.domain, [domain.code for domain in definition.case_domains])
        rows = QueriedRows(
            connection=snapshot.connection,
            page=_LIST,
            count=_COUNT,
            binds=binds,
            query_text=f"list_cases {reader.campaign} {query.state} {query.domain} {query.org}",
            keys={"id": str},
            document=lambda row: {**row, "actions": moves_for(row, reader)},
        )
        return await list_response(request, query, _TABLE, definition, rows)


@router.get("/v1/cases/{id}", response_model=Case)
async def get_case(
    request: Request,
    service: ServiceDep,
    reader: Reader,
    id: CaseId,  # noqa: A002 - named as in the path
    if_none_match: etag.IfNoneMatch = None,  # noqa: ARG001 - read by `not_modified`
) -> Response:
    """Get an application case.

    Returns a case with its moves; send its ETag as `If-Match` with the next move.
    """
    async with service.database.read(case_scope(reader, "get_case")) as snapshot:
        row = await find_visible(snapshot.connection, reader, id)
        case = await case_for(snapshot.connection, row, reader)
    return item_response(case.model_dump(mode="json"), case.revision, request)


def case_scope(reader: Principal, operation: str) -> Scope:
    """Return the scope of a transaction, with the reach that the policy grants for the operation."""
    return Scope(reader.campaign, reader.org, policy.granted_reach(operation, reader.role))


async def find_visible(connection: AsyncConnection, reader: Principal, case_id: UUID) -> dict[str, Any]:
    """Return the row of a case. Raises NotFound if it does not exist or the reader may not see it."""
    binds = {
        "campaign": reader.campaign,
        "reader": reader.org,
        "visible_states": sorted(lifecycle.VISIBLE_CASE_STATES[reader.role]),
        "id": case_id,
    }
    row = await (await connection.cursor(row_factory=dict_row).execute(_FIND, binds)).fetchone()
    if row is None:
        raise NotFound
    return row


async def case_for(connection: AsyncConnection, row: dict[str, Any], reader: Principal) -> Case:
    """Return a case with its moves and those available to the reader."""
    binds = {"campaign": reader.campaign, "org": row["org"], "id": row["id"]}
    moves = await (await connection.cursor(row_factory=class_row(CaseMoveMade)).execute(_MOVES, binds)).fetchall()
    return Case(**row, actions=moves_for(row, reader), moves=moves)


def moves_for(row: dict[str, Any], reader: Principal) -> list[CaseMove]:
    """Return the moves that the reader may make now."""
    state = CaseState(row["state"])
    return lifecycle.available_moves(lifecycle.CASE_MOVES, state, reader.role, own=row["org"] == reader.org)
