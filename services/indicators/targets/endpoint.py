"""`GET /v1/targets`: how far each line is from its targets, how fast it goes, and whether it will get there."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.indicators.reading import AsOf, MonthParameter, reading, seen_lines
from services.indicators.series.figures import PeriodFigure
from services.indicators.series.periods import Period
from services.indicators.series.revisions import revisions_of
from services.indicators.targets.basis import basis_of
from services.indicators.targets.models import Targets
from services.indicators.targets.progress import target_line_document
from services.indicators.targets.question import IndicatorCode, month_asked, refuse_unknown_indicator
from shared import etag
from shared.answers import Json
from shared.auth import Principal, allowed
from shared.campaign.months import month_text, previous_month
from shared.domain.facts import CASES
from shared.domain.lines import Breakdown
from shared.domain.plan import Plan, plan_of
from shared.domain.summary import Judged, ReportRow, facts_of
from shared.problems import Forbidden, FutureVersion, NotFound, Schema, TokenInvalid, problems

router = APIRouter(tags=["targets"])


class TargetsQuestion(BaseModel):
    """Which lines of which month, and how far back their pace is looked for."""

    model_config = ConfigDict(extra="forbid")

    month: MonthParameter | None = Field(default=None, description="Left out: the latest month that is past its due day.")
    indicator: IndicatorCode = None
    group_by: Literal["area", "org", "area,org", "org,area"] | None = Field(
        default=None, description="The breakdown; left out: one line for each indicator."
    )
    look_back: Annotated[int, Field(ge=3, le=36)] = Field(
        default=12, description="The most months, the one asked for included, that pace and forecast rest on."
    )
    as_of: AsOf = None

    def by(self, dimension: str) -> bool:
        """Whether the breakdown names a dimension."""
        return self.group_by is not None and dimension in self.group_by

    def months(self, last: date) -> list[date]:
        """The months looked at, in order."""
        months = [last]
        while len(months) < self.look_back:
            months.append(previous_month(months[-1]))
        return months[::-1]


@router.get(
    "/v1/targets",
    response_model=Targets,
    responses=problems(TokenInvalid, Forbidden, NotFound, Schema, FutureVersion),
)
async def get_targets(
    request: Request,
    question: Annotated[TargetsQuestion, Query()],
    reader: Annotated[Principal, Depends(allowed("get_targets"))],
    _held: etag.IfNoneMatch = None,
) -> Response:
    """Gap, required pace, pace so far and straight-line forecast of every line, with the published figures of other places.

    The campaign's targets and the tasks' own stand beside each other. Carriers and street offices see the lines of their own
    organisation (`group_by=org`) or street (`group_by=area`).
    """
    async with reading(request, reader, question.as_of) as read:
        loaded = read.loaded
        month = month_asked(question.month, loaded, request.app.state.clock)
        refuse_unknown_indicator(question.indicator, loaded, month)
        breakdown = (question.by("area"), question.by("org"))
        view = (reader.campaign, reader.org, reader.role)
        tag = etag.tag("targets", read.version, *view, month, question.indicator, *breakdown, question.look_back)
        if same := etag.unchanged(request, tag):
            return same
        months = question.months(month)
        plans = tuple([plan_of(loaded, each) for each in months])
        reports = await read.reports(plans)
        by_area, by_org = breakdown
        lines = seen_lines(reader, loaded, plans, reports, by_area=by_area, by_org=by_org, indicator=question.indicator)
        figures = _figures(lines, plans, reports)
        standing = [judged for judged in lines if judged.month == month]
        pairs = [(earlier, month) for earlier in months[:-1]]
        revisions = await revisions_of(read, pairs, [figures[_what(judged)][month] for judged in standing])
    begun = _begun(reports)
    document = {
        "campaign": reader.campaign,
        "data_version": read.version,
        "definition_version": loaded.version,
        "month": month_text(month),
        "lines": [
            target_line_document(judged, basis_of(figures[_what(judged)], months, revisions, begun), loaded)
            for judged in standing
        ],
    }
    return Json(document, headers=etag.headers(tag))


Line = tuple[str, Breakdown]


def _what(judged: Judged) -> Line:
    return judged.line.indicator.code, judged.line.breakdown


def _figures(
    lines: Sequence[Judged], plans: Sequence[Plan], reports: Sequence[ReportRow]
) -> Mapping[Line, Mapping[date, PeriodFigure]]:
    """Each line, month by month."""
    facts = facts_of(plans, reports)
    by_month = {plan.month: plan for plan in plans}
    found: dict[Line, dict[date, PeriodFigure]] = defaultdict(dict)
    for judged in lines:
        month = judged.month
        found[_what(judged)][month] = PeriodFigure(Period((month,)), judged, by_month[month], facts[month])
    return found


def _begun(reports: Sequence[ReportRow]) -> date | None:
    """The first month for which anything was counted."""
    return min((asked for asked, metric, _, month, *_ in reports if metric != CASES and month == asked), default=None)
