"""Moving cases through their states."""

import unicodedata
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.cases import read
from services.cases.act import REFUSALS, Act, record
from services.cases.models import Case, CaseMoveRequest
from services.cases.read import CaseId
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.database.database import Scope, driver
from shared.database.ledger import lock_head, take_version
from shared.domain import lifecycle
from shared.http import etag
from shared.problems import Conflict, FieldError, Forbidden, NotFound, PreconditionRequired, Schema, Stale, problems
from shared.tables.case_file import CaseFile
from shared.tables.case_move import CaseMove as Step
from shared.values.bilingual import Bilingual
from shared.vocabulary import CaseMove, CaseState, LedgerKind

router = APIRouter(tags=["cases"])

Mover = Annotated[Principal, Depends(Authorized("move_case"))]

EARLIEST: Final = date(2000, 1, 1)  # of an approval: what is older is a slip of the pen


@router.post(
    "/v1/cases/{id}/moves",
    response_model=Case,
    responses=problems(*REFUSALS, NotFound, Conflict, Stale, PreconditionRequired),
)
async def move_case(
    request: Request,
    mover: Mover,
    id: CaseId,  # noqa: A002 - named as in the path
    body: CaseMoveRequest,
    if_match: etag.IfMatch = None,
) -> Response:
    """Submit, approve, return or withdraw a case. Approving, and withdrawing what was approved, takes a data version."""
    state = request.app.state
    scope = read.scope_of(mover, "move_case")
    async with state.database.read(scope) as snapshot:
        row = await read.visible(snapshot.connection, mover, id)
        definition = await state.definitions.at(snapshot.connection, mover.campaign, snapshot.definition_version)
    own = row["org"] == mover.org
    if not lifecycle.may_ever_move(lifecycle.CASE_MOVES, body.move, mover.role, own=own):
        raise Forbidden
    refuse_stale(if_match, row["revision"], id, mover)
    refuse_date(body.on, state.clock.today(definition.campaign.timezone))
    async with state.database.session(Scope(mover.campaign, row["org"], scope.reach)) as session:
        case = await _moved(session, Act.of(request, mover, "move_case"), row, body)
        described = await read.described(await driver(session), case.model_dump(exclude={"campaign"}), mover)
    tag = read.tag_of(described, mover)
    return Response(described.model_dump_json(), headers=etag.cache_headers(tag), media_type="application/json")


def refuse_stale(if_match: str | None, revision: int, case_id: UUID, mover: Principal) -> None:
    """Raise PreconditionRequired or Stale unless the mover has this revision in hand."""
    etag.refuse_stale(if_match, revision, *read.view(case_id, mover))


def refuse_date(on: date | None, today: date) -> None:
    """Raise Schema where a case would be approved in the future, or absurdly long ago."""
    if on is not None and not EARLIEST <= on <= today:
        message = Bilingual(
            zh=f"认定日期须在 {EARLIEST} 与今天（{today}）之间", en=f"the date lies between {EARLIEST} and today, {today}"
        )
        raise Schema(errors=[FieldError(where="/on", code="date_out_of_range", message=message, value=str(on))])


async def _moved(session: AsyncSession, act: Act, row: dict[str, Any], body: CaseMoveRequest) -> CaseFile:
    """Carry out the move on the locked case. What a summary can see locks the campaign's head first and takes a version."""
    connection, mover = await driver(session), act.by
    seen = body.move is CaseMove.APPROVE or row["state"] == CaseState.APPROVED
    head = await lock_head(connection, mover.campaign) if seen else None
    case = await _locked(session, mover.campaign, row)
    to = lifecycle.next_state(lifecycle.CASE_MOVES, CaseState(case.state), body.move, mover.role, own=case.org == mover.org)
    if to is None:
        raise _not_now(case, body.move, mover)
    if to is CaseState.APPROVED:
        await _refuse_second(session, case)
    version = (
        await take_version(connection, head, kind=LedgerKind.CASE, subject=str(case.id), actor=mover.client_id, now=act.at)
        if head
        else None
    )
    if to is CaseState.APPROVED:
        case.approved_on, case.approved_version = body.on, version
    else:
        case.ended_version = version
    case.state, case.revision, case.updated_at = to.value, case.revision + 1, act.at
    session.add(_step(case, body, act))
    await session.flush()
    await record(connection, act, case)
    return case


async def _locked(session: AsyncSession, campaign: str, row: dict[str, Any]) -> CaseFile:
    """The case, locked. Raises Stale where it moved since `row` was read."""
    asked = select(CaseFile).where(CaseFile.campaign == campaign, CaseFile.org == row["org"], CaseFile.id == row["id"])
    case = (await session.exec(asked.with_for_update())).one()
    if case.revision != row["revision"]:
        raise Stale(extra={"your_version": row["revision"], "current_version": case.revision})
    return case


def _not_now(case: CaseFile, move: CaseMove, mover: Principal) -> Conflict:
    state = CaseState(case.state)
    return Conflict(
        zh=f"案例当前为“{state.title_.zh}”，不能{move.title_.zh}",
        en=f"the case is {state.title_.en}: you cannot {move.title_.en} it",
        extra={
            "state": state.value,
            "actions": lifecycle.available_moves(lifecycle.CASE_MOVES, state, mover.role, own=case.org == mover.org),
        },
    )


async def _refuse_second(session: AsyncSession, case: CaseFile) -> None:
    """Raise Conflict where the same application stands approved already: distinct cases are counted."""
    standing = select(CaseFile.id, CaseFile.title, CaseFile.applicant).where(
        CaseFile.campaign == case.campaign, CaseFile.state == CaseState.APPROVED.value
    )
    for other, title, applicant in await session.exec(standing):
        if (_plain(title), _plain(applicant)) == (_plain(case.title), _plain(case.applicant)):
            raise Conflict(
                zh="同一应用已有案例获认定，重复案例不计数",
                en="a case of the same title and applicant stands approved: distinct cases are counted",
                extra={"same_as": str(other)},
            )


def _plain(text: str) -> str:
    """A name without what people write differently: width, case, spaces, punctuation."""
    return "".join(character for character in unicodedata.normalize("NFKC", text).casefold() if character.isalnum())


def _step(case: CaseFile, body: CaseMoveRequest, act: Act) -> Step:
    return Step(
        campaign=case.campaign,
        org=case.org,
        case_id=case.id,
        revision=case.revision,
        move=body.move.value,
        state=case.state,
        by_org=act.by.org,
        actor=act.by.client_id,
        at=act.at,
        on=body.on,
        reason=body.reason,
    )
