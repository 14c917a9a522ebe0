"""The outermost layer of an app: request and trace ids, log line, security headers, HEAD, and a 500 without details."""

import re
import secrets
import time
from collections.abc import Iterable
from typing import Final

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http import problem_responses
from shared.http.metrics import Metrics
from shared.logs import shorten
from shared.problems import InternalError
from shared.values.uuid7 import uuid7

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-site",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_NOT_LOGGED: Final = frozenset({"/healthz", "/readyz", "/metrics"})  # probed every few seconds

_log = structlog.get_logger()


class RequestMiddleware:
    """ASGI middleware without a task of its own, so that context variables and disconnects pass through."""

    def __init__(self, app: ASGIApp, service: str, metrics: Metrics) -> None:
        self._app = app
        self._service = service
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"]
        if method == "HEAD":
            scope = {**scope, "method": "GET"}  # the response to GET without its body
        request_id = _request_id(scope)
        trace_id, traceparent = _trace(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0
        started = time.perf_counter()

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers["traceparent"] = traceparent
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            elif method == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        with structlog.contextvars.bound_contextvars(service=self._service, request_id=request_id, trace_id=trace_id):
            try:
                await self._app(scope, receive, send_with_headers)
            except ClientDisconnect:
                _log.info("client_left")
            except Exception:
                _log.exception("failed")
                if status:
                    raise  # the response has begun: only a broken connection tells the client that it is incomplete
                await problem_responses.problem_response(InternalError(), scope)(scope, receive, send_with_headers)
            finally:
                self._log_request(scope, method, status, time.perf_counter() - started)

    def _log_request(self, scope: Scope, method: str, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unmatched")  # a template, so that the number of labels is bounded
        self._metrics.observe(self._service, method, route, status, seconds)
        if route not in _NOT_LOGGED:
            _log.info(
                "request",
                method=shorten(method),
                route=route,
                path=None if route == "unmatched" else shorten(scope["path"]),  # an unmatched path may contain anything
                status=status,
                milliseconds=round(seconds * 1000, 1),
                client=(scope.get("client") or [None])[0],
                agent=shorten(_first(scope["headers"], b"user-agent")),
            )


def _request_id(scope: Scope) -> str:
    received = _first(scope["headers"], b"x-request-id")
    return received if _REQUEST_ID.fullmatch(received) else str(uuid7())


def _trace(scope: Scope) -> tuple[str, str]:
    """Return the trace id, received or new, and the traceparent (W3C Trace Context) of our span."""
    match = _TRACEPARENT.fullmatch(_first(scope["headers"], b"traceparent"))
    valid = match and match[1] != "ff" and not (match[1] == "00" and match[5]) and any(c != "0" for c in match[2])
    trace_id, flags = (match[2], match[4]) if match and valid else (secrets.token_hex(16), "00")
    return trace_id, f"00-{trace_id}-{secrets.token_hex(8)}-{flags}"


def _first(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in headers if key == name), "")
