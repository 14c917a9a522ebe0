"""`GET /v1/summary`: how far the campaign is."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response

from services.indicators.as_of import resolve
from services.indicators.models import Summary
from services.indicators.rendering import line_document
from shared import etag
from shared.answers import Json
from shared.auth import Principal, allowed
from shared.campaign.loaded import LoadedDefinition
from shared.campaign.months import month_of, next_month
from shared.clock import Clock
from shared.db import Scope, Snapshot
from shared.domain.plan import plan_of
from shared.domain.summary import Judged, cells_of, summarise
from shared.problems import Forbidden, FutureVersion, NotFound, Schema, TokenInvalid, problems
from shared.sql import statement
from shared.validation import FaultError
from shared.vocabulary import Role

MONTHS_MAX = 36
_STATEMENT = statement("shared.domain", "summary")
_NOW = _STATEMENT.replace("%(past)s", "false")  # constants, so that each is planned without what it does not read
_THEN = _STATEMENT.replace("%(past)s", "true")
_REPORTERS = frozenset({Role.CARRIER, Role.STREET})

router = APIRouter()
MonthParameter = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2022-08"])]


class SummaryQuestion(BaseModel):
    """Which months, in which breakdown, as of when."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    month: MonthParameter | None = Field(default=None, description="Left out: the latest month that is past its due day.")
    from_: MonthParameter | None = Field(default=None, alias="from", description="First month of a range, with `to`.")
    to: MonthParameter | None = Field(default=None, description=f"Last month of a range of at most {MONTHS_MAX}.")
    group_by: Literal["area", "org", "area,org", "org,area"] | None = Field(
        default=None, description="The breakdown; left out: one line for each indicator and month."
    )
    as_of: str | None = Field(
        default=None, max_length=64, description="A data version, or an instant (RFC 3339): the answer as it was then."
    )

    @model_validator(mode="after")
    def _one_way_to_name_months(self) -> Self:
        if (self.from_ is None) != (self.to is None) or (self.month and self.from_):
            raise FaultError("用 month，或同时用 from 和 to", "give month, or both from and to")
        if self.from_ and self.to and not 0 < len(self.range(self.from_, self.to)) <= MONTHS_MAX:
            raise FaultError(f"from 不晚于 to，最多 {MONTHS_MAX} 个月", f"from is not after to, {MONTHS_MAX} months at most")
        return self

    @staticmethod
    def range(first: str, last: str) -> list[date]:
        """The months from first to last, one more than allowed at most."""
        months: list[date] = []
        month = month_of(first)
        while month <= month_of(last) and len(months) <= MONTHS_MAX:
            months.append(month)
            month = next_month(month)
        return months

    def asked(self, loaded: LoadedDefinition, clock: Clock) -> list[date]:
        """The months asked for."""
        if self.from_ and self.to:
            return self.range(self.from_, self.to)
        if self.month:
            return [month_of(self.month)]
        head = loaded.definition
        return [head.calendar.latest_due(clock.today(head.campaign.timezone))]


@router.get(
    "/v1/summary",
    response_model=Summary,
    responses=problems(TokenInvalid, Forbidden, NotFound, Schema, FutureVersion),
    tags=["summary"],
)
async def get_summary(
    request: Request,
    question: Annotated[SummaryQuestion, Query()],
    reader: Annotated[Principal, Depends(allowed("get_summary"))],
    _held: etag.IfNoneMatch = None,
) -> Response:
    """Every indicator of the months asked for, right as of one data version.

    Carriers and street offices see the lines of their own organisation (`group_by=org`) or street (`group_by=area`).
    """
    if question.as_of and reader.role in _REPORTERS:
        raise Forbidden("历史版本仅在月报发布后可读", "earlier versions can be read once a report of them is issued")
    state = request.app.state
    async with state.database.read(Scope(reader.campaign, reader.org, "campaign")) as snapshot:
        version, definition_version = await resolve(snapshot, reader.campaign, question.as_of, state.clock)
        loaded = await state.definitions.at(snapshot.connection, reader.campaign, definition_version)
        months = question.asked(loaded, state.clock)
        tag = etag.tag(version, reader.role, reader.org, reader.campaign, months, question.group_by, "application/json")
        unchanged = etag.unchanged(request, tag)
        if unchanged:
            return unchanged
        lines = await _lines(snapshot, reader.campaign, loaded, months, version, question.group_by or "")
    document = {
        "campaign": reader.campaign,
        "data_version": version,
        "definition_version": definition_version,
        "lines": [line_document(judged, loaded) for judged in lines if _visible(judged, reader, loaded)],
    }
    return Json(document, headers=etag.headers(tag))


async def _lines(
    snapshot: Snapshot, campaign: str, loaded: LoadedDefinition, months: list[date], version: int, group_by: str
) -> Iterable[Judged]:
    """Read what the months' plans need in one statement, and compute."""
    plans = tuple(plan_of(loaded, month) for month in months)
    binds = {**cells_of(plans), "campaign": campaign, "months": months, "version": version}
    asked = _THEN if version < snapshot.version else _NOW
    reports = await (await snapshot.connection.execute(asked, binds, binary=True)).fetchall()
    return summarise(plans, reports, by_area="area" in group_by, by_org="org" in group_by)


def _visible(judged: Judged, reader: Principal, loaded: LoadedDefinition) -> bool:
    """Carriers and streets: their own organisation's lines, and the whole of their own street."""
    if reader.role not in _REPORTERS:
        return True
    area, org = judged.line.breakdown
    own = loaded.definition.organisation(reader.org).area
    return org == reader.org or (own is not None and org is None and area is not None and loaded.area_codes[area] == own)
