"""Findings across organisations, over stored months: read with the bureau's reach, for the bureau alone."""

from datetime import date

from psycopg import AsyncConnection

from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY
from shared.database.database import Scope
from shared.domain.counts_by_area import CountsByMetric
from shared.domain.quality_across import BreachAcross, comparing_rules, find_disagreements, find_near_targets, metrics_by_org
from shared.domain.summary import CountsRow, summarise, summary_statement
from shared.domain.summary_plan import MonthPlan, summary_plan
from shared.reading.findings import Finding, finding_id
from shared.reading.stored_counts import StoredCounts
from shared.vocabulary import MetricKind, RuleKind


async def findings_across(connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, month: date) -> list[Finding]:
    """Return the findings of the rules across organisations in a month. The connection's reach must be the campaign."""
    rules = comparing_rules(definition, month)
    stored = StoredCounts(connection, scope, definition)
    wanted = metrics_by_org(rules)
    columns = await stored.columns({(org, month): metrics for org, metrics in wanted.items()})
    by_org: dict[str, CountsByMetric] = {}
    for org, metrics in wanted.items():  # a reference is valid until there is a newer one
        reference_metrics = [number for number in metrics if _kind(definition, number) is MetricKind.REFERENCE]
        latest = await stored.references([month], reference_metrics, [org])
        by_org[org] = {**columns[org, month], **latest.get(month, {})}
    breaches = list(find_disagreements(rules, month, by_org))
    if any(rule.across and rule.kind is RuleKind.NEAR_THRESHOLD for rule in definition.rules_of(month)):
        plan = summary_plan(definition, month)
        rows = await read_summary_rows(connection, scope, plan)
        breaches += find_near_targets(definition, month, summarise((plan,), rows, by_area=False, by_org=False), EVERYBODY)
    order = {rule.code: index for index, rule in enumerate(definition.rules_of(month))}
    breaches.sort(key=lambda breach: order[breach.rule.code])  # the definition's order, as for each organisation
    return [_finding(scope, month, breach) for breach in breaches]


def _kind(definition: AppliedDefinition, metric: int) -> MetricKind:
    return definition.metric(definition.metric_codes[metric]).kind


async def read_summary_rows(connection: AsyncConnection, scope: Scope, plan: MonthPlan) -> list[CountsRow]:
    """Return the stored counts that a month's summary lines are computed from."""
    return await (await connection.execute(*summary_statement((plan,), scope.campaign), binary=True)).fetchall()


def _finding(scope: Scope, month: date, breach: BreachAcross) -> Finding:
    rule, metric, area, values = breach
    judged = " ".join(f"{org} {one.metric} {one.value}" for org, one in values)
    identity = finding_id(month, scope.campaign, EVERYBODY, rule.code, metric, area, judged)
    return Finding(identity, EVERYBODY, month, rule, metric, area, values)
