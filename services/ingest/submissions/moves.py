"""`/v1/submissions/{org}/{month}/moves`: submit, return, accept or reopen an organisation's month."""

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from starlette.responses import Response

from services.ingest.service import IngestServiceDep
from services.ingest.submissions.current_submission import CurrentSubmission, read_current_submission, submission_scope
from services.ingest.submissions.models import MonthInPath, OrgInPath, SubmissionDocument, SubmissionMoveRequest
from services.ingest.submissions.part_checks import check_count_parts
from shared.access.dependencies import Authorized
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database import audit
from shared.database.database import Scope
from shared.database.ledger import lock_campaign, take_version
from shared.database.sql import statement
from shared.domain.forbidden import forbidden
from shared.domain.submission_moves import CLOSED_STATES, SUBMISSION_MOVES, Condition
from shared.domain.transitions import allowed_moves, callers_of, may_ever_move
from shared.http import etag
from shared.problem_members import CurrentContent, StateAndActions, UnexplainedFindings
from shared.problems import (
    Conflict,
    ContentChanged,
    FindingsUnexplained,
    PreconditionRequired,
    problems,
)
from shared.reading.findings import stored_findings
from shared.values.months import month_of, month_text
from shared.vocabulary import LedgerKind, ReopeningState, SubmissionMove, SubmissionState

FINDINGS_LISTED: Final = 1_000  # findings that a refusal lists
router = APIRouter(tags=["submissions"])
_END = statement(__package__, "end_submission")
_INSERT = statement(__package__, "insert_submission")
_DECIDE = statement(__package__, "decide_reopening")


@router.post(
    "/v1/submissions/{org}/{month}/moves",
    response_model=SubmissionDocument,
    responses=problems(Conflict, ContentChanged, FindingsUnexplained),
)
async def move_submission(
    request: Request,
    service: IngestServiceDep,
    *,
    org: OrgInPath,
    month: MonthInPath,
    body: SubmissionMoveRequest,
    mover: Annotated[Principal, Depends(Authorized("move_submission"))],
    if_match: etag.IfMatch = None,
) -> Response:
    """Submit, return, accept or reopen a month.

    Moves a submission to its next state and creates a data version; `reopen` requires an open reopening request.

    Only the task force reopens a month; a month of its own organisation is reopened by a bureau of another organisation. After
    that only the requested counts and rows may change, until the month is submitted again.
    """
    first_day = month_of(month)
    async with service.database.write(submission_scope(mover, "move_submission", org)) as connection:
        ledger = await lock_campaign(connection, mover.campaign)
        definition = await service.definitions.at(connection, mover.campaign, ledger.definition_version)
        today = service.clock.today(definition.campaign.timezone)
        before = await read_current_submission(connection, definition, mover, org, first_day, today)
        state = _next_state(before, body, if_match)
        if body.move is SubmissionMove.SUBMIT:
            await _refuse_unexplained(connection, Scope(mover.campaign, org), definition, first_day)
        if body.cells:
            check_count_parts(body.cells, definition, org, first_day)
        now = service.clock.now()
        version = await take_version(
            connection,
            ledger,
            kind=LedgerKind.SUBMISSION,
            subject=month,
            org=org,
            actor=mover.client_id,
            now=now,
        )
        await _store_state(connection, before, body, state, {"version": version, "at": now})
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
        after = await read_current_submission(connection, definition, mover, org, first_day, today)
    return after.response()


def _next_state(submission: CurrentSubmission, body: SubmissionMoveRequest, if_match: str | None) -> SubmissionState:
    """Return the state after the move, or raise the problem that prevents it."""
    role, relations = submission.reader.role, submission.relations
    if not may_ever_move(SUBMISSION_MOVES, body.move, role, relations):
        raise forbidden(callers_of(SUBMISSION_MOVES, body.move), role, relations)
    if if_match is None:
        raise PreconditionRequired
    allowed = allowed_moves(SUBMISSION_MOVES, submission.state, role, relations, list(Condition))
    transition = next((transition for transition in allowed if transition.move is body.move), None)
    if transition and body.move is SubmissionMove.SUBMIT:
        _refuse_other_content(submission, body)
    etag.refuse_stale(if_match, submission.revision)
    if transition is None:
        state, move = submission.state.title_, body.move.title_
        raise _conflict(
            submission,
            f"该月数据当前为“{state.zh}”，不能{move.zh}。",
            f"The month is {state.en}; the move `{move.en}` is not available.",
        )
    lacking = transition.conditions - submission.conditions
    if Condition.MONTH_ENDED in lacking:
        raise _conflict(
            submission, "该月尚未结束，不能报送。", "The month has not ended; it can be submitted from the next month on."
        )
    if Condition.REOPENING_REQUESTED in lacking:
        path = f"/v1/submissions/{submission.org}/{month_text(submission.month)}/reopenings"
        raise _conflict(
            submission,
            f"没有待处理的重新开放申请，须先由填报单位提出申请（POST {path}）。",
            f"The organisation must first request the reopening (POST {path}).",
        )
    return transition.to or submission.state


async def _refuse_unexplained(connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, month: date) -> None:
    """Raise FindingsUnexplained, listing them, if findings keep an organisation's month from being submitted."""
    findings = await stored_findings(connection, scope, definition, [(scope.org, month)])
    unexplained = [finding for finding in findings if finding.unexplained]
    if unexplained:
        raise FindingsUnexplained(
            f"有 {len(unexplained)} 项数据质量问题尚未说明。请更正数据，或在该行备注、该问题的说明中写明原因，再行报送。",
            f"{len(unexplained)} findings need an explanation. Correct the counts, or explain each finding with a row note"
            " or at `/v1/findings/{id}/explanation`, then submit again.",
            members=UnexplainedFindings.model_validate(
                {
                    "findings": [finding.document(definition) for finding in unexplained[:FINDINGS_LISTED]],
                    "findings_total": len(unexplained),
                }
            ),
        )


def _conflict(submission: CurrentSubmission, zh: str, en: str) -> Conflict:
    return Conflict(zh, en, members=StateAndActions(state=submission.state.value, actions=submission.actions))


def _refuse_other_content(submission: CurrentSubmission, body: SubmissionMoveRequest) -> None:
    if body.content_hash != submission.row["content_hash"]:
        raise ContentChanged(
            "数据已有变化，请重新读取并核对后再报送。",
            "`content_hash` does not match the current counts; read the submission again, then attest.",
            members=CurrentContent(content_hash=submission.row["content_hash"]),
        )


async def _store_state(
    connection: AsyncConnection,
    before: CurrentSubmission,
    body: SubmissionMoveRequest,
    state: SubmissionState,
    version: dict[str, Any],
) -> None:
    """Store the new state; a move that opens the month again grants the open reopening request."""
    mover = before.reader
    binds = version | {"campaign": mover.campaign, "org": before.org, "month": before.month, "state": state.value}
    await connection.execute(_END, binds)
    await connection.execute(_INSERT, binds | _move_columns(before, body))
    if state not in CLOSED_STATES:
        decision = {"state": ReopeningState.GRANTED.value, "reason": body.reason}
        await connection.execute(_DECIDE, binds | decision | {"actor": mover.client_id, "by_org": mover.org})


def _move_columns(before: CurrentSubmission, body: SubmissionMoveRequest) -> dict[str, Any]:
    """Return the columns for attestation, reason and parts of the month."""
    submits = body.move is SubmissionMove.SUBMIT
    cells: list[Any] | None = [cell.model_dump() for cell in body.cells] if body.cells else None
    registers: list[Any] | None = None
    if body.move is SubmissionMove.REOPEN:
        cells, registers = before.row["reopening_cells"], before.row["reopening_registers"]
    return {
        "content_hash": body.content_hash if submits else None,
        "attested_name": body.attested_by.name if submits and body.attested_by else None,
        "attested_title": body.attested_by.title if submits and body.attested_by else None,
        "reason": body.reason,
        "cells": Jsonb(cells) if cells else None,
        "registers": Jsonb(registers) if registers else None,
    }
