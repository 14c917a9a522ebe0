"""Creating cases."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from services.cases import read
from services.cases.change import CaseChange, record_change
from services.cases.models import Case, NewCase
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.campaign.definition import Definition
from shared.database.database import Scope, psycopg_connection
from shared.http import etag, idempotency
from shared.http.idempotency import IdempotencyKey, StoredResponse
from shared.problems import FieldError, Schema
from shared.tables.case_file import CaseFile
from shared.values.bilingual import Bilingual
from shared.values.suggestions import nearest
from shared.values.uuid7 import uuid7
from shared.vocabulary import CaseState, FieldCode

router = APIRouter(tags=["cases"])

Creator = Annotated[Principal, Depends(Authorized("create_case"))]


@router.post(
    "/v1/cases",
    status_code=201,
    response_model=Case,
)
async def create_case(
    request: Request, service: ServiceDep, creator: Creator, body: NewCase, key: IdempotencyKey = None
) -> Response:
    """Create an application case.

    Creates a draft that only your organisation can see until you submit it.
    """
    scope = Scope(creator.campaign, creator.org)
    digest = idempotency.request_digest([b"create_case", body.model_dump_json().encode()])
    async with service.database.read(scope) as snapshot:
        definition = await service.definitions.at(snapshot.connection, creator.campaign, snapshot.definition_version)
    refuse_unknown_codes(body, definition)
    now = service.clock.now()
    async with service.database.session(scope) as session:
        connection = await psycopg_connection(session)
        create = partial(_create, session, CaseChange(creator, "create_case", now, request.state.request_id), body)
        stored = await idempotency.respond_once(connection, scope, key, digest, now, create)
    revision = Case.model_validate_json(stored.body).revision
    return stored.to_response(etag.cache_headers(etag.revision_tag(revision, stored.body)))


def refuse_unknown_codes(body: NewCase, definition: Definition) -> None:
    """Raise Schema if the campaign does not have the domain or the area of a new case."""
    domains = [domain.code for domain in definition.case_domains]
    errors = []
    if body.domain not in domains:
        message = Bilingual(zh="案例领域不存在", en="unknown case domain")
        hint = nearest(body.domain, domains)
        errors.append(FieldError(where="/domain", code=FieldCode.UNKNOWN_DOMAIN, message=message, value=body.domain, hint=hint))
    if body.area is not None and body.area not in {area.code for area in definition.areas}:
        message = Bilingual(zh="区域不存在", en="unknown area")
        errors.append(FieldError(where="/area", code=FieldCode.UNKNOWN_AREA, message=message, value=body.area))
    if errors:
        raise Schema(errors=errors)


async def _create(session: AsyncSession, change: CaseChange, body: NewCase) -> StoredResponse:
    case = CaseFile(
        campaign=change.caller.campaign,
        org=change.caller.org,
        id=uuid7(),
        **body.model_dump(),
        state=CaseState.DRAFT.value,
        revision=1,
        created_at=change.at,
        updated_at=change.at,
    )
    session.add(case)
    await session.flush()
    connection = await psycopg_connection(session)
    await record_change(connection, change, case)
    response = await read.case_for(connection, case.model_dump(exclude={"campaign"}), change.caller)
    return StoredResponse(201, f"/v1/cases/{case.id}", response.model_dump_json().encode())
