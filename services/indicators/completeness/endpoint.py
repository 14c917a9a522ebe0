"""`GET /v1/completeness`: expected and reported counts of a month, and lateness."""

from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.indicators.as_of import as_of_timestamp
from services.indicators.completeness.expected_counts import read_expected_counts, read_month_submissions
from services.indicators.models import MonthText
from services.indicators.reading import AsOf, Reading, open_reading
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.domain.completeness import CellTotals, Dimension, completeness_by, completeness_of
from shared.http import etag
from shared.http.json_response import JsonResponse, ResponseModel
from shared.http.paging import Page
from shared.problems import FutureVersion, problems
from shared.values.months import MonthParameter, month_of, month_text
from shared.vocabulary import SubmissionState

router = APIRouter(tags=["completeness"])


class Completeness(ResponseModel):
    """Numbers of expected counts: expected = reported + zero + missing. Voluntary counts are not included."""

    expected: int
    reported: int = Field(description="Reported with a value above 0.")
    zero: int = Field(description="Reported as 0.")
    missing: int
    on_time: int = Field(description="Reported by the end of the grace period. A correction does not make a count late.")
    late: int = Field(description="Reported after the grace period.")
    overdue: int = Field(description="Missing after the grace period.")
    late_days: int = Field(
        description="Days from the due date until the last count was reported, or until `at` if one is missing;"
        " 0 until the end of the grace period."
    )
    complete_at: datetime | None = Field(description="Timestamp of the last expected count; null while one is missing.")
    value: float | None = Field(
        description="Percentage of expected counts that were reported, truncated to 4 decimals; null if none are expected."
    )
    display: str | None = Field(
        description="Percentage truncated to one decimal; never 100.0 while a count is missing.", examples=["98.9"]
    )


class CompletenessGroup(Completeness):
    """Completeness of one organisation, area or metric; the two codes that are not grouped by are null."""

    org: str | None
    area: str | None
    metric: str | None
    submission: SubmissionState | None = Field(
        description="State of the organisation's submission; null unless grouped by organisation."
    )


class CompletenessPage(Page[CompletenessGroup]):
    """Completeness of a month at a timestamp."""

    campaign: str
    data_version: int
    definition_version: int
    at: datetime = Field(description="Timestamp at which lateness is judged: the current time, or that of `as_of`.")
    month: MonthText
    due: date = Field(description="Due date of the month's counts.")
    grace_until: date = Field(description="Last day of the grace period; counts reported by then are not late.")
    group_by: Dimension
    whole: Completeness = Field(description="Completeness of all groups together.")


class CompletenessQuery(BaseModel):
    """Query parameters of `GET /v1/completeness`."""

    model_config = ConfigDict(extra="forbid")

    month: MonthParameter | None = Field(default=None, description="Defaults to the latest month whose due date has passed.")
    group_by: Dimension = Field(
        default="org", description="Return an item for each organisation, area or metric with expected counts."
    )
    as_of: AsOf = None


@router.get(
    "/v1/completeness",
    response_model=CompletenessPage,
    responses=problems(FutureVersion),
)
async def get_completeness(
    request: Request,
    service: ServiceDep,
    query: Annotated[CompletenessQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("get_completeness"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """Get the completeness of a month.

    Returns how many expected counts of a month were reported, zero, missing, on time or late, by organisation, area or metric.
    Without `as_of`, lateness is judged at the current time; with `as_of`, at that timestamp or version, and the response does
    not change later. Carriers see their own counts, subdistrict offices their own and those of their subdistrict;
    `/v1/obligations` lists them.
    """
    async with open_reading(service, reader, query.as_of) as read:
        if query.as_of:
            at = await as_of_timestamp(read.connection, reader.campaign, query.as_of, read.version)
        else:
            at = service.clock.now()
        month = month_of(query.month) if query.month else _latest_due_month(read, at)
        headers: dict[str, str] = {}
        if query.as_of:
            view = (reader.role, reader.org, reader.campaign)
            tag = etag.entity_tag("completeness", read.version, at, *view, month, query.group_by)
            if unchanged := etag.not_modified(request, tag):
                return unchanged
            headers = etag.cache_headers(tag)
        return JsonResponse(await _page(read, month, query.group_by, at), headers=headers)


def _latest_due_month(read: Reading, at: datetime) -> date:
    zone = ZoneInfo(read.definition.campaign.timezone)
    return read.definition.calendar.latest_due(at.astimezone(zone).date())


async def _page(read: Reading, month: date, by: Dimension, at: datetime) -> dict[str, Any]:
    cells = await read_expected_counts(read, month, at)
    states: dict[str, SubmissionState | None] = {}
    if by == "org":
        moved = {org: submission.state for org, submission in (await read_month_submissions(read, month)).items()}
        states = {org.code: moved.get(org.code, SubmissionState.OPEN) for org in read.definition.organisations}
    calendar = read.definition.calendar
    items = [
        {**dict.fromkeys(("org", "area", "metric")), by: code, "submission": states.get(code), **_completeness(group)}
        for code, group in completeness_by(cells, by).items()
    ]
    return {
        "items": items,
        "next": None,
        "total": len(items),
        "campaign": read.reader.campaign,
        "data_version": read.version,
        "definition_version": read.definition.version,
        "at": at,
        "month": month_text(month),
        "due": calendar.due(month),
        "grace_until": calendar.grace_until(month),
        "group_by": by,
        "whole": _completeness(completeness_of(cells)),
    }


def _completeness(counts: CellTotals) -> dict[str, Any]:
    return {**counts._asdict(), "value": counts.value, "display": counts.display}
