"""`GET /v1/summary`: how far the campaign is."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Annotated, Literal, NamedTuple, Self

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response

from services.indicators.models import Summary
from services.indicators.reading import AsOf, campaign_scope, open_reading, visible_lines
from services.indicators.rendering import line_document
from services.indicators.summary.table import Asked, summary_table
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.clock import Clock
from shared.domain.summary import CountsRow, summary_statement
from shared.domain.summary_plan import MonthPlan, summary_plan
from shared.http import etag, representation
from shared.http.json_response import JsonResponse
from shared.problems import Forbidden, FutureVersion, NotAcceptable, NotFound, Schema, TokenInvalid, problems
from shared.values.field_error import FieldValueError
from shared.values.months import MonthParameter, month_of, next_month

SUMMARY_MONTHS_MAX = 36

router = APIRouter()


class SummaryQuery(BaseModel):
    """Which months, in which breakdown, as of when."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    month: MonthParameter | None = Field(default=None, description="Left out: the latest month that is past its due day.")
    from_: MonthParameter | None = Field(default=None, alias="from", description="First month of a range, with `to`.")
    to: MonthParameter | None = Field(default=None, description=f"Last month of a range of at most {SUMMARY_MONTHS_MAX}.")
    group_by: Literal["area", "org", "area,org", "org,area"] | None = Field(
        default=None, description="The breakdown; left out: one line for each indicator and month."
    )
    as_of: AsOf = None
    format: representation.FormatParameter = None

    @model_validator(mode="after")
    def _one_way_to_name_months(self) -> Self:
        if (self.from_ is None) != (self.to is None) or (self.month and self.from_):
            raise FieldValueError("用 month，或同时用 from 和 to", "give month, or both from and to")
        if self.from_ and self.to and not 0 < len(self.range(self.from_, self.to)) <= SUMMARY_MONTHS_MAX:
            raise FieldValueError(
                f"from 不晚于 to，最多 {SUMMARY_MONTHS_MAX} 个月", f"from is not after to, {SUMMARY_MONTHS_MAX} months at most"
            )
        return self

    @staticmethod
    def range(first: str, last: str) -> list[date]:
        """The months from first to last, one more than allowed at most."""
        months: list[date] = []
        month = month_of(first)
        while month <= month_of(last) and len(months) <= SUMMARY_MONTHS_MAX:
            months.append(month)
            month = next_month(month)
        return months

    def by(self, dimension: str) -> bool:
        """Whether the breakdown names a dimension."""
        return self.group_by is not None and dimension in self.group_by

    def plans(self, definition: AppliedDefinition, clock: Clock) -> tuple[MonthPlan, ...]:
        """The plans of the months asked for."""
        return tuple([summary_plan(definition, month) for month in self._months(definition, clock)])

    def _months(self, definition: AppliedDefinition, clock: Clock) -> list[date]:
        if self.from_ and self.to:
            return self.range(self.from_, self.to)
        if self.month:
            return [month_of(self.month)]
        head = definition
        return [head.calendar.latest_due(clock.today(head.campaign.timezone))]


@router.get(
    "/v1/summary",
    response_model=Summary,
    responses={
        200: {"content": representation.TABLE_RESPONSES},
        **problems(TokenInvalid, Forbidden, NotFound, NotAcceptable, Schema, FutureVersion),
    },
    tags=["summary"],
)
async def get_summary(
    request: Request,
    question: Annotated[SummaryQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("get_summary"))],
    _held: etag.IfNoneMatch = None,
) -> Response:
    """Every indicator of the months asked for, right as of one data version.

    Carriers and street offices see the lines of their own organisation (`group_by=org`) or street (`group_by=area`); without
    `group_by` the lines are those of the whole campaign, of which they see none: `lines` is empty.
    As CSV or NDJSON it is a table with a row a line.
    """
    form = representation.requested_format(request, question.format)
    if form != "json":
        plans = partial(question.plans, clock=request.app.state.clock)
        asked = Asked(form, question.as_of, by_area=question.by("area"), by_org=question.by("org"), plans=plans)
        return await summary_table(request, reader, asked)
    if question.as_of is None and "if-none-match" in request.headers and (held := await _held_still(request, question, reader)):
        return held
    found = await (_at_once if question.as_of is None else _in_steps)(request, question, reader)
    if isinstance(found, Response):
        return found
    definition = found.definition
    lines = visible_lines(reader, definition, found.plans, found.reports, by_area=question.by("area"), by_org=question.by("org"))
    document = {
        "campaign": reader.campaign,
        "data_version": found.version,
        "definition_version": definition.version,
        "lines": [line_document(line, definition) for line in lines],
    }
    return JsonResponse(document, headers=etag.cache_headers(_tag(question, reader, found.version, found.plans)))


class _Found(NamedTuple):
    """What a summary is computed from."""

    version: int
    definition: AppliedDefinition
    plans: tuple[MonthPlan, ...]
    reports: Sequence[CountsRow]


async def _held_still(request: Request, question: SummaryQuery, reader: Principal) -> Response | None:
    """The 304, where the client holds the newest state, by the definition that was in force when last looked."""
    state = request.app.state
    definition = state.definitions.latest(reader.campaign)
    version, definition_version = await state.database.versions(campaign_scope(reader)) if definition else (0, 0)
    if definition is None or definition_version != definition.version:
        return None
    return etag.not_modified(request, _tag(question, reader, version, question.plans(definition, state.clock)))


async def _at_once(request: Request, question: SummaryQuery, reader: Principal) -> _Found | Response:
    """Read the newest state in one round trip, by the definition that was in force when last looked."""
    state = request.app.state
    definition = state.definitions.latest(reader.campaign)
    if definition is not None:
        plans = question.plans(definition, state.clock)
        answered = await state.database.ask(campaign_scope(reader), *summary_statement(plans, reader.campaign))
        if answered.definition_version == definition.version:
            return _Found(answered.version, definition, plans, answered.rows)
    return await _in_steps(request, question, reader)


async def _in_steps(request: Request, question: SummaryQuery, reader: Principal) -> _Found | Response:
    """Find out the version and its definition, then read what the client does not hold already."""
    async with open_reading(request.app.state.service, reader, question.as_of) as read:
        plans = question.plans(read.definition, request.app.state.clock)
        unchanged = etag.not_modified(request, _tag(question, reader, read.version, plans))
        return unchanged or _Found(read.version, read.definition, plans, await read.read_counts(plans))


def _tag(question: SummaryQuery, reader: Principal, version: int, plans: tuple[MonthPlan, ...]) -> str:
    months = [plan.month for plan in plans]
    return etag.entity_tag(version, reader.role, reader.org, reader.campaign, months, question.group_by, "application/json")
