"""`POST /v1/what-if`: what would move if some counts were others."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.indicators.reading import AsOf, open_reading
from services.indicators.what_if.models import HypotheticalCount, WhatIf, WhatIfRequest
from shared.access.dependencies import Authorized
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.domain.counts import CASES_METRIC, NO_ORG, CellKey
from shared.domain.summary_lines import SummaryLine
from shared.domain.summary_plan import expected_metric, summary_plan
from shared.domain.visibility import CARRIERS_AND_STREETS, may_see_line
from shared.domain.what_if import ChangedLine, HypotheticalCounts, broken_rules, changed_lines
from shared.http.json_response import JsonResponse
from shared.problems import FieldError, Forbidden, FutureVersion, NotFound, Schema, TokenInvalid, problems
from shared.values.bilingual import Bilingual
from shared.values.months import month_of, month_text
from shared.values.suggestions import nearest
from shared.vocabulary import Role

router = APIRouter(tags=["targets"])
_UNKNOWN_METRIC = Bilingual(zh="该月没有这个指标", en="the month has no such metric")
_UNKNOWN_ORG = Bilingual(zh="该单位该月不填报此指标", en="the organisation does not report this metric for the month")
_UNKNOWN_AREA = Bilingual(zh="该指标不在此区域统计", en="the metric is not counted for this area")
_TWICE = Bilingual(zh="重复", en="named before")


@router.post(
    "/v1/what-if",
    response_model=WhatIf,
    responses=problems(TokenInvalid, Forbidden, NotFound, Schema, FutureVersion),
)
async def ask_what_if(
    request: Request,
    body: WhatIfRequest,
    asker: Annotated[Principal, Depends(Authorized("ask_what_if"))],
    as_of: Annotated[AsOf, Query()] = None,
) -> Response:
    """The lines that would move if some counts were others, before and after, month by month. Nothing is written.

    Carriers suppose counts of their own, street offices those of their street, and see the lines that they see anyway.
    """
    async with open_reading(request.app.state.service, asker, as_of) as read:
        definition = read.definition
        supposed = _supposed(body, asker, definition)
        plans = [summary_plan(definition, month_of(month)) for month in body.months]
        reports = await read.read_counts(plans)
    told = [(plan, [row for row in reports if row[0] == plan.month]) for plan in plans]
    seen = partial(may_see_line, asker.role, asker.org, definition)
    codes = definition.area_codes
    return JsonResponse(
        {
            "campaign": asker.campaign,
            "data_version": read.version,
            "definition_version": definition.version,
            "month": body.month,
            "lines": [_line(each, definition) for plan, rows in told for each in changed_lines(plan, rows, supposed, seen)],
            "contradictions": [
                {
                    "month": month_text(each.month),
                    "rule": each.rule.code,
                    "org": each.org,
                    "area": codes[each.area],
                    "message": each.rule.message.model_dump(),
                }
                for plan, rows in told
                for each in broken_rules(plan, rows, supposed)
            ],
        }
    )


def _supposed(body: WhatIfRequest, asker: Principal, definition: AppliedDefinition) -> HypotheticalCounts:
    """The cells that are named, by month and number. Raises Forbidden for another's, Schema for what is no cell of its month."""
    _refuse_anothers(body, asker, definition)
    metrics = {month: [each.code for each in definition.metrics_of(month_of(month))] for month in body.months}
    places = _places(body, definition)
    faults: list[FieldError] = []
    supposed: dict[date, dict[CellKey, int | None]] = {month_of(month): {} for month in body.months}
    if body.approved_cases is not None:
        supposed[month_of(body.month)][CellKey(CASES_METRIC, NO_ORG, 0)] = body.approved_cases
    for number, count in enumerate(body.counts):
        where, org, month = f"/counts/{number}", count.org or asker.org, count.month or body.month
        if (fault := _fault(count, org, where, metrics[month], places.get((month, count.metric), {}))) is not None:
            faults.append(fault)
            continue
        cell = CellKey(definition.metric_numbers[count.metric], org, definition.area_numbers[count.area])
        if cell in supposed[month_of(month)]:
            faults.append(FieldError(where=where, code="duplicate", message=_TWICE))
        supposed[month_of(month)][cell] = count.value
    if faults:
        raise Schema(errors=faults)
    return supposed


def _places(body: WhatIfRequest, definition: AppliedDefinition) -> Mapping[tuple[str, str], Mapping[str, Collection[str]]]:
    """Where each metric that is named is counted in its month: areas by organisation."""
    named = {(count.month or body.month, count.metric) for count in body.counts}
    found: dict[tuple[str, str], Mapping[str, Collection[str]]] = {}
    for month in body.months:
        for metric in definition.metrics_of(month_of(month)):
            if (month, metric.code) in named:
                owed = expected_metric(definition, metric, month_of(month))
                places = {**owed.required, **owed.voluntary}
                found[month, metric.code] = {
                    org: {definition.area_codes[area] for area in areas} for org, areas in places.items()
                }
    return found


def _refuse_anothers(body: WhatIfRequest, asker: Principal, definition: AppliedDefinition) -> None:
    """Carriers suppose their own counts, street offices those of their street; neither the campaign's cases."""
    street = definition.organisation(asker.org).area
    if asker.role is Role.CARRIER and any(count.org not in (None, asker.org) for count in body.counts):
        raise Forbidden("只能假设本单位的数值", "suppose counts of your own organisation only")
    if asker.role is Role.STREET and any(count.area != street for count in body.counts):
        raise Forbidden("只能假设本街道的数值", "suppose counts of your own street only")
    if asker.role in CARRIERS_AND_STREETS and body.approved_cases is not None:
        raise Forbidden("案例数为全区合计", "cases are counted for the whole campaign")


def _fault(
    count: HypotheticalCount, org: str, where: str, metrics: Collection[str], places: Mapping[str, Collection[str]]
) -> FieldError | None:
    """What is wrong with a cell that somebody names; `metrics` are the month's, `places` those of the metric."""
    if count.metric not in metrics:
        hint = nearest(count.metric, metrics)
        return FieldError(where=f"{where}/metric", code="unknown_metric", message=_UNKNOWN_METRIC, value=count.metric, hint=hint)
    if org not in places:
        return FieldError(where=f"{where}/org", code="unknown_org", message=_UNKNOWN_ORG, value=org, hint=nearest(org, places))
    if count.area not in places[org]:
        hint = nearest(count.area, sorted(places[org]))
        return FieldError(where=f"{where}/area", code="unknown_area", message=_UNKNOWN_AREA, value=count.area, hint=hint)
    return None


def _line(each: ChangedLine, definition: AppliedDefinition) -> dict[str, Any]:
    area, org = each.breakdown
    return {
        "month": month_text(each.month),
        "indicator": each.indicator.code,
        "area": None if area is None else definition.area_codes[area],
        "org": org,
        "unit": each.indicator.unit,
        "target": each.target.number if each.target else None,
        "due": each.target.due if each.target else None,
        "before": _figure(each.before),
        "after": _figure(each.after),
        "flipped": each.flipped,
    }


def _figure(line: SummaryLine | None) -> dict[str, Any] | None:
    return None if line is None else {**line.deciding.document(), "missing": len(line.missing)}
