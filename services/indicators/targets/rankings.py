"""`GET /v1/rankings`: areas or organisations ordered by value."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.indicators.targets.models import IndicatorRankings
from services.indicators.targets.parameters import IndicatorCode, refuse_unknown_indicator, requested_month
from services.indicators.targets.tables import RANKINGS_TABLE, ranking_rows
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.domain.ranking import RankedLine, rank_lines
from shared.domain.summary_lines import SummaryLine
from shared.domain.summary_plan import MonthPlan, summary_plan
from shared.http import etag
from shared.http.json_response import JsonResponse
from shared.http.paging import TableQuery
from shared.http.representation import requested_format
from shared.http.tables import single_page, table_file
from shared.problems import FutureVersion, MonthNotOpen, problems
from shared.reading.line_history import LineKey, line_key
from shared.reading.reading import AsOf, open_reading, visible_lines
from shared.values.months import MonthParameter, month_text, previous_month

router = APIRouter(tags=["targets"])


class RankingsQuery(TableQuery):
    """Query parameters of `GET /v1/rankings`."""

    month: MonthParameter | None = Field(default=None, description="Defaults to the latest month whose due date has passed.")
    by: Literal["area", "org"] = Field(default="area", description="Rank areas or organisations.")
    indicator: IndicatorCode = Field(default=None, description="Indicator code. Defaults to all but informational indicators.")
    as_of: AsOf = None


@router.get(
    "/v1/rankings",
    response_model=IndicatorRankings,
    responses=RANKINGS_TABLE.responses | problems(FutureVersion, MonthNotOpen),
)
async def get_rankings(
    request: Request,
    service: ServiceDep,
    query: Annotated[RankingsQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("get_rankings"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """Rank areas or organisations.

    Returns areas or organisations ordered by exact value for each indicator, best first; equal values share a rank.
    An indicator that is not counted by area or by organisation has no ranking. Areas and organisations with a missing expected
    count or a denominator of 0 are listed last, without a rank.
    """
    format_ = requested_format(request, query.format)
    async with open_reading(service, reader, query.as_of) as reading:
        definition = reading.definition
        month = requested_month(query.month, definition, service.clock)
        await reading.refuse_unopened_months([month])
        refuse_unknown_indicator(query.indicator, definition, month)
        view = (reader.campaign, reader.org, reader.role)
        tag = etag.entity_tag("rankings", reading.version, *view, month, query.by, query.indicator)
        if format_ == "json" and (not_modified := etag.not_modified(request, tag)):
            return not_modified
        plans = (summary_plan(definition, previous_month(month)), summary_plan(definition, month))
        counts = await reading.read_counts(plans)
    by_area = query.by == "area"
    lines = visible_lines(reader, definition, plans, counts, by_area=by_area, by_org=not by_area, indicator=query.indicator)
    unranked = {indicator.code for indicator in definition.indicators_of(month) if indicator.informational} - {query.indicator}
    ranked_lines = [
        line
        for line in lines
        if line.breakdown != (None, None)
        and line.indicator.code not in unranked
        and line.breakdown.area not in line.indicator.parts  # subdistricts are compared with subdistricts
    ]
    previous, current = (_rank_by_indicator(ranked_lines, plan) for plan in plans)
    previous_ranks = {line_key(entry.line): entry.rank for entries in previous for entry in entries}
    document: dict[str, Any] = {
        "campaign": reader.campaign,
        "data_version": reading.version,
        "definition_version": definition.version,
        "month": month_text(month),
        "by": query.by,
        "rankings": [_ranking(entries, previous_ranks, definition) for entries in current],
    }
    if format_ == "csv":
        return await table_file(request, RANKINGS_TABLE, definition, single_page(ranking_rows(document)), bom=query.bom)
    return JsonResponse(document, headers=etag.cache_headers(tag))


def _rank_by_indicator(lines: Iterable[SummaryLine], plan: MonthPlan) -> list[list[RankedLine]]:
    """Return one ranking for each indicator of a month."""
    of_month = (line for line in lines if line.month == plan.month)
    by_indicator = groupby(of_month, key=lambda line: line.indicator)
    return [rank_lines(group, indicator.comparator) for indicator, group in by_indicator]


def _ranking(
    entries: list[RankedLine], previous_ranks: Mapping[LineKey, int | None], definition: AppliedDefinition
) -> dict[str, Any]:
    indicator = entries[0].line.indicator
    return {
        "indicator": indicator.code,
        "unit": indicator.unit,
        "ranked": sum(entry.rank is not None for entry in entries),
        "entries": [_entry(entry, previous_ranks.get(line_key(entry.line)), definition) for entry in entries],
    }


def _entry(entry: RankedLine, previous_rank: int | None, definition: AppliedDefinition) -> dict[str, Any]:
    area, org = entry.line.breakdown
    return {
        "rank": entry.rank,
        "tied": entry.tied,
        "rank_before": previous_rank,
        "area": None if area is None else definition.area_codes[area],
        "org": org,
        **entry.line.deciding.document(),
    }
