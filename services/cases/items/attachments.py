"""The attachments of items, which whoever may read the item lists, downloads and adds. `upload.py` has the way of a file.

A move may rely on attachments: it locks them for as long as it lasts, so that none is struck out at the same time.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from fastapi import Request, Response
from sqlalchemy import ColumnElement, delete
from sqlmodel import col, select
from starlette.responses import StreamingResponse

from services.cases.attachments.receive import ReceivedFile
from services.cases.attachments.store import AttachmentStore, StoreUnavailable
from services.cases.items.call import ItemCall
from services.cases.items.kind import Kind
from services.cases.items.models import Attachment, AttachmentQuery, ContributionMoveRequest, MoveRequest
from services.cases.items.strike_out import refuse_strike_out
from shared.clock import Clock
from shared.database.sql import statement
from shared.http import etag
from shared.http.attachment import content_disposition
from shared.http.lists import QueriedRows, list_response
from shared.http.tables import Table, codes, fields, term
from shared.problem_members import CountLimit, StateAndActions
from shared.problems import Conflict, FieldError, NotFound, Overloaded, Schema, TooManyAttachments
from shared.tables.attachment_upload import AttachmentUpload
from shared.tables.item import Item
from shared.tables.item_attachment import ItemAttachment
from shared.values.bilingual import Bilingual
from shared.values.media_types import OCTET_STREAM
from shared.vocabulary import ContributionMove, FieldCode, ScanResult

TABLE: Final = Table(
    "attachments",
    "附件",
    (
        *fields("id"),
        *codes("org"),
        *fields("at", "name", "media_type", "size", "sha256"),
        term("scan", ScanResult),
        *fields("path", "struck_at", "strike_reason", "is_evidence"),
    ),
)
EXPIRE_AFTER: Final = timedelta(hours=1)
"""Age at which a file that was not attached is deleted; putting one into the store takes some minutes at most."""

_ATTACHMENT: Final = Bilingual(zh="附件", en="attachment")
_SENDER: Final = Bilingual(zh="上传附件的单位", en="the organisation that attached it")
_LIST: Final = statement(__package__, "list_attachments")
_COUNT: Final = statement(__package__, "count_attachments")
_EVIDENCE: Final = statement(__package__, "list_evidence")
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('attachments of ' || %s || ' ' || %s || ' ' || %s, 0))"
_EXPIRED: Final = """
DELETE FROM attachment_upload WHERE campaign = %(campaign)s AND org = %(org)s AND at < %(before)s RETURNING id
"""

_log = structlog.get_logger()


async def list_attachments(call: ItemCall, kind: Kind[Any], row: Item, request: Request, query: AttachmentQuery) -> Response:
    """Return a page of the attachments of an item."""
    async with call.in_scope_of(row):
        evidence = await _evidence(call, kind, row)
        rows = QueriedRows(
            connection=call.connection,
            page=_LIST,
            count=_COUNT,
            binds=_binds(kind, row),
            query_text=f"{call.operation} {row.campaign} {row.id}",
            keys={"id": str},
            document=lambda attachment: _document(call, kind, row, attachment, evidence).model_dump(mode="json"),
        )
        return await list_response(request, query, TABLE, call.definition, rows)


async def find_attachment(call: ItemCall, kind: Kind[Any], row: Item, attachment_id: UUID) -> ItemAttachment:
    """Return an attachment to download. Raises NotFound, also if another organisation struck it out."""
    query = select(ItemAttachment).where(*_of_item(kind, row), col(ItemAttachment.id) == attachment_id)
    async with call.in_scope_of(row):
        attachment = (await call.session.exec(query)).one_or_none()
    if attachment is None:
        raise NotFound
    if attachment.struck_at is not None and attachment.by_org != call.caller.org:
        raise NotFound("该附件已划去，不再提供下载。", "The attachment was struck out; it can no longer be downloaded.")
    return attachment


async def download(request: Request, store: AttachmentStore, attachment: ItemAttachment) -> Response:
    """Return the file, or 304. A browser saves it and does not open it. Raises Overloaded if the store does not have it now."""
    tag = f'"{attachment.sha256}"'
    if unchanged := etag.not_modified(request, tag):
        return unchanged
    pieces = store.read(attachment.id, attachment.size, attachment.sha256)
    try:
        first = await anext(pieces)  # before the response begins
    except StoreUnavailable as error:
        raise store_unavailable(error, attachment.id) from error

    async def content() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    headers = etag.cache_headers(tag) | content_disposition(attachment.name, attachment.name)
    headers["Content-Length"] = str(attachment.size)
    return StreamingResponse(content(), headers=headers, media_type=OCTET_STREAM)


async def begin_upload(call: ItemCall, row: Item, attachment_id: UUID) -> None:
    """Note that a file will be put into the store."""
    async with call.in_scope_of(row):
        call.session.add(AttachmentUpload(campaign=row.campaign, org=row.org, id=attachment_id, at=Clock.real_now()))
        await call.session.flush()


async def attach(call: ItemCall, kind: Kind[Any], row: Item, attachment_id: UUID, file: ReceivedFile, limit: int) -> Attachment:
    """Attach a file that is in the store. Raises TooManyAttachments; Overloaded if it took so long that it was deleted."""
    attachment = ItemAttachment(
        campaign=row.campaign,
        org=row.org,
        id=attachment_id,
        kind=kind.code,
        item_id=row.id,
        by_org=call.caller.org,
        actor=call.caller.client_id,
        at=call.now,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        scan=file.scan.value,
    )
    async with call.in_scope_of(row):
        await call.connection.execute(_LOCK, [row.campaign, kind.code, str(row.id)])  # an assignment may have no row to lock
        await refuse_too_many(call, kind, row, limit)
        if not await _end_upload(call, row, attachment_id):
            raise Overloaded
        call.session.add(attachment)
        await call.session.flush()
        await call.record(row, attachment_id)
    return _stored(call, kind, row, attachment)


async def move_attachment(
    call: ItemCall, kind: Kind[Any], row: Item, attachment_id: UUID, body: ContributionMoveRequest
) -> Attachment:
    """Strike out an attachment. Raises Forbidden for another organisation's, Conflict if it is struck or evidence."""
    query = select(ItemAttachment).where(*_of_item(kind, row), col(ItemAttachment.id) == attachment_id)
    async with call.in_scope_of(row):
        attachment = (await call.session.exec(query.with_for_update())).one_or_none()
        if attachment is None:
            raise NotFound
        refuse_strike_out(call, attachment, _ATTACHMENT, _SENDER)
        if attachment_id in await _evidence(call, kind, row):
            raise Conflict(
                zh="该附件是办理记录的依据，不能划去。",
                en="A move of the item relies on the attachment; it stays.",
                members=StateAndActions(state="evidence", actions=[]),
            )
        attachment.struck_at, attachment.strike_reason = call.now, body.reason
        await call.session.flush()
        await call.record(row, attachment_id)
    return _stored(call, kind, row, attachment)


async def keep_evidence(call: ItemCall, kind: Kind[Any], row: Item, body: MoveRequest) -> None:
    """Keep the attachments that a move relies on from being struck out; call it in the item's scope.

    Raises Schema for one that the item does not have, or that is struck out.
    """
    named = list(body.named_attachments())
    if not named:
        return
    query = select(ItemAttachment.id).where(
        *_of_item(kind, row), col(ItemAttachment.id).in_({each for _, each in named}), col(ItemAttachment.struck_at).is_(None)
    )
    known = set(await call.session.exec(query.with_for_update(read=True)))
    message = Bilingual(zh="不是本事项的附件，或已划去", en="is no attachment of this item, or is struck out")
    errors = [
        FieldError(where=where, code=FieldCode.UNKNOWN_ATTACHMENT, message=message, value=str(each))
        for where, each in named
        if each not in known
    ]
    if errors:
        raise Schema(errors=errors)


async def discard_upload(call: ItemCall, row: Item, store: AttachmentStore, attachment_id: UUID) -> None:
    """Delete a file that was not attached, and its note."""
    async with call.in_scope_of(row):
        if await _end_upload(call, row, attachment_id):
            await store.discard(attachment_id)


async def discard_expired(call: ItemCall, row: Item, store: AttachmentStore) -> None:
    """Delete the files for items of the same organisation that were not attached in time, and their notes."""
    binds = {"campaign": row.campaign, "org": row.org, "before": Clock.real_now() - EXPIRE_AFTER}
    async with call.in_scope_of(row):
        for (expired,) in await (await call.connection.execute(_EXPIRED, binds)).fetchall():
            await store.discard(expired)


async def refuse_too_many(call: ItemCall, kind: Kind[Any], row: Item, limit: int) -> None:
    """Raise TooManyAttachments if an item has as many as it may have; call it in the item's scope."""
    (count,) = await (await call.connection.execute(_COUNT, _binds(kind, row))).fetchone() or (0,)
    if count >= limit:
        raise TooManyAttachments(
            f"一个事项最多可有 {limit} 个附件。",
            f"An item may have {limit} attachments; this one has as many.",
            members=CountLimit(limit=limit),
        )


async def _end_upload(call: ItemCall, row: Item, attachment_id: UUID) -> bool:
    """Delete the note of a file; return whether there was one."""
    deleted = await call.session.exec(
        delete(AttachmentUpload).where(
            col(AttachmentUpload.campaign) == row.campaign,
            col(AttachmentUpload.org) == row.org,
            col(AttachmentUpload.id) == attachment_id,
        )
    )
    return bool(deleted.rowcount)


def _binds(kind: Kind[Any], row: Item) -> dict[str, Any]:
    return {"campaign": row.campaign, "org": row.org, "kind": kind.code, "item_id": row.id}


def _of_item(kind: Kind[Any], row: Item) -> Sequence[ColumnElement[bool]]:
    """Return the conditions of the attachments of an item."""
    return [col(getattr(ItemAttachment, name)) == value for name, value in _binds(kind, row).items()]


async def _evidence(call: ItemCall, kind: Kind[Any], row: Item) -> frozenset[UUID]:
    """Return the attachments that moves rely on."""
    return frozenset(each for (each,) in await (await call.connection.execute(_EVIDENCE, _binds(kind, row))).fetchall())


def _stored(call: ItemCall, kind: Kind[Any], row: Item, attachment: ItemAttachment) -> Attachment:
    """Return an attachment on which no move relies."""
    return _document(call, kind, row, {**attachment.model_dump(), "org": attachment.by_org}, frozenset())


def _document(call: ItemCall, kind: Kind[Any], row: Item, attachment: dict[str, Any], evidence: Collection[UUID]) -> Attachment:
    is_evidence = attachment["id"] in evidence
    may_strike_out = attachment["org"] == call.caller.org and attachment["struck_at"] is None and not is_evidence
    return Attachment.model_validate(
        {
            **attachment,
            "path": f"{kind.path_of(row)}/attachments/{attachment['id']}",
            "is_evidence": is_evidence,
            "actions": [ContributionMove.STRIKE_OUT] if may_strike_out else [],
        }
    )


def store_unavailable(error: StoreUnavailable, attachment_id: UUID) -> Overloaded:
    """Log what is wrong with the store, and return the problem of the request."""
    _log.error("attachment_store_unavailable", attachment=str(attachment_id), reason=str(error)[:200])
    return Overloaded(
        "附件存储暂时不可用；请稍后重试。",
        "The store of attachments is not available; try again later.",
        headers={"Retry-After": "10"},
    )
