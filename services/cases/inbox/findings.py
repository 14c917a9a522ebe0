"""Findings on the counts of the caller's open months that must be explained, or corrected, before these are submitted."""

from datetime import datetime
from functools import partial
from typing import Final

from services.cases.inbox.months import first_month, submission_states
from services.cases.items.awaited import AwaitedAction
from services.cases.items.call import ItemCall
from shared.access import policy
from shared.campaign.applied import AppliedDefinition
from shared.database.sql import statement
from shared.domain.submission_moves import CLOSED_STATES
from shared.reading.findings import Finding, PastTime, stored_findings
from shared.values.months import month_range
from shared.vocabulary import Attention, RegistryKind

_COUNTED_MONTHS: Final = statement(__package__, "counted_months")


async def unexplained_findings(call: ItemCall, at: datetime | None) -> list[AwaitedAction]:
    """Return the findings that keep the caller's months from being submitted, of months that take changes."""
    caller = call.caller
    if caller.role not in policy.GRANTS["explain_finding"]:
        return []
    binds = {"campaign": caller.campaign, "org": caller.org, "at": at}
    first, last, version = await (await call.connection.execute(_COUNTED_MONTHS, binds)).fetchone() or (None, None, 0)
    if first is None or last is None:
        return []
    states = await submission_states(call, at)
    months = [month for month in month_range(first, last) if states.get((caller.org, month)) not in CLOSED_STATES]
    past = at and PastTime(version, at)
    findings = await stored_findings(
        call.connection, call.scope, call.definition, [(caller.org, month) for month in months], past or None
    )
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


def _title(finding: Finding, definition: AppliedDefinition) -> str:
    """Return month, metric and area of the counts, and what the rule says of them."""
    metric = None if finding.metric is None else definition.metric_codes[finding.metric]
    area = None if finding.area is None else definition.area_codes[finding.area]
    return f"{definition.count_label(finding.month, metric, area).zh}：{finding.rule.message.zh}"
