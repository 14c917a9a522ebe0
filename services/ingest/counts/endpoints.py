"""`/v1/observations`: pushing counts."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.ingest.counts.dataset import Observations
from services.ingest.models import Import
from services.ingest.push.body import OBSERVATIONS_BODY, files_body
from services.ingest.push.receive import DRY_RUN_RESPONSE, PUSH_PROBLEMS, PushQuery, receive_file, receive_rows
from services.ingest.service import IngestServiceDep
from shared.access.dependencies import Authorized
from shared.access.key_ring import Principal
from shared.http.idempotency import IdempotencyKey
from shared.problems import problems

router = APIRouter(tags=["observations"])


@router.post(
    "/v1/observations",
    status_code=201,
    response_model=Import,
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

    Stores counts of your organisation from JSON, which is read strictly, and returns the import with its report once everything
    is committed. Files go to `/v1/observations/files`. A repeated push changes nothing.
    A dry run returns 200 with the report that the push would have; it stores nothing but the record of the dry run.
    """
    return await receive_rows(request, service, Observations(), query, sender, idempotency_key)


@router.post(
    "/v1/observations/files",
    status_code=201,
    response_model=Import,
    responses=DRY_RUN_RESPONSE | problems(*PUSH_PROBLEMS),
    openapi_extra=files_body(),
)
async def push_observations_file(
    request: Request,
    service: IngestServiceDep,
    query: Annotated[PushQuery, Query()],
    sender: Annotated[Principal, Depends(Authorized("push_observations_file"))],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Push a file of counts.

    Stores counts of your organisation from NDJSON, CSV or XLSX, as the body or as the one file of a form, and returns the import
    with its report once everything is committed. NDJSON is read strictly, CSV and XLSX leniently.
    Modes, dry runs, repeated requests and reports are those of `/v1/observations`.
    """
    return await receive_file(request, service, Observations(), query, sender, idempotency_key)
