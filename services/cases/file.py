"""Filing cases."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from services.cases import read
from services.cases.act import REFUSALS, Act, record
from services.cases.models import Case, NewCase
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.campaign.definition import Definition
from shared.database.database import Scope, driver
from shared.http import etag, idempotency
from shared.http.idempotency import IdempotencyKey, StoredResponse
from shared.problems import FieldError, IdempotencyMismatch, Schema, StillRunning, problems
from shared.tables.case_file import CaseFile
from shared.values.bilingual import Bilingual
from shared.values.suggestions import nearest
from shared.values.uuid7 import uuid7
from shared.vocabulary import CaseState

router = APIRouter(tags=["cases"])

Filer = Annotated[Principal, Depends(Authorized("create_case"))]


@router.post(
    "/v1/cases",
    status_code=201,
    response_model=Case,
    responses=problems(*REFUSALS, StillRunning, IdempotencyMismatch),
)
async def create_case(request: Request, filer: Filer, body: NewCase, key: IdempotencyKey = None) -> Response:
    """File a case. It is a draft that only your organisation sees until you submit it."""
    state = request.app.state
    scope = Scope(filer.campaign, filer.org)
    print_ = idempotency.request_digest([b"create_case", body.model_dump_json().encode()])
    async with state.database.read(scope) as snapshot:
        definition = await state.definitions.at(snapshot.connection, filer.campaign, snapshot.definition_version)
    refuse_unknown_codes(body, definition)
    async with state.database.session(scope) as session:
        connection = await driver(session)
        file = partial(_file, session, Act.of(request, filer, "create_case"), body)
        answer = await idempotency.respond_once(connection, scope, key, print_, state.clock.now(), file)
    return answer.to_response(etag.cache_headers(read.tag_of(Case.model_validate_json(answer.body), filer)))


def refuse_unknown_codes(body: NewCase, definition: Definition) -> None:
    """Raise Schema where the campaign has no such domain or area."""
    domains = [domain.code for domain in definition.case_domains]
    faults = []
    if body.domain not in domains:
        message = Bilingual(zh="没有这个案例领域", en="there is no such case domain")
        hint = nearest(body.domain, domains)
        faults.append(FieldError(where="/domain", code="unknown_domain", message=message, value=body.domain, hint=hint))
    if body.area is not None and body.area not in {area.code for area in definition.areas}:
        message = Bilingual(zh="没有这个区域", en="there is no such area")
        faults.append(FieldError(where="/area", code="unknown_area", message=message, value=body.area))
    if faults:
        raise Schema(errors=faults)


async def _file(session: AsyncSession, act: Act, body: NewCase) -> StoredResponse:
    case = CaseFile(
        campaign=act.by.campaign,
        org=act.by.org,
        id=uuid7(),
        **body.model_dump(),
        state=CaseState.DRAFT.value,
        revision=1,
        created_at=act.at,
        updated_at=act.at,
    )
    session.add(case)
    await session.flush()
    connection = await driver(session)
    await record(connection, act, case)
    described = await read.described(connection, case.model_dump(exclude={"campaign"}), act.by)
    return StoredResponse(201, f"/v1/cases/{case.id}", described.model_dump_json().encode())
