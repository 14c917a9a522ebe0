"""Receiving a body into an unlinked temporary file, decompressed and hashed, before a connection is taken from the pool."""

import asyncio
import errno
import hashlib
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

import structlog
from fastapi import Request

from shared.http.multipart import FilePart, is_multipart
from shared.http.strict_requests import body_too_large
from shared.problem_members import SizeLimit
from shared.problems import Malformed, MediaType, Overloaded, TooLarge
from shared.vocabulary import LimitUnit

RATIO_MAX: Final = 100  # a gzip body inflates to at most so many times its size; counts shrink to a tenth or so
_IN_MEMORY_BYTES = 1 << 20
_PIECE_BYTES = 1 << 18  # inflated at once, a millisecond or so
_GZIP = 31  # zlib's window bits for gzip with header and checksum
_FORM_BYTES = 64 << 10  # of a form around its file, which are no part of the limit
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Spool:
    """A whole body, decompressed, positioned at its start."""

    file: BinaryIO
    sha256: str  # hex
    size: int  # bytes
    content_type: str | None = None  # as the header says, or that of the file in a form
    file_name: str | None = None  # of the file in a form


@asynccontextmanager
async def spool_body(
    request: Request, max_bytes: int, folder: Path | None, *, may_be_empty: bool = False
) -> AsyncIterator[Spool]:
    """Receive the request's body, or the file in its form; it is deleted when the block ends.

    Raises `TooLarge` with the limit, which also applies to the decompressed body, `MediaType` for a content encoding other
    than gzip, `Malformed` for damaged gzip and for an empty body that must not be empty, `Overloaded` if the disk is full.
    """
    chunks, content_type = _decoded(request), request.headers.get("content-type")
    part = FilePart(content_type) if content_type and is_multipart(content_type) else None
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > max_bytes + (_FORM_BYTES if part else 0):
        raise body_too_large(max_bytes)
    if part:
        chunks = part.content(chunks)
    digest = hashlib.sha256()
    size = 0
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES, dir=str(folder) if folder else None) as file:
        with _disk():
            async for chunk in chunks:
                size += len(chunk)
                if size > max_bytes:
                    raise body_too_large(max_bytes)
                digest.update(chunk)
                file.write(chunk)
            file.seek(0)
        if size == 0 and not may_be_empty:
            raise Malformed("文件为空。", "The file is empty.") if part else Malformed("请求体为空。", "The body is empty.")
        if part:
            yield Spool(cast("BinaryIO", file), digest.hexdigest(), size, part.content_type, part.file_name)
        else:
            yield Spool(cast("BinaryIO", file), digest.hexdigest(), size, content_type)


@contextmanager
def _disk() -> Iterator[None]:
    """Raise Overloaded if the disk is full."""
    try:
        yield
    except OSError as error:
        if error.errno not in _DISK_FULL:
            raise
        _log.error("disk_full", reason=error.strerror)
        raise Overloaded(
            "服务器磁盘空间不足，内容未保存；请稍后重试。",
            "The server's disk is full and nothing was stored; try again later.",
            headers={"Retry-After": "60"},
        ) from error


def _decoded(request: Request) -> AsyncIterator[bytes]:
    encodings = [value.strip().lower() for value in request.headers.getlist("content-encoding")]
    if encodings in ([], ["identity"]):
        return request.stream()
    if encodings in (["gzip"], ["x-gzip"]):
        return _inflated(request.stream())
    named = ", ".join(encodings)[:64]
    raise MediaType(f"不支持 Content-Encoding“{named}”，仅支持 gzip。", f"Content-Encoding {named} is not supported; use gzip.")


async def _inflated(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the content of a gzip stream of one or more members in pieces; other tasks run between them."""
    member = zlib.decompressobj(_GZIP)
    received = produced = 0
    async for chunk in chunks:
        received += len(chunk)
        rest = chunk
        while rest:
            if member.eof:
                member = zlib.decompressobj(_GZIP)
            allowed = RATIO_MAX * received - produced
            try:
                piece = member.decompress(rest, min(_PIECE_BYTES, allowed + 1))
            except zlib.error as broken:
                raise _broken() from broken
            rest = member.unused_data if member.eof else member.unconsumed_tail
            produced += len(piece)
            if len(piece) > allowed:
                raise TooLarge(
                    f"压缩比不得超过 {RATIO_MAX}。",
                    f"The body decompresses to more than {RATIO_MAX} times its size.",
                    members=SizeLimit(limit=RATIO_MAX, unit=LimitUnit.TIMES),
                )
            yield piece
            await asyncio.sleep(0)
    if received and not member.eof:
        raise _broken()


def _broken() -> Malformed:
    return Malformed("gzip 请求体已损坏或不完整。", "The gzip body is damaged or incomplete.")
