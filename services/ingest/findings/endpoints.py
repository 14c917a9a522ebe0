"""`/v1/findings`: findings of the quality rules on current counts."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.ingest.findings.documents import document_for_reader, finding_response, required_actions
from services.ingest.findings.models import FindingId, ReasonedFinding
from services.ingest.findings.read_findings import find_finding, month_is_closed, read_findings
from services.ingest.read_scope import read_scope
from services.ingest.service import IngestServiceDep
from shared.access.dependencies import Authorized
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY
from shared.http import etag
from shared.http.lists import StoredRows, list_response
from shared.http.paging import Page, PageQuery
from shared.http.query_codes import refuse_unknown_code
from shared.http.tables import Table, bilingual, codes, computed, fields, term
from shared.reading.findings import Finding
from shared.values.fields import CodeParameter
from shared.values.months import MONTH_PATTERN, month_of, month_text
from shared.vocabulary import ExplainedBy, Role, RuleKind, Severity

router = APIRouter(tags=["findings"])
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
    scope = read_scope(reader, "list_findings", None if across_only else query.org)
    async with service.database.read(scope) as snapshot:
        definition = await service.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        orgs = definition.org_codes
        refuse_unknown_code("org", query.org, [*orgs, EVERYBODY])
        refuse_unknown_code("attention", query.attention, orgs)
        today = service.clock.today(definition.campaign.timezone)
        month = month_of(query.month) if query.month else definition.calendar.latest_due(today)
        findings = await read_findings(snapshot.connection, scope, definition, month, query.org)
        closed = await month_is_closed(snapshot.connection, reader.org, reader.campaign, month)
    rows = StoredRows(
        rows=[finding for finding in findings if query.includes(finding, definition)],
        query_text=query.cursor_text(month),
        row_key=lambda finding: str(finding.id),
        document=lambda finding: document_for_reader(finding, definition, reader, closed=closed),
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
    scope = read_scope(reader, "get_finding", None)
    async with service.database.read(scope) as snapshot:
        definition = await service.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        finding = await find_finding(snapshot.connection, scope, definition, id)
        closed = await month_is_closed(snapshot.connection, reader.org, reader.campaign, finding.month)
    return finding_response(finding, definition, reader, request, closed=closed)


def _values_text(values: Sequence[Mapping[str, Any]]) -> str:
    """Return the compared counts as one cell: `telecom:2022-08:ports_10g:500112007=12`, without what a count is not of."""
    parts = ("org", "month", "metric", "area")
    return " ".join(f"{':'.join(value[part] for part in parts if value[part])}={value['value']}" for value in values)


def _attention_text(actions: Sequence[Mapping[str, Any]]) -> str:
    """Return the organisations that must act as one cell: `telecom:explain`."""
    return " ".join(f"{action['org']}:{action['what']}" for action in actions)
