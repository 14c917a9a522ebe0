"""`GET /v1/rankings`: areas or organisations in the order of their values."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.indicators.reading import AsOf, open_reading, visible_lines
from services.indicators.targets.models import Rankings
from services.indicators.targets.parameters import IndicatorCode, refuse_unknown_indicator, requested_month
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.access.service import ServiceDep
from shared.campaign.applied import AppliedDefinition
from shared.domain.counts import Breakdown
from shared.domain.ranking import RankedLine, rank_lines
from shared.domain.summary_lines import SummaryLine
from shared.domain.summary_plan import MonthPlan, summary_plan
from shared.http import etag
from shared.http.json_response import JsonResponse
from shared.problems import Forbidden, FutureVersion, NotFound, Schema, TokenInvalid, problems
from shared.values.months import MonthParameter, month_text, previous_month

router = APIRouter(tags=["targets"])
_Line = tuple[str, Breakdown]


class RankingsQuery(BaseModel):
    """What is ranked, in which month."""

    model_config = ConfigDict(extra="forbid")

    month: MonthParameter | None = Field(default=None, description="Left out: the latest month that is past its due day.")
    by: Literal["area", "org"] = Field(default="area", description="Streets, or organisations.")
    indicator: IndicatorCode = Field(default=None, description="One indicator; left out: all that are not informational.")
    as_of: AsOf = None


@router.get(
    "/v1/rankings",
    response_model=Rankings,
    responses=problems(TokenInvalid, Forbidden, NotFound, Schema, FutureVersion),
)
async def get_rankings(
    request: Request,
    service: ServiceDep,
    query: Annotated[RankingsQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("get_rankings"))],
    _held: etag.IfNoneMatch = None,
) -> Response:
    """Areas or organisations in the order of their exact values, best first; equal ones share a rank and the next one skips.

    An indicator that is not counted by what is asked for has no ranking. Whoever lacks an owed count, or stands over an empty
    denominator, is listed at the end without a rank.
    """
    async with open_reading(service, reader, query.as_of) as read:
        definition = read.definition
        month = requested_month(query.month, definition, service.clock)
        refuse_unknown_indicator(query.indicator, definition, month)
        view = (reader.campaign, reader.org, reader.role)
        tag = etag.entity_tag("rankings", read.version, *view, month, query.by, query.indicator)
        if same := etag.not_modified(request, tag):
            return same
        plans = (summary_plan(definition, previous_month(month)), summary_plan(definition, month))
        reports = await read.read_counts(plans)
    by_area = query.by == "area"
    lines = visible_lines(reader, definition, plans, reports, by_area=by_area, by_org=not by_area, indicator=query.indicator)
    passed_over = {each.code for each in definition.indicators_of(month) if each.informational} - {query.indicator}
    broken_down = [each for each in lines if each.breakdown != (None, None) and each.indicator.code not in passed_over]
    before = {_what(each): each.rank for same in _by_indicator(broken_down, plans[0]) for each in same}
    document = {
        "campaign": reader.campaign,
        "data_version": read.version,
        "definition_version": definition.version,
        "month": month_text(month),
        "by": query.by,
        "rankings": [_ranking(one, before, definition) for one in _by_indicator(broken_down, plans[1])],
    }
    return JsonResponse(document, headers=etag.cache_headers(tag))


def _by_indicator(lines: Iterable[SummaryLine], plan: MonthPlan) -> list[list[RankedLine]]:
    """One ranking for each indicator of a month."""
    found = (each for each in lines if each.month == plan.month)
    return [rank_lines(same) for _, same in groupby(found, key=lambda each: each.indicator.code)]


def _what(entry: RankedLine) -> _Line:
    return entry.line.indicator.code, entry.line.breakdown


def _ranking(entries: list[RankedLine], before: Mapping[_Line, int | None], definition: AppliedDefinition) -> dict[str, Any]:
    indicator = entries[0].line.indicator
    return {
        "indicator": indicator.code,
        "unit": indicator.unit,
        "ranked": sum(each.rank is not None for each in entries),
        "entries": [_entry(each, before.get(_what(each)), definition) for each in entries],
    }


def _entry(entry: RankedLine, before: int | None, definition: AppliedDefinition) -> dict[str, Any]:
    area, org = entry.line.breakdown
    return {
        "rank": entry.rank,
        "tied": entry.tied,
        "rank_before": before,
        "area": None if area is None else definition.area_codes[area],
        "org": org,
        **entry.line.deciding.document(),
    }
