"""`/v1/submissions/{org}/{month}/reopenings`: requests to reopen a submitted or accepted month."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from starlette.responses import Response

from services.ingest.service import IngestService, IngestServiceDep
from services.ingest.submissions.current_submission import (
    CurrentSubmission,
    read_current_submission,
    submission_scope,
)
from services.ingest.submissions.models import MonthInPath, NewReopening, OrgInPath, ReopeningDocument, ReopeningMoveRequest
from services.ingest.submissions.part_checks import check_count_parts, check_register_parts
from shared.access.dependencies import Authorized
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database import audit
from shared.database.database import Scope
from shared.database.ledger import lock_campaign
from shared.database.sql import statement
from shared.domain.forbidden import forbidden
from shared.domain.submission_moves import CLOSED_STATES, REOPENING_MOVES, relations_to_month
from shared.domain.transitions import allowed_moves, callers_of, may_ever_move
from shared.http import etag, idempotency
from shared.http.idempotency import IdempotencyKey, StoredResponse
from shared.http.json_response import item_response, json_bytes
from shared.http.lists import QueriedRows, list_response
from shared.http.paging import Page, PageQuery
from shared.http.tables import Table, codes, computed, fields, term
from shared.problem_members import OpenRequest, StateAndActions
from shared.problems import (
    AlreadyRequested,
    Conflict,
    Forbidden,
    NotFound,
    problems,
)
from shared.values.months import month_of, month_text
from shared.vocabulary import ReopeningState, SubmissionState

router = APIRouter(tags=["submissions"])
_LIST = statement(__package__, "list_reopenings")
_COUNT = "SELECT count(*) FROM reopening WHERE campaign = %(campaign)s AND org = %(org)s AND month = %(month)s"
_INSERT = statement(__package__, "insert_reopening")
_DECIDE = statement(__package__, "decide_reopening")
_TABLE: Final = Table(
    "reopenings",
    "重新开放申请",
    (
        *fields("id", "month"),
        *codes("org"),
        term("state", ReopeningState),
        computed(["cells"], lambda request: [" ".join(f"{part['metric']}:{part['area']}" for part in request["cells"])]),
        computed(
            ["registers"], lambda request: [" ".join(f"{part['register']}:{part['area']}" for part in request["registers"])]
        ),
        *fields("reason", "asked_at", "decided_at"),
        *codes("decided_org", of="org"),
        *fields("decision", "actions", "revision"),
    ),
)
ReopeningId = Annotated[UUID, Path(description="Id of the reopening request.")]


@router.post(
    "/v1/submissions/{org}/{month}/reopenings",
    status_code=201,
    response_model=ReopeningDocument,
    responses=problems(Conflict, AlreadyRequested),
)
async def create_reopening(
    request: Request,
    service: IngestServiceDep,
    *,
    org: OrgInPath,
    month: MonthInPath,
    body: NewReopening,
    requester: Annotated[Principal, Depends(Authorized("create_reopening"))],
    key: IdempotencyKey = None,
) -> Response:
    """Request the reopening of a month.

    Requests that your organisation's submitted or accepted month be reopened for certain counts; only one request may be open
    at a time.
    """
    scope = submission_scope(requester, "create_reopening", org)
    digest = idempotency.request_digest([b"create_reopening", org.encode(), month.encode(), body.model_dump_json().encode()])
    async with service.database.write(scope) as connection:
        if org != requester.org:
            raise Forbidden("仅填报单位可以申请。", "Only the organisation that reports the month may request its reopening.")
        create = partial(_create, connection, request, service, requester, month, body)
        answer = await idempotency.respond_once(connection, scope, key, digest, service.clock.now(), create)
    return answer.to_response(etag.cache_headers(etag.revision_tag(orjson.loads(answer.body)["revision"], answer.body)))


@router.get(
    "/v1/submissions/{org}/{month}/reopenings",
    response_model=Page[ReopeningDocument],
    responses=_TABLE.responses,
)
async def list_reopenings(
    request: Request,
    service: IngestServiceDep,
    org: OrgInPath,
    month: MonthInPath,
    reader: Annotated[Principal, Depends(Authorized("list_reopenings"))],
    query: Annotated[PageQuery, Query()],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """List reopening requests.

    Returns the reopening requests for an organisation's month, oldest first, with the decisions.
    """
    scope = submission_scope(reader, "list_reopenings", org)
    async with service.database.read(scope) as snapshot:
        definition = await service.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        if org not in {organisation.code for organisation in definition.organisations}:
            raise NotFound
        rows = QueriedRows(
            connection=snapshot.connection,
            page=_LIST,
            count=_COUNT,
            binds={**_month_key(scope, month), "id": None},
            query_text=f"list_reopenings {org} {month}",
            keys={"id": str},
            document=lambda row: _document(row, reader, definition),
        )
        return await list_response(request, query, _TABLE, definition, rows)


@router.get("/v1/submissions/{org}/{month}/reopenings/{id}", response_model=ReopeningDocument)
async def get_reopening(
    request: Request,
    service: IngestServiceDep,
    org: OrgInPath,
    month: MonthInPath,
    id: ReopeningId,  # noqa: A002 - named as in the path
    reader: Annotated[Principal, Depends(Authorized("get_reopening"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """Get a reopening request.

    Returns one reopening request; send its ETag as `If-Match` to decline it.
    """
    scope = submission_scope(reader, "get_reopening", org)
    async with service.database.read(scope) as snapshot:
        row = await _find(snapshot.connection, scope, month, id)
        definition = await service.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
    document = _document(row, reader, definition)
    return item_response(document, document["revision"], request)


@router.post(
    "/v1/submissions/{org}/{month}/reopenings/{id}/moves",
    response_model=ReopeningDocument,
    responses=problems(Conflict),
)
async def move_reopening(
    request: Request,
    service: IngestServiceDep,
    *,
    org: OrgInPath,
    month: MonthInPath,
    id: ReopeningId,  # noqa: A002 - named as in the path
    body: ReopeningMoveRequest,
    mover: Annotated[Principal, Depends(Authorized("move_reopening"))],
    if_match: etag.IfMatch = None,
) -> Response:
    """Decline a reopening request.

    Declines a request with a reason; to grant it, reopen the month with the submission's move `reopen`.
    """
    scope, now = submission_scope(mover, "move_reopening", org), service.clock.now()
    async with service.database.write(scope) as connection:
        ledger = await lock_campaign(connection, mover.campaign)
        definition = await service.definitions.at(connection, mover.campaign, ledger.definition_version)
        row = await _find(connection, scope, month, id)
        state, relations = ReopeningState(row["state"]), relations_to_month(definition, row["org"], mover.org)
        if not may_ever_move(REOPENING_MOVES, body.move, mover.role, relations):
            raise forbidden(callers_of(REOPENING_MOVES, body.move), mover.role, relations)
        etag.refuse_stale(if_match, _revision(state))
        allowed = allowed_moves(REOPENING_MOVES, state, mover.role, relations)
        to = next((transition.to for transition in allowed if transition.move is body.move), None)
        if to is None:
            raise Conflict(
                f"该申请{state.title_.zh}，不能再处理。",
                f"The request has already been decided: {state.title_.en}.",
                members=StateAndActions(state=state.value, actions=[]),
            )
        decision = {"state": to.value, "reason": body.reason, "at": now, "actor": mover.client_id, "by_org": mover.org}
        await connection.execute(_DECIDE, _month_key(scope, month) | decision)
        await _audit(connection, request, mover, org=org, operation="move_reopening", subject=f"{id} {body.move}", now=now)
        document = _document(await _find(connection, scope, month, id), mover, definition)
    return item_response(document, document["revision"])


async def _create(
    connection: AsyncConnection,
    request: Request,
    service: IngestService,
    requester: Principal,
    month: str,
    body: NewReopening,
) -> StoredResponse:
    """Store the request; the campaign lock makes it wait for a concurrent move of the month."""
    first_day, scope, now = month_of(month), Scope(requester.campaign, requester.org), service.clock.now()
    ledger = await lock_campaign(connection, requester.campaign)
    definition = await service.definitions.at(connection, requester.campaign, ledger.definition_version)
    today = service.clock.today(definition.campaign.timezone)
    submission = await read_current_submission(connection, definition, requester, requester.org, first_day, today)
    path = f"/v1/submissions/{requester.org}/{month}/reopenings"
    if submission.state not in CLOSED_STATES:
        raise _not_closed(submission)
    if earlier := submission.row["reopening"]:
        raise AlreadyRequested(members=OpenRequest(reopening=f"{path}/{earlier}"))
    check_count_parts(body.cells, definition, requester.org, first_day)
    check_register_parts(body.registers, definition, requester.org, first_day)
    id_ = service.clock.new_id()
    parts = {
        "cells": Jsonb([cell.model_dump(mode="json") for cell in body.cells]),
        "registers": Jsonb([part.model_dump(mode="json", by_alias=True) for part in body.registers]),
    }
    columns = {"id": id_, "reason": body.reason, "at": now, "actor": requester.client_id}
    await connection.execute(_INSERT, _month_key(scope, month) | parts | columns)
    await _audit(connection, request, requester, org=requester.org, operation="create_reopening", subject=str(id_), now=now)
    document = _document(await _find(connection, scope, month, id_), requester, definition)
    return StoredResponse(201, f"{path}/{id_}", json_bytes(document))


async def _audit(
    connection: AsyncConnection, request: Request, actor: Principal, *, org: str, operation: str, subject: str, now: datetime
) -> None:
    await audit.record(
        connection,
        campaign=actor.campaign,
        org=org,
        actor=actor.client_id,
        operation=operation,
        subject=subject,
        request_id=request.state.request_id,
        now=now,
    )


async def _find(connection: AsyncConnection, scope: Scope, month: str, reopening: UUID) -> dict[str, Any]:
    binds = {**_month_key(scope, month), "id": reopening, "after_id": None, "limit": 1}
    row = await (await connection.cursor(row_factory=dict_row).execute(_LIST, binds)).fetchone()
    if row is None:
        raise NotFound
    return row


def _month_key(scope: Scope, month: str) -> dict[str, Any]:
    return {"campaign": scope.campaign, "org": scope.org, "month": month_of(month)}


def _not_closed(submission: CurrentSubmission) -> Conflict:
    """Return the problem of a month that need not be reopened, or that is reopened for other parts already."""
    members = StateAndActions(state=submission.state.value, actions=submission.actions)
    if submission.state is SubmissionState.OPEN and (submission.row["cells"] or submission.row["registers"]):
        return Conflict(
            "该月已重新开放，请先更正并再次报送；其他数据如需更正，可在此后另行申请。",
            "Part of the month is already reopened. Submit it first, then request further changes.",
            members=members,
        )
    state = submission.state.title_
    return Conflict(
        f"该月数据当前为“{state.zh}”，可直接填报，无须申请。",
        f"The month is {state.en}; its counts can be changed without a request.",
        members=members,
    )


def _document(row: Mapping[str, Any], reader: Principal, definition: AppliedDefinition) -> dict[str, Any]:
    state, relations = ReopeningState(row["state"]), relations_to_month(definition, row["org"], reader.org)
    allowed = allowed_moves(REOPENING_MOVES, state, reader.role, relations)
    actions = [transition.move for transition in allowed]
    return {**row, "month": month_text(row["month"]), "revision": _revision(state), "actions": actions}


def _revision(state: ReopeningState) -> int:
    """Return 1 for an open request and 2 for a decided one; nothing else changes."""
    return 1 if state is ReopeningState.OPEN else 2
