"""Which other origins' pages may call us, by the setting `cors_origins`."""

from typing import Final

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

EXPOSED_HEADERS: Final = ("ETag", "Location", "Retry-After", "X-Request-Id", "Idempotency-Replayed", "Link")
_METHODS: Final = ("GET", "HEAD", "POST", "PUT")
_ACCEPTED: Final = (
    "Accept",
    "Accept-Language",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "X-Request-Id",
    "traceparent",
)


class Cors(CORSMiddleware):
    """Tokens travel in a header, so credentials (cookies) are never allowed."""

    def __init__(self, app: ASGIApp, origins: list[str]) -> None:
        """`origins`: exact origins, such as `https://gigacity.example`."""
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=_METHODS,
            allow_headers=_ACCEPTED,
            expose_headers=EXPOSED_HEADERS,
            max_age=600,
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        """What a browser asks before a call; an origin that is not allowed simply gets no permission."""
        permission = super().preflight_response(request_headers).headers
        return Response(
            status_code=204, headers={name: value for name, value in permission.items() if not name.startswith("content-")}
        )
