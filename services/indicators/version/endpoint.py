"""GET /v1/version: the versions that programs poll."""

from importlib.metadata import version
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import Response

from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.app import VERSION
from shared.database.database import Scope
from shared.http import etag
from shared.http.json_response import JsonResponse, ResponseModel

router = APIRouter(tags=["catalogue"])


class CurrentVersion(ResponseModel):
    """The current versions of a campaign's data and definition, and of the product."""

    campaign: str = Field(description="Campaign code.")
    data_version: int = Field(description="Latest data version; it grows with each change that a summary can show.")
    definition_version: int = Field(description="Version of the definition in force.")
    release: str = Field(description="Version of the product.", examples=["0.1.0"])
    api: str = Field(description="Version of the API.", examples=["1.0.0"])


@router.get("/v1/version", response_model=CurrentVersion)
async def get_version(
    request: Request,
    service: ServiceDep,
    reader: Annotated[Principal, Depends(Authorized("get_version"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """Get the current versions.

    Returns the data version, the definition version and the release, for programs that ask whether anything has changed: one
    short statement, and 304 while nothing has.
    """
    async with service.database.read(Scope(reader.campaign, reader.org)) as snapshot:
        document = CurrentVersion(
            campaign=reader.campaign,
            data_version=snapshot.version,
            definition_version=snapshot.definition_version,
            release=version("gigacity"),
            api=VERSION,
        ).model_dump()
    tag = etag.entity_tag("version", *document.values())
    return etag.not_modified(request, tag) or JsonResponse(document, headers=etag.cache_headers(tag))
