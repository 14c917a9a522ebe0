"""The one factory of the services' applications."""

import copy
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.responses import Response

from shared import logs
from shared.access.service import Service
from shared.database.database import Database
from shared.http import health, metrics, pages, problem_responses
from shared.http.cors import Cors
from shared.http.json_response import JsonResponse
from shared.http.middleware import RequestMiddleware
from shared.http.strict_requests import StrictRequests
from shared.settings import Settings

VERSION: Final = "1.0.0"  # of the API: the OpenAPI files' info.version

_FOR_OPERATORS: Final[dict[str, Callable[..., Awaitable[Response]]]] = {
    "/healthz": health.get_health,
    "/readyz": health.get_readiness,
    "/metrics": metrics.get_metrics,
}


def create_app(service: Service, routers: Sequence[APIRouter]) -> FastAPI:
    """Build the application of one service. On start-up it opens the database, and refuses one that is unsafe or not migrated."""
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
        lifespan=_open(service.database),
    )
    app.state.service = service
    app.state.settings = settings
    app.state.database = service.database
    app.state.clock = service.clock
    app.state.definitions = service.definitions
    app.router.routes.extend(_own(route, settings) for router in routers for route in router.routes)
    app.router.routes.extend(
        APIRoute(path, endpoint, methods=["GET"], response_model=None, include_in_schema=False)
        for path, endpoint in (_FOR_OPERATORS | pages.ENDPOINTS).items()
    )
    problem_responses.install_handlers(app)
    app.add_middleware(RequestMiddleware, service=service.name, metrics=metrics.process_metrics())
    if settings.cors_origins:
        app.add_middleware(Cors, origins=settings.cors_origins)  # outermost, so that a page can read a 500 too
    return app


def _open(database: Database) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with database:
            await database.verify()
            yield

    return lifespan


def _own(route: object, settings: Settings) -> APIRoute:
    """This app's own copy of a router's route, behind the front door and with its function's name as operation id.

    A copy, because one router may serve several apps; not `include_router`, because that matches every request twice.
    """
    if not isinstance(route, APIRoute):
        message = f"only API routes are served: {route!r}"
        raise TypeError(message)
    own = copy.copy(route)
    own.operation_id = own.unique_id = route.name
    own.app = StrictRequests(route, route.app, settings)
    return own
