"""Compresses responses above 1 KiB with gzip, for clients that accept it."""

import zlib
from typing import Final, Protocol

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.accept import accepted_ranges

MINIMUM_BYTES: Final = 1_024  # below that the headers outweigh what is saved
_LEVEL: Final = 1  # of zlib: a third of the time of level 6, for JSON a tenth more bytes
_GZIP: Final = 31  # zlib's window bits for gzip with header and checksum
_SUFFIX: Final = b'-gzip"'  # strong tags differ where the bytes differ
_CONDITIONS: Final = (b"if-none-match", b"if-match")
_TEXT: Final = (
    "application/json",
    "application/problem+json",
    "application/x-ndjson",
    "text/css",
    "text/csv",
    "text/html",
    "text/javascript",
)
"""Media types that shrink. Workbooks and documents are compressed already."""


class Compressor(Protocol):
    """zlib's object, which has no public type."""

    def compress(self, data: bytes, /) -> bytes:
        """Return the compressed bytes that can be sent already."""

    def flush(self, mode: int, /) -> bytes:
        """Return the remaining compressed bytes."""


class Compression:
    """ASGI middleware. It compresses chunk by chunk, so that a streamed table is still sent while it is read.

    The tag of a compressed response ends with `-gzip`; in `If-None-Match` and `If-Match` it counts as the tag without it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        accepts_gzip = _accepts_gzip(scope)
        has_compressed = any(name in _CONDITIONS and _SUFFIX in value for name, value in scope["headers"])
        if has_compressed:
            scope["headers"] = [  # in the scope itself, where the outer middleware finds the route that answers, for the log
                (name, value.replace(_SUFFIX, b'"') if name in _CONDITIONS else value) for name, value in scope["headers"]
            ]
        start: Message = {}
        compressor: Compressor | None = None

        async def send_compressed(message: Message) -> None:
            nonlocal start, compressor
            if message["type"] == "http.response.start":
                start = message  # held back: whether to compress shows with the first bytes of the body
                return
            if start:
                headers = MutableHeaders(scope=start)
                if start["status"] == 304 and has_compressed:
                    _add_suffix(headers)
                elif _is_compressible(headers, message):
                    headers.add_vary_header("Accept-Encoding")
                    compressor = zlib.compressobj(_LEVEL, wbits=_GZIP) if accepts_gzip else None
                message = _compressed(message, compressor)
                if compressor:
                    _describe_compressed(headers, message)
                await send(start)
                start = {}
            else:
                message = _compressed(message, compressor)
            await send(message)

        await self._app(scope, receive, send_compressed)


def _accepts_gzip(scope: Scope) -> bool:
    weights = dict(accepted_ranges(",".join(Headers(scope=scope).getlist("accept-encoding"))))
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _is_compressible(headers: Headers, first: Message) -> bool:
    """Say whether a response is text of some length. What must not be stored, such as a token, is never compressed."""
    media_type = headers.get("content-type", "").partition(";")[0]
    is_long = first.get("more_body", False) or len(first.get("body", b"")) >= MINIMUM_BYTES
    is_secret = "no-store" in headers.get("cache-control", "")
    return media_type in _TEXT and is_long and not is_secret and "content-encoding" not in headers


def _compressed(message: Message, compressor: Compressor | None) -> Message:
    """Return a part of a body compressed; each part can be read at once."""
    if compressor is None:
        return message
    mode = zlib.Z_SYNC_FLUSH if message.get("more_body", False) else zlib.Z_FINISH
    return {**message, "body": compressor.compress(message.get("body", b"")) + compressor.flush(mode)}


def _describe_compressed(headers: MutableHeaders, first: Message) -> None:
    headers["Content-Encoding"] = "gzip"
    _add_suffix(headers)
    if first.get("more_body", False):
        del headers["Content-Length"]
    else:
        headers["Content-Length"] = str(len(first["body"]))


def _add_suffix(headers: MutableHeaders) -> None:
    if tag := headers.get("etag"):
        headers["ETag"] = tag.removesuffix('"') + _SUFFIX.decode()
