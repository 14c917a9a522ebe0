"""`/v1/observations`: pushing counts, and the stored counts."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from psycopg.rows import dict_row
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.ingest.counts.dataset import Observations
from services.ingest.models import ImportDocument, ObservationRow
from services.ingest.push.body import OBSERVATIONS_BODY
from services.ingest.push.receive import DRY_RUN_RESPONSE, PUSH_PROBLEMS, PushQuery, receive
from services.ingest.service import IngestServiceDep
from shared.access import policy
from shared.access.dependencies import Authorized
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Scope
from shared.database.sql import statement
from shared.http import paging
from shared.http.idempotency import IdempotencyKey
from shared.http.json_response import JsonResponse
from shared.http.paging import Page
from shared.http.query_codes import value_for_code
from shared.problems import (
    Forbidden,
    problems,
)
from shared.values.months import MonthParameter, month_of, month_text

router = APIRouter(tags=["observations"])
_LIST = statement(__package__, "list_observations")
_COUNT = statement(__package__, "count_observations")


@router.post(
    "/v1/observations",
    status_code=201,
    response_model=ImportDocument,
    responses=DRY_RUN_RESPONSE | problems(*PUSH_PROBLEMS),
    openapi_extra=OBSERVATIONS_BODY,
)
async def push_observations(
    request: Request,
    service: IngestServiceDep,
    query: Annotated[PushQuery, Query()],
    sender: Annotated[Principal, Depends(Authorized("push_observations"))],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Push counts.

    Stores counts of your organisation from JSON, NDJSON, CSV or XLSX and returns the import with its report once everything is
    committed. JSON and NDJSON are read strictly, CSV and XLSX leniently. A repeated push changes nothing.
    A dry run returns 200 with the report that the push would have; it stores nothing but the record of the dry run.
    """
    return await receive(request, service, Observations(), query, sender, idempotency_key)


class ObservationQuery(BaseModel):
    """Filters of the list of counts."""

    model_config = ConfigDict(extra="forbid")

    month: MonthParameter | None = Field(default=None, description="Only counts of this month, such as 2022-08.")
    org: Annotated[str, Field(max_length=63)] | None = Field(default=None, description="Only counts of this organisation.")
    metric: Annotated[str, Field(max_length=63)] | None = Field(default=None, description="Only counts of this metric.")
    area: Annotated[str, Field(max_length=63)] | None = Field(default=None, description="Only counts of this area.")
    limit: paging.Limit = paging.DEFAULT_LIMIT
    next: paging.Cursor = None

    @property
    def text(self) -> str:
        """The filters as text, for the cursor."""
        return f"list_observations {self.month} {self.org} {self.metric} {self.area}"


@router.get("/v1/observations", response_model=Page[ObservationRow])
async def list_observations(
    service: IngestServiceDep,
    query: Annotated[ObservationQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("list_observations"))],
) -> Response:
    """List current counts.

    Returns the current counts, each with its import; carriers and subdistrict offices see only their own.
    """
    scope = own_or_named(reader, "list_observations", query.org)
    async with service.database.read(scope) as snapshot:
        definition = await service.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        binds = _binds(query, scope, definition)
        rows = await (await snapshot.connection.cursor(row_factory=dict_row).execute(_LIST, binds)).fetchall()
        (total,) = await (await snapshot.connection.execute(_COUNT, binds)).fetchone() or (0,)
    page = rows[: query.limit]
    cursor = paging.encode_cursor(query.text, _key(page[-1])) if len(rows) > query.limit else None
    return JsonResponse({"items": [_document(row, definition) for row in page], "next": cursor, "total": total})


def own_or_named(reader: Principal, operation: str, org: str | None) -> Scope:
    """Return the scope of a list of rows: one organisation's rows are read with reach `own`, by all callers."""
    reach = policy.granted_reach(operation, reader.role)
    if reach == "own" and org not in (None, reader.org):
        raise Forbidden("只能查看本单位的数据。", "Only rows of your own organisation can be read.")
    if org is not None or reach == "own":
        return Scope(reader.campaign, org or reader.org)
    return Scope(reader.campaign, reader.org, "campaign")


def _binds(query: ObservationQuery, scope: Scope, definition: AppliedDefinition) -> dict[str, Any]:
    after = paging.decode_cursor(query.text, query.next, [str, str, int, int]) if query.next else [None] * 4
    return {
        "campaign": scope.campaign,
        "org": scope.org if scope.reach == "own" else None,
        "month": month_of(query.month) if query.month else None,
        "metric": value_for_code("metric", query.metric, definition.metric_numbers),
        "area": value_for_code("area", query.area, definition.area_numbers),
        "limit": query.limit + 1,
        **dict(zip(("after_org", "after_month", "after_metric", "after_area"), after, strict=True)),
    }


def _key(row: Mapping[str, Any]) -> list[str | int]:
    return [row["org"], f"{row['month']:%Y-%m-%d}", row["metric"], row["area"]]


def _document(row: Mapping[str, Any], definition: AppliedDefinition) -> dict[str, Any]:
    return {
        **row,
        "month": month_text(row["month"]),
        "metric": definition.metric_codes[row["metric"]],
        "area": definition.area_codes[row["area"]],
    }
