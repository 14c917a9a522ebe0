"""Findings on the counts of the caller's open months that must be explained, or corrected, before these are submitted."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Final

from services.cases.inbox.months import first_month, submission_states
from services.cases.items.awaited import AwaitedAction
from services.cases.items.call import ItemCall
from shared.access import policy
from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.database.sql import statement
from shared.domain.submission_moves import CLOSED_STATES
from shared.reading.findings import Finding, PastTime, add_explanations, computed_findings
from shared.reading.recent_results import RecentResults
from shared.values.months import month_range
from shared.vocabulary import Attention, RegistryKind

_CACHED_MAX: Final = 64  # of each definition version; a campaign has some twenty senders
_COUNTED_MONTHS: Final = statement(__package__, "counted_months")


async def unexplained_findings(call: ItemCall, at: datetime | None) -> list[AwaitedAction]:
    """Return the findings that keep the caller's months from being submitted, of months that take changes."""
    caller = call.caller
    if caller.role not in policy.GRANTS["explain_finding"]:
        return []
    binds = {"campaign": caller.campaign, "org": caller.org}
    first, last = await (await call.connection.execute(_COUNTED_MONTHS, binds)).fetchone() or (None, None)
    if first is None or last is None:
        return []
    states = await submission_states(call)
    months = tuple(month for month in month_range(first, last) if states.get((caller.org, month)) not in CLOSED_STATES)
    past = PastTime(call.version, at) if at else None
    computed = await _recent(call.definition).get(
        (caller.org, months, call.version), lambda: _findings(call, months, past and past.version)
    )
    findings = [replace(finding) for finding in computed]
    await add_explanations(call.connection, call.scope, findings, past)
    expected_from = await first_month(call)
    return [
        AwaitedAction(
            kind=RegistryKind.FINDING,
            id=finding.id,
            path=f"/v1/findings/{finding.id}",
            org=finding.org,
            title=partial(_title, finding, call.definition),
            action=Attention.CORRECT if finding.rule.refuses else Attention.EXPLAIN,
            due_on=call.definition.calendar.due(finding.month) if finding.month >= expected_from else None,
        )
        for finding in findings
        if finding.unexplained
    ]


@cached_on_definition(1)
def _recent(_definition: AppliedDefinition) -> RecentResults[tuple[str, tuple[date, ...], int], list[Finding]]:
    """Return the latest findings by organisation, months and data version: what a version says of months never changes."""
    return RecentResults(_CACHED_MAX)


async def _findings(call: ItemCall, months: Collection[date], version: int | None) -> list[Finding]:
    """Return the findings of the caller's months that explanations can settle, or only corrections."""
    org_months = [(call.caller.org, month) for month in months]
    findings = await computed_findings(call.connection, call.scope, call.definition, org_months, version)
    return [finding for finding in findings if finding.unexplained]


def _title(finding: Finding, definition: AppliedDefinition) -> str:
    """Return month, metric and area of the counts, and what the rule says of them."""
    metric = None if finding.metric is None else definition.metric_codes[finding.metric]
    area = None if finding.area is None else definition.area_codes[finding.area]
    return f"{definition.count_label(finding.month, metric, area).zh}：{finding.rule.message.zh}"
