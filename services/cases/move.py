"""Moving cases through their states."""

import unicodedata
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.cases import read
from services.cases.change import CaseChange, record_change
from services.cases.models import Case, CaseMoveRequest
from services.cases.read import CaseId
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.database.database import Scope, psycopg_connection
from shared.database.ledger import lock_campaign, take_version
from shared.domain import lifecycle
from shared.http import etag
from shared.http.json_response import item_response
from shared.problem_members import EqualCase, Revisions, StateAndActions
from shared.problems import Conflict, DuplicateCase, FieldError, Forbidden, Schema, Stale, problems
from shared.tables.case_file import CaseFile
from shared.tables.case_move import CaseMove as CaseMoveRow
from shared.values.bilingual import Bilingual
from shared.vocabulary import CaseMove, CaseState, FieldCode, LedgerKind

router = APIRouter(tags=["cases"])

Mover = Annotated[Principal, Depends(Authorized("move_case"))]

EARLIEST_APPROVAL: Final = date(2000, 1, 1)  # an earlier date is a typing error


@router.post(
    "/v1/cases/{id}/moves",
    response_model=Case,
    responses=problems(Conflict, DuplicateCase),
)
async def move_case(
    request: Request,
    service: ServiceDep,
    mover: Mover,
    id: CaseId,  # noqa: A002 - named as in the path
    body: CaseMoveRequest,
    if_match: etag.IfMatch = None,
) -> Response:
    """Submit, approve, return or withdraw a case.

    Moves a case to its next state; approving it, or withdrawing an approved case, creates a data version.

    An approved case counts from the month of its approval to the month before it is withdrawn: an approval dated in an earlier
    month changes the months since, a withdrawal changes no month that has ended.
    """
    scope = read.case_scope(mover, "move_case")
    async with service.database.read(scope) as snapshot:
        row = await read.find_visible(snapshot.connection, mover, id)
        definition = await service.definitions.at(snapshot.connection, mover.campaign, snapshot.definition_version)
    own = row["org"] == mover.org
    if not lifecycle.may_ever_move(lifecycle.CASE_MOVES, body.move, mover.role, own=own):
        raise Forbidden
    etag.refuse_stale(if_match, row["revision"])
    today = service.clock.today(definition.campaign.timezone)
    refuse_date(body.on, today)
    async with service.database.session(Scope(mover.campaign, row["org"], scope.reach)) as session:
        change = CaseChange(mover, "move_case", service.clock.now(), request.state.request_id)
        moved = await _move(session, change, row, body, today)
        case = await read.case_for(await psycopg_connection(session), moved.model_dump(exclude={"campaign"}), mover)
    return item_response(case.model_dump(mode="json"), case.revision)


def refuse_date(on: date | None, today: date) -> None:
    """Raise Schema for an approval date in the future, or before any plausible one."""
    if on is not None and not EARLIEST_APPROVAL <= on <= today:
        message = Bilingual(
            zh=f"认定日期应在 {EARLIEST_APPROVAL} 至今天（{today}）之间",
            en=f"must be between {EARLIEST_APPROVAL} and today ({today})",
        )
        raise Schema(errors=[FieldError(where="/on", code=FieldCode.DATE_OUT_OF_RANGE, message=message, value=str(on))])


async def _move(session: AsyncSession, change: CaseChange, row: dict[str, Any], body: CaseMoveRequest, today: date) -> CaseFile:
    """Carry out the move on the locked case.

    A move that changes the summary locks the campaign first and takes a data version.
    """
    connection, mover = await psycopg_connection(session), change.caller
    changes_summary = body.move is CaseMove.APPROVE or row["state"] == CaseState.APPROVED
    ledger = await lock_campaign(connection, mover.campaign) if changes_summary else None
    case = await _lock(session, mover.campaign, row)
    to = lifecycle.next_state(lifecycle.CASE_MOVES, CaseState(case.state), body.move, mover.role, own=case.org == mover.org)
    if to is None:
        raise _move_not_allowed(case, body.move, mover)
    if to is CaseState.APPROVED:
        await _refuse_duplicate(session, case)
    version = (
        await take_version(connection, ledger, kind=LedgerKind.CASE, subject=str(case.id), actor=mover.client_id, now=change.at)
        if ledger
        else None
    )
    if to is CaseState.APPROVED:
        case.approved_on, case.approved_version = body.on, version
    elif version is not None:
        case.ended_on, case.ended_version = today, version
    case.state, case.revision, case.updated_at = to.value, case.revision + 1, change.at
    session.add(_move_row(case, body, change))
    await session.flush()
    await record_change(connection, change, case)
    return case


async def _lock(session: AsyncSession, campaign: str, row: dict[str, Any]) -> CaseFile:
    """Return the case, locked. Raises Stale if it has changed since `row` was read."""
    query = select(CaseFile).where(CaseFile.campaign == campaign, CaseFile.org == row["org"], CaseFile.id == row["id"])
    case = (await session.exec(query.with_for_update())).one()
    if case.revision != row["revision"]:
        raise Stale(members=Revisions(your_revision=row["revision"], current_revision=case.revision))
    return case


def _move_not_allowed(case: CaseFile, move: CaseMove, mover: Principal) -> Conflict:
    state = CaseState(case.state)
    return Conflict(
        zh=f"案例当前状态为“{state.title_.zh}”，不能{move.title_.zh}。",
        en=f"The case is {state.title_.en}; the move `{move.value}` is not available.",
        members=StateAndActions(
            state=state.value,
            actions=lifecycle.available_moves(lifecycle.CASE_MOVES, state, mover.role, own=case.org == mover.org),
        ),
    )


async def _refuse_duplicate(session: AsyncSession, case: CaseFile) -> None:
    """Raise DuplicateCase if a case with the same title and applicant is already approved: distinct cases are counted."""
    approved = select(CaseFile.id, CaseFile.title, CaseFile.applicant).where(
        CaseFile.campaign == case.campaign, CaseFile.state == CaseState.APPROVED.value
    )
    for other, title, applicant in await session.exec(approved):
        if (_comparable(title), _comparable(applicant)) == (_comparable(case.title), _comparable(case.applicant)):
            raise DuplicateCase(
                zh="标题和应用单位相同的案例已获认定，同一案例只计一次。",
                en="A case with the same title and applicant is already approved; the same case counts only once.",
                members=EqualCase(same_as=other),
            )


def _comparable(text: str) -> str:
    """Return a name without width, case, spaces and punctuation, which people write differently."""
    return "".join(character for character in unicodedata.normalize("NFKC", text).casefold() if character.isalnum())


def _move_row(case: CaseFile, body: CaseMoveRequest, change: CaseChange) -> CaseMoveRow:
    return CaseMoveRow(
        campaign=case.campaign,
        org=case.org,
        case_id=case.id,
        revision=case.revision,
        move=body.move.value,
        state=case.state,
        by_org=change.caller.org,
        actor=change.caller.client_id,
        at=change.at,
        on=body.on,
        reason=body.reason,
    )
