"""Keeping the bodies and row errors of pushes for a while, so that senders can download a body with its errors marked."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import BinaryIO
from uuid import UUID

from psycopg import AsyncConnection

from services.ingest.formats.media import Media
from services.ingest.push.request import PushRequest
from services.ingest.push.row_errors import RowErrors
from services.ingest.service import Retention
from shared.database.sql import statement
from shared.problems import InputNotKept, NotFound

_PART_BYTES = 1 << 20
_INSERT = statement(__package__, "insert_part")
_ERRORS_BATCH = 5_000  # errors written by one statement
_INSERT_ERRORS = statement(__package__, "insert_import_errors")
_DELETE_EXPIRED = statement(__package__, "delete_expired")
_FIND = statement(__package__, "find_kept_input")
_READ = statement(__package__, "read_part")


@dataclass(frozen=True, slots=True)
class KeptInput:
    """The sender and the format of a body that is kept."""

    org: str
    media: Media


async def keep_with_errors(
    connection: AsyncConnection, retention: Retention, request: PushRequest, errors: RowErrors, now: datetime
) -> None:
    """Keep errors and body of a push that was recorded in the open transaction; delete expired ones. A large body is not kept."""
    sender = {"campaign": request.scope.campaign, "org": request.scope.org}
    await connection.execute(_DELETE_EXPIRED, sender | {"before": retention.since(now)})
    if retention.days == 0:
        return
    await _keep_errors(connection, sender | {"import_id": request.import_id}, errors)
    if request.body.size > retention.max_bytes:
        return
    request.body.file.seek(0)
    number = 0
    while part := request.body.file.read(_PART_BYTES):
        number += 1
        await connection.execute(_INSERT, sender | {"import_id": request.import_id, "number": number, "content": part})


async def _keep_errors(connection: AsyncConnection, binds: dict[str, object], errors: RowErrors) -> None:
    documents, number = errors.documents(), 1
    while batch := list(islice(documents, _ERRORS_BATCH)):
        numbers = list(range(number, number + len(batch)))
        await connection.execute(_INSERT_ERRORS, binds | {"numbers": numbers, "documents": batch}, binary=True)
        number += len(batch)


async def find_input(
    connection: AsyncConnection, retention: Retention, campaign: str, import_id: UUID, now: datetime
) -> KeptInput:
    """Return the kept body of a push. Raises NotFound if the caller sees no such push, InputNotKept if its body is not kept."""
    binds = {"campaign": campaign, "import_id": import_id, "since": retention.since(now)}
    row = await (await connection.execute(_FIND, binds)).fetchone()
    if row is None:
        raise NotFound
    org, media_type, kept = row
    if not kept:
        raise InputNotKept(
            f"只保留有错误的导入（未入库或部分入库）的原文件，不超过 {retention.max_bytes} 字节，保留 {retention.days} 天。",
            f"Files are kept for pushes with errors (refused or partial) only, up to {retention.max_bytes} bytes,"
            f" for {retention.days} days.",
        )
    return KeptInput(org, Media(media_type))


async def copy_input(connection: AsyncConnection, campaign: str, org: str, import_id: UUID, file: BinaryIO) -> None:
    """Write a kept body into a file, and rewind it."""
    binds = {"campaign": campaign, "org": org, "import_id": import_id}
    number = 1
    while row := await (await connection.execute(_READ, binds | {"number": number})).fetchone():
        file.write(row[0])
        number += 1
    file.seek(0)
