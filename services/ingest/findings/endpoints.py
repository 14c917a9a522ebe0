"""`/v1/findings`: what the quality rules find in the months that stand, and what organisations say about it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import psycopg
from fastapi import APIRouter, Depends, Path, Query, Request
from psycopg import AsyncConnection
from pydantic import ConfigDict, Field
from starlette.responses import Response

from services.ingest.counts.endpoints import own_or_named
from services.ingest.findings.documents import finding_document, required_actions
from services.ingest.findings.models import FindingDetail, ReasonedFinding
from services.ingest.findings.outliers import find_outliers, find_outliers_across
from services.ingest.findings.ratios_above_limits import find_ratios_above_limits
from services.ingest.findings.reconciliation import find_register_differences
from services.ingest.push.open_months import read_open_months
from services.ingest.quality.across import found_across
from services.ingest.quality.found import Finding, explain, found_in, month_of_finding
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database import audit
from shared.database.database import Scope
from shared.database.sql import statement
from shared.http import etag, paging
from shared.http.json_response import JsonResponse
from shared.http.paging import Page, PageQuery
from shared.problems import (
    Conflict,
    Forbidden,
    Malformed,
    MediaType,
    MonthClosed,
    NotFound,
    Overloaded,
    PreconditionRequired,
    Schema,
    Stale,
    TokenInvalid,
    TooLarge,
    UnknownOutcome,
    problems,
)
from shared.values.fields import Body, Paragraph
from shared.values.months import MONTH_PATTERN, month_of, month_text
from shared.vocabulary import Role, RuleKind, Severity

router = APIRouter(tags=["findings"])
_INSERT = statement(__package__, "insert_explanation")
_BUREAUS = frozenset({Role.BUREAU, Role.TASK_FORCE})
FindingId = Annotated[UUID, Path(description="The finding's id.")]


class FindingQuery(PageQuery):
    """Which findings; every filter may be left out."""

    model_config = ConfigDict(extra="forbid")

    month: Annotated[str, Field(pattern=MONTH_PATTERN, examples=["2022-08"])] | None = Field(
        default=None, description="Left out: the latest month that is past its due day."
    )
    org: Annotated[str, Field(max_length=63)] | None = Field(
        default=None, description="`*`: those across organisations, which the bureau and the task force see."
    )
    severity: Severity | None = None
    kind: RuleKind | None = Field(default=None, description="Only what rules of one kind find.")
    attention: Annotated[str, Field(max_length=63)] | None = Field(
        default=None, description="Only what this organisation is to look at.", examples=["economy"]
    )
    explained: bool | None = Field(default=None, description="Only those somebody has said something about, or only the others.")

    def asks_for(self, finding: Finding, definition: AppliedDefinition) -> bool:
        """Whether a finding is among those that are asked for."""
        return (
            self.severity in (None, finding.rule.severity)
            and self.kind in (None, finding.rule.kind)
            and self.explained in (None, finding.explained is not None)
            and (self.attention is None or self.attention in dict(required_actions(finding, definition)))
        )

    def text(self, month: date) -> str:
        """What its cursors belong to."""
        filters = (self.org, self.severity, self.kind, self.attention, self.explained)
        return f"list_findings {month_text(month)} {' '.join(map(str, filters))}"


class ExplanationBody(Body):
    """What an organisation says about a finding of its own."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "7月新增站点集中入网，数据已逐站核对。"}]})

    text: Paragraph


@router.get("/v1/findings", response_model=Page[ReasonedFinding], responses=problems(TokenInvalid, Forbidden, Schema, Overloaded))
async def list_findings(
    request: Request,
    question: Annotated[FindingQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("list_findings"))],
) -> Response:
    """What the rules find in a month as it stands now, why, and who is to look.

    Carriers and streets see their own organisation's. Beside what a push tells: counts that stand out from their own history or
    from the other areas, ratios above their limits, and lists that do not fit together. What stands out is no error, and nobody
    has to explain it.
    """
    state = request.app.state
    scope = own_or_named(reader, "list_findings", None if question.org == "*" and reader.role in _BUREAUS else question.org)
    async with state.database.read(scope) as snapshot:
        definition = await state.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        today = state.clock.today(definition.campaign.timezone)
        month = month_of(question.month) if question.month else definition.calendar.latest_due(today)
        findings = await _standing(snapshot.connection, scope, definition, month, question.org)
    listed = [finding for finding in findings if question.asks_for(finding, definition)]
    shown, following = _page(listed, question.text(month), question)
    return JsonResponse(
        {"items": [finding_document(finding, definition) for finding in shown], "next": following, "total": len(listed)}
    )


def _page(listed: Sequence[Finding], text: str, question: FindingQuery) -> tuple[Sequence[Finding], str | None]:
    """The findings after the one the cursor names; from the first where that one is gone."""
    start = 0
    if question.next:
        last = paging.decode_cursor(text, question.next, [str])[0]
        start = next((place for place, finding in enumerate(listed, start=1) if str(finding.id) == last), 0)
    shown = listed[start : start + question.limit]
    more = start + len(shown) < len(listed)
    return shown, paging.encode_cursor(text, [str(shown[-1].id)]) if more else None


@router.get(
    "/v1/findings/{id}", response_model=FindingDetail, responses=problems(TokenInvalid, Forbidden, NotFound, Schema, Overloaded)
)
async def get_finding(
    request: Request,
    id: FindingId,  # noqa: A002 - named as in the path
    reader: Annotated[Principal, Depends(Authorized("get_finding"))],
) -> Response:
    """One finding, as long as the counts that were judged stand. Its ETag is what a changed explanation needs as `If-Match`."""
    state = request.app.state
    scope = own_or_named(reader, "get_finding", None)
    async with state.database.read(scope) as snapshot:
        definition = await state.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        finding = await _find(snapshot.connection, scope, definition, id)
    return _answer(finding, definition, reader)


@router.put(
    "/v1/findings/{id}/explanation",
    response_model=FindingDetail,
    responses=problems(
        *(Malformed, TokenInvalid, Forbidden, NotFound, Conflict, MonthClosed, Stale, TooLarge, MediaType, Schema),
        *(PreconditionRequired, Overloaded, UnknownOutcome),
    ),
)
async def explain_finding(
    request: Request,
    id: FindingId,  # noqa: A002 - named as in the path
    body: ExplanationBody,
    sender: Annotated[Principal, Depends(Authorized("explain_finding"))],
    if_match: etag.IfMatch = None,
) -> Response:
    """Say what is behind a finding of one's own; a second explanation replaces the first and needs `If-Match`.

    The same text again changes nothing. What a rule of severity `block` finds has to be put right instead.
    """
    state = request.app.state
    scope = Scope(sender.campaign, sender.org)
    try:
        async with state.database.write(scope) as connection:
            definition = await state.definitions.at(connection, sender.campaign, await _definition_version(connection, sender))
            finding = await _find(connection, scope, definition, id)
            if finding.revision == 0 or finding.explained is None or finding.explained.text != body.text:
                await _enter(connection, request, sender, finding, body.text, if_match)
                await explain(connection, scope, [finding])
    except psycopg.errors.UniqueViolation as raced:
        raise Conflict("刚刚有人提交了说明，请重新读取", "somebody else has just explained it: read it again") from raced
    return _answer(finding, definition, sender)


async def _enter(
    connection: AsyncConnection, request: Request, sender: Principal, finding: Finding, text: str, if_match: str | None
) -> None:
    """Enter the next revision. Nobody's words are replaced unread."""
    if finding.rule.refuses:
        raise Conflict("该问题须更正数据，不能以说明代替", "the counts have to be put right: no explanation lifts this")
    if finding.revision or if_match is not None:
        etag.refuse_stale(if_match, finding.revision, *_view(finding, sender))
    scope = Scope(sender.campaign, sender.org)
    await read_open_months(connection, scope, [finding.month], text)  # what is said is the reason
    now = request.app.state.clock.now()
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
        request_id=request.state.request_id,
        now=now,
    )


async def _definition_version(connection: AsyncConnection, sender: Principal) -> int:
    row = await (
        await connection.execute("SELECT definition_version FROM campaign WHERE campaign = %s", [sender.campaign])
    ).fetchone()
    if row is None:
        raise NotFound
    return int(row[0])


async def _standing(
    connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, month: date, org: str | None
) -> list[Finding]:
    """The findings of the organisations within reach; those across organisations first, each in the order of the rules."""
    order = {rule.code: place for place, rule in enumerate(definition.rules_of(month))}
    if scope.reach == "own":
        return await _of(connection, scope, definition, month, [scope.org], order)
    across = [
        *await found_across(connection, scope, definition, month),
        *await find_outliers_across(connection, scope, definition, month),
        *await find_ratios_above_limits(connection, scope, definition, month),
        *await find_register_differences(connection, scope, definition, month),
    ]
    across.sort(key=lambda finding: order[finding.rule.code])
    if org == "*":
        return across
    orgs = [each.code for each in definition.organisations]
    return [*across, *await _of(connection, scope, definition, month, orgs, order)]


async def _of(
    connection: AsyncConnection,
    scope: Scope,
    definition: AppliedDefinition,
    month: date,
    orgs: Sequence[str],
    order: Mapping[str, int],
) -> list[Finding]:
    """The findings of some organisations, each by its own counts."""
    found = [
        *await found_in(connection, scope, definition, month, orgs),
        *await find_outliers(connection, scope, definition, month, orgs),
    ]
    place = {org: number for number, org in enumerate(orgs)}
    return sorted(found, key=lambda finding: (place[finding.org], order[finding.rule.code]))


async def _find(connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, finding_id: UUID) -> Finding:
    """The finding of an id, within reach. Raises NotFound: the counts may be other ones by now."""
    month = month_of_finding(finding_id)
    findings = await _standing(connection, scope, definition, month, None)
    found = next((finding for finding in findings if finding.id == finding_id), None)
    if found is None:
        raise NotFound("没有该问题：相关数据可能已更正", "there is no such finding: the counts may have been corrected")
    return found


def _view(finding: Finding, reader: Principal) -> tuple[str, ...]:
    return ("finding", reader.campaign, reader.org, reader.role, str(finding.id))


def _answer(finding: Finding, definition: AppliedDefinition, reader: Principal) -> Response:
    said = finding.explained
    more: dict[str, Any] = {"explained_by": said.actor if said else None, "explained_at": said.at if said else None}
    tag = etag.revision_tag(finding.revision, *_view(finding, reader))
    return JsonResponse(finding_document(finding, definition) | more, headers=etag.cache_headers(tag))
