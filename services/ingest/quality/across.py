"""Findings across organisations, over stored months: read with the bureau's reach, for the bureau alone."""

from datetime import date

from psycopg import AsyncConnection

from services.ingest.quality.found import Finding, finding_id
from services.ingest.quality.standing import Standing
from services.ingest.quality.state import references
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY
from shared.database.database import Scope
from shared.domain.counts_by_area import CountsByMetric
from shared.domain.quality_across import BreachAcross, comparing_rules, find_disagreements, find_near_targets, metrics_by_org
from shared.domain.summary import CountsRow, summarise, summary_statement
from shared.domain.summary_plan import MonthPlan, summary_plan
from shared.vocabulary import MetricKind, RuleKind


async def found_across(connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, month: date) -> list[Finding]:
    """What the rules across organisations find in a month. The connection's reach must be the campaign."""
    rules = comparing_rules(definition, month)
    standing = Standing(connection, scope, definition)
    columns = await standing.columns({(org, month): metrics for org, metrics in metrics_by_org(rules).items()})
    by_org: dict[str, CountsByMetric] = {org: counts for (org, _), counts in columns.items()}
    for org, metrics in metrics_by_org(rules).items():  # a reference holds until there is a newer one
        held = [number for number in metrics if _kind(definition, number) is MetricKind.REFERENCE]
        by_org[org] = {**by_org[org], **(await references(connection, scope, definition, [month], [org], held)).get(month, {})}
    crossings = list(find_disagreements(rules, month, by_org))
    if any(rule.across and rule.kind is RuleKind.NEAR_THRESHOLD for rule in definition.rules_of(month)):
        plan = summary_plan(definition, month)
        reports = await read_reports(connection, scope, plan)
        crossings += find_near_targets(definition, month, summarise((plan,), reports, by_area=False, by_org=False), EVERYBODY)
    order = {rule.code: place for place, rule in enumerate(definition.rules_of(month))}
    crossings.sort(key=lambda crossing: order[crossing.rule.code])  # the definition's order, as for each organisation
    return [_finding(scope, month, crossing) for crossing in crossings]


def _kind(definition: AppliedDefinition, metric: int) -> MetricKind:
    return definition.metric(definition.metric_codes[metric]).kind


async def read_reports(connection: AsyncConnection, scope: Scope, plan: MonthPlan) -> list[CountsRow]:
    """What a month's lines are computed from, as it stands."""
    return await (await connection.execute(*summary_statement((plan,), scope.campaign), binary=True)).fetchall()


def _finding(scope: Scope, month: date, crossing: BreachAcross) -> Finding:
    rule, metric, area, values = crossing
    judged = " ".join(f"{org} {one.metric} {one.value}" for org, one in values)
    identity = finding_id(month, scope.campaign, EVERYBODY, rule.code, metric, area, judged)
    return Finding(identity, EVERYBODY, month, rule, metric, area, values)
