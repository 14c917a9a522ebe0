"""`/v1/definitions`: the versions of the campaign's definition, and the differences between two versions."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from services.indicators.definitions.models import DefinitionDifference, DefinitionDocument, DefinitionVersion
from services.indicators.definitions.versions import LIST_VERSIONS, read_version, version_document
from shared.access.dependencies import Authorized, Service, ServiceDep
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.campaign.difference import Change, difference
from shared.database.sql import statement
from shared.domain.visibility import CARRIERS_AND_STREETS
from shared.http import etag
from shared.http.json_response import JsonResponse
from shared.http.lists import QueriedRows, list_response
from shared.http.paging import Page, PageQuery
from shared.http.tables import Table, fields
from shared.reading.reading import Reading, open_reading

router = APIRouter(tags=["definitions"])
_COUNT: Final = statement(__package__, "count_definitions")
_TABLE: Final = Table("definitions", "方案版本", tuple(fields("version", "until", "at", "client", "digest")))
_LARGEST_VERSION: Final = 2**53 - 1

VersionNumber = Annotated[
    int, Path(ge=1, le=_LARGEST_VERSION, description="Definition version: the data version that applied it.", examples=[1])
]


@router.get(
    "/v1/definitions",
    response_model=Page[DefinitionVersion],
    responses=_TABLE.responses,
)
async def list_definitions(
    request: Request,
    service: ServiceDep,
    query: Annotated[PageQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("list_definitions"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """List definition versions.

    Returns all versions of the campaign's definition, newest first.
    """
    async with open_reading(service, reader) as reading:
        rows = QueriedRows(
            connection=reading.connection,
            page=LIST_VERSIONS,
            count=_COUNT,
            binds={"campaign": reader.campaign},
            query_text="list_definitions",
            keys={"version": int},
            document=lambda row: version_document(row, reading),
        )
        return await list_response(request, query, _TABLE, reading.definition, rows)


@router.get("/v1/definitions/{version}", response_model=DefinitionDocument)
async def get_definition(
    request: Request,
    service: ServiceDep,
    version: VersionNumber,
    reader: Annotated[Principal, Depends(Authorized("get_definition"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """Get a definition version.

    Returns one version of the complete definition: organisations, areas, metrics, indicators, targets, rules and tasks.
    """
    async with open_reading(service, reader) as reading:
        definition = await _definition_at(service, reading, version)
        tag = _tag(reading, version)
        if not_modified := etag.not_modified(request, tag):
            return not_modified
        row = await read_version(reading, version)
    document = {**row, "campaign": reader.campaign, "definition": definition.body()}
    return JsonResponse(document, headers=etag.cache_headers(tag))


@router.get("/v1/definitions/{version}/difference", response_model=DefinitionDifference)
async def get_definition_difference(
    request: Request,
    service: ServiceDep,
    version: VersionNumber,
    reader: Annotated[Principal, Depends(Authorized("get_definition_difference"))],
    to_version: Annotated[
        int | None, Query(ge=1, le=_LARGEST_VERSION, description="Version to compare with. Defaults to the version in force.")
    ] = None,
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """Compare two definition versions.

    Returns the blocks and keys that were added, changed, removed or reordered between two versions of the definition.
    """
    async with open_reading(service, reader) as reading:
        old = await _definition_at(service, reading, version)
        new = await _definition_at(service, reading, to_version) if to_version else reading.definition
    tag = etag.entity_tag("difference", reader.campaign, old.version, new.version)
    if not_modified := etag.not_modified(request, tag):
        return not_modified
    changes = [change_document(change) for change in difference(old, new)]
    document = {"campaign": reader.campaign, "version": old.version, "to_version": new.version, "changes": changes}
    return JsonResponse(document, headers=etag.cache_headers(tag))


def change_document(change: Change) -> dict[str, Any]:
    """Return a change as `DefinitionChange` describes it."""
    body = change.body or {}
    return {
        "what": change.what,
        "kind": change.kind,
        "block": change.block,
        "title": body.get("title"),
        "valid_from": body.get("from"),
        "details": [{"what": key.what, "key": key.key, "before": key.before, "after": key.after} for key in change.details],
    }


async def _definition_at(service: Service, reading: Reading, version: int) -> AppliedDefinition:
    definition: AppliedDefinition = await service.definitions.at(reading.connection, reading.reader.campaign, version)
    return definition


def _tag(reading: Reading, *query: object) -> str:
    """Return the ETag: only applying a definition changes the list of versions."""
    hides_clients = reading.reader.role in CARRIERS_AND_STREETS
    return etag.entity_tag("definitions", reading.reader.campaign, reading.definition.version, hides_clients, *query)
