"""What every request passes before its endpoint: the path, the query and a JSON body are read strictly.

A request without any credential is let through to the endpoint's own check, so that nothing but the credential is judged.
"""

import re
from email.message import Message as MimeHeaders
from typing import Final

from fastapi import params
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.access import policy
from shared.http import strict_json, strict_query
from shared.http.slow_bodies import receive_with_deadline
from shared.problems import Malformed, MediaType, NotFound, TooLarge
from shared.settings import Settings

_UNREADABLE = re.compile("[\x00-\x1f\x7f\N{REPLACEMENT CHARACTER}]")  # in a decoded path: no identifier has these
_ONCE: Final = (b"content-type", b"content-encoding", b"idempotency-key", b"if-match")  # twice, they could be read two ways
DOCUMENT_MAX_BYTES: Final = 1 << 20  # of a JSON body that is held in memory whole; pushes stream theirs
OAUTH_PATH: Final = "/oauth2/token"  # speaks RFC 6749, which ignores what it does not know


class StrictRequests:
    """Wraps the application of one route."""

    def __init__(self, route: APIRoute, app: ASGIApp, settings: Settings) -> None:
        """`app` is the route's own."""
        self._app = app
        self._max_bytes = min(settings.json_max_bytes, DOCUMENT_MAX_BYTES)
        self._patience = settings.body_patience_s, settings.body_least_bytes_per_s
        self._protected = route.name in policy.GRANTS
        self._lenient = route.path == OAUTH_PATH
        self._parameters = strict_query.declared_parameters(route.dependant)
        strict_query.forget_null(route.dependant)
        self._takes_json = route.body_field is not None and not isinstance(route.body_field.field_info, params.Form)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises a problem, or hands on to the route; a JSON body arrives there whole and checked."""
        headers = _headers(scope)
        if self._protected and b"authorization" not in headers:
            await self._app(scope, _replay(b"", receive), send)
            return
        if any(_UNREADABLE.search(str(value)) for value in scope["path_params"].values()):
            raise NotFound
        for name in _ONCE:
            if len(headers.get(name, ())) > 1:
                raise Malformed(zh=f"请求头 {name.decode()} 只能出现一次", en=f"the header {name.decode()} may stand only once")
        if not self._lenient:
            strict_query.check_query(scope["query_string"], self._parameters)
        receive = receive_with_deadline(receive, *self._patience)
        if self._takes_json:
            receive = _replay(await self._json_body(headers, receive), receive)
        await self._app(scope, receive, send)

    async def _json_body(self, headers: dict[bytes, list[bytes]], receive: Receive) -> bytes:
        require_json(headers)
        body = await _whole(receive, headers, self._max_bytes)
        strict_json.parse_json(body)
        return body


def require_json(headers: dict[bytes, list[bytes]]) -> None:
    """Raise MediaType unless the headers announce one plain UTF-8 JSON document."""
    mime = MimeHeaders()
    mime["content-type"] = b",".join(headers.get(b"content-type", [])).decode("latin-1")
    charset = mime.get_content_charset("utf-8")
    if mime.get_content_type() != "application/json" or charset not in ("utf-8", "utf8"):
        raise MediaType(zh="请求体须为 application/json（UTF-8）", en="send application/json in UTF-8")
    if headers.get(b"content-encoding", [b"identity"]) != [b"identity"]:
        raise MediaType(zh="请求体不得压缩", en="send the body without content encoding")


async def _whole(receive: Receive, headers: dict[bytes, list[bytes]], limit: int) -> bytes:
    announced = headers.get(b"content-length", [b"0"])[0]
    if not announced.isdigit():
        raise Malformed
    body = bytearray()
    more = int(announced) <= limit
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        more = message.get("more_body", False) and len(body) <= limit
    if int(announced) > limit or len(body) > limit:
        raise TooLarge(
            zh=f"请求体上限为 {limit} 字节", en=f"the body may have {limit} bytes at most", extra={"limit_bytes": limit}
        )
    return bytes(body)


def _headers(scope: Scope) -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name, []).append(value)
    return found


def _replay(body: bytes, onward: Receive) -> Receive:
    """Hands out a body that was read already, then what really comes."""
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return await onward()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
