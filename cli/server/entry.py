"""One address for all services: hands each request to the app that owns its path."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Router
from starlette.types import Receive, Scope, Send

DEFAULT = "identity"  # answers what no service owns: API pages, health, and 404


def owners(apps: Mapping[str, FastAPI]) -> dict[str, str]:
    """Which service owns which path prefix, told from the routes the apps publish. Raises ValueError where two claim one."""
    found: dict[str, str] = {}
    for service, app in apps.items():
        for route in app.routes:
            if isinstance(route, APIRoute) and route.include_in_schema:
                owner = found.setdefault(prefix(route.path), service)
                if owner != service:
                    message = f"both {owner} and {service} serve {prefix(route.path)}"
                    raise ValueError(message)
    return found


def prefix(path: str) -> str:
    """The part of a path that tells the services apart: its first segment, and what follows a version."""
    segments = path.split("/")
    return "/".join(segments[: 3 if segments[1:2] == ["v1"] else 2])


class Entry:
    """The application in front of the services' applications; it starts and stops with all of them."""

    def __init__(self, apps: Mapping[str, FastAPI]) -> None:
        """`apps` by service, one of them the default."""
        self._default = apps[DEFAULT]
        self._owned = {path: apps[service] for path, service in owners(apps).items()}
        self._apps = tuple(apps.values())
        self._lifespan = Router(lifespan=self._together)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or start and stop."""
        if scope["type"] == "lifespan":
            await self._lifespan.lifespan(scope, receive, send)
        else:
            await self._owned.get(prefix(scope["path"]), self._default)(scope, receive, send)

    @asynccontextmanager
    async def _together(self, _: object) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for app in self._apps:
                await stack.enter_async_context(app.router.lifespan_context(app))
            yield
