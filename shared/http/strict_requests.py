"""Checks of every request before its endpoint: its token, then strict checks of path, query, headers and JSON body.

The token comes first: nothing of a request is read for a caller who may not send it.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from email.message import Message as MimeHeaders
from functools import cache
from typing import Any, Final

from fastapi import Request, params
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.access.dependencies import Authorized, service_of
from shared.http import strict_json, strict_query
from shared.http.body_limits import JsonBodyLimits
from shared.http.representation import preferred_media_type
from shared.http.slow_bodies import receive_with_deadline
from shared.problem_members import SizeLimit
from shared.problems import Malformed, MediaType, NotFound, TooLarge
from shared.settings import Settings
from shared.values.media_types import JSON
from shared.vocabulary import LimitUnit

_INVALID_IN_PATH = re.compile("[\x00-\x1f\x7f\N{REPLACEMENT CHARACTER}]")  # no identifier contains these
_SINGLE_HEADERS: Final = (
    b"content-type",
    b"content-encoding",
    b"idempotency-key",
    b"if-match",
)  # repeated, they would be ambiguous
DOCUMENT_MAX_BYTES: Final = 1 << 20  # of a JSON body, which is held in memory; pushes stream theirs
LONG_BYTES: Final = 4_096  # of a JSON body; a longer one may take longer than other requests should wait
OAUTH_PATH: Final = "/oauth2/token"  # RFC 6749 requires that unknown parameters are ignored


def document_max_bytes(settings: Settings) -> int:
    """Return the limit of a JSON body that is not a push."""
    return min(settings.json_max_bytes, DOCUMENT_MAX_BYTES)


class StrictRequests:
    """Wraps the application of one route with the strict checks."""

    def __init__(self, route: APIRoute, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._max_bytes = document_max_bytes(settings)
        self._patience_s = settings.body_patience_s
        self._least_bytes_per_s = settings.body_least_bytes_per_s
        self._callers = list(_callers(route.dependant))
        self._lenient = route.path == OAUTH_PATH
        self._parameters = strict_query.declared_parameters(route.dependant)
        self._media_types = [] if "format" in self._parameters else _media_types(route)  # with a format, the endpoint chooses
        field = route.body_field
        self._json_limits: JsonBodyLimits | None = None
        if field is not None and not isinstance(field.field_info, params.Form):
            model: Any = field.field_info.annotation
            self._json_limits = _limits_of(model)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the route, with the whole JSON body in one message. Raises a problem if a check fails."""
        request = Request(scope)
        with ExitStack() as place:
            for authorized in self._callers:
                principal = await authorized(request)
                place.enter_context((await service_of(request)).quota.request_place(principal))
            await self._call_checked(scope, receive, send)

    async def _call_checked(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check everything but the token, and call the route."""
        headers = _headers(scope)
        if any(_INVALID_IN_PATH.search(str(value)) for value in scope["path_params"].values()):
            raise NotFound
        for name in _SINGLE_HEADERS:
            if len(headers.get(name, ())) > 1:
                raise Malformed(
                    zh=f"请求头 {name.decode()} 只能出现一次。", en=f"The {name.decode()} header must appear only once."
                )
        if not self._lenient:
            if self._media_types:
                preferred_media_type(Request(scope), self._media_types)
            strict_query.check_query(scope["query_string"], self._parameters)
        receive = receive_with_deadline(receive, self._patience_s, self._least_bytes_per_s)
        if self._json_limits:
            receive = _replay(await self._json_body(self._json_limits, headers, receive), receive)
        await self._app(scope, receive, send)

    async def _json_body(self, limits: JsonBodyLimits, headers: dict[bytes, list[bytes]], receive: Receive) -> bytes:
        require_json(headers)
        body = await _read_whole(receive, headers, self._max_bytes)
        if len(body) > LONG_BYTES:
            return await asyncio.to_thread(_checked_body, body, limits)
        strict_json.check_body(body)
        return body


@cache
def _limits_of(model: Any) -> JsonBodyLimits:  # noqa: ANN401 - any type that a body can have
    """Return the limits of a body, once for all applications of a process."""
    return JsonBodyLimits(TypeAdapter(model).json_schema())


def _callers(dependant: Dependant) -> Iterator[Authorized]:
    """Yield what checks the caller of an endpoint."""
    for dependency in dependant.dependencies:
        if isinstance(dependency.call, Authorized):
            yield dependency.call
        yield from _callers(dependency)


def _media_types(route: APIRoute) -> list[str]:
    """Return the media types that a route documents for its success."""
    documented = route.responses.get(route.status_code or 200, {})
    json = [JSON] if route.response_model or "model" in documented else []
    return list(dict.fromkeys([*json, *documented.get("content", {})]))


def _checked_body(body: bytes, limits: JsonBodyLimits) -> bytes:
    """Check a long body, and return it without what would only add to its errors."""
    document = strict_json.check_body(body)
    return body if limits.cut(document) == document else json.dumps(limits.cut(json.loads(body))).encode()


def require_json(headers: dict[bytes, list[bytes]]) -> None:
    """Raise MediaType unless the headers declare an uncompressed JSON document in UTF-8."""
    mime = MimeHeaders()
    mime["content-type"] = b",".join(headers.get(b"content-type", [])).decode("latin-1")
    charset = mime.get_content_charset("utf-8")
    if mime.get_content_type() != "application/json" or charset not in ("utf-8", "utf8"):
        raise MediaType(zh="请求体应为 UTF-8 编码的 application/json。", en="The body must be application/json in UTF-8.")
    if headers.get(b"content-encoding", [b"identity"]) != [b"identity"]:
        raise MediaType(
            zh="JSON 请求体不支持 Content-Encoding，请不压缩发送。",
            en="Content-Encoding is not supported for JSON; send the body uncompressed.",
        )


async def _read_whole(receive: Receive, headers: dict[bytes, list[bytes]], limit: int) -> bytes:
    declared_length = headers.get(b"content-length", [b"0"])[0]
    if not declared_length.isdigit():
        raise Malformed
    body = bytearray()
    more_follows = int(declared_length) <= limit
    while more_follows:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        more_follows = message.get("more_body", False) and len(body) <= limit
    if int(declared_length) > limit or len(body) > limit:
        raise body_too_large(limit)
    return bytes(body)


def body_too_large(limit: int) -> TooLarge:
    """Return the problem of a body with more bytes than allowed."""
    return TooLarge(
        f"请求体不得超过 {limit} 字节。",
        f"The body must not exceed {limit} bytes.",
        members=SizeLimit(limit=limit, unit=LimitUnit.BYTES),
    )


def _headers(scope: Scope) -> dict[bytes, list[bytes]]:
    headers: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name, []).append(value)
    return headers


def _replay(body: bytes, receive_next: Receive) -> Receive:
    """Return a `receive` that gives a body already read, then the messages after it."""
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return await receive_next()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
