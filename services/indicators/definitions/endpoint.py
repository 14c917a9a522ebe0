"""`/v1/definitions`: the versions of the campaign's definition (口径), and what changed between two."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from psycopg.rows import dict_row
from starlette.responses import Response

from services.indicators.definitions.models import DefinitionDifference, DefinitionDocument, DefinitionVersion
from services.indicators.reading import Reading, open_reading
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.access.service import Service, ServiceDep
from shared.campaign.applied import AppliedDefinition
from shared.campaign.difference import Change, difference
from shared.database.sql import statement
from shared.domain.visibility import CARRIERS_AND_STREETS
from shared.http import etag, paging
from shared.http.json_response import JsonResponse
from shared.http.paging import Page, PageQuery
from shared.problems import Forbidden, NotFound, Schema, TokenInvalid, problems

router = APIRouter(tags=["definitions"])
_LIST: Final = statement(__package__, "list_definitions")
_COUNT: Final = statement(__package__, "count_definitions")
_QUESTION: Final = "list_definitions"
_LARGEST: Final = 2**53 - 1

VersionNumber = Annotated[int, Path(ge=1, le=_LARGEST, description="The data version that applied it.", examples=[1])]


@router.get("/v1/definitions", response_model=Page[DefinitionVersion], responses=problems(TokenInvalid, Forbidden, Schema))
async def list_definitions(
    request: Request,
    service: ServiceDep,
    query: Annotated[PageQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("list_definitions"))],
    _held: etag.IfNoneMatch = None,
) -> Response:
    """Every version of the definition, the newest first."""
    (before,) = paging.decode_cursor(_QUESTION, query.next, [int]) if query.next else (_LARGEST,)
    async with open_reading(service, reader) as read:
        tag = _tag(read, "list", query.limit, query.next)
        if unchanged := etag.not_modified(request, tag):
            return unchanged
        rows = await _versions(read, int(before), query.limit + 1)
        (total,) = await (await read.connection.execute(_COUNT, {"campaign": reader.campaign})).fetchone() or (0,)
    shown = rows[: query.limit]
    following = paging.encode_cursor(_QUESTION, [shown[-1]["version"]]) if len(rows) > query.limit else None
    return JsonResponse({"items": shown, "next": following, "total": total}, headers=etag.cache_headers(tag))


@router.get(
    "/v1/definitions/{version}", response_model=DefinitionDocument, responses=problems(TokenInvalid, Forbidden, NotFound, Schema)
)
async def get_definition(
    request: Request,
    service: ServiceDep,
    version: VersionNumber,
    reader: Annotated[Principal, Depends(Authorized("get_definition"))],
    _held: etag.IfNoneMatch = None,
) -> Response:
    """One version of the definition, whole: organisations, areas, metrics, indicators, targets, rules, tasks and the rest."""
    async with open_reading(service, reader) as read:
        definition = await _at(service, read, version)
        tag = _tag(read, version)
        if unchanged := etag.not_modified(request, tag):
            return unchanged
        (row,) = await _versions(read, version + 1, 1)
    document = {**row, "campaign": reader.campaign, "definition": definition.body()}
    return JsonResponse(document, headers=etag.cache_headers(tag))


@router.get(
    "/v1/definitions/{version}/difference",
    response_model=DefinitionDifference,
    responses=problems(TokenInvalid, Forbidden, NotFound, Schema),
)
async def get_definition_difference(
    request: Request,
    service: ServiceDep,
    version: VersionNumber,
    reader: Annotated[Principal, Depends(Authorized("get_definition_difference"))],
    to: Annotated[
        int | None, Query(ge=1, le=_LARGEST, description="Another version; left out: the one that is in force.")
    ] = None,
    _held: etag.IfNoneMatch = None,
) -> Response:
    """What changed between two versions of the definition, block by block and key by key."""
    async with open_reading(service, reader) as read:
        old = await _at(service, read, version)
        new = await _at(service, read, to) if to else read.definition
    tag = etag.entity_tag("difference", reader.campaign, old.version, new.version)
    if unchanged := etag.not_modified(request, tag):
        return unchanged
    changes = [change_document(change) for change in difference(old, new)]
    document = {"campaign": reader.campaign, "version": old.version, "to": new.version, "changes": changes}
    return JsonResponse(document, headers=etag.cache_headers(tag))


def change_document(change: Change) -> dict[str, Any]:
    """A change as `DefinitionChange` describes it."""
    body = change.body or {}
    return {
        "what": change.what,
        "kind": change.kind,
        "block": change.block,
        "title": body.get("title"),
        "valid_from": body.get("from"),
        "details": [{"what": each.what, "key": each.key, "before": each.before, "after": each.after} for each in change.details],
    }


async def _at(service: Service, read: Reading, version: int) -> AppliedDefinition:
    definition: AppliedDefinition = await service.definitions.at(read.connection, read.reader.campaign, version)
    return definition


async def _versions(read: Reading, before: int, limit: int) -> list[dict[str, Any]]:
    """Versions below one, as `DefinitionVersionLine` describes them."""
    binds = {"campaign": read.reader.campaign, "before": before, "limit": limit}
    rows = await (await read.connection.cursor(row_factory=dict_row).execute(_LIST, binds)).fetchall()
    hidden = {"client": None} if read.reader.role in CARRIERS_AND_STREETS else {}
    return [row | hidden for row in rows]


def _tag(read: Reading, *query: object) -> str:
    """Versions are added by applying, and by nothing else."""
    hides_clients = read.reader.role in CARRIERS_AND_STREETS
    return etag.entity_tag("definitions", read.reader.campaign, read.definition.version, hides_clients, *query)
