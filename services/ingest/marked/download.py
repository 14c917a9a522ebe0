"""`/v1/imports/{id}/errors.csv` and `.xlsx`: the sender's own file with one more column, and the wrong cells marked."""

import os
from collections.abc import AsyncIterator
from typing import Annotated, Any, BinaryIO, Final, Literal

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response, StreamingResponse

from services.ingest.counts.endpoints import own_or_named
from services.ingest.imports.read import ImportId
from services.ingest.marked.marks import Marks
from services.ingest.marked.workshop import Workshop
from services.ingest.push import kept_input
from services.ingest.push.request import Desk
from shared.access.auth import allowed
from shared.access.key_ring import Principal
from shared.http import attachment, etag
from shared.http.etag import IfNoneMatch
from shared.problems import Forbidden, InputNotKept, NotAcceptable, NotFound, Overloaded, Schema, TokenInvalid, problems

router = APIRouter(tags=["imports"])
_CHUNK = 64 << 10
_MEDIA: Final = {"csv": attachment.CSV, "xlsx": attachment.XLSX}


@router.get(
    "/v1/imports/{id}/errors.{ending}",
    response_class=Response,
    responses=attachment.RESPONSES | problems(TokenInvalid, Forbidden, NotFound, InputNotKept, NotAcceptable, Schema, Overloaded),
)
async def get_import_errors_file(
    request: Request,
    id: ImportId,  # noqa: A002 - named as in the path
    ending: Annotated[Literal["csv", "xlsx"], Path(examples=["csv"])],
    reader: Annotated[Principal, Depends(allowed("get_import_errors_file"))],
    _held: IfNoneMatch = None,
) -> Response:
    """The body of a push with errors, whatever its format was: one more column says what is wrong in which cell.

    Kept for pushes that were refused or taken in part. JSON and NDJSON become a table of their fields.
    """
    state = request.app.state
    desk: Desk = state.desk
    workshop: Workshop = state.workshop
    now = desk.clock.now()
    entity_tag = etag.tag("get_import_errors_file", reader.campaign, id, ending)
    async with workshop.place():
        with workshop.file() as body, workshop.file() as lines:
            marks = Marks(lines)
            async with state.database.read(own_or_named(reader, "get_import_errors_file", None)) as snapshot:
                connection = snapshot.connection
                kept = await kept_input.find(connection, desk.keeping, reader.campaign, id, now)
                if unchanged := etag.unchanged(request, entity_tag):
                    return unchanged
                definition = await desk.definitions.at(connection, reader.campaign, snapshot.definition_version)
                await kept_input.copy_out(connection, reader.campaign, kept.org, id, body)
                await marks.fetch(connection, reader.campaign, kept.org, id)
            made = await workshop.make(body, kept.media, definition.names, desk.limits, marks, ending)
    names = attachment.disposition(f"errors-{id}.{ending}", f"错误标注-{id}.{ending}")
    headers: dict[str, Any] = etag.headers(entity_tag) | names | {"Content-Length": str(made.seek(0, os.SEEK_END))}
    made.seek(0)
    return StreamingResponse(_chunks(made), 200, headers, _MEDIA[ending])


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk
