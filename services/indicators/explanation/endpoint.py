"""`GET /v1/indicators/{code}/explanation`: the calculation and the origins of one summary line."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.indicators.challenged_counts import read_challenged_counts
from services.indicators.definitions.documents import indicator_document, metric_document, target_document
from services.indicators.definitions.versions import read_version
from services.indicators.explanation.counts import count_documents, line_counts, visible_line_counts
from services.indicators.explanation.models import IndicatorExplanation
from services.indicators.explanation.steps import CalculationStep, VariantCalculation, calculations_of
from services.indicators.line_query import LineQuery, refuse_invisible_line
from services.indicators.rendering import line_document, missing_count_documents
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import Indicator
from shared.domain.counts import Breakdown, CountPlace, MonthCounts
from shared.domain.summary import counts_by_month
from shared.domain.summary_lines import SummaryLine, summary_line
from shared.domain.summary_plan import MonthPlan, PlannedIndicator, indicators_plan
from shared.http import etag
from shared.http.json_response import JsonResponse
from shared.problems import FutureVersion, MonthNotOpen, NotFound, problems
from shared.reading.counted_cases import read_counted_cases
from shared.reading.reading import AsOf, Reading, open_reading
from shared.reading.target_history import read_target_history
from shared.values.months import MonthParameter, month_of, month_text, month_zh

router = APIRouter(tags=["indicators"])


class ExplanationQuery(LineQuery):
    """Line and data version of an explanation."""

    month: Annotated[MonthParameter, Field(description="Month of the line.")]
    as_of: AsOf = None


@router.get(
    "/v1/indicators/{code}/explanation",
    response_model=IndicatorExplanation,
    responses=problems(FutureVersion, MonthNotOpen),
)
async def get_explanation(
    request: Request,
    service: ServiceDep,
    code: Annotated[str, Path(max_length=63, description="Indicator code.", examples=["pon_10g_share"])],
    query: Annotated[ExplanationQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("get_explanation"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """Explain a summary line.

    Returns the definition, each step of the calculation and every count used, with its import, client, timestamp and submission.

    Carriers give their own organisation as `org`, subdistrict offices their subdistrict as `area`.
    """
    async with open_reading(service, reader, query.as_of) as reading:
        breakdown = query.breakdown(reading.definition)
        refuse_invisible_line(reader, reading.definition, breakdown)
        await reading.refuse_unopened_months([month_of(query.month)])
        plan, indicator = _plan(reading.definition, month_of(query.month), code)
        view = (reading.version, reader.role, reader.org, reader.campaign)
        tag = etag.entity_tag("explanation", *view, code, query.month, breakdown)
        if not_modified := etag.not_modified(request, tag):
            return not_modified
        counts = counts_by_month([plan], await reading.read_counts([plan]))[plan.month]
        _refuse_missing_line(indicator, counts, breakdown)
        challenged = await read_challenged_counts(reading)
        line = summary_line(plan, indicator, counts, breakdown, challenged=challenged)
        return JsonResponse(await _document(reading, line, counts, challenged), headers=etag.cache_headers(tag))


def _plan(definition: AppliedDefinition, month: date, code: str) -> tuple[MonthPlan, PlannedIndicator]:
    """Return the plan of one indicator. Raises NotFound if the month has no such indicator."""
    if any(block.code == code for block in definition.indicators):  # so that made-up codes are not cached
        plan = indicators_plan(definition, month, frozenset((code,)))
        for indicator in plan.indicators:
            return plan, indicator
    raise NotFound(f"{month_zh(month)}没有评价指标 {code}。", f"There is no indicator {code} in {month_text(month)}.")


def _refuse_missing_line(indicator: PlannedIndicator, counts: MonthCounts, breakdown: Breakdown) -> None:
    by_area, by_org = breakdown.area is not None, breakdown.org is not None
    if breakdown not in indicator.breakdowns(counts, by_area=by_area, by_org=by_org):
        raise NotFound(
            "汇总中没有这一行：该指标不按此区域或单位统计，或该单位未填报。",
            "No such summary line: the indicator is not calculated for this area or organisation, or the organisation reported no"
            " counts for it.",
        )


async def _document(
    reading: Reading, line: SummaryLine, month_counts: MonthCounts, challenged: Mapping[CountPlace, UUID]
) -> dict[str, Any]:
    """Return the explanation as `IndicatorExplanation` describes it."""
    definition = reading.definition
    history = await read_target_history(reading, {line.indicator.code} if line.target else (), line.month)
    block = next(block for block in definition.indicators_of(line.month) if block.code == line.indicator.code)
    calculations = calculations_of(line, definition, month_counts)
    counts = line_counts(calculations)
    visible = visible_line_counts(reading, counts)
    cases = await read_counted_cases(reading, line.month) if line.indicator.counts_cases else []
    return {
        "campaign": reading.reader.campaign,
        "data_version": reading.version,
        "definition_version": definition.version,
        "line": line_document(line, definition, history.deadline(line, line.target)),
        "indicator": indicator_document(block, definition),
        "definition": await read_version(reading, definition.version),
        "target": None if line.target is None else target_document(line.target),
        "metrics": _metrics(block, definition, line.month),
        "variants": [_variant(calculation, block, all_visible=visible == counts) for calculation in calculations],
        "facts": await count_documents(reading, visible, challenged),
        "cases": cases,
    }


def _metrics(block: Indicator, definition: AppliedDefinition, month: date) -> list[dict[str, Any]]:
    metrics = {metric.code: metric for metric in definition.metrics_of(month)}
    return [metric_document(metrics[code], definition) for code in block.metrics]


def _variant(calculation: VariantCalculation, block: Indicator, *, all_visible: bool) -> dict[str, Any]:
    """Return one variant; unless all counts are visible to the reader, the steps that add them up have no expression."""
    variant = next(variant for variant in block.variants if variant.code == calculation.variant.code)
    return {
        "variant": variant.code,
        "title": variant.title.model_dump(),
        "reducer": variant.reducer,
        "reducer_title": variant.reducer.title_.model_dump(),
        "numerator": block.numerator_of(variant),
        "denominator": block.denominator_of(variant),
        "decides": calculation.variant.decides,
        "steps": [
            _step(step, calculation.definition, with_expression=all_visible or not step.adds_up) for step in calculation.steps()
        ],
        "missing": missing_count_documents(calculation.missing, calculation.definition),
    }


def _step(step: CalculationStep, definition: AppliedDefinition, *, with_expression: bool) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "area": None if step.area is None else definition.area_codes[step.area],
        "org": step.org,
        "expression": step.expression if with_expression else None,
        "result": step.result,
        "text": step.text.model_dump(),
    }
