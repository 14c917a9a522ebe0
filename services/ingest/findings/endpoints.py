"""`/v1/findings`: findings of the quality rules on current counts, and their explanations."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

import psycopg
from fastapi import APIRouter, Depends, Path, Query, Request
from psycopg import AsyncConnection
from pydantic import ConfigDict, Field
from starlette.responses import Response

from services.ingest.counts.endpoints import own_or_named
from services.ingest.findings.documents import finding_document, required_actions
from services.ingest.findings.models import ReasonedFinding
from services.ingest.findings.outliers import find_outliers, find_outliers_across
from services.ingest.findings.ratios_above_limits import find_ratios_above_limits
from services.ingest.findings.reconciliation import find_register_differences
from services.ingest.push.writable_months import writable_months
from services.ingest.quality.across import findings_across
from services.ingest.service import IngestServiceDep
from shared.access.dependencies import Authorized
from shared.access.key_ring import Principal
from shared.access.policy import GRANTS
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY
from shared.database import audit
from shared.database.database import Scope
from shared.database.sql import statement
from shared.domain.submission_moves import CLOSED_STATES
from shared.http import etag
from shared.http.json_response import item_response
from shared.http.lists import StoredRows, list_response
from shared.http.paging import Page, PageQuery
from shared.http.query_codes import refuse_unknown_code
from shared.http.tables import Table, bilingual, codes, computed, fields, term
from shared.problems import (
    ConcurrentChange,
    MonthClosed,
    NotExplainable,
    NotFound,
    problems,
)
from shared.reading.findings import Finding, add_explanations, month_of_finding, stored_findings
from shared.values.fields import CodeParameter, RequestBody, TextParagraph
from shared.values.months import MONTH_PATTERN, month_of, month_text
from shared.vocabulary import ExplainedBy, FindingAction, Role, RuleKind, Severity

router = APIRouter(tags=["findings"])
_INSERT = statement(__package__, "insert_explanation")
_CLOSED = "SELECT FROM submission WHERE campaign = %s AND org = %s AND month = %s AND until IS NULL AND state = ANY(%s)"
_BUREAUS = frozenset({Role.BUREAU, Role.TASK_FORCE})
_TABLE: Final = Table(
    "findings",
    "数据质量问题",
    (
        *fields("id", "month"),
        *codes("org"),
        *fields("rule"),
        term("severity", Severity),
        term("kind", RuleKind),
        *codes("metric", "area"),
        bilingual("message"),
        bilingual("reason"),
        computed(["values"], lambda finding: [_values_text(finding["values"])]),
        term("explained", ExplainedBy),
        *fields("explanation"),
        computed(["attention"], lambda finding: [_attention_text(finding["attention"])]),
        *fields("revision", "actions"),
    ),
)
FindingId = Annotated[UUID, Path(description="Id of the finding.")]


class FindingQuery(PageQuery):
    """Month and filters of a list of findings."""

    month: Annotated[str, Field(pattern=MONTH_PATTERN, examples=["2022-08"])] | None = Field(
        default=None, description="Month, such as 2022-08. Defaults to the latest month whose due date has passed."
    )
    org: CodeParameter | None = Field(
        default=None,
        description="Organisation code; `*` for findings across organisations, which only bureaus and the task force see.",
    )
    severity: Severity | None = Field(default=None, description="Only findings of this severity.")
    kind: RuleKind | None = Field(default=None, description="Only findings of rules of this kind.")
    attention: CodeParameter | None = Field(
        default=None, description="Only findings that this organisation must act on.", examples=["economy"]
    )
    explained: bool | None = Field(
        default=None, description="`true`: explained findings only. `false`: unexplained findings only."
    )

    def includes(self, finding: Finding, definition: AppliedDefinition) -> bool:
        """Return true if a finding passes the filters, apart from month and organisation."""
        return (
            self.severity in (None, finding.rule.severity)
            and self.kind in (None, finding.rule.kind)
            and self.explained in (None, finding.explained is not None)
            and (self.attention is None or self.attention in dict(required_actions(finding, definition)))
        )

    def cursor_text(self, month: date) -> str:
        """Return operation, month and filters: a cursor is valid only for the same ones."""
        filters = (self.org, self.severity, self.kind, self.attention, self.explained)
        return f"list_findings {month_text(month)} {' '.join(map(str, filters))}"


class NewExplanation(RequestBody):
    """An organisation's explanation of a finding."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "7月新增站点集中入网，数据已逐站核对。"}]})

    text: TextParagraph


@router.get(
    "/v1/findings",
    response_model=Page[ReasonedFinding],
    responses=_TABLE.responses,
)
async def list_findings(
    request: Request,
    service: IngestServiceDep,
    query: Annotated[FindingQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("list_findings"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """List quality findings of a month.

    Returns the findings on a month's current counts, with their reasons and the organisations that must act.

    Carriers and subdistrict offices see only their own organisation's findings. Besides the findings that a push reports, the
    list has outliers against earlier months or other areas, ratios above their limits, and registers that disagree. An outlier
    is not an error and needs no explanation.
    """
    across_only = query.org == EVERYBODY and reader.role in _BUREAUS
    scope = own_or_named(reader, "list_findings", None if across_only else query.org)
    async with service.database.read(scope) as snapshot:
        definition = await service.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        orgs = definition.org_codes
        refuse_unknown_code("org", query.org, [*orgs, EVERYBODY])
        refuse_unknown_code("attention", query.attention, orgs)
        today = service.clock.today(definition.campaign.timezone)
        month = month_of(query.month) if query.month else definition.calendar.latest_due(today)
        findings = await _read_findings(snapshot.connection, scope, definition, month, query.org)
        closed = await _month_is_closed(snapshot.connection, reader.org, reader.campaign, month)
    rows = StoredRows(
        rows=[finding for finding in findings if query.includes(finding, definition)],
        query_text=query.cursor_text(month),
        row_key=lambda finding: str(finding.id),
        document=lambda finding: _document(finding, definition, reader, closed=closed),
    )
    return await list_response(request, query, _TABLE, definition, rows)


@router.get("/v1/findings/{id}", response_model=ReasonedFinding)
async def get_finding(
    request: Request,
    service: IngestServiceDep,
    id: FindingId,  # noqa: A002 - named as in the path
    reader: Annotated[Principal, Depends(Authorized("get_finding"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """Get a quality finding.

    Returns a finding while the counts it is based on are unchanged; send its ETag as `If-Match` to change its explanation.
    """
    scope = own_or_named(reader, "get_finding", None)
    async with service.database.read(scope) as snapshot:
        definition = await service.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        finding = await _find(snapshot.connection, scope, definition, id)
        closed = await _month_is_closed(snapshot.connection, reader.org, reader.campaign, finding.month)
    return _response(finding, definition, reader, request, closed=closed)


@router.put(
    "/v1/findings/{id}/explanation",
    response_model=ReasonedFinding,
    responses=problems(NotExplainable, MonthClosed, ConcurrentChange),
)
async def explain_finding(
    request: Request,
    service: IngestServiceDep,
    id: FindingId,  # noqa: A002 - named as in the path
    body: NewExplanation,
    sender: Annotated[Principal, Depends(Authorized("explain_finding"))],
    if_match: etag.IfMatch = None,
) -> Response:
    """Explain a quality finding.

    Stores your organisation's explanation of a finding; replacing an existing one requires `If-Match`.

    Repeating the same text changes nothing. A finding of severity `block` cannot be explained: correct the counts instead.
    """
    scope = Scope(sender.campaign, sender.org)
    try:
        async with service.database.write(scope) as connection:
            version = await _definition_version(connection, sender)
            definition = await service.definitions.at(connection, sender.campaign, version)
            finding = await _find(connection, scope, definition, id)
            if finding.revision == 0 or finding.explained is None or finding.explained.text != body.text:
                _check_explainable(finding, if_match)
                await writable_months(connection, scope, [finding.month], body.text)  # the explanation is the reason
                await _store(connection, sender, finding, body.text, request.state.request_id, service.clock.now())
                await add_explanations(connection, scope, [finding])
    except psycopg.errors.UniqueViolation as concurrent:
        raise ConcurrentChange(
            "该问题的说明刚刚有变化，请重新读取。", "The explanation has just changed; read the finding again."
        ) from concurrent
    return _response(finding, definition, sender)


def _values_text(values: Sequence[Mapping[str, Any]]) -> str:
    """Return the compared counts as one cell: `telecom:2022-08:ports_10g:500112007=12`, without what a count is not of."""
    parts = ("org", "month", "metric", "area")
    return " ".join(f"{':'.join(value[part] for part in parts if value[part])}={value['value']}" for value in values)


def _attention_text(actions: Sequence[Mapping[str, Any]]) -> str:
    """Return the organisations that must act as one cell: `telecom:explain`."""
    return " ".join(f"{action['org']}:{action['what']}" for action in actions)


def _check_explainable(finding: Finding, if_match: str | None) -> None:
    """Raise NotExplainable if only other counts help, or the problem of an If-Match that is missing or out of date."""
    if finding.rule.refuses:
        raise NotExplainable(
            "该问题须更正数据，不能以说明代替。", "A finding of severity `block` cannot be explained; correct the counts."
        )
    if finding.revision or if_match is not None:
        etag.refuse_stale(if_match, finding.revision)


async def _store(
    connection: AsyncConnection, sender: Principal, finding: Finding, text: str, request_id: str, now: datetime
) -> None:
    """Store the next revision of the explanation."""
    binds = {
        "campaign": sender.campaign,
        "org": sender.org,
        "month": finding.month,
        "finding_id": finding.id,
        "revision": finding.revision + 1,
        "text": text,
        "actor": sender.client_id,
        "at": now,
    }
    await connection.execute(_INSERT, binds)
    await audit.record(
        connection,
        campaign=sender.campaign,
        org=sender.org,
        actor=sender.client_id,
        operation="explain_finding",
        subject=str(finding.id),
        request_id=request_id,
        now=now,
    )


async def _definition_version(connection: AsyncConnection, sender: Principal) -> int:
    row = await (
        await connection.execute("SELECT definition_version FROM campaign WHERE campaign = %s", [sender.campaign])
    ).fetchone()
    if row is None:
        raise NotFound
    return int(row[0])


async def _read_findings(
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
    if org == "*":
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


async def _find(connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, finding_id: UUID) -> Finding:
    """Return the finding with an id. Raises NotFound, also if the counts have changed."""
    month = month_of_finding(finding_id)
    for finding in await _read_findings(connection, scope, definition, month, None):
        if finding.id == finding_id:
            return finding
    raise NotFound("该问题不存在：相关数据可能已更正。", "Finding not found; the counts may have been corrected.")


async def _month_is_closed(connection: AsyncConnection, org: str, campaign: str, month: date) -> bool:
    binds = [campaign, org, month, sorted(CLOSED_STATES)]
    return await (await connection.execute(_CLOSED, binds)).fetchone() is not None


def _document(finding: Finding, definition: AppliedDefinition, reader: Principal, *, closed: bool) -> dict[str, Any]:
    """Return a finding with what its reader may do; `closed`: the month of the reader's organisation may not be changed."""
    may_explain = finding.org == reader.org and reader.role in GRANTS["explain_finding"]
    explains = may_explain and not finding.rule.refuses and not closed
    actions = [FindingAction.EXPLAIN] if explains else []
    explained = finding.explained
    return {
        **finding_document(finding, definition),
        "revision": finding.revision,
        "actions": actions,
        "explained_by": explained.actor if explained else None,
        "explained_at": explained.at if explained else None,
    }


def _response(
    finding: Finding, definition: AppliedDefinition, reader: Principal, request: Request | None = None, *, closed: bool = False
) -> Response:
    return item_response(_document(finding, definition, reader, closed=closed), finding.revision, request)
