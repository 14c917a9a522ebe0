"""The operations of a kind of item."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response

from services.cases.items import changes, history
from services.cases.items.attachment_routes import add_attachment_routes
from services.cases.items.call import ItemCall, listing, reading, respond_once, writing
from services.cases.items.comment_routes import add_comment_routes
from services.cases.items.find import find_item
from services.cases.items.kind import Kind
from services.cases.items.kind_routes import KindRoutes
from services.cases.items.links import hidden_items
from services.cases.items.lists import list_items
from services.cases.items.models import HistoryQuery, ItemPage
from shared.access.dependencies import ServiceDep
from shared.access.key_ring import Principal
from shared.http import etag
from shared.http.idempotency import IdempotencyKey, StoredResponse
from shared.http.json_response import json_bytes
from shared.http.paging import Page
from shared.problems import Conflict, problems
from shared.tables.item import Item


def item_routes(kind: Kind[Any]) -> APIRouter:
    """Return the routes of a kind."""
    routes = KindRoutes(kind)
    _add_routes(routes, kind)
    add_comment_routes(routes, kind)
    add_attachment_routes(routes, kind)
    return routes.router


def _add_routes(routes: KindRoutes, kind: Kind[Any]) -> None:
    """Add the operations on the items and their history."""

    @routes.add("list_{plural}", "GET", kind.path, response_model=ItemPage[kind.item_in_list], responses=kind.table.responses)  # type: ignore[name-defined]
    async def list_all(
        *,
        request: Request,
        service: ServiceDep,
        reader: Annotated[Principal, routes.caller("list_{plural}")],
        query: Annotated[kind.query, Query()],  # type: ignore[name-defined]
        _if_none_match: etag.IfNoneMatch = None,
    ) -> Response:
        """List {noun}s.

        Returns the {noun}s that you may see, oldest first.
        """
        async with listing(request, service, reader, f"list_{kind.plural}") as call:
            return await list_items(call, kind, request, query)

    @routes.add(
        "create_{code}", "POST", kind.path, status_code=201, response_model=kind.item, responses=problems(*kind.create_problems)
    )
    async def create(
        *,
        request: Request,
        service: ServiceDep,
        creator: Annotated[Principal, routes.caller("create_{code}")],
        body: kind.new,  # type: ignore[name-defined]
        key: IdempotencyKey = None,
    ) -> Response:
        """Create {article} {noun}."""
        async with writing(request, service, creator, f"create_{kind.code}") as call:

            async def act() -> StoredResponse:
                row = await changes.create_item(call, kind, body)
                return StoredResponse(201, kind.path_of(row), await _body(call, kind, row))

            stored = await respond_once(call, key, [body.model_dump_json()], act)
        return _tagged(stored)

    @routes.add("get_{code}", "GET", routes.item_path, response_model=kind.item)
    async def get(
        *,
        request: Request,
        service: ServiceDep,
        reader: Annotated[Principal, routes.caller("get_{code}")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        _if_none_match: etag.IfNoneMatch = None,
    ) -> Response:
        """Get {article} {noun}.

        Returns {article} {noun}; send its ETag as `If-Match` with the next edit or move.
        """
        async with reading(request, service, reader, f"get_{kind.code}") as call:
            row = await find_item(call, kind, id)
            body = await _body(call, kind, row)
        return etag.not_modified(request, etag.revision_tag(row.revision, body)) or _tagged(StoredResponse(200, None, body))

    @routes.add("edit_{code}", "PATCH", routes.item_path, response_model=kind.item, responses=problems(Conflict))
    async def edit(
        *,
        request: Request,
        service: ServiceDep,
        editor: Annotated[Principal, routes.caller("edit_{code}")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        body: kind.changes,  # type: ignore[name-defined]
        if_match: etag.IfMatch = None,
    ) -> Response:
        """Edit {article} {noun}.

        Changes the fields of the body and leaves the others as they are; `editable_fields` lists those that you may edit now.
        """
        async with writing(request, service, editor, f"edit_{kind.code}") as call:
            row = await changes.edit_item(call, kind, id, body, if_match)
            stored = StoredResponse(200, None, await _body(call, kind, row))
        return _tagged(stored)

    @routes.add(
        "move_{code}",
        "POST",
        f"{routes.item_path}/moves",
        response_model=kind.item,
        responses=problems(Conflict, *kind.move_problems),
    )
    async def move(
        *,
        request: Request,
        service: ServiceDep,
        mover: Annotated[Principal, routes.caller("move_{code}")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        body: kind.move,  # type: ignore[name-defined]
        if_match: etag.IfMatch = None,
        key: IdempotencyKey = None,
    ) -> Response:
        """Move {article} {noun}.

        Makes a move; `actions` lists those that you may make now, with their fields.
        """
        async with writing(request, service, mover, f"move_{kind.code}") as call:

            async def act() -> StoredResponse:
                row = await changes.move_item(call, kind, id, body, if_match)
                return StoredResponse(200, None, await _body(call, kind, row))

            stored = await respond_once(call, key, [str(id), str(if_match), body.model_dump_json()], act)
        return _tagged(stored)

    @routes.add(
        "list_{code}_history",
        "GET",
        f"{routes.item_path}/history",
        response_model=Page[kind.change],  # type: ignore[name-defined]
        responses=history.history_table(kind).responses,
    )
    async def list_history(
        *,
        request: Request,
        service: ServiceDep,
        reader: Annotated[Principal, routes.caller("list_{code}_history")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        query: Annotated[HistoryQuery, Query()],
        _if_none_match: etag.IfNoneMatch = None,
    ) -> Response:
        """List the history of {article} {noun}.

        Returns its moves and edits, oldest first.
        """
        async with reading(request, service, reader, f"list_{kind.code}_history") as call:
            return await history.list_history(call, kind, await find_item(call, kind, id), request, query)


async def _body(call: ItemCall, kind: Kind[Any], row: Item) -> bytes:
    """Return an item as JSON."""
    async with call.in_scope_of(row):
        details = await kind.details(row, call)
    hidden = await hidden_items(call, kind, (getattr(row, name) for name in kind.links))
    links = {name: None for name in kind.links if getattr(row, name) in hidden}
    return json_bytes(kind.item.model_validate({**kind.listed(row, call), **details, **links}).model_dump(mode="json"))


def _tagged(stored: StoredResponse) -> Response:
    """Return a response with an item and the tag of its revision."""
    revision = orjson.loads(stored.body)["revision"]
    return stored.to_response(etag.cache_headers(etag.revision_tag(revision, stored.body)))
