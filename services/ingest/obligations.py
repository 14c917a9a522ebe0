"""`/v1/obligations`: the expected counts of a month, with their state and lateness."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.ingest.counts.endpoints import own_or_named
from services.ingest.service import IngestServiceDep
from shared.access.dependencies import Authorized
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Scope, Snapshot
from shared.domain.expected_cells import ExpectedCell, StoredCount, expected_cells, month_expectations, state_totals
from shared.http import paging
from shared.http.json_response import JsonResponse, ResponseModel
from shared.http.paging import Page
from shared.http.query_codes import unknown_code
from shared.values.months import MONTH_PATTERN, month_of, month_text
from shared.vocabulary import ObligationState

router = APIRouter(tags=["obligations"])


class ExpectedCount(ResponseModel):
    """A count that an organisation must report, or one that it reported voluntarily."""

    org: str
    metric: str
    area: str
    month: str
    voluntary: bool = Field(
        description="True if the count is not expected: it is listed because it was reported, and never late."
    )
    state: ObligationState
    due: date | None = Field(description="Due date, the last day on which a count is on time; null for voluntary counts.")
    reported_month: str | None = Field(
        description="Month of the count; for reference metrics it may be an earlier one. Null if the count is missing."
    )
    reported_at: datetime | None = Field(
        description="Timestamp of the first report, whatever corrected it later; null if the count is missing."
    )
    late_days: int = Field(
        description="Days from the due date until the count was reported, or until `at` if it is missing. 0 until `grace_until`;"
        " after that, counted from the due date."
    )
    late_since: date | None = Field(description="Day after the due date if the count is late; null if not.")


class ObligationTotals(ResponseModel):
    """Numbers of counts in each state; the filter `state` does not change them."""

    reported: int
    zero: int
    missing: int
    late: int = Field(description="Counts with `late_days` above 0: reported late, or missing and late.")


class ObligationPage(Page[ExpectedCount]):
    """Expected counts of a month, with the timestamp at which their lateness was determined."""

    at: datetime = Field(description="Business timestamp at which lateness was determined.")
    month: str
    due: date = Field(description="Due date of the month.")
    grace_until: date = Field(description="Last day of the grace period; counts reported until then are not late.")
    totals: ObligationTotals


class ObligationQuery(BaseModel):
    """Month and filters of a list of expected counts."""

    model_config = ConfigDict(extra="forbid")

    month: Annotated[str, Field(pattern=MONTH_PATTERN, examples=["2022-08"])] | None = Field(
        default=None,
        description="Month, such as 2022-08. Defaults to the latest month whose due date has passed. Nothing is expected of a"
        " month that has not opened.",
    )
    org: Annotated[str, Field(max_length=63)] | None = Field(default=None, description="Organisation code.")
    state: ObligationState | None = Field(default=None, description="Only counts in this state.")
    limit: paging.Limit = paging.DEFAULT_LIMIT
    next: paging.Cursor = None

    def cursor_text(self, month: date) -> str:
        """Return operation, month and filters: a cursor is valid only for the same ones."""
        return f"list_obligations {month} {self.org} {self.state}"


@router.get("/v1/obligations", response_model=ObligationPage)
async def list_obligations(
    service: IngestServiceDep,
    query: Annotated[ObligationQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("list_obligations"))],
) -> Response:
    """List the expected counts of a month.

    Returns each expected count of a month with its state and lateness; carriers and subdistrict offices see only their own.
    """
    scope = own_or_named(reader, "list_obligations", query.org)
    at = service.clock.now()
    async with service.database.read(scope) as snapshot:
        definition = await service.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        today = service.clock.today(definition.campaign.timezone)
        month = month_of(query.month) if query.month else definition.calendar.latest_due(today)
        orgs = _orgs(definition, scope, query.org)
        stored = await _read_stored(snapshot, definition, scope, orgs, month)
        cells = expected_cells(definition, month, orgs, stored, at)
    return JsonResponse(_page(query, definition, month, cells, at))


def _orgs(definition: AppliedDefinition, scope: Scope, requested: str | None) -> list[str]:
    """Return the organisations to list. Raises Schema if the campaign has no such organisation."""
    codes = [organisation.code for organisation in definition.organisations]
    if requested is not None and requested not in codes:
        raise unknown_code("org", requested, codes)
    return [scope.org] if scope.reach == "own" else codes


async def _read_stored(
    snapshot: Snapshot, definition: AppliedDefinition, scope: Scope, orgs: list[str], month: date
) -> list[StoredCount]:
    statement = month_expectations(definition, month).statement(scope.campaign, orgs, snapshot.version)
    rows = await snapshot.connection.execute(*statement)
    return [StoredCount(*row) for row in await rows.fetchall()]


def _page(
    query: ObligationQuery, definition: AppliedDefinition, month: date, cells: list[ExpectedCell], at: datetime
) -> dict[str, Any]:
    cursor_text = query.cursor_text(month)
    after = tuple(paging.decode_cursor(cursor_text, query.next, [str, str, str])) if query.next else ("", "", "")
    listed = [cell for cell in cells if query.state in (None, cell.state)]
    remaining = [cell for cell in listed if cell.key > after]
    page = remaining[: query.limit]
    return {
        "items": [_document(cell, month) for cell in page],
        "next": paging.encode_cursor(cursor_text, page[-1].key) if len(remaining) > len(page) else None,
        "total": len(listed),
        "at": at,
        "month": month_text(month),
        "due": definition.calendar.due(month),
        "grace_until": definition.calendar.grace_until(month),
        "totals": state_totals(cells),
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
