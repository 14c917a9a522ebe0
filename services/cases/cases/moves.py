"""Checks and effects of the moves of application cases."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Final
from uuid import UUID

from psycopg import AsyncConnection
from sqlmodel import col, select

from services.cases.cases.keep_version import keep_version
from services.cases.cases.models import CaseMoveRequest
from services.cases.cases.similar import read_applicants
from services.cases.items.call import ItemCall
from services.cases.items.checks import refuse_outside
from shared.domain.case_moves import CASE_FIELDS, COUNTING_STATES, OPTIONAL_FIELDS
from shared.domain.similar_cases import comparable
from shared.problem_members import EqualCase, MissingFields
from shared.problems import CaseIncomplete, DuplicateCase, NotMergeable
from shared.tables.case_file import CaseFile
from shared.tables.item_move import ItemMove
from shared.tables.undone_merge import UndoneMerge
from shared.vocabulary import CaseMove, CaseState, RegistryKind

EARLIEST_DATE: Final = date(2000, 1, 1)  # an earlier one is a typing error
_LOCK_MERGES = "SELECT pg_advisory_xact_lock(hashtextextended('merge cases of ' || %s, 0))"


async def make_move(row: CaseFile, body: CaseMoveRequest, call: ItemCall, version: int | None) -> None:
    """Check a move that the lifecycle allows, and set what it changes besides the state."""
    if body.on is not None:
        refuse_outside("/on", body.on, _first_day(row, body.move, call), call.today)
    if action := _ACTIONS.get(body.move):
        await action(row, body, call)
    row.was_submitted = row.was_submitted or row.state != CaseState.DRAFT or body.move is CaseMove.SUBMIT
    if body.move is CaseMove.APPROVE:
        row.approved_on, row.approved_version = body.on, version
    elif body.move is CaseMove.UNDO_MERGE and version is not None:
        await _undo_end(row, call, version)
    elif version is not None:
        row.ended_on, row.ended_version = body.on or call.today, version


def _first_day(row: CaseFile, move: CaseMove, call: ItemCall) -> date:
    """Return the first possible day of a move: that of the one before it, of an approval that of the case and the campaign.

    A revocation may be dated back to the approval, which then never counted.
    """
    earlier = {
        CaseMove.APPROVE: (row.started_on, call.definition.calendar.first_month),
        CaseMove.RECORD_OUTCOME: (row.recommended_on, row.approved_on),
    }
    return max((day for day in earlier.get(move, (row.approved_on,)) if day), default=EARLIEST_DATE)


async def _submit(row: CaseFile, _: CaseMoveRequest, call: ItemCall) -> None:
    """Keep a version. Raises CaseIncomplete if a field that a submitted case must have is empty."""
    missing = sorted(name for name in CASE_FIELDS - OPTIONAL_FIELDS if not getattr(row, name))
    if missing:
        raise CaseIncomplete(
            zh=f"申报前须填写：{'、'.join(missing)}。",
            en=f"Fill in these fields before you submit the case: {', '.join(missing)}.",
            members=MissingFields(fields=missing),
        )
    await keep_version(row, call)


async def _refuse_duplicate(row: CaseFile, _: CaseMoveRequest, call: ItemCall) -> None:
    """Raise DuplicateCase if a case with the same title and applicant is already approved: distinct cases are counted.

    Applicants are compared first, each name once, so that an index finds the few cases whose titles are compared.
    """
    names = await read_applicants(call.connection, row.campaign, COUNTING_STATES)
    approved = select(CaseFile.id, CaseFile.title).where(
        col(CaseFile.campaign) == row.campaign,
        col(CaseFile.applicant).in_([name for name in names if comparable(name) == comparable(row.applicant)]),
        col(CaseFile.state).in_(sorted(COUNTING_STATES)),
        col(CaseFile.id) != row.id,
    )
    for other, title in await call.session.exec(approved):
        if comparable(title) == comparable(row.title):
            raise DuplicateCase(
                zh="标题和应用单位相同的案例已获认定，同一案例只计一次。",
                en="A case with the same title and applicant is already approved; the same case counts only once.",
                members=EqualCase(same_as=other),
            )


async def _recommend(row: CaseFile, body: CaseMoveRequest, _: ItemCall) -> None:
    row.recommended_to, row.recommended_on = body.recommended_to, body.on


async def _record_outcome(row: CaseFile, body: CaseMoveRequest, _: ItemCall) -> None:
    row.selected, row.outcome_note, row.outcome_on = body.selected, body.note, body.on


async def _publish(row: CaseFile, _: CaseMoveRequest, __: ItemCall) -> None:
    row.published = True


async def _unpublish(row: CaseFile, _: CaseMoveRequest, __: ItemCall) -> None:
    row.published = False


async def _request_revocation(row: CaseFile, _: CaseMoveRequest, call: ItemCall) -> None:
    row.revocation_requested_on = call.today


async def _decline_revocation(row: CaseFile, _: CaseMoveRequest, __: ItemCall) -> None:
    row.revocation_requested_on = None


async def _merge(row: CaseFile, body: CaseMoveRequest, call: ItemCall) -> None:
    """Raise NotMergeable unless the other case exists, was submitted, and is neither withdrawn nor merged itself.

    Merges wait for each other, so that two cases are never merged into one another.
    """
    await call.connection.execute(_LOCK_MERGES, [row.campaign])
    other = await _state_of(call.connection, row.campaign, body.merged_into)
    if body.merged_into == row.id or other in (None, CaseState.DRAFT, CaseState.WITHDRAWN, CaseState.MERGED):
        raise NotMergeable
    row.merged_into = body.merged_into


async def _undo_merge(row: CaseFile, body: CaseMoveRequest, call: ItemCall) -> None:
    """Restore the state before the merge. Raises DuplicateCase if an equal case was approved since."""
    query = select(ItemMove.state).where(
        col(ItemMove.campaign) == row.campaign,
        col(ItemMove.org) == row.org,
        col(ItemMove.kind) == RegistryKind.CASE,
        col(ItemMove.item_id) == row.id,
        col(ItemMove.state) != CaseState.MERGED,
    )
    row.state = (await call.session.exec(query.order_by(col(ItemMove.revision).desc()).limit(1))).one()
    row.merged_into = None
    if row.state in COUNTING_STATES:
        await _refuse_duplicate(row, body, call)


async def _undo_end(row: CaseFile, call: ItemCall, version: int) -> None:
    """Let a case count again that counted until it was merged. Summaries of the data versions between do not change."""
    merged_on = row.ended_on or row.approved_on  # no day of the end: it counted for no month, see `CaseFile`
    if row.state not in COUNTING_STATES or row.ended_version is None or merged_on is None:  # it was revoked before the merge
        return
    call.session.add(
        UndoneMerge(
            campaign=row.campaign,
            org=row.org,
            case_id=row.id,
            merged_version=row.ended_version,
            merged_on=merged_on,
            undone_version=version,
        )
    )
    row.ended_on = row.ended_version = None


async def _state_of(connection: AsyncConnection, campaign: str, case_id: UUID | None) -> str | None:
    query = "SELECT state FROM case_file WHERE campaign = %s AND id = %s"
    row = await (await connection.execute(query, [campaign, case_id])).fetchone()
    return str(row[0]) if row else None


_ACTIONS: Final[Mapping[CaseMove, Callable[[CaseFile, CaseMoveRequest, ItemCall], Awaitable[None]]]] = {
    CaseMove.SUBMIT: _submit,
    CaseMove.APPROVE: _refuse_duplicate,
    CaseMove.RECOMMEND: _recommend,
    CaseMove.RECORD_OUTCOME: _record_outcome,
    CaseMove.PUBLISH: _publish,
    CaseMove.UNPUBLISH: _unpublish,
    CaseMove.REQUEST_REVOCATION: _request_revocation,
    CaseMove.DECLINE_REVOCATION: _decline_revocation,
    CaseMove.MERGE: _merge,
    CaseMove.UNDO_MERGE: _undo_merge,
}
