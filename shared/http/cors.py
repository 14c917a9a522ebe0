"""Cross-origin requests, allowed for the origins in the setting `cors_origins`."""

from typing import Final

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

EXPOSED_HEADERS: Final = (
    "ETag",
    "Content-Disposition",
    "Location",
    "Retry-After",
    "X-Request-Id",
    "Idempotency-Replayed",
    "Link",
)
_METHODS: Final = ("GET", "HEAD", "PATCH", "POST", "PUT")
_ACCEPTED_HEADERS: Final = (
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
    """CORS without credentials: tokens are sent in a header, never in a cookie."""

    def __init__(self, app: ASGIApp, origins: list[str]) -> None:
        """`origins`: exact origins, such as `https://gigacity.example`."""
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=_METHODS,
            allow_headers=_ACCEPTED_HEADERS,
            expose_headers=EXPOSED_HEADERS,
            max_age=600,
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        """Answer a preflight request; an origin that is not allowed gets no permission headers."""
        permission = super().preflight_response(request_headers).headers
        return Response(
            status_code=204, headers={name: value for name, value in permission.items() if not name.startswith("content-")}
        )
