"""`POST /v1/what-if`: the summary lines that hypothetical counts would change."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.indicators.what_if.models import HypotheticalCount, WhatIfRequest, WhatIfResult
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.domain.counts import CASES_METRIC, NO_ORG, CellKey
from shared.domain.summary_lines import SummaryLine
from shared.domain.summary_plan import expected_metric, summary_plan
from shared.domain.visibility import CARRIERS_AND_STREETS, may_see_line
from shared.domain.what_if import BrokenRule, ChangedLine, HypotheticalCounts, broken_rules, changed_lines
from shared.http.json_response import JsonResponse
from shared.problems import FieldError, Forbidden, FutureVersion, MonthNotOpen, Schema, problems
from shared.reading.reading import AsOf, open_reading
from shared.values.bilingual import Bilingual
from shared.values.months import month_of, month_text
from shared.values.suggestions import nearest
from shared.vocabulary import FieldCode, Role

router = APIRouter(tags=["targets"])
_UNKNOWN_METRIC = Bilingual(zh="该月没有此填报指标", en="unknown metric in this month")
_UNKNOWN_ORG = Bilingual(zh="该指标该月不由该单位填报", en="the organisation does not report this metric in this month")
_UNKNOWN_AREA = Bilingual(zh="该指标不在此区域统计", en="the metric is not counted for this area")
_DUPLICATE = Bilingual(zh="重复出现", en="appears twice")


@router.post(
    "/v1/what-if",
    response_model=WhatIfResult,
    responses=problems(FutureVersion, MonthNotOpen),
)
async def ask_what_if(
    service: ServiceDep,
    body: WhatIfRequest,
    reader: Annotated[Principal, Depends(Authorized("ask_what_if"))],
    as_of: Annotated[AsOf, Query()] = None,
) -> Response:
    """Calculate a what-if scenario.

    Returns the summary lines that would change if the given counts were different, before and after; nothing is stored.

    Carriers may give counts of their own organisation, subdistrict offices those of their subdistrict; they get the lines that
    they may see in the summary.
    """
    async with open_reading(service, reader, as_of) as reading:
        definition = reading.definition
        await reading.refuse_unopened_months([month_of(month) for month in body.months])
        hypothetical = _hypothetical_counts(body, reader, definition)
        plans = [summary_plan(definition, month_of(month)) for month in body.months]
        rows = await reading.read_counts(plans)
    months = [(plan, [row for row in rows if row[0] == plan.month]) for plan in plans]
    visible = partial(may_see_line, reader.role, reader.org, definition)
    lines = [line for plan, counts in months for line in changed_lines(plan, counts, hypothetical, visible)]
    broken = [rule for plan, counts in months for rule in broken_rules(plan, counts, hypothetical)]
    return JsonResponse(
        {
            "campaign": reader.campaign,
            "data_version": reading.version,
            "definition_version": definition.version,
            "month": body.month,
            "lines": [_line_document(line, definition) for line in lines],
            "contradictions": [_broken_rule_document(rule, definition) for rule in broken],
        }
    )


def _hypothetical_counts(body: WhatIfRequest, reader: Principal, definition: AppliedDefinition) -> HypotheticalCounts:
    """Return the given counts by month and cell.

    Raises Forbidden for counts of others, Schema for cells that their month does not have.
    """
    _refuse_counts_of_others(body, reader, definition)
    metrics = {month: [metric.code for metric in definition.metrics_of(month_of(month))] for month in body.months}
    areas_by_org = _areas_by_org(body, definition)
    errors: list[FieldError] = []
    counts: dict[date, dict[CellKey, int | None]] = {month_of(month): {} for month in body.months}
    if body.approved_cases is not None:
        counts[month_of(body.month)][CellKey(CASES_METRIC, NO_ORG, 0)] = body.approved_cases
    for index, count in enumerate(body.counts):
        where, org, month = f"/counts/{index}", count.org or reader.org, count.month or body.month
        error = _cell_error(count, org, where, metrics[month], areas_by_org.get((month, count.metric), {}))
        if error is not None:
            errors.append(error)
            continue
        cell = CellKey(definition.metric_numbers[count.metric], org, definition.area_numbers[count.area])
        if cell in counts[month_of(month)]:
            errors.append(FieldError(where=where, code=FieldCode.DUPLICATE, message=_DUPLICATE))
        counts[month_of(month)][cell] = count.value
    if errors:
        raise Schema(errors=errors)
    return counts


def _areas_by_org(body: WhatIfRequest, definition: AppliedDefinition) -> Mapping[tuple[str, str], Mapping[str, Collection[str]]]:
    """Return the areas in which organisations count each given metric, by month and metric."""
    given = {(count.month or body.month, count.metric) for count in body.counts}
    areas_by_org: dict[tuple[str, str], Mapping[str, Collection[str]]] = {}
    for month in body.months:
        for metric in definition.metrics_of(month_of(month)):
            if (month, metric.code) in given:
                expected = expected_metric(definition, metric, month_of(month))
                areas_by_org[month, metric.code] = {
                    org: {definition.area_codes[area] for area in areas}
                    for org, areas in {**expected.required, **expected.voluntary}.items()
                }
    return areas_by_org


def _refuse_counts_of_others(body: WhatIfRequest, reader: Principal, definition: AppliedDefinition) -> None:
    """Raise Forbidden for another organisation's counts, and for the campaign's cases if the reader reports counts."""
    street = definition.organisation(reader.org).area
    if reader.role is Role.CARRIER and any(count.org not in (None, reader.org) for count in body.counts):
        raise Forbidden("只能假设本单位的数值。", "You may give counts of your own organisation only.")
    if reader.role is Role.STREET and any(count.area != street for count in body.counts):
        raise Forbidden("只能假设本街道的数值。", "You may give counts of your own subdistrict only.")
    if reader.role in CARRIERS_AND_STREETS and body.approved_cases is not None:
        raise Forbidden(
            "企业和街道不能假设全区案例数。", "`approved_cases` applies to the whole campaign; your role may not give it."
        )


def _cell_error(
    count: HypotheticalCount, org: str, where: str, metrics: Collection[str], areas_by_org: Mapping[str, Collection[str]]
) -> FieldError | None:
    """Return why a count has no cell; `metrics` are those of its month, `areas_by_org` are those of its metric."""
    if count.metric not in metrics:
        hint = nearest(count.metric, metrics)
        return FieldError(
            where=f"{where}/metric", code=FieldCode.UNKNOWN_METRIC, message=_UNKNOWN_METRIC, value=count.metric, hint=hint
        )
    if org not in areas_by_org:
        hint = nearest(org, areas_by_org)
        return FieldError(where=f"{where}/org", code=FieldCode.UNKNOWN_ORG, message=_UNKNOWN_ORG, value=org, hint=hint)
    if count.area not in areas_by_org[org]:
        hint = nearest(count.area, sorted(areas_by_org[org]))
        return FieldError(where=f"{where}/area", code=FieldCode.UNKNOWN_AREA, message=_UNKNOWN_AREA, value=count.area, hint=hint)
    return None


def _line_document(line: ChangedLine, definition: AppliedDefinition) -> dict[str, Any]:
    """Return a line as `LineEffect` describes it."""
    area, org = line.breakdown
    return {
        "month": month_text(line.month),
        "indicator": line.indicator.code,
        "area": None if area is None else definition.area_codes[area],
        "org": org,
        "unit": line.indicator.unit,
        "target": line.target.number if line.target else None,
        "due": line.target.due if line.target else None,
        "before": _state_document(line.before),
        "after": _state_document(line.after),
        "flipped": line.flipped,
    }


def _state_document(line: SummaryLine | None) -> dict[str, Any] | None:
    return None if line is None else {**line.deciding.document(), "missing": line.missing_cells}


def _broken_rule_document(broken: BrokenRule, definition: AppliedDefinition) -> dict[str, Any]:
    """Return a broken rule as `WhatIfBrokenRule` describes it."""
    return {
        "month": month_text(broken.month),
        "rule": broken.rule.code,
        "org": broken.org,
        "area": definition.area_codes[broken.area],
        "message": broken.rule.message.model_dump(),
    }
