"""Findings of ratios above the limits that rules set."""

from datetime import date

from psycopg import AsyncConnection

from services.ingest.findings.documents import FindingWithReason
from services.ingest.findings.reasons import DefinitionTitles
from services.ingest.quality.across import read_summary_rows
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY
from shared.database.database import Scope
from shared.domain.above_limit import RatioAboveLimit, ratios_above_limit
from shared.domain.arithmetic import display_of
from shared.domain.summary import summarise
from shared.domain.summary_plan import summary_plan
from shared.reading.findings import finding_id
from shared.values.bilingual import Bilingual
from shared.vocabulary import RuleKind


async def find_ratios_above_limits(
    connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, month: date
) -> list[FindingWithReason]:
    """Return the values of campaign and areas that exceed a limit. The connection's reach must be the campaign."""
    rules = [rule for rule in definition.rules_of(month) if rule.kind is RuleKind.ABOVE_LIMIT]
    if not rules:
        return []
    plan = summary_plan(definition, month)
    reports = await read_summary_rows(connection, scope, plan)
    lines = [line for by_area in (False, True) for line in summarise((plan,), reports, by_area=by_area, by_org=False)]
    return [_finding(scope.campaign, definition, month, above) for above in ratios_above_limit(definition, rules, lines, reports)]


def _finding(campaign: str, definition: AppliedDefinition, month: date, above: RatioAboveLimit) -> FindingWithReason:
    counts = " ".join(f"{org} {count.month:%Y-%m} {count.metric} {count.value}" for org, count in above.values)
    rule_and_line = (above.rule.code, above.variant.code, above.metric, above.area)
    id_ = finding_id(month, campaign, EVERYBODY, *rule_and_line, counts)
    reason = _reason(definition, month, above)
    return FindingWithReason(id_, EVERYBODY, month, above.rule, above.metric, above.area, above.values, reason=reason)


def _reason(definition: AppliedDefinition, month: date, above: RatioAboveLimit) -> Bilingual:
    indicators = definition.indicators_of(month)
    indicator = next(indicator for indicator in indicators if indicator.code == above.indicator.code)
    variant = next(variant for variant in indicator.variants if variant.code == above.variant.code)
    area, unit = DefinitionTitles(definition).area(above.area), indicator.unit
    value = display_of(above.numerator, above.denominator, indicator.scale, indicator.decimals)
    if above.variant.decides:
        use = Bilingual(zh="该算法用于判定", en="this variant decides whether the target is met")
    else:
        use = Bilingual(zh="该算法不用于判定", en="another variant decides whether the target is met")
    return Bilingual(
        zh=f"{area.zh}“{indicator.title.zh}”按“{variant.title.zh}”为{value}{unit.zh}（{above.numerator}÷{above.denominator}），"
        f"超过上限{above.rule.limit}{unit.zh}；{use.zh}",
        en=f"“{indicator.title.en}” of {area.en}, calculated as “{variant.title.en}”, is {value} {unit.en}"
        f" ({above.numerator} ÷ {above.denominator}), above the limit of {above.rule.limit} {unit.en}; {use.en}",
    )
