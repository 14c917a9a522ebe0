"""An upload: the file is received, noted, put into the store, and attached.

No transaction is open while the body arrives or while the store works. A row notes the file before the store has it, and goes in
the transaction that attaches it: a process that is killed at any point leaves no file without a row, and no attachment without
its file.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from fastapi import Request

from services.cases.attachments.receive import ReceivedFile, receive_file
from services.cases.attachments.store import AttachmentStore, StoreUnavailable
from services.cases.items import attachments
from services.cases.items.call import ItemCall, reading, writing
from services.cases.items.find import find_item
from services.cases.items.kind import Kind
from services.cases.service import CasesService
from shared.access.key_ring import Principal
from shared.http import idempotency
from shared.http.idempotency import StoredResponse
from shared.problems import UnknownOutcome
from shared.tables.item import Item

Begin = Callable[[], AbstractAsyncContextManager[ItemCall]]

_log = structlog.get_logger()


async def upload(
    request: Request, service: CasesService, author: Principal, kind: Kind[Any], item_id: UUID, key: str | None
) -> StoredResponse:
    """Attach the file of a form to an item, or return the response of an earlier request with this key."""
    operation, store = f"create_{kind.code}_attachment", service.store
    begin: Begin = partial(writing, request, service, author, operation)
    async with reading(request, service, author, operation) as call:
        row = await find_item(call, kind, item_id)
        async with call.in_scope_of(row):
            await attachments.refuse_too_many(call, kind, row, service.settings.attachments_max)
    await _discard_expired(begin, store, row)
    async with receive_file(request, service.settings, service.scanner) as file:
        digest = idempotency.request_digest([part.encode() for part in (operation, str(item_id), file.name, file.sha256)])
        attachment_id = service.clock.new_id()
        async with begin() as call:
            if key and (earlier := await idempotency.find_response(call.connection, call.scope, key, digest)):
                return earlier
            await attachments.begin_upload(call, row, attachment_id)
        try:
            await _put(store, attachment_id, file)
            async with begin() as call:
                act = partial(_attach, call, kind, item_id, attachment_id, file, service.settings.attachments_max)
                stored = await idempotency.respond_once(call.connection, call.scope, key, digest, call.now, act)
        except UnknownOutcome:
            raise  # the file may be attached; if it is not, it expires
        except BaseException:
            await _discard(begin, store, row, attachment_id)
            raise
    if stored.replayed:
        await _discard(begin, store, row, attachment_id)
    return stored


async def _put(store: AttachmentStore, attachment_id: UUID, file: ReceivedFile) -> None:
    try:
        await store.put(attachment_id, file.file)
    except StoreUnavailable as error:
        raise attachments.store_unavailable(error, attachment_id) from error


async def _attach(
    call: ItemCall, kind: Kind[Any], item_id: UUID, attachment_id: UUID, file: ReceivedFile, limit: int
) -> StoredResponse:
    row = await find_item(call, kind, item_id)
    attachment = await attachments.attach(call, kind, row, attachment_id, file, limit)
    return StoredResponse(201, attachment.path, attachment.model_dump_json().encode())


async def _discard(begin: Begin, store: AttachmentStore, row: Item, attachment_id: UUID) -> None:
    """Delete a file that was not attached; if that fails, it expires."""
    try:
        async with begin() as call:
            await attachments.discard_upload(call, row, store, attachment_id)
    except Exception as error:  # noqa: BLE001 - the request has an error of its own already
        _log.warning("upload_left", attachment=str(attachment_id), error=type(error).__name__)


async def _discard_expired(begin: Begin, store: AttachmentStore, row: Item) -> None:
    """Delete what earlier uploads left; another request may be doing so."""
    try:
        async with begin() as call:
            await attachments.discard_expired(call, row, store)
    except Exception as error:  # noqa: BLE001 - tried again with the next upload
        _log.warning("expired_uploads_left", error=type(error).__name__)
