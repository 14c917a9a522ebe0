"""`/v1/observations`: pushing counts."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.ingest.counts.dataset import Observations
from services.ingest.models import ImportDocument
from services.ingest.push.body import OBSERVATIONS_BODY
from services.ingest.push.receive import DRY_RUN_RESPONSE, PUSH_PROBLEMS, PushQuery, receive
from services.ingest.service import IngestServiceDep
from shared.access import policy
from shared.access.dependencies import Authorized
from shared.access.key_ring import Principal
from shared.database.database import Scope
from shared.http.idempotency import IdempotencyKey
from shared.problems import Forbidden, problems

router = APIRouter(tags=["observations"])


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


def own_or_named(reader: Principal, operation: str, org: str | None) -> Scope:
    """Return the scope of a list of rows: one organisation's rows are read with reach `own`, by all callers."""
    reach = policy.granted_reach(operation, reader.role)
    if reach == "own" and org not in (None, reader.org):
        raise Forbidden("只能查看本单位的数据。", "Only rows of your own organisation can be read.")
    if org is not None or reach == "own":
        return Scope(reader.campaign, org or reader.org)
    return Scope(reader.campaign, reader.org, "campaign")
