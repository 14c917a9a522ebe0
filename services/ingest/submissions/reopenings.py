"""`/v1/submissions/{org}/{month}/reopenings`: an organisation asks to have a month opened again, for cells that it names."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from starlette.responses import Response

from services.ingest.submissions.current_submission import CurrentSubmission, bureaus_decide, read_submission, submission_scope
from services.ingest.submissions.models import MonthInPath, NewReopening, OrgInPath, ReopeningDocument, ReopeningMoveRequest
from services.ingest.submissions.part_checks import check_counts, check_registers
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database import audit
from shared.database.database import Scope
from shared.database.ledger import lock_head
from shared.database.sql import statement
from shared.domain import lifecycle
from shared.http import etag, idempotency, paging
from shared.http.idempotency import IdempotencyKey, StoredResponse
from shared.http.json_response import JsonResponse
from shared.http.paging import Page
from shared.problems import (
    Conflict,
    Forbidden,
    IdempotencyMismatch,
    NotFound,
    Overloaded,
    PreconditionRequired,
    Schema,
    Stale,
    StillRunning,
    TokenInvalid,
    UnknownOutcome,
    problems,
)
from shared.values.months import month_of, month_text
from shared.values.uuid7 import uuid7
from shared.vocabulary import ReopeningState, SubmissionState

router = APIRouter(tags=["submissions"])
_LIST = statement(__package__, "list_reopenings")
_COUNT = "SELECT count(*) FROM reopening WHERE campaign = %(campaign)s AND org = %(org)s AND month = %(month)s"
_INSERT = statement(__package__, "insert_reopening")
_DECIDE = statement(__package__, "decide_reopening")
_REFUSALS = (TokenInvalid, Forbidden, NotFound, Schema, Overloaded)
ReopeningId = Annotated[UUID, Path(description="The request's id.")]


@router.post(
    "/v1/submissions/{org}/{month}/reopenings",
    status_code=201,
    response_model=ReopeningDocument,
    responses=problems(*_REFUSALS, Conflict, StillRunning, IdempotencyMismatch, UnknownOutcome),
)
async def create_reopening(
    request: Request,
    org: OrgInPath,
    month: MonthInPath,
    body: NewReopening,
    asker: Annotated[Principal, Depends(Authorized("create_reopening"))],
    key: IdempotencyKey = None,
) -> Response:
    """Ask to have a submitted or accepted month of one's own opened again. One request at a time may be open."""
    state = request.app.state
    scope = submission_scope(asker, "create_reopening", org)
    print_ = idempotency.request_digest([b"create_reopening", org.encode(), month.encode(), body.model_dump_json().encode()])
    async with state.database.write(scope) as connection:
        if org != asker.org:
            raise Forbidden("只有填报单位自己可以申请", "only the organisation itself may ask")
        ask = partial(_ask, connection, request, asker, month, body)
        answer = await idempotency.respond_once(connection, scope, key, print_, state.clock.now(), ask)
    return answer.response(_tag_headers(orjson.loads(answer.body), asker))


@router.get("/v1/submissions/{org}/{month}/reopenings", response_model=Page[ReopeningDocument], responses=problems(*_REFUSALS))
async def list_reopenings(
    request: Request,
    org: OrgInPath,
    month: MonthInPath,
    reader: Annotated[Principal, Depends(Authorized("list_reopenings"))],
    page: Annotated[paging.PageQuery, Query()],
) -> Response:
    """What an organisation asked for, in the order in which it did, and what became of it."""
    state, scope = request.app.state, submission_scope(reader, "list_reopenings", org)
    text = f"list_reopenings {org} {month}"
    after = paging.decode_cursor(text, page.next, [str])[0] if page.next else None
    binds = {**_place(scope, month), "id": None, "after": after, "limit": page.limit + 1}
    async with state.database.read(scope) as snapshot:
        definition = await state.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        _refuse_unknown(org, definition)
        rows = await (await snapshot.connection.cursor(row_factory=dict_row).execute(_LIST, binds)).fetchall()
        (total,) = await (await snapshot.connection.execute(_COUNT, binds)).fetchone() or (0,)
    shown = rows[: page.limit]
    following = paging.encode_cursor(text, [str(shown[-1]["id"])]) if len(rows) > len(shown) else None
    return JsonResponse({"items": [_document(row, reader, definition) for row in shown], "next": following, "total": total})


@router.get("/v1/submissions/{org}/{month}/reopenings/{id}", response_model=ReopeningDocument, responses=problems(*_REFUSALS))
async def get_reopening(
    request: Request,
    org: OrgInPath,
    month: MonthInPath,
    id: ReopeningId,  # noqa: A002 - named as in the path
    reader: Annotated[Principal, Depends(Authorized("get_reopening"))],
) -> Response:
    """One request. Its ETag is what a move needs as `If-Match`."""
    state, scope = request.app.state, submission_scope(reader, "get_reopening", org)
    async with state.database.read(scope) as snapshot:
        found = await _find(snapshot.connection, scope, month, id)
        definition = await state.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
    document = _document(found, reader, definition)
    return JsonResponse(document, headers=_tag_headers(document, reader))


@router.post(
    "/v1/submissions/{org}/{month}/reopenings/{id}/moves",
    response_model=ReopeningDocument,
    responses=problems(*_REFUSALS, Conflict, Stale, PreconditionRequired, UnknownOutcome),
)
async def move_reopening(
    request: Request,
    *,
    org: OrgInPath,
    month: MonthInPath,
    id: ReopeningId,  # noqa: A002 - named as in the path
    body: ReopeningMoveRequest,
    mover: Annotated[Principal, Depends(Authorized("move_reopening"))],
    if_match: etag.IfMatch = None,
) -> Response:
    """Decline a request, with a reason. Whoever may decline it may grant it, by the submission's move `reopen`."""
    scope, now = submission_scope(mover, "move_reopening", org), request.app.state.clock.now()
    async with request.app.state.database.write(scope) as connection:
        head = await lock_head(connection, mover.campaign)
        definition = await request.app.state.definitions.at(connection, mover.campaign, head.definition_version)
        row = await _find(connection, scope, month, id)
        own, state, standing_in = row["org"] == mover.org, ReopeningState(row["state"]), bureaus_decide(definition, row["org"])
        if not lifecycle.may_ever_move(lifecycle.REOPENING_MOVES, body.move, mover.role, own=own, standing_in=standing_in):
            raise Forbidden
        etag.refuse_stale(if_match, _revision(state), *_view(id, mover))
        to = lifecycle.next_state(lifecycle.REOPENING_MOVES, state, body.move, mover.role, own=own, standing_in=standing_in)
        if to is None:
            raise Conflict(f"申请{state.title_.zh}，不能再处理", f"the request is settled: {state.title_.en}")
        decided = {"state": to.value, "reason": body.reason, "at": now, "actor": mover.client_id, "by_org": mover.org}
        await connection.execute(_DECIDE, _place(scope, month) | decided)
        await _audit(connection, request, mover, org, "move_reopening", f"{id} {body.move}")
        document = _document(await _find(connection, scope, month, id), mover, definition)
    return JsonResponse(document, headers=_tag_headers(document, mover))


async def _ask(connection: AsyncConnection, request: Request, asker: Principal, month: str, body: NewReopening) -> StoredResponse:
    """Enter the request, behind whoever moves the month at the same time."""
    state, scope = request.app.state, Scope(asker.campaign, asker.org)
    head = await lock_head(connection, asker.campaign)
    definition = await state.definitions.at(connection, asker.campaign, head.definition_version)
    today = state.clock.today(definition.campaign.timezone)
    found = await read_submission(connection, definition, asker, asker.org, month_of(month), today)
    path = f"/v1/submissions/{asker.org}/{month}/reopenings"
    if found.state not in lifecycle.CLOSED_STATES:
        raise _needless(found)
    if found.row["reopening"]:
        open_one = f"{path}/{found.row['reopening']}"
        raise Conflict("已有一项申请待处理", "a request for this month is open already", extra={"reopening": open_one})
    check_counts(body.cells, definition, asker.org, month_of(month))
    check_registers(body.registers, definition, asker.org, month_of(month))
    reopening = uuid7()
    named = {
        name: Jsonb([each.model_dump(mode="json", by_alias=True) for each in getattr(body, name)])
        for name in ("cells", "registers")
    }
    entered = {"id": reopening, "reason": body.reason, "at": state.clock.now(), "actor": asker.client_id}
    await connection.execute(_INSERT, _place(scope, month) | named | entered)
    await _audit(connection, request, asker, asker.org, "create_reopening", str(reopening))
    document = _document(await _find(connection, scope, month, reopening), asker, definition)
    return StoredResponse(201, f"{path}/{reopening}", orjson.dumps(document))


async def _audit(connection: AsyncConnection, request: Request, actor: Principal, org: str, operation: str, subject: str) -> None:
    await audit.record(
        connection,
        campaign=actor.campaign,
        org=org,
        actor=actor.client_id,
        operation=operation,
        subject=subject,
        request_id=request.state.request_id,
        now=request.app.state.clock.now(),
    )


async def _find(connection: AsyncConnection, scope: Scope, month: str, reopening: UUID) -> dict[str, Any]:
    binds = {**_place(scope, month), "id": reopening, "after": None, "limit": 1}
    row = await (await connection.cursor(row_factory=dict_row).execute(_LIST, binds)).fetchone()
    if row is None:
        raise NotFound
    return row


def _refuse_unknown(org: str, definition: AppliedDefinition) -> None:
    if org not in {each.code for each in definition.organisations}:
        raise NotFound


def _place(scope: Scope, month: str) -> dict[str, Any]:
    return {"campaign": scope.campaign, "org": scope.org, "month": month_of(month)}


def _needless(found: CurrentSubmission) -> Conflict:
    """What is said where the month takes counts already: all of them, or those that it was opened for."""
    more = {"state": found.state.value, "actions": found.actions}
    if found.state is SubmissionState.OPEN and (found.row["cells"] or found.row["registers"]):
        return Conflict(
            "该月已打开，请先更正并再次报送，之后可为其余数据另行申请",
            "the month is open: correct and submit it; what else is to change can be asked for then",
            extra=more,
        )
    title = found.state.title_
    return Conflict(
        f"该月当前为“{title.zh}”，可直接填报，无须申请",
        f"the month is {title.en}: it takes counts without asking",
        extra=more,
    )


def _document(row: Mapping[str, Any], reader: Principal, definition: AppliedDefinition) -> dict[str, Any]:
    state, own = ReopeningState(row["state"]), row["org"] == reader.org
    standing_in = bureaus_decide(definition, row["org"])
    actions = lifecycle.available_moves(lifecycle.REOPENING_MOVES, state, reader.role, own=own, standing_in=standing_in)
    return {**row, "month": month_text(row["month"]), "actions": actions}


def _revision(state: ReopeningState) -> int:
    """A request changes once: when it is settled."""
    return 1 if state is ReopeningState.OPEN else 2


def _view(reopening: UUID, reader: Principal) -> tuple[object, ...]:
    return ("reopening", reopening, reader.org, reader.role)


def _tag_headers(document: Mapping[str, Any], reader: Principal) -> dict[str, str]:
    revision = _revision(ReopeningState(document["state"]))
    return etag.cache_headers(etag.revision_tag(revision, *_view(UUID(str(document["id"])), reader)))
