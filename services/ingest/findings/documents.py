"""A finding with its reason, as `/v1/findings` tells it: what was held against what, and who is to look."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, NamedTuple

from services.ingest.findings.reasons import reason_of
from services.ingest.quality.found import Finding
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY
from shared.domain.arithmetic import VALUE_DECIMALS
from shared.domain.outliers import Outlier, SampleValue
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import Attention, MetricKind, RegisterCode, Role, Severity

SAMPLE_MAX: Final = 100  # values that a sample shows
RECORDS_MAX: Final = 20  # rows of lists that a finding shows


class RecordEvidence(NamedTuple):
    """What a list says of a thing."""

    register: RegisterCode
    key: str
    org: str  # whose list
    stands: bool  # whether it has the thing
    column: str | None  # None: that it has it, or has not, says enough
    value: str | None


class OutlierStatistics(NamedTuple):
    """An outlier, in the unit that its values are read in."""

    outlier: Outlier
    scale: int
    unit: Bilingual


@dataclass(slots=True)
class FindingWithReason(Finding):
    """A finding of a rule that looks at more than one organisation's month, which says by itself what it saw."""

    reason: Bilingual | None = None  # None: the rule's kind and the counts say it
    statistics: OutlierStatistics | None = None
    things: tuple[RecordEvidence, ...] = ()


def finding_document(finding: Finding, definition: AppliedDefinition) -> dict[str, Any]:
    """As the list and the single finding show it."""
    wider = finding if isinstance(finding, FindingWithReason) else None
    reason = wider.reason if wider and wider.reason else reason_of(finding, definition)
    return finding.document(definition) | {
        "reason": reason.model_dump(),
        "statistics": _statistics(wider.statistics, definition) if wider and wider.statistics else None,
        "things": [thing._asdict() for thing in wider.things[:RECORDS_MAX]] if wider else [],
        "attention": [{"org": org, "what": what.value} for org, what in required_actions(finding, definition)],
    }


def _statistics(told: OutlierStatistics, definition: AppliedDefinition) -> dict[str, Any]:
    outlier, scale = told.outlier, told.scale
    found = outlier.deviation
    return {
        "compared": outlier.compared.value,
        "unit": told.unit.model_dump(),
        "value": truncated_number(found.value * scale),
        "median": truncated_number(found.median * scale),
        "mad": truncated_number(found.mad * scale),
        "deviations": truncated_number(found.score),
        "limit": outlier.rule.deviations,
        "sample_size": len(outlier.sample),
        "sample": [_sampled(one, scale, definition) for one in outlier.sample[:SAMPLE_MAX]],
    }


def _sampled(one: SampleValue, scale: int, definition: AppliedDefinition) -> dict[str, Any]:
    return {"month": month_text(one.month), "area": definition.area_codes[one.area], "value": truncated_number(one.value * scale)}


def truncated_number(exact: Fraction) -> float:
    """A ratio as JSON has it, cut at 4 decimals towards zero; a whole number where it is one."""
    if exact.denominator == 1:
        return exact.numerator
    size = abs(exact.numerator) * 10**VALUE_DECIMALS // exact.denominator
    return float((size if exact > 0 else -size) / 10**VALUE_DECIMALS)


def required_actions(finding: Finding, definition: AppliedDefinition) -> list[tuple[str, Attention]]:
    """Who is to look, and what they are to do: whoever answers for the counts, and who checks what lies between organisations."""
    rule = finding.rule
    found: dict[str, Attention] = {}
    if not rule.across:
        found[finding.org] = _OWN[rule.severity]
    checking = rule.look or (_task_force(definition) if rule.across else ())
    for org in (*checking, *_references(finding, definition)):
        found.setdefault(org, Attention.CHECK)
    for org in _parties(finding):
        found.setdefault(org, Attention.ANSWER)
    return list(found.items())


_OWN: Final[Mapping[Severity, Attention]] = {
    Severity.BLOCK: Attention.CORRECT,
    Severity.WARN: Attention.EXPLAIN,
    Severity.INFO: Attention.CHECK,
}


def _task_force(definition: AppliedDefinition) -> tuple[str, ...]:
    """Who follows up what lies between organisations: the task force, else every bureau."""
    orgs = definition.organisations
    seated = tuple(org.code for org in orgs if Role.TASK_FORCE in org.roles)
    return seated or tuple(org.code for org in orgs if Role.BUREAU in org.roles)


def _references(finding: Finding, definition: AppliedDefinition) -> Iterator[str]:
    """Whose reference a count was held against: it may be the reference that is out of date."""
    for org, one in finding.values:
        if one.metric is None or org == EVERYBODY:
            continue
        if definition.metric(definition.metric_codes[one.metric]).kind is MetricKind.REFERENCE:
            yield org


def _parties(finding: Finding) -> Iterator[str]:
    """Everybody whose counts or lists were judged."""
    yield from (org for org, _ in finding.values if org != EVERYBODY)
    if isinstance(finding, FindingWithReason):
        yield from (thing.org for thing in finding.things)
