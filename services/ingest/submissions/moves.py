"""`/v1/submissions/{org}/{month}/moves`: an organisation signs its month off; others return, accept and reopen it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from starlette.responses import Response

from services.ingest.quality.found import refuse_unexplained
from services.ingest.submissions.current_submission import CurrentSubmission, read_submission, submission_scope
from services.ingest.submissions.models import MonthInPath, OrgInPath, SubmissionDocument, SubmissionMoveRequest
from services.ingest.submissions.part_checks import check_counts
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.database import audit
from shared.database.database import Scope
from shared.database.ledger import lock_head, take_version
from shared.database.sql import statement
from shared.domain import lifecycle
from shared.domain.lifecycle import Condition
from shared.http import etag
from shared.problems import (
    Conflict,
    FindingsUnexplained,
    Forbidden,
    NotFound,
    Overloaded,
    PreconditionRequired,
    Schema,
    Stale,
    TokenInvalid,
    UnknownOutcome,
    problems,
)
from shared.values.months import month_of, month_text
from shared.vocabulary import LedgerKind, ReopeningState, SubmissionMove, SubmissionState

router = APIRouter(tags=["submissions"])
_END = statement(__package__, "end_submission")
_INSERT = statement(__package__, "insert_submission")
_DECIDE = statement(__package__, "decide_reopening")


@router.post(
    "/v1/submissions/{org}/{month}/moves",
    response_model=SubmissionDocument,
    responses=problems(
        *(TokenInvalid, Forbidden, NotFound, Schema, Overloaded, Conflict, FindingsUnexplained, Stale),
        *(PreconditionRequired, UnknownOutcome),
    ),
)
async def move_submission(
    request: Request,
    org: OrgInPath,
    month: MonthInPath,
    body: SubmissionMoveRequest,
    mover: Annotated[Principal, Depends(Authorized("move_submission"))],
    if_match: etag.IfMatch = None,
) -> Response:
    """Submit, return, accept or reopen a month. Every move takes a data version.

    Only the task force reopens, and only where the organisation asks for it (`/reopenings`): what is asked for may then change,
    and nothing else until the month is submitted again. A month of the task force's own organisation is reopened by a bureau of
    another one.
    """
    state = request.app.state
    asked = month_of(month)
    async with state.database.write(submission_scope(mover, "move_submission", org)) as connection:
        head = await lock_head(connection, mover.campaign)
        definition = await state.definitions.at(connection, mover.campaign, head.definition_version)
        today = state.clock.today(definition.campaign.timezone)
        found = await read_submission(connection, definition, mover, org, asked, today)
        to = _next(found, body, if_match)
        if body.move is SubmissionMove.SUBMIT:
            await refuse_unexplained(connection, Scope(mover.campaign, org), definition, asked)
        if body.cells:
            check_counts(body.cells, definition, org, asked)
        now = state.clock.now()
        version = await take_version(
            connection,
            head,
            kind=LedgerKind.SUBMISSION,
            subject=month,
            org=org,
            actor=mover.client_id,
            now=now,
        )
        await _enter(connection, found, body, to, {"version": version, "at": now})
        await audit.record(
            connection,
            campaign=mover.campaign,
            org=org,
            actor=mover.client_id,
            operation="move_submission",
            subject=f"{month} {body.move}",
            request_id=request.state.request_id,
            now=now,
        )
        moved = await read_submission(connection, definition, mover, org, asked, today)
    return moved.answer()


def _next(found: CurrentSubmission, body: SubmissionMoveRequest, if_match: str | None) -> SubmissionState:
    """The state after the move. Raises the problem that stands in its way."""
    role, own, standing_in = found.reader.role, found.own, found.standing_in
    if not lifecycle.may_ever_move(lifecycle.SUBMISSION_MOVES, body.move, role, own=own, standing_in=standing_in):
        raise Forbidden
    if if_match is None:
        raise PreconditionRequired
    row = lifecycle.find_transition(lifecycle.SUBMISSION_MOVES, found.state, body.move, role, own=own, standing_in=standing_in)
    if row and body.move is SubmissionMove.SUBMIT:
        _refuse_other_content(found, body)
    etag.refuse_stale(if_match, found.revision, *found.view)
    if row is None:
        title = found.state.title_
        raise _refusal(
            found,
            f"该月当前为“{title.zh}”，不能{body.move.title_.zh}",
            f"the month is {title.en}: you cannot {body.move.title_.en} it",
        )
    if row.needs is Condition.MONTH_ENDED and row.needs not in found.given:
        raise _refusal(found, "该月尚未结束，不能报送", "the month has not ended: it cannot be submitted yet")
    if row.needs is Condition.REOPENING_ASKED and row.needs not in found.given:
        path = f"/v1/submissions/{found.org}/{month_text(found.month)}/reopenings"
        raise _refusal(
            found,
            f"没有待处理的重新打开申请：须由填报单位先提出（POST {path}）",
            f"nobody asks for it: the organisation has to ask first (POST {path})",
        )
    return row.to


def _refusal(found: CurrentSubmission, zh: str, en: str) -> Conflict:
    return Conflict(zh, en, extra={"state": found.state.value, "actions": found.actions})


def _refuse_other_content(found: CurrentSubmission, body: SubmissionMoveRequest) -> None:
    if body.content_hash != found.row["content_hash"]:
        raise Conflict(
            "数据已变化：请重新核对后再报送",
            "the counts are not the ones you read: read them again, then attest",
            extra={"content_hash": found.row["content_hash"]},
        )


async def _enter(
    connection: AsyncConnection, found: CurrentSubmission, body: SubmissionMoveRequest, to: SubmissionState, taken: dict[str, Any]
) -> None:
    """Enter the new state; whatever opens the month again grants the request that asks for it."""
    mover = found.reader
    binds = taken | {"campaign": mover.campaign, "org": found.org, "month": found.month, "state": to.value}
    await connection.execute(_END, binds)
    await connection.execute(_INSERT, binds | _said(found, body))
    if to not in lifecycle.CLOSED_STATES:
        granted = {"state": ReopeningState.GRANTED.value, "reason": body.reason}
        await connection.execute(_DECIDE, binds | granted | {"actor": mover.client_id, "by_org": mover.org})


def _said(found: CurrentSubmission, body: SubmissionMoveRequest) -> dict[str, Any]:
    """What the mover attests, gives as the reason, and means by it."""
    submits = body.move is SubmissionMove.SUBMIT
    cells: list[Any] | None = [cell.model_dump() for cell in body.cells] if body.cells else None
    registers: list[Any] | None = None
    if body.move is SubmissionMove.REOPEN:
        cells, registers = found.row["reopening_cells"], found.row["reopening_registers"]
    return {
        "content_hash": body.content_hash if submits else None,
        "attested_name": body.attested_by.name if submits and body.attested_by else None,
        "attested_title": body.attested_by.title if submits and body.attested_by else None,
        "reason": body.reason,
        "cells": Jsonb(cells) if cells else None,
        "registers": Jsonb(registers) if registers else None,
    }
