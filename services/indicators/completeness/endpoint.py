"""`GET /v1/completeness`: how much of what was owed for a month is there, and who is late."""

from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.indicators.as_of import as_of_timestamp
from services.indicators.completeness.owed import owed_cells, sign_offs
from services.indicators.models import MonthText
from services.indicators.reading import AsOf, Reading, open_reading
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.domain.completeness import CellTotals, Dimension, completeness_by, completeness_of
from shared.http import etag
from shared.http.json_response import JsonResponse, ResponseModel
from shared.http.paging import Page
from shared.problems import Forbidden, FutureVersion, NotFound, Overloaded, Schema, TokenInvalid, problems
from shared.values.months import MonthParameter, month_of, month_text
from shared.vocabulary import SubmissionState

router = APIRouter(tags=["completeness"])


class Completeness(ResponseModel):
    """Cells that were owed. Expected = reported + zero + missing; voluntary counts are not among them."""

    expected: int
    reported: int = Field(description="With a count above 0.")
    zero: int = Field(description="Reported as 0.")
    missing: int
    on_time: int = Field(description="Came by the end of the grace. A correction does not make a count late.")
    late: int = Field(description="Came after the grace.")
    overdue: int = Field(description="Missing after the grace.")
    late_days: int = Field(
        description="Days after the due day of the latest cell, until it came or until `at`; 0 within the grace."
    )
    complete_at: datetime | None = Field(description="When the last cell came; null while one is missing.")
    value: float | None = Field(
        description="The share that is there in per cent, cut at 4 decimals; null where nothing was owed."
    )
    display: str | None = Field(description="The same cut at one decimal: one missing cell is never 100.0.", examples=["98.9"])


class CompletenessGroup(Completeness):
    """The cells of one organisation, area or metric; the two that were not asked for are null."""

    org: str | None
    area: str | None
    metric: str | None
    submission: SubmissionState | None = Field(description="Of an organisation: where its month stands.")


class CompletenessPage(Page[CompletenessGroup]):
    """How complete a month is, and the instant at which missing cells were judged."""

    campaign: str
    data_version: int
    definition_version: int
    at: datetime = Field(description="The business instant; with `as_of` the one that it names, or that of the version.")
    month: MonthText
    due: date = Field(description="The last day on which a count is in time.")
    grace_until: date = Field(description="Reports up to this day are not late.")
    group_by: Dimension
    whole: Completeness = Field(description="All the cells together.")


class CompletenessQuestion(BaseModel):
    """Which month, by what, as of when."""

    model_config = ConfigDict(extra="forbid")

    month: MonthParameter | None = Field(default=None, description="Left out: the latest month that is past its due day.")
    group_by: Dimension = Field(default="org", description="An item for each organisation, area or metric that owes something.")
    as_of: AsOf = None


@router.get(
    "/v1/completeness",
    response_model=CompletenessPage,
    responses=problems(TokenInvalid, Forbidden, NotFound, Schema, FutureVersion, Overloaded),
)
async def get_completeness(
    request: Request,
    question: Annotated[CompletenessQuestion, Query()],
    reader: Annotated[Principal, Depends(Authorized("get_completeness"))],
    _held: etag.IfNoneMatch = None,
) -> Response:
    """Of what was owed for a month: reported, zero, missing, on time and late by how many days.

    Lateness is a matter of the clock: without `as_of` it is judged now, with it at the instant or version named, and then the
    answer stays the same. Carriers see their own cells, street offices their own and their street's: `/v1/obligations`
    lists them.
    """
    clock = request.app.state.clock
    async with open_reading(request.app.state.service, reader, question.as_of) as read:
        at = clock.now()
        if question.as_of:
            at = await as_of_timestamp(read.connection, reader.campaign, question.as_of, read.version)
        month = month_of(question.month) if question.month else _latest_due(read, at)
        held: dict[str, str] = {}
        if question.as_of:
            tag = etag.entity_tag(
                "completeness", read.version, at, reader.role, reader.org, reader.campaign, month, question.group_by
            )
            if same := etag.not_modified(request, tag):
                return same
            held = etag.cache_headers(tag)
        return JsonResponse(await _document(read, month, question.group_by, at), headers=held)


def _latest_due(read: Reading, at: datetime) -> date:
    head = read.definition
    return head.calendar.latest_due(at.astimezone(ZoneInfo(head.campaign.timezone)).date())


async def _document(read: Reading, month: date, by: Dimension, at: datetime) -> dict[str, Any]:
    cells = await owed_cells(read, month, at)
    signed = await sign_offs(read, month) if by == "org" else {}
    calendar = read.definition.calendar
    items = [
        {
            **dict.fromkeys(("org", "area", "metric")),
            by: code,
            "submission": signed.get(code, SubmissionState.OPEN) if by == "org" else None,
            **_figures(each),
        }
        for code, each in completeness_by(cells, by).items()
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
        "whole": _figures(completeness_of(cells)),
    }


def _figures(figures: CellTotals) -> dict[str, Any]:
    return {**figures._asdict(), "value": figures.value, "display": figures.display}
