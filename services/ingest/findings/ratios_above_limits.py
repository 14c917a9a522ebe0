"""Ratios of a stored month above the limits that rules set."""

from datetime import date

from psycopg import AsyncConnection

from services.ingest.findings.documents import FindingWithReason
from services.ingest.findings.reasons import DefinitionTitles
from services.ingest.quality.across import read_reports
from services.ingest.quality.found import finding_id
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY
from shared.database.database import Scope
from shared.domain.above_limit import RatioAboveLimit, ratios_above_limit
from shared.domain.arithmetic import display_of
from shared.domain.summary import summarise
from shared.domain.summary_plan import summary_plan
from shared.values.bilingual import Bilingual
from shared.vocabulary import RuleKind


async def find_ratios_above_limits(
    connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, month: date
) -> list[FindingWithReason]:
    """The campaign's and its areas' figures above their limits. The connection's reach must be the campaign."""
    rules = [rule for rule in definition.rules_of(month) if rule.kind is RuleKind.ABOVE_LIMIT]
    if not rules:
        return []
    plan = summary_plan(definition, month)
    reports = await read_reports(connection, scope, plan)
    lines = [line for by_area in (False, True) for line in summarise((plan,), reports, by_area=by_area, by_org=False)]
    return [_finding(scope.campaign, definition, month, above) for above in ratios_above_limit(definition, rules, lines, reports)]


def _finding(campaign: str, definition: AppliedDefinition, month: date, above: RatioAboveLimit) -> FindingWithReason:
    judged = " ".join(f"{org} {one.month:%Y-%m} {one.metric} {one.value}" for org, one in above.values)
    named = (above.rule.code, above.variant.code, above.metric, above.area)
    identity = finding_id(month, campaign, EVERYBODY, *named, judged)
    return FindingWithReason(
        *(identity, EVERYBODY, month, above.rule, above.metric, above.area, above.values),
        reason=_reason(definition, month, above),
    )


def _reason(definition: AppliedDefinition, month: date, above: RatioAboveLimit) -> Bilingual:
    block = next(each for each in definition.indicators_of(month) if each.code == above.indicator.code)
    variant = next(each for each in block.variants if each.code == above.variant.code)
    area = DefinitionTitles(definition).area(above.area)
    value = display_of(above.numerator, above.denominator, block.scale, block.decimals)
    limit = above.rule.limit
    zh, en = ("以此口径判定", "this variant decides") if above.variant.decides else ("不以此口径判定", "another variant decides")
    return Bilingual(
        zh=f"{area.zh}“{block.title.zh}”按“{variant.title.zh}”为{value}{block.unit.zh}（{above.numerator}÷{above.denominator}），"
        f"超过{limit}{block.unit.zh}；{zh}",
        en=f"“{block.title.en}” of {area.en}, as “{variant.title.en}”, is {value} {block.unit.en}"
        f" ({above.numerator} ÷ {above.denominator}), above {limit}; {en}",
    )
