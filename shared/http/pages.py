"""API pages that work without internet access: Swagger UI and the committed OpenAPI files."""

import hashlib
from collections.abc import Awaitable, Callable
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shared.problems import NotFound

DOCUMENT_NAMES: Final = ("gigacity", "identity", "ingest", "indicators", "cases")  # as listed in swagger/start.js
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_ASSETS: Final = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui-standalone-preset.js": "text/javascript; charset=utf-8",
    "start.js": "text/javascript; charset=utf-8",
}


async def redirect_to_pages(_request: Request) -> Response:
    """Redirect `/`, which people open first, to the pages."""
    return RedirectResponse("/docs", 307)


async def get_page(request: Request) -> Response:
    """Answer `/docs`."""
    return _file_response(request, _swagger_folder() / "index.html", "text/html; charset=utf-8")


async def get_asset(request: Request) -> Response:
    """Answer `/docs/{asset}`, a file that the page loads. Raises NotFound."""
    asset = request.path_params["asset"]
    if asset not in _ASSETS:
        raise NotFound
    return _file_response(request, _swagger_folder() / asset, _ASSETS[asset])


async def get_openapi_file(request: Request) -> Response:
    """Answer `/openapi/{name}.json`, a committed OpenAPI file. Raises NotFound."""
    name = request.path_params["name"]
    if name not in DOCUMENT_NAMES:
        raise NotFound
    return _file_response(request, resources.files("openapi") / f"{name}.json", "application/json")


ENDPOINTS: Final[dict[str, Callable[..., Awaitable[Response]]]] = {
    "/": redirect_to_pages,
    "/docs": get_page,
    "/docs/{asset}": get_asset,
    "/openapi/{name}.json": get_openapi_file,
}


def _swagger_folder() -> Traversable:
    return resources.files("shared") / "swagger"


def _file_response(request: Request, file: Traversable, media_type: str) -> Response:
    try:
        body = file.read_bytes()
    except FileNotFoundError:
        raise NotFound from None
    headers = {
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        "Cache-Control": "no-cache",
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)
