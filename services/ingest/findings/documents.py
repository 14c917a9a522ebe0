"""The JSON of findings: reason, statistics, records and the organisations that must act."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from services.ingest.findings.reasons import reason_of
from shared.access.key_ring import Principal
from shared.access.policy import GRANTS
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY
from shared.domain.arithmetic import VALUE_DECIMALS
from shared.domain.outliers import Outlier, SampleValue
from shared.http.json_response import item_response
from shared.reading.findings import Finding
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import Attention, FindingAction, MetricKind, RegisterCode, Role, Severity

SAMPLE_MAX: Final = 100  # values of a sample in one document
RECORDS_MAX: Final = 20  # register rows in one document


class RecordEvidence(NamedTuple):
    """A column of a record in one organisation's register; the fields are those of a `RegisterRecord`."""

    register: RegisterCode
    key: str
    org: str
    stands: bool  # the register contains the record
    column: str | None  # None: the difference is that one register lacks the record
    value: str | None


class OutlierStatistics(NamedTuple):
    """An outlier, with the scale and unit in which its values are shown."""

    outlier: Outlier
    scale: int
    unit: Bilingual


@dataclass(slots=True)
class FindingWithReason(Finding):
    """A finding that brings its own reason, because its counts alone do not show it."""

    reason: Bilingual | None = None  # None: the rule's kind and the counts show it
    statistics: OutlierStatistics | None = None
    records: tuple[RecordEvidence, ...] = ()


def finding_document(finding: Finding, definition: AppliedDefinition) -> dict[str, Any]:
    """Return the JSON of a `ReasonedFinding`."""
    detailed = finding if isinstance(finding, FindingWithReason) else None
    reason = detailed.reason if detailed and detailed.reason else reason_of(finding, definition)
    return finding.document(definition) | {
        "reason": reason.model_dump(),
        "statistics": _statistics(detailed.statistics, definition) if detailed and detailed.statistics else None,
        "things": [record._asdict() for record in detailed.records[:RECORDS_MAX]] if detailed else [],
        "attention": [{"org": org, "what": action.value} for org, action in required_actions(finding, definition)],
    }


def document_for_reader(finding: Finding, definition: AppliedDefinition, reader: Principal, *, closed: bool) -> dict[str, Any]:
    """Return a finding with the actions of its reader; `closed`: the month of the reader's organisation may not be changed."""
    may_explain = finding.org == reader.org and reader.role in GRANTS["explain_finding"]
    actions = [FindingAction.EXPLAIN] if may_explain and not finding.rule.refuses and not closed else []
    explained = finding.explained
    return {
        **finding_document(finding, definition),
        "revision": finding.revision,
        "actions": actions,
        "explained_by": explained.actor if explained else None,
        "explained_at": explained.at if explained else None,
    }


def finding_response(
    finding: Finding, definition: AppliedDefinition, reader: Principal, request: Request | None = None, *, closed: bool = False
) -> Response:
    """Return a finding with the ETag that changing its explanation needs; for a read, or 304 if the client has it."""
    return item_response(document_for_reader(finding, definition, reader, closed=closed), finding.revision, request)


def _statistics(statistics: OutlierStatistics, definition: AppliedDefinition) -> dict[str, Any]:
    outlier, scale = statistics.outlier, statistics.scale
    deviation = outlier.deviation
    return {
        "compared": outlier.compared.value,
        "unit": statistics.unit.model_dump(),
        "value": truncated_number(deviation.value * scale),
        "median": truncated_number(deviation.median * scale),
        "mad": truncated_number(deviation.mad * scale),
        "deviations": truncated_number(deviation.score),
        "limit": outlier.rule.deviations,
        "sample_size": len(outlier.sample),
        "sample": [_sample_value(value, scale, definition) for value in outlier.sample[:SAMPLE_MAX]],
    }


def _sample_value(sampled: SampleValue, scale: int, definition: AppliedDefinition) -> dict[str, Any]:
    return {
        "month": month_text(sampled.month),
        "area": definition.area_codes[sampled.area],
        "value": truncated_number(sampled.value * scale),
    }


def truncated_number(exact: Fraction) -> float:
    """Return a ratio truncated to 4 decimals, or an integer if it is whole."""
    if exact.denominator == 1:
        return exact.numerator
    size = abs(exact.numerator) * 10**VALUE_DECIMALS // exact.denominator
    return float((size if exact > 0 else -size) / 10**VALUE_DECIMALS)


def required_actions(finding: Finding, definition: AppliedDefinition) -> list[tuple[str, Attention]]:
    """Return the organisations that must act on a finding, each with its action.

    The reporting organisation corrects or explains its counts, the organisations named by the rule (else the task force) check
    findings across organisations, and the keepers of a reference check whether it is out of date.
    """
    rule = finding.rule
    actions: dict[str, Attention] = {}
    if not rule.across:
        actions[finding.org] = _OWN_ACTION[rule.severity]
    checking = rule.look or (_overseers(definition) if rule.across else ())
    for org in (*checking, *_reference_owners(finding, definition)):
        actions.setdefault(org, Attention.CHECK)
    for org in _compared_orgs(finding):
        actions.setdefault(org, Attention.ANSWER)
    return list(actions.items())


_OWN_ACTION: Final[Mapping[Severity, Attention]] = {
    Severity.BLOCK: Attention.CORRECT,
    Severity.WARN: Attention.EXPLAIN,
    Severity.INFO: Attention.CHECK,
}


def _overseers(definition: AppliedDefinition) -> tuple[str, ...]:
    """Return the organisations of the task force, or all bureaus if there is none."""
    orgs = definition.organisations
    task_force = tuple(org.code for org in orgs if Role.TASK_FORCE in org.roles)
    return task_force or tuple(org.code for org in orgs if Role.BUREAU in org.roles)


def _reference_owners(finding: Finding, definition: AppliedDefinition) -> Iterator[str]:
    """Yield the organisations whose reference counts were compared."""
    for org, count in finding.values:
        if count.metric is None or org == EVERYBODY:
            continue
        if definition.metric(definition.metric_codes[count.metric]).kind is MetricKind.REFERENCE:
            yield org


def _compared_orgs(finding: Finding) -> Iterator[str]:
    """Yield the organisations whose counts or registers were compared."""
    yield from (org for org, _ in finding.values if org != EVERYBODY)
    if isinstance(finding, FindingWithReason):
        yield from (record.org for record in finding.records)
