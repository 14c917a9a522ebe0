"""Keeps the bodies of pushes with errors for a while, so that senders can have them back with the errors marked."""

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from psycopg import AsyncConnection

from services.ingest.formats.media import Media
from services.ingest.push.request import Push
from services.ingest.push.retention import Retention
from shared.database.sql import statement
from shared.problems import InputNotKept, NotFound

_PART_BYTES = 1 << 20
_INSERT = statement(__package__, "insert_part")
_DELETE_EXPIRED = statement(__package__, "delete_expired_parts")
_FIND = statement(__package__, "find_kept_input")
_READ = statement(__package__, "read_part")


@dataclass(frozen=True, slots=True)
class Kept:
    """A body that is kept."""

    org: str
    media: Media


async def keep(connection: AsyncConnection, retention: Retention, asked: Push, import_id: UUID, now: datetime) -> None:
    """Keep the body of a push that was recorded in the open transaction, unless it is too large; forget expired ones."""
    whose = {"campaign": asked.scope.campaign, "org": asked.scope.org}
    await connection.execute(_DELETE_EXPIRED, whose | {"before": retention.since(now)})
    if retention.days == 0 or asked.spool.size > retention.max_bytes:
        return
    asked.spool.file.seek(0)
    number = 0
    while part := asked.spool.file.read(_PART_BYTES):
        number += 1
        await connection.execute(_INSERT, whose | {"import_id": import_id, "number": number, "content": part})


async def find(connection: AsyncConnection, retention: Retention, campaign: str, import_id: UUID, now: datetime) -> Kept:
    """The kept body of a push. Raises NotFound where the reader sees no such push, InputNotKept where its body is not there."""
    binds = {"campaign": campaign, "import_id": import_id, "since": retention.since(now)}
    row = await (await connection.execute(_FIND, binds)).fetchone()
    if row is None:
        raise NotFound
    org, media_type, kept = row
    if not kept:
        raise InputNotKept(
            f"仅保留有错误的导入（未入库或部分入库）的原文件，不超过 {retention.max_bytes} 字节，保留 {retention.days} 天",
            f"Only files of refused and partial pushes are kept, for {retention.days} days, up to {retention.max_bytes} bytes.",
        )
    return Kept(org, Media(media_type))


async def copy_out(connection: AsyncConnection, campaign: str, org: str, import_id: UUID, file: BinaryIO) -> None:
    """Write a kept body into a file, and go back to its start."""
    binds = {"campaign": campaign, "org": org, "import_id": import_id}
    number = 1
    while row := await (await connection.execute(_READ, binds | {"number": number})).fetchone():
        file.write(row[0])
        number += 1
    file.seek(0)
