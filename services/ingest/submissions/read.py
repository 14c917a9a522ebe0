"""`/v1/submissions`: the submissions of organisations' months."""

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.ingest.service import IngestServiceDep
from services.ingest.submissions.current_submission import read_current_submission, read_current_submissions, submission_scope
from services.ingest.submissions.models import MonthInPath, OrgInPath, SubmissionDocument
from shared.access import policy
from shared.access.dependencies import Authorized
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Scope, Snapshot
from shared.http import etag
from shared.http.lists import StoredRows, list_response
from shared.http.paging import Page, PageQuery
from shared.http.tables import Table, codes, fields, members, term
from shared.values.months import MonthParameter, month_of
from shared.vocabulary import SubmissionState

router = APIRouter(tags=["submissions"])
_WITH_SUBMISSION = "SELECT org FROM submission WHERE campaign = %s AND month = %s AND until IS NULL"
_TABLE: Final = Table(
    "submissions",
    "报送情况",
    (
        *fields("month"),
        *codes("org"),
        term("state", SubmissionState),
        *fields("due", "content_hash", "attested_hash"),
        members("attested_by", ["name", "title"]),
        *fields("reason", "reopening", "data_version", "actions", "revision"),
    ),
)


class SubmissionQuery(PageQuery):
    """Month of a list of submissions."""

    month: MonthParameter | None = Field(
        default=None, description="Month, such as 2022-08. Defaults to the latest month whose due date has passed."
    )


@router.get("/v1/submissions", response_model=Page[SubmissionDocument], responses=_TABLE.responses)
async def list_submissions(
    request: Request,
    service: IngestServiceDep,
    query: Annotated[SubmissionQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("list_submissions"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """List the submissions of a month.

    Returns the state of each organisation's month; carriers and subdistrict offices see only their own.
    """
    reach = policy.granted_reach("list_submissions", reader.role)
    async with service.database.read(Scope(reader.campaign, reader.org, reach)) as snapshot:
        definition = await service.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        today = service.clock.today(definition.campaign.timezone)
        first_day = month_of(query.month) if query.month else definition.calendar.latest_due(today)
        if reach == "own":
            orgs = [reader.org]
        else:
            submitted = await _orgs_with_submission(snapshot, reader, first_day)
            orgs = sorted(_orgs_that_must_report(definition, first_day) | submitted)
        submissions = await read_current_submissions(snapshot.connection, definition, reader, orgs, first_day, today)
    rows = StoredRows(
        rows=submissions,
        query_text=f"list_submissions {first_day}",
        row_key=lambda submission: submission.org,
        document=lambda submission: submission.document(),
    )
    return await list_response(request, query, _TABLE, definition, rows)


@router.get("/v1/submissions/{org}/{month}", response_model=SubmissionDocument)
async def get_submission(
    request: Request,
    service: IngestServiceDep,
    org: OrgInPath,
    month: MonthInPath,
    reader: Annotated[Principal, Depends(Authorized("get_submission"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """Get a submission.

    Returns the state and content hash of an organisation's month; send its ETag as `If-Match` with the next move.
    """
    async with service.database.read(submission_scope(reader, "get_submission", org)) as snapshot:
        definition = await service.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        today = service.clock.today(definition.campaign.timezone)
        submission = await read_current_submission(snapshot.connection, definition, reader, org, month_of(month), today)
    return submission.response(request)


def _orgs_that_must_report(definition: AppliedDefinition, month: date) -> set[str]:
    return {org for metric in definition.reported_in(month) for org in definition.orgs_required(metric, month)}


async def _orgs_with_submission(snapshot: Snapshot, reader: Principal, month: date) -> set[str]:
    """Return the organisations with a submission; those that report only voluntarily or keep a register may have one too."""
    rows = await snapshot.connection.execute(_WITH_SUBMISSION, [reader.campaign, month])
    return {org for (org,) in await rows.fetchall()}
