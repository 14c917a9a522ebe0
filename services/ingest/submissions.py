"""`/v1/submissions`: an organisation signs its month off; bureau and task force return, accept and reopen it."""

from datetime import date
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Path, Query, Request
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response

from services.ingest.models import Attestation, SubmissionDocument
from shared import audit, etag, policy
from shared.answers import Json
from shared.auth import Principal, allowed
from shared.campaign.loaded import LoadedDefinition
from shared.campaign.months import month_of, month_text, next_month
from shared.db import Scope
from shared.domain import lifecycle
from shared.ledger import lock_head, take_version
from shared.paging import Page
from shared.problems import (
    Conflict,
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
from shared.sql import statement
from shared.validation import FaultError
from shared.vocabulary import LedgerKind, SubmissionMove, SubmissionState

router = APIRouter(tags=["submissions"])
_LIST = statement(__package__, "list_submissions")
_END = statement(__package__, "end_submission")
_INSERT = statement(__package__, "insert_submission")
_REFUSALS = (TokenInvalid, Forbidden, NotFound, Schema, Overloaded)

MonthText = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2022-08"])]
Org = Annotated[str, Path(max_length=63, examples=["telecom"])]
Month = Annotated[str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2022-08"])]


class SubmissionMoveRequest(BaseModel):
    """The move, and what it needs: submitting is attested by a person, returning and reopening give a reason."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    move: SubmissionMove
    content_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        default=None, description="The `content_hash` that was read: exactly these counts are attested."
    )
    attested_by: Attestation | None = None
    reason: Annotated[str, Field(min_length=1, max_length=1_000)] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.move is SubmissionMove.SUBMIT and not (self.content_hash and self.attested_by):
            raise FaultError("报送须有 content_hash 和 attested_by", "submitting needs content_hash and attested_by")
        if self.move in (SubmissionMove.RETURN, SubmissionMove.REOPEN) and not self.reason:
            raise FaultError("退回和重新打开须说明原因", "returning and reopening need a reason")
        return self


@router.get("/v1/submissions", response_model=Page[SubmissionDocument], responses=problems(*_REFUSALS))
async def list_submissions(
    request: Request,
    reader: Annotated[Principal, Depends(allowed("list_submissions"))],
    month: Annotated[MonthText | None, Query(description="Left out: the latest month that is past its due day.")] = None,
) -> Response:
    """Where each organisation's month stands; carriers and streets see their own."""
    reach = policy.reach("list_submissions", reader.role)
    state = request.app.state
    async with state.database.read(Scope(reader.campaign, reader.org, reach)) as snapshot:
        loaded = await state.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        today = state.clock.today(loaded.definition.campaign.timezone)
        asked = month_of(month) if month else loaded.definition.calendar.latest_due(today)
        orgs = [reader.org] if reach == "own" else _reporting(loaded, asked)
        rows = await _rows(snapshot.connection, reader.campaign, orgs, asked)
    items = [_document(row, asked, loaded, reader) for row in rows]
    return Json({"items": items, "next": None, "total": len(items)})


@router.get("/v1/submissions/{org}/{month}", response_model=SubmissionDocument, responses=problems(*_REFUSALS))
async def get_submission(
    request: Request, org: Org, month: Month, reader: Annotated[Principal, Depends(allowed("get_submission"))]
) -> Response:
    """One organisation's month. Its ETag is what a move needs as `If-Match`."""
    state = request.app.state
    async with state.database.read(_scope(reader, "get_submission", org)) as snapshot:
        loaded = await state.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        row = await _row(snapshot.connection, loaded, reader, org, month_of(month))
    return _answer(row, month_of(month), loaded, reader)


@router.post(
    "/v1/submissions/{org}/{month}/moves",
    response_model=SubmissionDocument,
    responses=problems(*_REFUSALS, Conflict, Stale, PreconditionRequired, UnknownOutcome),
)
async def move_submission(
    request: Request,
    org: Org,
    month: Month,
    body: SubmissionMoveRequest,
    mover: Annotated[Principal, Depends(allowed("move_submission"))],
    if_match: etag.IfMatch = None,
) -> Response:
    """Submit, return, accept or reopen a month. Every move takes a data version."""
    state = request.app.state
    asked = month_of(month)
    async with state.database.write(_scope(mover, "move_submission", org)) as connection:
        head = await lock_head(connection, mover.campaign)
        loaded = await state.definitions.at(connection, mover.campaign, head.definition_version)
        row = await _row(connection, loaded, mover, org, asked)
        if not lifecycle.may_ever(lifecycle.SUBMISSIONS, body.move, mover.role, own=org == mover.org):
            raise Forbidden
        etag.refuse_stale(if_match, row["version"] or 0, *_view(mover, org, asked))
        to = _next(row, body, mover)
        if body.move is SubmissionMove.SUBMIT:
            _refuse_early(asked, state.clock.today(loaded.definition.campaign.timezone))
            _refuse_other_content(row, body)
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
        binds = {"campaign": mover.campaign, "org": org, "month": asked, "version": version, "state": to.value}
        await connection.execute(_END, binds)
        await connection.execute(_INSERT, binds | _attested(body))
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
        row = await _row(connection, loaded, mover, org, asked)
    return _answer(row, asked, loaded, mover)


def _scope(principal: Principal, operation: str, org: str) -> Scope:
    """The rows of the organisation that is named. Raises NotFound for another than one's own, where that is all one sees."""
    if policy.reach(operation, principal.role) == "own" and org != principal.org:
        raise NotFound
    return Scope(principal.campaign, org)


def _reporting(loaded: LoadedDefinition, month: date) -> list[str]:
    return sorted({org for metric in loaded.definition.metrics_of(month) for org in loaded.definition.owing(metric, month)})


async def _rows(connection: AsyncConnection, campaign: str, orgs: list[str], month: date) -> list[dict[str, Any]]:
    binds = {"campaign": campaign, "orgs": orgs, "month": month}
    return await (await connection.cursor(row_factory=dict_row).execute(_LIST, binds)).fetchall()


async def _row(connection: AsyncConnection, loaded: LoadedDefinition, reader: Principal, org: str, month: date) -> dict[str, Any]:
    if org not in {each.code for each in loaded.definition.organisations}:
        raise NotFound
    (row,) = await _rows(connection, reader.campaign, [org], month)
    return row


def _next(row: dict[str, Any], body: SubmissionMoveRequest, mover: Principal) -> SubmissionState:
    state, own = SubmissionState(row["state"]), row["org"] == mover.org
    to = lifecycle.step(lifecycle.SUBMISSIONS, state, body.move, mover.role, own=own)
    if to is None:
        actions = lifecycle.moves_now(lifecycle.SUBMISSIONS, state, mover.role, own=own)
        raise Conflict(
            f"该月当前为“{state.title_.zh}”，不能{body.move.title_.zh}",
            f"the month is {state.title_.en}: you cannot {body.move.title_.en} it",
            extra={"state": state.value, "actions": actions},
        )
    return to


def _refuse_early(month: date, today: date) -> None:
    if today < next_month(month):
        raise Conflict("该月尚未结束，不能报送", "the month has not ended: it cannot be submitted yet")


def _refuse_other_content(row: dict[str, Any], body: SubmissionMoveRequest) -> None:
    if body.content_hash != row["content_hash"]:
        raise Conflict(
            "数据已变化：请重新核对后再报送",
            "the counts are not the ones you read: read them again, then attest",
            extra={"content_hash": row["content_hash"]},
        )


def _attested(body: SubmissionMoveRequest) -> dict[str, str | None]:
    submits = body.move is SubmissionMove.SUBMIT
    return {
        "content_hash": body.content_hash if submits else None,
        "attested_name": body.attested_by.name if submits and body.attested_by else None,
        "attested_title": body.attested_by.title if submits and body.attested_by else None,
        "reason": body.reason,
    }


def _view(reader: Principal, org: str, month: date) -> tuple[str, ...]:
    return ("submission", reader.campaign, reader.org, reader.role, org, month_text(month))


def _answer(row: dict[str, Any], month: date, loaded: LoadedDefinition, reader: Principal) -> Response:
    document = _document(row, month, loaded, reader)
    tag = etag.revision_tag(row["version"] or 0, *_view(reader, row["org"], month))
    return Json(document, headers=etag.headers(tag))


def _document(row: dict[str, Any], month: date, loaded: LoadedDefinition, reader: Principal) -> dict[str, Any]:
    state, own = SubmissionState(row["state"]), row["org"] == reader.org
    signed = row["attested_name"]
    return {
        "org": row["org"],
        "month": month_text(month),
        "state": state,
        "due": loaded.definition.calendar.due(month),
        "content_hash": row["content_hash"],
        "attested_hash": row["attested_hash"],
        "attested_by": {"name": signed, "title": row["attested_title"]} if signed else None,
        "reason": row["reason"],
        "data_version": row["version"],
        "actions": lifecycle.moves_now(lifecycle.SUBMISSIONS, state, reader.role, own=own),
    }
