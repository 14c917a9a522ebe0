"""The attachments in a backup: they never change, so they are copied after the snapshot that lists them."""

import asyncio
from collections.abc import Iterable
from uuid import UUID

import psycopg

from cli.backup.archive import AttachmentContent, BackupError, BackupReader, BackupWriter
from services.cases.attachments.store import AttachmentStore, StoreUnavailable

_TABLE = "SELECT to_regclass('public.item_attachment')"
_SCOPE = "SELECT version FROM gigacity_begin(%s, '*', 'campaign')"
_LIST = "SELECT id::text, size, sha256 FROM item_attachment WHERE campaign = %s ORDER BY id"


def list_attachments(connection: psycopg.Connection, campaigns: Iterable[str]) -> list[AttachmentContent]:
    """Return all attachments of these campaigns; none in a schema before there were any."""
    if connection.execute(_TABLE).fetchone() == (None,):
        return []
    contents = []
    for campaign in campaigns:
        connection.execute(_SCOPE, [campaign])
        rows = connection.execute(_LIST, [campaign])
        contents += [AttachmentContent(id=one, size=size, sha256=sha256) for one, size, sha256 in rows]
    return contents


def write_attachments(store: AttachmentStore, writer: BackupWriter, contents: Iterable[AttachmentContent]) -> None:
    """Copy attachments from the store into a backup. Raises BackupError if one is missing or damaged."""
    asyncio.run(_write(store, writer, contents))


async def _write(store: AttachmentStore, writer: BackupWriter, contents: Iterable[AttachmentContent]) -> None:
    for content in contents:
        try:
            with writer.attachment(content.id) as sink:
                async for piece in store.read(UUID(content.id), content.size, content.sha256):
                    sink(piece)
        except StoreUnavailable as error:
            raise BackupError(
                f"attachment {content.id} cannot be read: {error}\n"
                "`gigacity attachments` lists all that cannot; --without-attachments makes a backup of the database alone"
            ) from error


def restore_attachments(store: AttachmentStore, backup: BackupReader) -> None:
    """Put all attachments of a backup into the store. Raises BackupError; what was put is then put again by the next restore."""
    asyncio.run(_restore(store, backup))


async def _restore(store: AttachmentStore, backup: BackupReader) -> None:
    for content in backup.manifest.attachments or ():
        try:
            await store.put(UUID(content.id), backup.attachment(content))
        except StoreUnavailable as error:
            raise BackupError(f"the store of attachments cannot be written, and nothing was restored: {error}") from error
