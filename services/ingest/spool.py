"""Takes a body in: to an unlinked temporary file, hashed on the way, before any connection is taken."""

import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from fastapi import Request

from shared.problems import Malformed, MediaType, TooLarge

_IN_MEMORY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Spool:
    """A whole body, positioned at its start."""

    file: BinaryIO
    sha256: str  # hex
    size: int  # bytes


@asynccontextmanager
async def spooled(request: Request, max_bytes: int, folder: Path | None, *, may_be_empty: bool = False) -> AsyncIterator[Spool]:
    """The request's body, gone from the disk when the block ends.

    Raises `TooLarge` with the limit, `MediaType` for a content encoding, `Malformed` for an empty body that may not be.
    """
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        raise MediaType(f"不支持 Content-Encoding: {encoding[:64]}", f"Content-Encoding {encoding[:64]} is not supported")
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise _too_large(max_bytes)
    digest = hashlib.sha256()
    size = 0
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES, dir=str(folder) if folder else None) as file:
        async for chunk in request.stream():
            size += len(chunk)
            if size > max_bytes:
                raise _too_large(max_bytes)
            digest.update(chunk)
            file.write(chunk)
        if size == 0 and not may_be_empty:
            raise Malformed("请求体为空", "the body is empty")
        file.seek(0)
        yield Spool(cast("BinaryIO", file), digest.hexdigest(), size)


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge(f"请求体上限为 {max_bytes} 字节", f"a body has at most {max_bytes} bytes", extra={"limit_bytes": max_bytes})
