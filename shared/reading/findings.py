"""Quality findings of organisations' stored months."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from psycopg import AsyncConnection

from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import Rule
from shared.database.database import Scope, campaign_reach
from shared.database.sql import statement
from shared.domain.quality import ComparedCount, RuleBreach, RuleInput, breach_fingerprint, evidence_of, find_breaches
from shared.domain.quality_plan import QualityPlan, quality_plan
from shared.reading.stored_counts import OrgMonth, Plans, StoredCounts
from shared.values.months import month_text
from shared.vocabulary import ExplainedBy, Severity

_MONTH_BITS: Final = 12  # the first bits of a finding's id: months since 2000


class PastTime(NamedTuple):
    """A time whose findings are read, and its data version."""

    version: int
    at: datetime


class Explained(NamedTuple):
    """The explanation of a finding."""

    by: ExplainedBy
    text: str
    revision: int  # of the explanation; 0 for a row's note
    actor: str | None = None
    at: datetime | None = None


@dataclass(slots=True)
class Finding:
    """A rule that a month breaks, with the counts that were compared."""

    id: UUID
    org: str
    month: date
    rule: Rule
    metric: int | None
    area: int | None
    values: list[tuple[str, ComparedCount]]  # each with its organisation
    explained: Explained | None = None
    revision: int = 0  # of the explanation; a row's note has none

    @property
    def unexplained(self) -> bool:
        """True if it keeps the month from being submitted."""
        return self.rule.severity is Severity.BLOCK or (self.rule.severity is Severity.WARN and self.explained is None)

    def document(self, definition: AppliedDefinition) -> dict[str, Any]:
        """Return the finding as reports and lists show it."""
        explained = self.explained
        return {
            "id": str(self.id),
            "rule": self.rule.code,
            "severity": self.rule.severity.value,
            "kind": self.rule.kind.value,
            "scope": self.rule.scope.value,
            "org": self.org,
            "month": month_text(self.month),
            "metric": _code(definition.metric_codes, self.metric),
            "area": _code(definition.area_codes, self.area),
            "values": [
                {
                    "org": org,
                    "month": month_text(count.month),
                    "metric": _code(definition.metric_codes, count.metric),
                    "area": _code(definition.area_codes, count.area),
                    "value": count.value,
                }
                for org, count in self.values
            ],
            "message": self.rule.message.model_dump(),
            "explained": explained.by.value if explained else None,
            "explanation": explained.text if explained else None,
        }


class Findings(NamedTuple):
    """The first findings in full, and how many there are."""

    listed: list[Finding]
    total: int


def _code(codes: Mapping[int, str], number: int | None) -> str | None:
    return None if number is None else codes[number]


def finding_id(month: date, *names: object) -> UUID:
    """Return a UUIDv5 of a finding with the compared values. Its first bits are the month, so the finding can be looked up."""
    rest = uuid5(NAMESPACE_URL, "|".join(map(str, (month, *names)))).int & ((1 << (128 - _MONTH_BITS)) - 1)
    return UUID(int=((month.year - 2000) * 12 + month.month - 1) << (128 - _MONTH_BITS) | rest)


def month_of_finding(finding: UUID) -> date:
    """Return the month that a finding's id contains."""
    years, months = divmod(finding.int >> (128 - _MONTH_BITS), 12)
    return date(2000 + years, months + 1, 1)


def plans_of(definition: AppliedDefinition, org_months: Iterable[OrgMonth]) -> Plans:
    """Return the rules of organisations' months, for those that have any."""
    plans = {(org, month): quality_plan(definition, org, month) for org, month in org_months}
    return {org_month: plan for org_month, plan in plans.items() if plan.rules}


def findings_of(
    definition: AppliedDefinition, plans: Plans, states: Mapping[OrgMonth, RuleInput], *, limit: int | None = None
) -> Findings:
    """Check months against their rules; return the findings by organisation and then in the rules' order.

    At most `limit` findings are returned in full. Explanations are not read.
    """
    findings: list[Finding] = []
    total = 0
    for org_month, state in states.items():
        for breach in find_breaches(plans[org_month], state):
            total += len(breach.areas)
            areas = breach.areas if limit is None else breach.areas[: limit - len(findings)]
            findings += _findings(definition, org_month, plans[org_month], state, breach, areas)
    return Findings(findings, total)


async def stored_findings(
    connection: AsyncConnection,
    scope: Scope,
    definition: AppliedDefinition,
    org_months: Iterable[OrgMonth],
    past: PastTime | None = None,
) -> list[Finding]:
    """Return all findings of organisations' stored months, with their explanations; by default the current ones."""
    findings = await computed_findings(connection, scope, definition, org_months, past and past.version)
    await add_explanations(connection, scope, findings, past)
    return findings


async def computed_findings(
    connection: AsyncConnection,
    scope: Scope,
    definition: AppliedDefinition,
    org_months: Iterable[OrgMonth],
    version: int | None,
) -> list[Finding]:
    """Return all findings of organisations' months at a data version, None: the current one, without their explanations."""
    plans = plans_of(definition, org_months)
    if not plans:
        return []
    async with campaign_reach(connection, scope):  # references are a bureau's, and every sender may see them
        states = await StoredCounts(connection, scope, definition, version).rule_inputs(plans)
    return findings_of(definition, plans, states).listed


def _findings(
    definition: AppliedDefinition,
    org_month: OrgMonth,
    plan: QualityPlan,
    state: RuleInput,
    breach: RuleBreach,
    areas: list[int | None],
) -> Iterator[Finding]:
    org, month = org_month
    campaign = definition.campaign.code
    for area in areas:
        compared = evidence_of(plan, breach, area, state)
        rule = breach.rule.rule
        values_hash = breach_fingerprint(plan, breach, state, compared)
        identity = finding_id(month, campaign, org, rule.code, breach.metric, area, values_hash)
        values = [(_owner(definition, org, count), count) for count in compared]
        yield Finding(identity, org, month, rule, breach.metric, area, values)


def _owner(definition: AppliedDefinition, org: str, count: ComparedCount) -> str:
    """Return the organisation that reported a count: a reference is a bureau's."""
    if count.metric is None or org in (reporters := definition.metric(definition.metric_codes[count.metric]).reporters):
        return org
    return reporters[0] if reporters else org


async def add_explanations(
    connection: AsyncConnection, scope: Scope, findings: list[Finding], past: PastTime | None = None
) -> None:
    """Add to each finding its explanation, or else the note of its row."""
    if not findings:
        return
    binds = {
        "campaign": scope.campaign,
        "ids": [finding.id for finding in findings],
        "orgs": [finding.org for finding in findings],
        "months": [finding.month for finding in findings],
        "metrics": [finding.metric for finding in findings],
        "areas": [finding.area for finding in findings],
        "version": past and past.version,
        "at": past and past.at,
    }
    explanations_at = statement(__package__, "finding_explanations", past=past is not None)
    rows = await (await connection.execute(explanations_at, binds)).fetchall()
    explanations = {finding: explanation for finding, *explanation in rows}
    for finding in findings:
        note, text, revision, actor, at = explanations[finding.id]
        finding.revision = revision or 0
        if text is not None:
            finding.explained = Explained(ExplainedBy.EXPLANATION, text, revision, actor, at)
        elif note is not None:
            finding.explained = Explained(ExplainedBy.NOTE, note, 0)
