"""`/v1/imports/{id}/errors.csv` and `.xlsx`: the pushed file with its errors marked."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any, BinaryIO, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response, StreamingResponse

from services.ingest.imports.read import ImportId
from services.ingest.marked.file_writer import MarkedFileWriter
from services.ingest.marked.marks import Marks
from services.ingest.push.kept_input import copy_input, find_input
from services.ingest.read_scope import read_scope
from services.ingest.service import IngestService, IngestServiceDep
from shared.access.dependencies import Authorized
from shared.access.key_ring import Principal
from shared.http import attachment, etag
from shared.http.etag import IfNoneMatch
from shared.problems import InputNotKept, problems
from shared.values import media_types

router = APIRouter(tags=["imports"])
_CHUNK = 64 << 10
_MEDIA_TYPES: Final = {"csv": media_types.CSV, "xlsx": media_types.XLSX}


def _endpoint(ending: str) -> Callable[..., Awaitable[Response]]:
    operation = f"get_import_errors_{ending}"

    async def errors_file(
        request: Request,
        service: IngestServiceDep,
        id: ImportId,  # noqa: A002 - named as in the path
        reader: Annotated[Principal, Depends(Authorized(operation))],
        _if_none_match: IfNoneMatch = None,
    ) -> Response:
        return await _marked_file(request, service, reader, id, ending)

    errors_file.__doc__ = f"""Download a push with its errors marked as {ending.upper()}.

    Returns the body of a refused or partial push as {ending.upper()} with a column that describes the errors of each row.

    The body may have had any format; JSON and NDJSON become a table of their fields.
    """
    return errors_file


for _ending, _media_type in _MEDIA_TYPES.items():
    router.add_api_route(
        f"/v1/imports/{{id}}/errors.{_ending}",
        _endpoint(_ending),
        name=f"get_import_errors_{_ending}",
        methods=["GET"],
        response_class=Response,
        responses=attachment.file_response(_media_type) | problems(InputNotKept),
    )


async def _marked_file(request: Request, service: IngestService, reader: Principal, import_id: UUID, ending: str) -> Response:
    entity_tag = etag.entity_tag("errors", reader.campaign, import_id, ending)
    writer, now = MarkedFileWriter(service.settings.spool_dir, service.marked_file_slots), service.clock.now()
    async with writer.slot():
        with writer.temporary_file() as body, writer.temporary_file() as lines:
            marks = Marks(lines)
            async with service.database.read(read_scope(reader, f"get_import_errors_{ending}", None)) as snapshot:
                connection = snapshot.connection
                kept = await find_input(connection, service.retention, reader.campaign, import_id, now)
                if not_modified := etag.not_modified(request, entity_tag):
                    return not_modified
                definition = await service.definitions.at(connection, reader.campaign, snapshot.definition_version)
                await copy_input(connection, reader.campaign, kept.org, import_id, body)
                await marks.fetch(connection, reader.campaign, kept.org, import_id)
            file = await writer.write(body, kept.media, definition.names, service.limits, marks, ending)
    names = attachment.content_disposition(f"errors-{import_id}.{ending}", f"错误标注-{import_id}.{ending}")
    headers: dict[str, Any] = etag.cache_headers(entity_tag) | names | {"Content-Length": str(file.seek(0, os.SEEK_END))}
    file.seek(0)
    return StreamingResponse(_chunks(file), 200, headers, _MEDIA_TYPES[ending])


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk
