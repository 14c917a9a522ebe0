"""GET /v1/me: the calling client and its permissions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from shared.access import policy
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.campaign.definition import Definition
from shared.campaign.organisation_definition import OrganisationDefinition, organisation_definition
from shared.database.database import Scope
from shared.http.json_response import JsonResponse
from shared.problems import Forbidden
from shared.values.bilingual import TitledCode

router = APIRouter(tags=["identity"])

CurrentClient = Annotated[Principal, Depends(Authorized("get_me"))]


class Permission(BaseModel):
    """An operation that the role may call."""

    operation: str = Field(examples=["push_observations"])
    service: str = Field(examples=["ingest"])
    reach: str = Field(description="`own`: rows of your organisation; `campaign`: rows of all organisations.", examples=["own"])


class CallingClient(BaseModel):
    """The calling client and its permissions."""

    client_id: str = Field(examples=["liangjiang-2022.telecom.1"])
    campaign: TitledCode
    organisation: OrganisationDefinition
    role: TitledCode
    may: list[Permission]


@router.get("/v1/me", response_model=CallingClient)
async def get_me(service: ServiceDep, caller: CurrentClient) -> Response:
    """Get the calling client.

    Returns your client, organisation, role and campaign, and the operations that you may call.
    """
    async with service.database.read(Scope(caller.campaign, caller.org)) as snapshot:
        definition = await service.definitions.at(snapshot.connection, caller.campaign, snapshot.definition_version)
    return JsonResponse(_me(caller, definition).model_dump(mode="json"), headers={"Cache-Control": "private, no-cache"})


def _me(caller: Principal, definition: Definition) -> CallingClient:
    try:
        organisation = definition.organisation(caller.org)
    except KeyError:
        raise Forbidden(
            zh="贵单位已不在本方案的单位名单中。", en="Your organisation is no longer part of the campaign."
        ) from None
    return CallingClient(
        client_id=caller.client_id,
        campaign=TitledCode(code=caller.campaign, title=definition.campaign.title),
        organisation=organisation_definition(organisation),
        role=TitledCode(code=caller.role.value, title=caller.role.title_),
        may=[
            Permission(operation=operation, service=name, reach=grant[caller.role])
            for name, operations in policy.GRANTS_BY_SERVICE.items()
            for operation, grant in operations.items()
            if caller.role in grant
        ],
    )
