"""`GET /v1/targets`: gap, pace and forecast of each summary line."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.indicators.targets.models import Targets
from services.indicators.targets.parameters import IndicatorCode, refuse_unknown_indicator, requested_month
from services.indicators.targets.progress import target_line_document
from services.indicators.targets.tables import TARGETS_TABLE, target_rows
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.domain.summary_plan import summary_plan
from shared.http import etag
from shared.http.json_response import JsonResponse
from shared.http.paging import TableQuery
from shared.http.representation import requested_format
from shared.http.tables import single_page, table_file
from shared.problems import FutureVersion, MonthNotOpen, problems
from shared.reading.line_history import read_line_history, since_first_count
from shared.reading.reading import AsOf, open_reading, visible_lines
from shared.reading.target_history import read_target_history
from shared.values.months import MonthParameter, month_text, months_up_to

router = APIRouter(tags=["targets"])


class TargetsQuery(TableQuery):
    """Query parameters of `GET /v1/targets`."""

    month: MonthParameter | None = Field(default=None, description="Defaults to the latest month whose due date has passed.")
    indicator: IndicatorCode = None
    group_by: Literal["area", "org", "area,org", "org,area"] | None = Field(
        default=None, description="Breakdown of the lines. Defaults to one line per indicator."
    )
    look_back: Annotated[int, Field(ge=3, le=36)] = Field(
        default=12, description="Maximum number of months for pace and forecast, including the requested month."
    )
    as_of: AsOf = None

    def by(self, dimension: str) -> bool:
        """Return true if the breakdown includes a dimension."""
        return self.group_by is not None and dimension in self.group_by


@router.get(
    "/v1/targets",
    response_model=Targets,
    responses=TARGETS_TABLE.responses | problems(FutureVersion, MonthNotOpen),
)
async def get_targets(
    request: Request,
    service: ServiceDep,
    query: Annotated[TargetsQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("get_targets"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """Get progress towards targets.

    Returns the gap, required pace, current pace and forecast of each summary line, with the published values of other places.
    Each line includes the campaign's targets and the tasks' own targets. Carriers and subdistrict offices see the lines of their
    own organisation (`group_by=org`) or subdistrict (`group_by=area`). Without `group_by`, the lines are those of the whole
    campaign, which carriers and subdistrict offices cannot read, so `lines` is empty. CSV has a row for each target of each line.
    """
    format_ = requested_format(request, query.format)
    async with open_reading(service, reader, query.as_of) as reading:
        definition = reading.definition
        month = requested_month(query.month, definition, service.clock)
        await reading.refuse_unopened_months([month])
        refuse_unknown_indicator(query.indicator, definition, month)
        breakdown = (query.by("area"), query.by("org"))
        view = (reader.campaign, reader.org, reader.role)
        tag = etag.entity_tag("targets", reading.version, *view, month, query.indicator, *breakdown, query.look_back, format_)
        if format_ == "json" and (not_modified := etag.not_modified(request, tag)):
            return not_modified
        plans = tuple([summary_plan(definition, used) for used in months_up_to(month, query.look_back)])
        plans, counts = since_first_count(plans, await reading.read_counts(plans))
        by_area, by_org = breakdown
        lines = visible_lines(reader, definition, plans, counts, by_area=by_area, by_org=by_org, indicator=query.indicator)
        history = await read_line_history(reading, lines, plans, counts)
        with_target = {target.indicator for target in definition.targets if query.indicator in (None, target.indicator)}
        past = await read_target_history(reading, with_target if history.latest_lines else (), month)
    document: dict[str, Any] = {
        "campaign": reader.campaign,
        "data_version": reading.version,
        "definition_version": definition.version,
        "month": month_text(month),
        "lines": [target_line_document(line, history.comparable_months(line), past, definition) for line in history.latest_lines],
    }
    if format_ == "csv":
        return await table_file(request, TARGETS_TABLE, definition, single_page(target_rows(document)), bom=query.bom)
    return JsonResponse(document, headers=etag.cache_headers(tag))
