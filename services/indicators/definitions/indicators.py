"""`GET /v1/indicators`: the indicators as they are defined for a month."""

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.indicators.definitions.documents import indicator_document
from services.indicators.models import IndicatorDefinition
from shared.access.dependencies import Authorized, Service, ServiceDep
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Scope
from shared.http import etag
from shared.http.json_response import JsonResponse
from shared.http.lists import StoredRows, list_response
from shared.http.paging import Page, PageQuery
from shared.http.tables import Table, bilingual, computed, fields
from shared.problems import NotFound
from shared.values.months import MONTH_PATTERN, MonthParameter, month_of

router = APIRouter(tags=["indicators"])
MonthQuery = Annotated[
    str | None,
    Query(pattern=MONTH_PATTERN, description="Month whose definition is returned. Defaults to the current month."),
]
_TABLE: Final = Table(
    "indicators",
    "评价指标",
    (
        *fields("code"),
        bilingual("title"),
        *fields("numerator", "denominator", "scale", "decimals"),
        bilingual("unit"),
        *fields("comparator"),
        bilingual("caliber"),
        bilingual("source"),
        *fields("informational"),
        computed(["variants"], lambda indicator: [" ".join(variant["code"] for variant in indicator["variants"])]),
        computed(["targets"], lambda indicator: [" ".join(f"{each['value']}@{each['due']}" for each in indicator["targets"])]),
    ),
)


class IndicatorsQuery(PageQuery):
    """Query parameters of `GET /v1/indicators`."""

    month: MonthParameter | None = Field(
        default=None, description="Month whose definition is returned. Defaults to the current month."
    )


@router.get("/v1/indicators", response_model=Page[IndicatorDefinition], responses=_TABLE.responses)
async def list_indicators(
    request: Request,
    service: ServiceDep,
    query: Annotated[IndicatorsQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("list_indicators"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """List the indicators of a month.

    Returns the indicators of a month with their counting methods, variants and targets, in the order of the campaign's file.
    """
    definition = await _definition(service, reader)
    month = _requested_month(query.month, service, definition)
    rows = StoredRows(
        rows=list(definition.indicators_of(month)),
        query_text=f"list_indicators {month}",
        row_key=lambda indicator: indicator.code,
        document=lambda indicator: indicator_document(indicator, definition),
    )
    return await list_response(request, query, _TABLE, definition, rows)


@router.get("/v1/indicators/{code}", response_model=IndicatorDefinition)
async def get_indicator(
    request: Request,
    service: ServiceDep,
    reader: Annotated[Principal, Depends(Authorized("get_indicator"))],
    code: Annotated[str, Path(max_length=63, description="Indicator code.", examples=["pon_10g_share"])],
    month: MonthQuery = None,
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """Get an indicator.

    Returns the definition of one indicator for a month.
    """
    definition = await _definition(service, reader)
    defined_in = _requested_month(month, service, definition)
    for indicator in definition.indicators_of(defined_in):
        if indicator.code == code:
            return _response(request, definition, indicator_document(indicator, definition), code, defined_in)
    raise NotFound


async def _definition(service: Service, reader: Principal) -> AppliedDefinition:
    async with service.database.read(Scope(reader.campaign, reader.org)) as snapshot:
        return await service.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)


def _requested_month(month: str | None, service: Service, definition: AppliedDefinition) -> date:
    return month_of(month) if month else service.clock.today(definition.campaign.timezone).replace(day=1)


def _response(request: Request, definition: AppliedDefinition, document: object, *query: object) -> Response:
    tag = etag.entity_tag(definition.campaign.code, definition.version, *query)
    return etag.not_modified(request, tag) or JsonResponse(document, headers=etag.cache_headers(tag))
