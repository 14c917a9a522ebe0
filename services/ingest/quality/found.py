"""Quality findings of organisations' months: what a push would leave, what stands stored, and what still needs a word."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from psycopg import AsyncConnection

from services.ingest.quality.standing import OrgMonth, Standing
from services.ingest.quality.state import Plans, states
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import Rule
from shared.database.database import Scope
from shared.database.sql import statement
from shared.domain.quality import Evidence, RuleBreach, RuleInput, breach_fingerprint, evidence_of, find_breaches
from shared.domain.quality_plan import QualityPlan, quality_plan
from shared.problems import FindingsUnexplained
from shared.values.months import month_text
from shared.vocabulary import ExplainedBy, Severity

INLINE: Final = 1_000  # findings that stand in the answer to a push
_EXPLANATIONS = statement(__package__, "explanations")
_MONTH_BITS: Final = 12  # at the head of a finding's id: months since 2000


class Explained(NamedTuple):
    """What was said about a finding."""

    by: ExplainedBy
    text: str
    revision: int  # of the explanation; 0 for a row's note
    actor: str | None = None
    at: datetime | None = None


@dataclass(slots=True)
class Finding:
    """A rule that a month breaks, with the counts that were judged."""

    id: UUID
    org: str
    month: date
    rule: Rule
    metric: int | None
    area: int | None
    values: list[tuple[str, Evidence]]  # whose each is
    explained: Explained | None = None
    revision: int = 0  # of the explanation, a row's note aside

    @property
    def unexplained(self) -> bool:
        """Whether the month cannot be submitted for its sake."""
        return self.rule.severity is Severity.BLOCK or (self.rule.severity is Severity.WARN and self.explained is None)

    def document(self, definition: AppliedDefinition) -> dict[str, Any]:
        """As reports and lists show it."""
        said = self.explained
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
                    "month": month_text(one.month),
                    "metric": _code(definition.metric_codes, one.metric),
                    "area": _code(definition.area_codes, one.area),
                    "value": one.value,
                }
                for org, one in self.values
            ],
            "message": self.rule.message.model_dump(),
            "explained": said.by.value if said else None,
            "explanation": said.text if said else None,
        }


@dataclass(frozen=True, slots=True)
class Found:
    """The findings of a push: the first in full, and how many there are."""

    findings: list[Finding] = field(default_factory=list)
    total: int = 0


def _code(codes: Mapping[int, str], number: int | None) -> str | None:
    return None if number is None else codes[number]


def finding_id(month: date, *names: object) -> UUID:
    """A UUIDv5 of what was found, the values judged included, whose first bits are the month: so a finding can be looked up."""
    rest = uuid5(NAMESPACE_URL, "|".join(map(str, (month, *names)))).int & ((1 << (128 - _MONTH_BITS)) - 1)
    return UUID(int=((month.year - 2000) * 12 + month.month - 1) << (128 - _MONTH_BITS) | rest)


def month_of_finding(finding: UUID) -> date:
    """The month a finding's id was made for."""
    years, months = divmod(finding.int >> (128 - _MONTH_BITS), 12)
    return date(2000 + years, months + 1, 1)


def findings_of(definition: AppliedDefinition, plans: Plans, by_place: Mapping[OrgMonth, RuleInput]) -> Found:
    """The findings of a push: the same as over stored months; what was said about them is not read."""
    findings: list[Finding] = []
    total = 0
    for place, state in by_place.items():
        for breach in find_breaches(plans[place], state):
            total += len(breach.areas)
            room = INLINE - len(findings)
            findings += _findings(definition, place, plans[place], state, breach, breach.areas[:room])
    return Found(findings, total)


async def found_in(
    connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, month: date, orgs: Iterable[str]
) -> list[Finding]:
    """Everything that the rules find in some organisations' stored month, by organisation and then in the rules' order."""
    plans = plans_of(definition, [(org, month) for org in orgs])
    by_place = await states(Standing(connection, scope, definition), plans) if plans else {}
    findings = [
        finding
        for place, state in by_place.items()
        for breach in find_breaches(plans[place], state)
        for finding in _findings(definition, place, plans[place], state, breach, breach.areas)
    ]
    await explain(connection, scope, findings)
    return findings


async def unexplained(connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, month: date) -> list[Finding]:
    """What keeps an organisation's month from being submitted: warnings nobody explained, and what must be put right."""
    return [finding for finding in await found_in(connection, scope, definition, month, [scope.org]) if finding.unexplained]


async def refuse_unexplained(connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, month: date) -> None:
    """Raise FindingsUnexplained, naming them, where an organisation's month cannot be submitted yet."""
    if waiting := await unexplained(connection, scope, definition, month):
        raise FindingsUnexplained(
            f"有 {len(waiting)} 项数据质量问题未说明：请更正数据，或在备注中或对该问题作出说明后再报送",
            f"{len(waiting)} findings are unexplained: correct the counts, or explain each by its row's note"
            " or at /v1/findings/{id}/explanation, then submit",
            extra={"findings": [finding.document(definition) for finding in waiting[:INLINE]], "findings_total": len(waiting)},
        )


def plans_of(definition: AppliedDefinition, places: Iterable[OrgMonth]) -> Plans:
    """The rules of organisations' months, where there are any."""
    planned = {(org, month): quality_plan(definition, org, month) for org, month in places}
    return {place: plan for place, plan in planned.items() if plan.rules}


def _findings(
    definition: AppliedDefinition,
    place: OrgMonth,
    plan: QualityPlan,
    state: RuleInput,
    breach: RuleBreach,
    areas: list[int | None],
) -> Iterator[Finding]:
    org, month = place
    campaign = definition.campaign.code
    for area in areas:
        judged = evidence_of(plan, breach, area, state)
        rule = breach.rule.rule
        shown = breach_fingerprint(plan, breach, state, judged)
        identity = finding_id(month, campaign, org, rule.code, breach.metric, area, shown)
        values = [(_owner(definition, org, one), one) for one in judged]
        yield Finding(identity, org, month, rule, breach.metric, area, values)


def _owner(definition: AppliedDefinition, org: str, one: Evidence) -> str:
    """Whose count it is: a reference is the bureau's."""
    if one.metric is None or org in (reporters := definition.metric(definition.metric_codes[one.metric]).reporters):
        return org
    return reporters[0] if reporters else org


async def explain(connection: AsyncConnection, scope: Scope, findings: list[Finding]) -> None:
    """Add to each finding what was said about it: its explanation, else the note of its row."""
    if not findings:
        return
    binds = {
        "campaign": scope.campaign,
        "ids": [finding.id for finding in findings],
        "orgs": [finding.org for finding in findings],
        "months": [finding.month for finding in findings],
        "metrics": [finding.metric for finding in findings],
        "areas": [finding.area for finding in findings],
    }
    said = {row[0]: row[1:] for row in await (await connection.execute(_EXPLANATIONS, binds)).fetchall()}
    for finding in findings:
        note, text, revision, actor, at = said[finding.id]
        finding.revision = revision or 0
        if text is not None:
            finding.explained = Explained(ExplainedBy.EXPLANATION, text, revision, actor, at)
        elif note is not None:
            finding.explained = Explained(ExplainedBy.NOTE, note, 0)
