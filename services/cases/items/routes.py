"""The operations of a kind of item, as far as the table of permissions has them."""

from collections.abc import Callable, Mapping
from inspect import cleandoc
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response

from services.cases.items import attachments, changes, comments, history
from services.cases.items.call import ItemCall, reading, respond_once, writing
from services.cases.items.find import find_item
from services.cases.items.kind import Kind
from services.cases.items.lists import list_items
from services.cases.items.models import (
    Attachment,
    AttachmentId,
    AttachmentQuery,
    Comment,
    CommentId,
    CommentMoveRequest,
    CommentQuery,
    HistoryQuery,
    ItemPage,
    NewComment,
)
from services.cases.items.upload import upload
from services.cases.service import CasesServiceDep
from shared.access import policy
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.http import etag
from shared.http.attachment import file_response
from shared.http.idempotency import IdempotencyKey, StoredResponse
from shared.http.json_response import json_bytes
from shared.http.paging import Page
from shared.problems import Conflict, Infected, TooManyAttachments, problems
from shared.tables.item import Item
from shared.values.media_types import OCTET_STREAM

_DESCRIPTIONS: Final[Mapping[str, str]] = {
    "list_{plural}": """List {noun}s.

        Returns the {noun}s that you may see, oldest first.""",
    "create_{code}": """Create {article} {noun}.""",
    "get_{code}": """Get {article} {noun}.

        Returns {article} {noun}; send its ETag as `If-Match` with the next edit or move.""",
    "edit_{code}": """Edit {article} {noun}.

        Changes the fields of the body and leaves the others as they are; `editable_fields` lists those that you may edit now.""",
    "move_{code}": """Move {article} {noun}.

        Makes a move; `actions` lists those that you may make now, with their fields.""",
    "list_{code}_history": """List the history of {article} {noun}.

        Returns its moves and edits, oldest first.""",
    "list_{code}_comments": """List the comments on {article} {noun}.

        Returns the comments that you may read, oldest first.""",
    "create_{code}_comment": """Comment on {article} {noun}.

        A comment cannot be edited; its author may strike it out.""",
    "move_{code}_comment": """Strike out a comment on {article} {noun}.

        The text stays readable, with the reason.""",
    "list_{code}_attachments": """List the attachments of {article} {noun}.

        Returns the files attached to it, oldest first.""",
    "create_{code}_attachment": """Attach a file to {article} {noun}.

        Send a form with one file. PDF, images, Office documents, CSV and ZIP archives of such files are accepted; the bytes say
        which of them it is, and the extension and the declared type must fit them.""",
    "get_{code}_attachment": """Download an attachment of {article} {noun}.

        Returns the bytes that were sent; they never change.""",
}
"""What the API pages say of each operation, unless the kind says it better."""

_FORM: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "title": "NewAttachment",
                    "description": "A form with one file.",
                    "additionalProperties": False,
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary", "description": "The file, with its name."}},
                }
            }
        },
    }
}


def item_routes(kind: Kind[Any]) -> APIRouter:  # noqa: C901, PLR0915 - one function for each operation
    """Return the routes of a kind."""
    router = APIRouter(tags=[kind.plural])
    path, item_path = kind.path, f"{kind.path}/{kind.id_in_path}"

    def route(name: str, method: str, path: str, **described: Any) -> Callable[[Callable[..., Any]], None]:  # noqa: ANN401 - as FastAPI
        operation = name.format(code=kind.code, plural=kind.plural)
        article = "an" if kind.noun[0] in "aeiou" else "a"
        text = _DESCRIPTIONS[name].format(noun=kind.noun, article=article)
        described |= {"name": operation, "description": cleandoc(kind.descriptions.get(operation, text))}

        def add(endpoint: Callable[..., Any]) -> None:
            if operation in policy.GRANTS:
                router.add_api_route(path, endpoint, methods=[method], **described)

        return add

    def caller(name: str) -> Any:  # noqa: ANN401 - a dependency
        operation = name.format(code=kind.code, plural=kind.plural)
        return Depends(Authorized(operation)) if operation in policy.GRANTS else None

    @route("list_{plural}", "GET", path, response_model=ItemPage[kind.item_in_list], responses=kind.table.responses)  # type: ignore[name-defined]
    async def list_all(
        *,
        request: Request,
        service: ServiceDep,
        reader: Annotated[Principal, caller("list_{plural}")],
        query: Annotated[kind.query, Query()],  # type: ignore[name-defined]
        _if_none_match: etag.IfNoneMatch = None,
    ) -> Response:
        async with reading(request, service, reader, f"list_{kind.plural}") as call:
            return await list_items(call, kind, request, query)

    @route("create_{code}", "POST", path, status_code=201, response_model=kind.item, responses=problems(*kind.create_problems))
    async def create(
        *,
        request: Request,
        service: ServiceDep,
        creator: Annotated[Principal, caller("create_{code}")],
        body: kind.new,  # type: ignore[name-defined]
        key: IdempotencyKey = None,
    ) -> Response:
        async with writing(request, service, creator, f"create_{kind.code}") as call:

            async def act() -> StoredResponse:
                row = await changes.create_item(call, kind, body)
                return StoredResponse(201, kind.path_of(row), await _body(call, kind, row))

            stored = await respond_once(call, key, [body.model_dump_json()], act)
        return _tagged(stored)

    @route("get_{code}", "GET", item_path, response_model=kind.item)
    async def get(
        *,
        request: Request,
        service: ServiceDep,
        reader: Annotated[Principal, caller("get_{code}")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        _if_none_match: etag.IfNoneMatch = None,
    ) -> Response:
        async with reading(request, service, reader, f"get_{kind.code}") as call:
            row = await find_item(call, kind, id)
            body = await _body(call, kind, row)
        return etag.not_modified(request, etag.revision_tag(row.revision, body)) or _tagged(StoredResponse(200, None, body))

    @route("edit_{code}", "PATCH", item_path, response_model=kind.item, responses=problems(Conflict))
    async def edit(
        *,
        request: Request,
        service: ServiceDep,
        editor: Annotated[Principal, caller("edit_{code}")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        body: kind.changes,  # type: ignore[name-defined]
        if_match: etag.IfMatch = None,
    ) -> Response:
        async with writing(request, service, editor, f"edit_{kind.code}") as call:
            row = await changes.edit_item(call, kind, id, body, if_match)
            stored = StoredResponse(200, None, await _body(call, kind, row))
        return _tagged(stored)

    @route(
        "move_{code}",
        "POST",
        f"{item_path}/moves",
        response_model=kind.item,
        responses=problems(Conflict, *kind.move_problems),
    )
    async def move(
        *,
        request: Request,
        service: ServiceDep,
        mover: Annotated[Principal, caller("move_{code}")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        body: kind.move,  # type: ignore[name-defined]
        if_match: etag.IfMatch = None,
        key: IdempotencyKey = None,
    ) -> Response:
        async with writing(request, service, mover, f"move_{kind.code}") as call:

            async def act() -> StoredResponse:
                row = await changes.move_item(call, kind, id, body, if_match)
                return StoredResponse(200, None, await _body(call, kind, row))

            stored = await respond_once(call, key, [str(id), str(if_match), body.model_dump_json()], act)
        return _tagged(stored)

    @route(
        "list_{code}_history",
        "GET",
        f"{item_path}/history",
        response_model=Page[kind.change],  # type: ignore[name-defined]
        responses=history.history_table(kind).responses,
    )
    async def list_history(
        *,
        request: Request,
        service: ServiceDep,
        reader: Annotated[Principal, caller("list_{code}_history")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        query: Annotated[HistoryQuery, Query()],
        _if_none_match: etag.IfNoneMatch = None,
    ) -> Response:
        async with reading(request, service, reader, f"list_{kind.code}_history") as call:
            return await history.list_history(call, kind, await find_item(call, kind, id), request, query)

    @route(
        "list_{code}_comments",
        "GET",
        f"{item_path}/comments",
        response_model=Page[Comment],
        responses=comments.TABLE.responses,
    )
    async def list_comments(
        *,
        request: Request,
        service: ServiceDep,
        reader: Annotated[Principal, caller("list_{code}_comments")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        query: Annotated[CommentQuery, Query()],
        _if_none_match: etag.IfNoneMatch = None,
    ) -> Response:
        async with reading(request, service, reader, f"list_{kind.code}_comments") as call:
            return await comments.list_comments(call, kind.code, await find_item(call, kind, id), request, query)

    @route("create_{code}_comment", "POST", f"{item_path}/comments", status_code=201, response_model=Comment)
    async def create_comment(
        *,
        request: Request,
        service: ServiceDep,
        author: Annotated[Principal, caller("create_{code}_comment")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        body: NewComment,
        key: IdempotencyKey = None,
    ) -> Response:
        async with writing(request, service, author, f"create_{kind.code}_comment") as call:

            async def act() -> StoredResponse:
                comment = await comments.add_comment(call, kind.code, await find_item(call, kind, id), body)
                location = f"{request.url.path}/{comment.id}"
                return StoredResponse(201, location, comment.model_dump_json().encode())

            stored = await respond_once(call, key, [str(id), body.model_dump_json()], act)
        return stored.to_response()

    @route(
        "move_{code}_comment",
        "POST",
        f"{item_path}/comments/{{comment}}/moves",
        response_model=Comment,
        responses=problems(Conflict),
    )
    async def move_comment(
        *,
        request: Request,
        service: ServiceDep,
        author: Annotated[Principal, caller("move_{code}_comment")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        comment: CommentId,
        body: CommentMoveRequest,
    ) -> Response:
        async with writing(request, service, author, f"move_{kind.code}_comment") as call:
            row = await find_item(call, kind, id)
            moved = await comments.move_comment(call, kind.code, row, comment, body)
        return StoredResponse(200, None, moved.model_dump_json().encode()).to_response()

    @route(
        "list_{code}_attachments",
        "GET",
        f"{item_path}/attachments",
        response_model=Page[Attachment],
        responses=attachments.TABLE.responses,
    )
    async def list_attachments(
        request: Request,
        service: ServiceDep,
        reader: Annotated[Principal, caller("list_{code}_attachments")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        query: Annotated[AttachmentQuery, Query()],
        _if_none_match: etag.IfNoneMatch = None,
    ) -> Response:
        async with reading(request, service, reader, f"list_{kind.code}_attachments") as call:
            return await attachments.list_attachments(call, kind, await find_item(call, kind, id), request, query)

    @route(
        "create_{code}_attachment",
        "POST",
        f"{item_path}/attachments",
        status_code=201,
        response_model=Attachment,
        responses=problems(TooManyAttachments, Infected),
        openapi_extra=_FORM,
    )
    async def create_attachment(
        request: Request,
        service: CasesServiceDep,
        author: Annotated[Principal, caller("create_{code}_attachment")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        key: IdempotencyKey = None,
    ) -> Response:
        return (await upload(request, service, author, kind, id, key)).to_response()

    @route(
        "get_{code}_attachment",
        "GET",
        f"{item_path}/attachments/{{attachment}}",
        response_class=Response,
        responses=file_response(OCTET_STREAM),
    )
    async def get_attachment(
        request: Request,
        service: CasesServiceDep,
        reader: Annotated[Principal, caller("get_{code}_attachment")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        attachment: AttachmentId,
        _if_none_match: etag.IfNoneMatch = None,
    ) -> Response:
        async with reading(request, service, reader, f"get_{kind.code}_attachment") as call:
            found = await attachments.find_attachment(call, kind, await find_item(call, kind, id), attachment)
        return await attachments.download(request, service.store, found)

    return router


async def _body(call: ItemCall, kind: Kind[Any], row: Item) -> bytes:
    """Return an item as JSON."""
    async with call.in_scope_of(row):
        details = await kind.details(row, call)
    return json_bytes(kind.item.model_validate({**kind.listed(row, call), **details}).model_dump(mode="json"))


def _tagged(stored: StoredResponse) -> Response:
    """Return a response with an item and the tag of its revision."""
    revision = orjson.loads(stored.body)["revision"]
    return stored.to_response(etag.cache_headers(etag.revision_tag(revision, stored.body)))
