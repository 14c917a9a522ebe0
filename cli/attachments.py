"""`gigacity attachments`: reads every attachment, and deletes what interrupted uploads left."""

import asyncio
from typing import Any, Final
from uuid import UUID

import psycopg
import typer

from cli.postgres.database_urls import open_database
from services.cases.attachments.store import AttachmentStore, StoreUnavailable, attachment_store
from services.cases.items.attachments import EXPIRE_AFTER
from shared.clock import Clock
from shared.settings import Settings

_CAMPAIGNS: Final = "SELECT campaign FROM campaign ORDER BY campaign"
_SCOPE: Final = "SELECT version FROM gigacity_begin(%s, %s, 'campaign')"
_ATTACHMENTS: Final = "SELECT id, size, sha256, kind, item_id FROM item_attachment WHERE campaign = %s ORDER BY id"
_UPLOADS: Final = "SELECT org, id, at < %s FROM attachment_upload WHERE campaign = %s"
_END_UPLOAD: Final = "DELETE FROM attachment_upload WHERE campaign = %s AND org = %s AND id = %s"


class AttachmentsDamaged(Exception):  # noqa: N818 - the operator reads its message, not its name
    """Attachments are missing or damaged; the message lists them."""


def check_attachments(settings: Settings) -> None:
    """Read all attachments and print what was found. Raises AttachmentsDamaged, and ValueError if the store does not answer."""
    store = attachment_store(settings)
    with open_database(settings) as urls, psycopg.connect(urls.owner, autocommit=True) as connection:
        try:
            asyncio.run(_check(store, connection))
        except StoreUnavailable as error:
            message = f"{store.address} does not answer: {error}"
            raise ValueError(message) from error


async def _check(store: AttachmentStore, connection: psycopg.Connection) -> None:
    unknown = {name async for name in store.ids()}  # listed before the rows, because a file's row comes before the file
    count = size = discarded = 0
    damaged: list[str] = []
    for (campaign,) in connection.execute(_CAMPAIGNS).fetchall():
        for org, upload, is_expired in _rows(connection, _UPLOADS, campaign, Clock.real_now() - EXPIRE_AFTER):
            unknown.discard(str(upload))
            if is_expired:
                discarded += await _discard(store, connection, campaign, org, upload)
        for attachment, length, sha256, kind, item in _rows(connection, _ATTACHMENTS, campaign):
            unknown.discard(str(attachment))
            count, size = count + 1, size + length
            try:
                async for _ in store.read(attachment, length, sha256):
                    pass
            except StoreUnavailable as error:
                damaged.append(f"{attachment} of {kind} {item} in {campaign}: {error}")
    typer.echo(f"{store.address}: {count:,} attachments, {size:,} bytes")
    if discarded:
        typer.echo(f"  {discarded} interrupted uploads were deleted")
    if unknown:
        typer.echo(f"  {len(unknown)} files belong to no attachment: {', '.join(sorted(unknown)[:3])}")
    if damaged:
        raise AttachmentsDamaged("missing or damaged; put these files back from a backup:\n  " + "\n  ".join(damaged))


def _rows(connection: psycopg.Connection, query: str, campaign: str, *first: object) -> list[Any]:
    with connection.transaction():
        connection.execute(_SCOPE, [campaign, "*"])
        return connection.execute(query, [*first, campaign]).fetchall()


async def _discard(store: AttachmentStore, connection: psycopg.Connection, campaign: str, org: str, upload: UUID) -> int:
    """Delete the file and the row of an interrupted upload; return 0 if a service has just done so."""
    with connection.transaction():
        connection.execute(_SCOPE, [campaign, org])
        deleted = connection.execute(_END_UPLOAD, [campaign, org, upload]).rowcount
        if deleted:
            await store.discard(upload)
        return deleted
