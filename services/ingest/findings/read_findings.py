"""Every finding that a caller may see: on single organisations' counts, across organisations, and between registers."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from psycopg import AsyncConnection

from services.ingest.findings.outliers import find_outliers, find_outliers_across
from services.ingest.findings.ratios_above_limits import find_ratios_above_limits
from services.ingest.findings.reconciliation import find_register_differences
from services.ingest.quality.across import findings_across
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY
from shared.database.database import Scope
from shared.domain.submission_moves import CLOSED_STATES
from shared.problems import NotFound
from shared.reading.findings import Finding, month_of_finding, stored_findings

_CLOSED = "SELECT FROM submission WHERE campaign = %s AND org = %s AND month = %s AND until IS NULL AND state = ANY(%s)"


async def read_findings(
    connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, month: date, org: str | None
) -> list[Finding]:
    """Return the findings that the scope may see: those across organisations first, each part in the order of the rules."""
    rule_order = {rule.code: index for index, rule in enumerate(definition.rules_of(month))}
    if scope.reach == "own":
        return await _read_by_org(connection, scope, definition, month, [scope.org], rule_order)
    across = [
        *await findings_across(connection, scope, definition, month),
        *await find_outliers_across(connection, scope, definition, month),
        *await find_ratios_above_limits(connection, scope, definition, month),
        *await find_register_differences(connection, scope, definition, month),
    ]
    across.sort(key=lambda finding: rule_order[finding.rule.code])
    if org == EVERYBODY:
        return across
    orgs = definition.org_codes
    return [*across, *await _read_by_org(connection, scope, definition, month, orgs, rule_order)]


async def _read_by_org(
    connection: AsyncConnection,
    scope: Scope,
    definition: AppliedDefinition,
    month: date,
    orgs: Sequence[str],
    rule_order: Mapping[str, int],
) -> list[Finding]:
    """Return the findings on the counts of single organisations."""
    findings = [
        *await stored_findings(connection, scope, definition, [(org, month) for org in orgs]),
        *await find_outliers(connection, scope, definition, month, orgs),
    ]
    org_order = {org: index for index, org in enumerate(orgs)}
    return sorted(findings, key=lambda finding: (org_order[finding.org], rule_order[finding.rule.code]))


async def find_finding(connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, finding_id: UUID) -> Finding:
    """Return the finding with an id. Raises NotFound, also if the counts have changed."""
    month = month_of_finding(finding_id)
    for finding in await read_findings(connection, scope, definition, month, None):
        if finding.id == finding_id:
            return finding
    raise NotFound("该问题不存在：相关数据可能已更正。", "Finding not found; the counts may have been corrected.")


async def month_is_closed(connection: AsyncConnection, org: str, campaign: str, month: date) -> bool:
    """Return whether a month of an organisation is submitted or accepted."""
    binds = [campaign, org, month, sorted(CLOSED_STATES)]
    return await (await connection.execute(_CLOSED, binds)).fetchone() is not None
