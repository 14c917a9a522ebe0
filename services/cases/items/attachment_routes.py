"""The operations on the attachments of items."""

from typing import Annotated, Any, Final

from fastapi import Query, Request, Response

from services.cases.items import attachments
from services.cases.items.call import reading, writing
from services.cases.items.find import find_item
from services.cases.items.kind import Kind
from services.cases.items.kind_routes import KindRoutes
from services.cases.items.models import Attachment, AttachmentId, AttachmentQuery, ContributionMoveRequest
from services.cases.items.upload import upload
from services.cases.service import CasesServiceDep
from shared.access.dependencies import ServiceDep
from shared.access.key_ring import Principal
from shared.http import etag
from shared.http.attachment import file_response
from shared.http.idempotency import IdempotencyKey, StoredResponse
from shared.http.paging import Page
from shared.problems import Conflict, Infected, TooManyAttachments, problems
from shared.values.media_types import OCTET_STREAM

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


def add_attachment_routes(routes: KindRoutes, kind: Kind[Any]) -> None:
    """Add the operations on the attachments of a kind's items."""

    @routes.add(
        "list_{code}_attachments",
        "GET",
        f"{routes.item_path}/attachments",
        response_model=Page[Attachment],
        responses=attachments.TABLE.responses,
    )
    async def list_attachments(
        request: Request,
        service: ServiceDep,
        reader: Annotated[Principal, routes.caller("list_{code}_attachments")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        query: Annotated[AttachmentQuery, Query()],
        _if_none_match: etag.IfNoneMatch = None,
    ) -> Response:
        """List the attachments of {article} {noun}.

        Returns the files attached to it, oldest first.
        """
        async with reading(request, service, reader, f"list_{kind.code}_attachments") as call:
            return await attachments.list_attachments(call, kind, await find_item(call, kind, id), request, query)

    @routes.add(
        "create_{code}_attachment",
        "POST",
        f"{routes.item_path}/attachments",
        status_code=201,
        response_model=Attachment,
        responses=problems(TooManyAttachments, Infected),
        openapi_extra=_FORM,
    )
    async def create_attachment(
        request: Request,
        service: CasesServiceDep,
        author: Annotated[Principal, routes.caller("create_{code}_attachment")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        key: IdempotencyKey = None,
    ) -> Response:
        """Attach a file to {article} {noun}.

        Send a form with one file. PDF, images, Office documents, CSV and ZIP archives of such files are accepted; the bytes say
        which of them it is, and the extension and the declared type must fit them.
        """
        return (await upload(request, service, author, kind, id, key)).to_response()

    @routes.add(
        "get_{code}_attachment",
        "GET",
        f"{routes.item_path}/attachments/{{attachment}}",
        response_class=Response,
        responses=file_response(OCTET_STREAM),
    )
    async def get_attachment(
        request: Request,
        service: CasesServiceDep,
        reader: Annotated[Principal, routes.caller("get_{code}_attachment")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        attachment: AttachmentId,
        _if_none_match: etag.IfNoneMatch = None,
    ) -> Response:
        """Download an attachment of {article} {noun}.

        Returns the bytes that were sent; they never change. One that was struck out is there for its own organisation only.
        """
        async with reading(request, service, reader, f"get_{kind.code}_attachment") as call:
            found = await attachments.find_attachment(call, kind, await find_item(call, kind, id), attachment)
        return await attachments.download(request, service.store, found)

    @routes.add(
        "move_{code}_attachment",
        "POST",
        f"{routes.item_path}/attachments/{{attachment}}/moves",
        response_model=Attachment,
        responses=problems(Conflict),
    )
    async def move_attachment(
        *,
        request: Request,
        service: ServiceDep,
        author: Annotated[Principal, routes.caller("move_{code}_attachment")],
        id: kind.id_parameter,  # type: ignore[name-defined] # noqa: A002 - named as in the path
        attachment: AttachmentId,
        body: ContributionMoveRequest,
    ) -> Response:
        """Strike out an attachment of {article} {noun}.

        It stays in the list, with the reason, and is downloaded by your organisation only. One that a move relies on stays.
        """
        async with writing(request, service, author, f"move_{kind.code}_attachment") as call:
            row = await find_item(call, kind, id)
            moved = await attachments.move_attachment(call, kind, row, attachment, body)
        return StoredResponse(200, None, moved.model_dump_json().encode()).to_response()
