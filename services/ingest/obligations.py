"""`/v1/obligations`: what every organisation owed for a month, cell by cell, and who is late."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.ingest.counts.endpoints import own_or_named
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Scope, Snapshot
from shared.domain.expected_cells import ExpectedCell, StoredCount, expected_cells, month_expectations, state_totals
from shared.http import paging
from shared.http.json_response import JsonResponse, ResponseModel
from shared.http.paging import Page
from shared.http.query_codes import unknown_code
from shared.problems import Forbidden, Overloaded, Schema, TokenInvalid, problems
from shared.values.months import MONTH_PATTERN, month_of, month_text
from shared.vocabulary import ObligationState

router = APIRouter(tags=["obligations"])


class ExpectedCount(ResponseModel):
    """One count that was owed, or reported voluntarily."""

    org: str
    metric: str
    area: str
    month: str
    voluntary: bool = Field(description="Nobody owes it: it is listed because it was reported, and is never late.")
    state: ObligationState
    due: date | None = Field(description="The last day on which it is in time; null where nobody owes it.")
    reported_month: str | None = Field(
        description="The month of the count that answers for it: an older one for reference metrics, where any vintage does."
    )
    reported_at: datetime | None = Field(description="When it was first reported; later corrections do not move it.")
    late_days: int = Field(
        description="Days after the due day until it was reported, or until `at` where it is missing."
        " 0 up to `grace_until`: the grace forgives, and does not move the due day."
    )
    late_since: date | None = Field(description="The day after the due day, once it is late.")


class ObligationTotals(ResponseModel):
    """How many of the cells are in each state, whatever `state` was asked for."""

    reported: int
    zero: int
    missing: int
    late: int = Field(description="Those with `late_days`: reported late, or missing and late.")


class ObligationPage(Page[ExpectedCount]):
    """Cells of a month, with the instant at which they were judged."""

    at: datetime = Field(description="The business instant at which missing cells were judged.")
    month: str
    due: date
    grace_until: date = Field(description="Reports up to this day are not late.")
    totals: ObligationTotals


class ObligationQuery(BaseModel):
    """Which cells; every filter may be left out."""

    model_config = ConfigDict(extra="forbid")

    month: Annotated[str, Field(pattern=MONTH_PATTERN, examples=["2022-08"])] | None = Field(
        default=None, description="Left out: the latest month that is past its due day. A month that has not opened owes nothing."
    )
    org: Annotated[str, Field(max_length=63)] | None = None
    state: ObligationState | None = None
    limit: paging.Limit = paging.DEFAULT_LIMIT
    next: paging.Cursor = None

    def text(self, month: date) -> str:
        """The question without its place, for the cursor."""
        return f"list_obligations {month} {self.org} {self.state}"


@router.get("/v1/obligations", response_model=ObligationPage, responses=problems(TokenInvalid, Forbidden, Schema, Overloaded))
async def list_obligations(
    request: Request,
    question: Annotated[ObligationQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("list_obligations"))],
) -> Response:
    """What was owed for a month, cell by cell: reported, zero or missing, and how late; carriers and streets see their own."""
    state = request.app.state
    scope = own_or_named(reader, "list_obligations", question.org)
    at = state.clock.now()
    async with state.database.read(scope) as snapshot:
        definition = await state.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        today = state.clock.today(definition.campaign.timezone)
        month = month_of(question.month) if question.month else definition.calendar.latest_due(today)
        orgs = _orgs(definition, scope, question.org)
        judged = expected_cells(definition, month, orgs, await _standing(snapshot, definition, scope, orgs, month), at)
    return JsonResponse(_page(question, definition, month, judged, at))


def _orgs(definition: AppliedDefinition, scope: Scope, named: str | None) -> list[str]:
    """Whose cells are asked for. Raises Schema where the campaign has no such organisation."""
    known = [each.code for each in definition.organisations]
    if named is not None and named not in known:
        raise unknown_code("org", named, known)
    return [scope.org] if scope.reach == "own" else known


async def _standing(
    snapshot: Snapshot, definition: AppliedDefinition, scope: Scope, orgs: list[str], month: date
) -> list[StoredCount]:
    statement = month_expectations(definition, month).statement(scope.campaign, orgs, snapshot.version)
    rows = await snapshot.connection.execute(*statement)
    return [StoredCount(*row) for row in await rows.fetchall()]


def _page(
    question: ObligationQuery, definition: AppliedDefinition, month: date, judged: list[ExpectedCell], at: datetime
) -> dict[str, Any]:
    text = question.text(month)
    after = tuple(paging.decode_cursor(text, question.next, [str, str, str])) if question.next else ("", "", "")
    asked = [each for each in judged if question.state in (None, each.state)]
    left = [each for each in asked if each.key > after]
    shown = left[: question.limit]
    return {
        "items": [_document(each, month) for each in shown],
        "next": paging.encode_cursor(text, shown[-1].key) if len(left) > len(shown) else None,
        "total": len(asked),
        "at": at,
        "month": month_text(month),
        "due": definition.calendar.due(month),
        "grace_until": definition.calendar.grace_until(month),
        "totals": state_totals(judged),
    }


def _document(cell: ExpectedCell, month: date) -> dict[str, Any]:
    return {
        "org": cell.org,
        "metric": cell.metric,
        "area": cell.area,
        "month": month_text(month),
        "voluntary": cell.voluntary,
        "state": cell.state,
        "due": cell.due,
        "reported_month": month_text(cell.reported_month) if cell.reported_month else None,
        "reported_at": cell.reported_at,
        "late_days": cell.late_days,
        "late_since": cell.late_since,
    }
