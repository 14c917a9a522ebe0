"""The operations on the comments on items."""

from typing import Annotated, Any

from fastapi import Query, Request, Response

from services.cases.items import comments
from services.cases.items.call import reading, respond_once, writing
from services.cases.items.find import find_item
from services.cases.items.kind import Kind
from services.cases.items.kind_routes import KindRoutes
from services.cases.items.models import Comment, CommentId, CommentQuery, ContributionMoveRequest, NewComment
from shared.access.dependencies import ServiceDep
from shared.access.key_ring import Principal
from shared.http import etag
from shared.http.idempotency import IdempotencyKey, StoredResponse
from shared.http.paging import Page
from shared.problems import Conflict, problems


def add_comment_routes(routes: KindRoutes, kind: Kind[Any]) -> None:
    """Add the operations on the comments on a kind's items."""

    @routes.add(
        "list_{code}_comments",
        "GET",
        f"{routes.item_path}/comments",
        response_model=Page[Comment],
        responses=comments.TABLE.responses,
    )
    async def list_comments(
        *,
        request: Request,
        service: ServiceDep,
        reader: Annotated[Principal, routes.caller("list_{code}_comments")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        query: Annotated[CommentQuery, Query()],
        _if_none_match: etag.IfNoneMatch = None,
    ) -> Response:
        """List the comments on {article} {noun}.

        Returns the comments that you may read, oldest first.
        """
        async with reading(request, service, reader, f"list_{kind.code}_comments") as call:
            return await comments.list_comments(call, kind.code, await find_item(call, kind, id), request, query)

    @routes.add("create_{code}_comment", "POST", f"{routes.item_path}/comments", status_code=201, response_model=Comment)
    async def create_comment(
        *,
        request: Request,
        service: ServiceDep,
        author: Annotated[Principal, routes.caller("create_{code}_comment")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        body: NewComment,
        key: IdempotencyKey = None,
    ) -> Response:
        """Comment on {article} {noun}.

        A comment cannot be edited; its author may strike it out.
        """
        async with writing(request, service, author, f"create_{kind.code}_comment") as call:

            async def act() -> StoredResponse:
                comment = await comments.add_comment(call, kind.code, await find_item(call, kind, id), body)
                return StoredResponse(201, request.url.path, comment.model_dump_json().encode())

            stored = await respond_once(call, key, [str(id), body.model_dump_json()], act)
        return stored.to_response()

    @routes.add(
        "move_{code}_comment",
        "POST",
        f"{routes.item_path}/comments/{{comment}}/moves",
        response_model=Comment,
        responses=problems(Conflict),
    )
    async def move_comment(
        *,
        request: Request,
        service: ServiceDep,
        author: Annotated[Principal, routes.caller("move_{code}_comment")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        comment: CommentId,
        body: ContributionMoveRequest,
    ) -> Response:
        """Strike out a comment on {article} {noun}.

        The text stays readable, with the reason.
        """
        async with writing(request, service, author, f"move_{kind.code}_comment") as call:
            row = await find_item(call, kind, id)
            moved = await comments.move_comment(call, kind.code, row, comment, body)
        return StoredResponse(200, None, moved.model_dump_json().encode()).to_response()
