"""`/v1/submissions`: where each organisation's month stands."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.ingest.submissions.current_submission import read_submission, read_submissions, submission_scope
from services.ingest.submissions.models import MonthInPath, OrgInPath, SubmissionDocument
from shared.access import policy
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Scope, Snapshot
from shared.http.json_response import JsonResponse
from shared.http.paging import Page
from shared.problems import Forbidden, NotFound, Overloaded, Schema, TokenInvalid, problems
from shared.values.months import MONTH_PATTERN, month_of

router = APIRouter(tags=["submissions"])
_MOVED = "SELECT org FROM submission WHERE campaign = %s AND month = %s AND until IS NULL"
_REFUSALS = (TokenInvalid, Forbidden, NotFound, Schema, Overloaded)

MonthText = Annotated[str, Field(pattern=MONTH_PATTERN, examples=["2022-08"])]


@router.get("/v1/submissions", response_model=Page[SubmissionDocument], responses=problems(*_REFUSALS))
async def list_submissions(
    request: Request,
    reader: Annotated[Principal, Depends(Authorized("list_submissions"))],
    month: Annotated[MonthText | None, Query(description="Left out: the latest month that is past its due day.")] = None,
) -> Response:
    """Where each organisation's month stands; carriers and streets see their own."""
    reach = policy.granted_reach("list_submissions", reader.role)
    state = request.app.state
    async with state.database.read(Scope(reader.campaign, reader.org, reach)) as snapshot:
        definition = await state.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        today = state.clock.today(definition.campaign.timezone)
        asked = month_of(month) if month else definition.calendar.latest_due(today)
        orgs = [reader.org] if reach == "own" else sorted(_reporting(definition, asked) | await _moved(snapshot, reader, asked))
        found = await read_submissions(snapshot.connection, definition, reader, orgs, asked, today)
    return JsonResponse({"items": [each.document() for each in found], "next": None, "total": len(found)})


@router.get("/v1/submissions/{org}/{month}", response_model=SubmissionDocument, responses=problems(*_REFUSALS))
async def get_submission(
    request: Request, org: OrgInPath, month: MonthInPath, reader: Annotated[Principal, Depends(Authorized("get_submission"))]
) -> Response:
    """One organisation's month. Its ETag is what a move needs as `If-Match`."""
    state = request.app.state
    async with state.database.read(submission_scope(reader, "get_submission", org)) as snapshot:
        definition = await state.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        today = state.clock.today(definition.campaign.timezone)
        found = await read_submission(snapshot.connection, definition, reader, org, month_of(month), today)
    return found.answer()


def _reporting(definition: AppliedDefinition, month: date) -> set[str]:
    return {org for metric in definition.reported_in(month) for org in definition.owing(metric, month)}


async def _moved(snapshot: Snapshot, reader: Principal, month: date) -> set[str]:
    """Who owes nothing, and signed off what it reports of its own accord or keeps as a list."""
    return {org for (org,) in await (await snapshot.connection.execute(_MOVED, [reader.campaign, month])).fetchall()}
