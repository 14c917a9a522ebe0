"""Creates the applications of the services."""

import copy
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.routing import Route

from shared import logs
from shared.access.dependencies import Service
from shared.database.database import Database
from shared.http import health, metrics, pages, problem_responses
from shared.http.compression import Compression
from shared.http.cors import Cors
from shared.http.json_response import JsonResponse
from shared.http.middleware import RequestMiddleware
from shared.http.strict_requests import StrictRequests
from shared.settings import Settings

VERSION: Final = "1.0.0"  # of the API: the OpenAPI files' info.version

_OPERATOR_ENDPOINTS: Final[dict[str, Callable[..., Awaitable[Response]]]] = {
    "/healthz": health.get_health,
    "/readyz": health.get_readiness,
    "/metrics": metrics.get_metrics,
}


def create_app(service: Service, routers: Sequence[APIRouter]) -> FastAPI:
    """Create the application of a service. On start-up it opens the database and raises if that is unsafe or not migrated."""
    settings = service.settings
    logs.configure(settings.log_format)
    app = FastAPI(
        title=f"Gigacity {service.name}",
        version=VERSION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=False,
        default_response_class=JsonResponse,
        lifespan=_lifespan_of(service.database),
    )
    app.state.service = service
    app.state.readiness = health.Readiness({service.name: service.database})
    routes = [with_strict_checks(route, settings) for router in routers for route in router.routes]
    app.router.routes.extend([*_refusing_routes(routes), *routes])
    app.router.routes.extend(
        APIRoute(path, endpoint, methods=["GET"], response_model=None, include_in_schema=False)
        for path, endpoint in (_OPERATOR_ENDPOINTS | pages.ENDPOINTS).items()
    )
    problem_responses.install_handlers(app)
    app.add_middleware(Compression)
    app.add_middleware(RequestMiddleware, service=service.name, metrics=metrics.process_metrics())
    if settings.cors_origins:
        app.add_middleware(Cors, origins=settings.cors_origins)  # outermost, so that pages can also read a 500
    return app


def _lifespan_of(database: Database) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with database:
            await database.verify()
            yield

    return lifespan


def _refusing_routes(routes: Sequence[APIRoute]) -> Iterator[Route]:
    """Yield a route for each method that a fixed path lacks and a path with parameters would answer in its place.

    Otherwise `GET /v1/reports/previews`, which is for POST only, would be the report with the number "previews".
    """
    methods_by_path: dict[str, set[str]] = {}
    for route in routes:
        methods_by_path.setdefault(route.path, set()).update(route.methods or ())
    for path, methods in methods_by_path.items():
        others = set().union(*(route.methods or () for route in routes if route.path != path and route.path_regex.match(path)))
        if "{" not in path and others - methods:
            yield Route(path, problem_responses.refuse_method, methods=sorted(others - methods), include_in_schema=False)


def with_strict_checks(route: object, settings: Settings) -> APIRoute:
    """Return a copy of a router's route with strict request checks, and its function's name as operation id.

    A copy, because several apps may share a router; not `include_router`, because that matches every request twice.
    """
    if not isinstance(route, APIRoute):
        message = f"not an API route: {route!r}"
        raise TypeError(message)
    checked = copy.copy(route)
    checked.operation_id = checked.unique_id = route.name
    checked.app = StrictRequests(route, route.app, settings)
    return checked
