"""`GET /v1/indicators`: what each indicator means."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from services.indicators.models import IndicatorDefinition, IndicatorList
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import Indicator, Target
from shared.database.database import Scope
from shared.http import etag
from shared.http.json_response import JsonResponse
from shared.problems import Forbidden, NotFound, Schema, TokenInvalid, problems
from shared.values.months import MONTH_PATTERN, month_of

router = APIRouter(tags=["indicators"])
MonthQuery = Annotated[
    str | None,
    Query(pattern=MONTH_PATTERN, description="The month whose definition is asked for; left out: the running one."),
]
_RESPONSES = problems(TokenInvalid, Forbidden, NotFound, Schema)


@router.get("/v1/indicators", response_model=IndicatorList, responses=_RESPONSES)
async def list_indicators(
    request: Request,
    reader: Annotated[Principal, Depends(Authorized("list_indicators"))],
    month: MonthQuery = None,
    _held: etag.IfNoneMatch = None,
) -> Response:
    """The indicators of a month with their definitions (口径), variants and targets."""
    definition = await _definition(request, reader)
    asked = _asked(month, request, definition)
    items = [indicator_document(each, definition) for each in definition.indicators_of(asked)]
    return _answer(request, definition, {"items": items, "next": None, "total": len(items)}, "list", asked)


@router.get("/v1/indicators/{code}", response_model=IndicatorDefinition, responses=_RESPONSES)
async def get_indicator(
    request: Request,
    reader: Annotated[Principal, Depends(Authorized("get_indicator"))],
    code: Annotated[str, Path(max_length=63, examples=["pon_10g_share"])],
    month: MonthQuery = None,
    _held: etag.IfNoneMatch = None,
) -> Response:
    """One indicator's definition."""
    definition = await _definition(request, reader)
    asked = _asked(month, request, definition)
    for each in definition.indicators_of(asked):
        if each.code == code:
            return _answer(request, definition, indicator_document(each, definition), code, asked)
    raise NotFound


async def _definition(request: Request, reader: Principal) -> AppliedDefinition:
    state = request.app.state
    async with state.database.read(Scope(reader.campaign, reader.org)) as snapshot:
        definition: AppliedDefinition = await state.definitions.at(
            snapshot.connection, reader.campaign, snapshot.definition_version
        )
    return definition


def _asked(month: str | None, request: Request, definition: AppliedDefinition) -> date:
    today: date = request.app.state.clock.today(definition.campaign.timezone)
    return month_of(month) if month else today.replace(day=1)


def _answer(request: Request, definition: AppliedDefinition, document: object, *query: object) -> Response:
    tag = etag.entity_tag(definition.campaign.code, definition.version, *query)
    return etag.not_modified(request, tag) or JsonResponse(document, headers=etag.cache_headers(tag))


def indicator_document(indicator: Indicator, definition: AppliedDefinition) -> dict[str, object]:
    """An indicator as `IndicatorDefinition` describes it."""
    return {
        **indicator.model_dump(
            mode="json",
            include={
                "code",
                "title",
                "numerator",
                "denominator",
                "scale",
                "decimals",
                "unit",
                "comparator",
                "caliber",
                "source",
                "informational",
            },
        ),
        "variants": [
            {
                **variant.model_dump(mode="json", include={"code", "title", "reducer"}),
                "numerator": indicator.numerator_of(variant),
                "denominator": indicator.denominator_of(variant),
                "decides": variant.code == indicator.decides,
            }
            for variant in indicator.variants
        ],
        "targets": [target_document(target) for target in definition.targets if target.indicator == indicator.code],
    }


def target_document(target: Target) -> dict[str, object]:
    """A target as `TargetDefinition` describes it."""
    plain = {"due", "kind", "task", "area", "org", "source"}
    return {**target.model_dump(mode="json", include=plain), "value": target.number}
