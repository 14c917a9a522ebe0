"""`GET /v1/indicators/{code}/explanation`: where a number comes from, down to the rows and the people behind it."""

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from services.indicators.definitions.indicators import indicator_document, target_document
from services.indicators.explanation.counts import case_documents, count_documents, line_counts, visible_line_counts
from services.indicators.explanation.models import IndicatorExplanation
from services.indicators.explanation.steps import CalculationStep, VariantCalculation, calculations_of
from services.indicators.line_query import LineQuery, refuse_invisible_line
from services.indicators.reading import AsOf, Reading, open_reading
from services.indicators.rendering import line_document, missing_count_documents
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import Indicator
from shared.database.sql import statement
from shared.domain.counts import Breakdown, MonthCounts
from shared.domain.summary import counts_by_month
from shared.domain.summary_lines import summary_line
from shared.domain.summary_plan import MonthPlan, PlannedIndicator, indicator_plan
from shared.domain.visibility import CARRIERS_AND_STREETS
from shared.http import etag
from shared.http.json_response import JsonResponse
from shared.problems import Forbidden, FutureVersion, NotFound, Schema, TokenInvalid, problems
from shared.values.months import MonthParameter, month_of, month_text

router = APIRouter(tags=["indicators"])
_APPLIED: Final = statement(__package__, "find_applied")


class ExplanationQuestion(LineQuery):
    """Which line of the summary, as of when."""

    month: MonthParameter
    as_of: AsOf = None


@router.get(
    "/v1/indicators/{code}/explanation",
    response_model=IndicatorExplanation,
    responses=problems(TokenInvalid, Forbidden, NotFound, Schema, FutureVersion),
)
async def get_explanation(
    request: Request,
    code: Annotated[str, Path(max_length=63, examples=["pon_10g_share"])],
    question: Annotated[ExplanationQuestion, Query()],
    reader: Annotated[Principal, Depends(Authorized("get_explanation"))],
    _held: etag.IfNoneMatch = None,
) -> Response:
    """Explain one line of the summary: the definition, the arithmetic step by step, and every count with where it comes from.

    Each count names its import, organisation, client, instant and sign-off. Carriers name themselves as `org`, street offices
    their street as `area`.
    """
    async with open_reading(request.app.state.service, reader, question.as_of) as read:
        within = question.breakdown(read.definition)
        refuse_invisible_line(reader, read.definition, within)
        plan, indicator = _planned(read.definition, month_of(question.month), code)
        tag = etag.entity_tag("explanation", read.version, reader.role, reader.org, reader.campaign, code, question.month, within)
        if unchanged := etag.not_modified(request, tag):
            return unchanged
        facts = counts_by_month([plan], await read.read_counts([plan]))[plan.month]
        _refuse_absent(indicator, facts, within)
        return JsonResponse(await _document(read, plan, indicator, facts, within), headers=etag.cache_headers(tag))


def _planned(definition: AppliedDefinition, month: date, code: str) -> tuple[MonthPlan, PlannedIndicator]:
    """The plan of the indicator alone. Raises NotFound where the month has no such indicator."""
    if any(each.code == code for each in definition.indicators):  # what is remembered are no made-up codes
        plan = indicator_plan(definition, month, code)
        for each in plan.indicators:
            return plan, each
    raise NotFound(f"{month_text(month)} 没有指标 {code}", f"there is no indicator {code} in {month_text(month)}")


def _refuse_absent(indicator: PlannedIndicator, facts: MonthCounts, within: Breakdown) -> None:
    by_area, by_org = within.area is not None, within.org is not None
    if within not in indicator.breakdowns(facts, by_area=by_area, by_org=by_org):
        raise NotFound(
            "汇总中没有这一行：该指标不按此区域或单位统计，或该单位未填报",
            "the summary has no such line: the indicator is not counted there, or the organisation reported nothing of it",
        )


async def _document(
    read: Reading, plan: MonthPlan, indicator: PlannedIndicator, facts: MonthCounts, within: Breakdown
) -> dict[str, Any]:
    definition, line = read.definition, summary_line(plan, indicator, facts, within)
    block = next(each for each in definition.indicators_of(plan.month) if each.code == indicator.code)
    workings = calculations_of(line, definition, facts)
    counts = line_counts(workings)
    seen = visible_line_counts(read, counts)
    return {
        "campaign": read.reader.campaign,
        "data_version": read.version,
        "definition_version": definition.version,
        "line": line_document(line, definition),
        "indicator": indicator_document(block, definition),
        "definition": await _applied(read, block),
        "target": None if line.target is None else target_document(line.target),
        "metrics": _metrics(block, definition, plan.month),
        "variants": [_variant(each, block, whole=seen == counts) for each in workings],
        "facts": await count_documents(read, seen),
        "cases": await case_documents(read, plan.month, workings),
    }


async def _applied(read: Reading, block: Indicator) -> dict[str, Any]:
    binds = {"campaign": read.reader.campaign, "version": read.definition.version}
    at, client = await (await read.connection.execute(_APPLIED, binds)).fetchone() or (None, None)
    return {
        "version": read.definition.version,
        "at": at,
        "client": None if read.reader.role in CARRIERS_AND_STREETS else client,
        "valid_from": month_text(block.from_) if block.from_ else None,
    }


def _metrics(block: Indicator, definition: AppliedDefinition, month: date) -> list[dict[str, Any]]:
    plain = {"code", "title", "unit", "kind", "grain", "caliber"}
    metrics = {metric.code: metric for metric in definition.metrics_of(month)}
    registers = {count.metric: each.code for each in definition.registers for count in each.counts}
    return [
        metrics[code].model_dump(mode="json", include=plain) | {"counted_from": registers.get(code)} for code in block.metrics
    ]


def _variant(working: VariantCalculation, block: Indicator, *, whole: bool) -> dict[str, Any]:
    """One variant; unless the reader sees the `whole` of the counts, the steps that add them up name none."""
    variant = next(each for each in block.variants if each.code == working.variant.code)
    return {
        "variant": variant.code,
        "title": variant.title.model_dump(),
        "reducer": variant.reducer,
        "reducer_title": variant.reducer.title_.model_dump(),
        "numerator": block.numerator_of(variant),
        "denominator": block.denominator_of(variant),
        "decides": working.variant.decides,
        "steps": [_step(step, working.definition, told=whole or not step.adds_up) for step in working.steps()],
        "missing": missing_count_documents(working.missing, working.definition),
    }


def _step(step: CalculationStep, definition: AppliedDefinition, *, told: bool) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "area": None if step.area is None else definition.area_codes[step.area],
        "org": step.org,
        "expression": step.expression if told else None,
        "result": step.result,
        "text": step.text.model_dump(),
    }
