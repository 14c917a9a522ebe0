"""`/v1/imports/{id}/errors.csv` and `.xlsx`: the pushed file with its errors marked."""

import os
from collections.abc import AsyncIterator
from typing import Annotated, Any, BinaryIO, Final, Literal

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response, StreamingResponse

from services.ingest.counts.endpoints import own_or_named
from services.ingest.imports.read import ImportId
from services.ingest.marked.file_writer import MarkedFileWriter
from services.ingest.marked.marks import Marks
from services.ingest.push.kept_input import copy_input, find_input
from services.ingest.service import IngestServiceDep
from shared.access.dependencies import Authorized
from shared.access.key_ring import Principal
from shared.http import attachment, etag
from shared.http.etag import IfNoneMatch
from shared.problems import InputNotKept, problems
from shared.values import media_types

router = APIRouter(tags=["imports"])
_CHUNK = 64 << 10
_MEDIA: Final = {"csv": media_types.CSV, "xlsx": media_types.XLSX}


@router.get(
    "/v1/imports/{id}/errors.{ending}",
    response_class=Response,
    responses=attachment.FILE_RESPONSES | problems(InputNotKept),
)
async def get_import_errors_file(
    request: Request,
    service: IngestServiceDep,
    id: ImportId,  # noqa: A002 - named as in the path
    ending: Annotated[Literal["csv", "xlsx"], Path(description="File format.", examples=["csv"])],
    reader: Annotated[Principal, Depends(Authorized("get_import_errors_file"))],
    _if_none_match: IfNoneMatch = None,
) -> Response:
    """Download a pushed file with its errors marked.

    Returns the body of a refused or partial push as CSV or XLSX with a column that describes the errors of each row.

    The body may have had any format; JSON and NDJSON become a table of their fields.
    """
    entity_tag = etag.entity_tag("get_import_errors_file", reader.campaign, id, ending)
    writer, now = MarkedFileWriter(service.settings.spool_dir, service.marked_file_slots), service.clock.now()
    async with writer.slot():
        with writer.temporary_file() as body, writer.temporary_file() as lines:
            marks = Marks(lines)
            async with service.database.read(own_or_named(reader, "get_import_errors_file", None)) as snapshot:
                connection = snapshot.connection
                kept = await find_input(connection, service.retention, reader.campaign, id, now)
                if not_modified := etag.not_modified(request, entity_tag):
                    return not_modified
                definition = await service.definitions.at(connection, reader.campaign, snapshot.definition_version)
                await copy_input(connection, reader.campaign, kept.org, id, body)
                await marks.fetch(connection, reader.campaign, kept.org, id)
            file = await writer.write(body, kept.media, definition.names, service.limits, marks, ending)
    names = attachment.content_disposition(f"errors-{id}.{ending}", f"错误标注-{id}.{ending}")
    headers: dict[str, Any] = etag.cache_headers(entity_tag) | names | {"Content-Length": str(file.seek(0, os.SEEK_END))}
    file.seek(0)
    return StreamingResponse(_chunks(file), 200, headers, _MEDIA[ending])


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk
