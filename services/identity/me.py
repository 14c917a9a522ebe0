"""GET /v1/me: who I am to the campaign, and what I may do."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from shared.access import policy
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.campaign.definition import Definition
from shared.database.database import Scope
from shared.http.json_response import JsonResponse
from shared.problems import Forbidden, Overloaded, TokenInvalid, problems
from shared.values.bilingual import Bilingual

router = APIRouter(tags=["identity"])

Caller = Annotated[Principal, Depends(Authorized("get_me"))]


class Named(BaseModel):
    """A code with its title."""

    code: str
    title: Bilingual


class MyOrganisation(Named):
    """The organisation a client belongs to."""

    short: Bilingual
    area: str | None = Field(description="A street office's own street.")


class Permission(BaseModel):
    """An operation the role may call, by its operation id."""

    operation: str = Field(examples=["push_observations"])
    service: str = Field(examples=["ingest"])
    reach: str = Field(description="`own`: rows of one's own organisation; `campaign`: of every organisation.", examples=["own"])


class Me(BaseModel):
    """Who the token is for."""

    client_id: str = Field(examples=["liangjiang-2022.telecom.1"])
    campaign: Named
    organisation: MyOrganisation
    role: Named
    may: list[Permission]


@router.get("/v1/me", response_model=Me, responses=problems(TokenInvalid, Forbidden, Overloaded))
async def get_me(request: Request, caller: Caller) -> Response:
    """My organisation, role and campaign, and what I may do."""
    async with request.app.state.database.read(Scope(caller.campaign, caller.org)) as snapshot:
        definition = await request.app.state.definitions.at(snapshot.connection, caller.campaign, snapshot.definition_version)
    return JsonResponse(_described(caller, definition).model_dump(mode="json"), headers={"Cache-Control": "private, no-cache"})


def _described(caller: Principal, definition: Definition) -> Me:
    try:
        organisation = definition.organisation(caller.org)
    except KeyError:
        raise Forbidden(zh="贵单位已不在该行动之中", en="the campaign no longer has your organisation") from None
    return Me(
        client_id=caller.client_id,
        campaign=Named(code=caller.campaign, title=definition.campaign.title),
        organisation=MyOrganisation(
            code=organisation.code, title=organisation.title, short=organisation.short, area=organisation.area
        ),
        role=Named(code=caller.role.value, title=caller.role.title_),
        may=[
            Permission(operation=operation, service=service, reach=grant[caller.role])
            for service, operations in policy.GRANTS_BY_SERVICE.items()
            for operation, grant in operations.items()
            if caller.role in grant
        ],
    )
