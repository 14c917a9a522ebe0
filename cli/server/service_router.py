"""Serves all services at one address: each request goes to the service that owns its path."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Router
from starlette.types import Receive, Scope, Send

DEFAULT_SERVICE = "identity"  # for paths that no service owns: API pages, health, and 404


def path_owners(apps: Mapping[str, FastAPI]) -> dict[str, str]:
    """Return the service that owns each path prefix, from the published routes. Raises ValueError if two services share one."""
    owners: dict[str, str] = {}
    for service, app in apps.items():
        for route in app.routes:
            if isinstance(route, APIRoute) and route.include_in_schema:
                owner = owners.setdefault(path_prefix(route.path), service)
                if owner != service:
                    message = f"both {owner} and {service} serve {path_prefix(route.path)}"
                    raise ValueError(message)
    return owners


def path_prefix(path: str) -> str:
    """Return the part of a path that identifies its service: the first segment, after `/v1` the first two."""
    segments = path.split("/")
    return "/".join(segments[: 3 if segments[1:2] == ["v1"] else 2])


class ServiceRouter:
    """ASGI application that passes each request to a service, and starts and stops all services."""

    def __init__(self, apps: Mapping[str, FastAPI]) -> None:
        """`apps` by service, the default service among them."""
        self._default = apps[DEFAULT_SERVICE]
        self._apps_by_prefix = {prefix: apps[service] for prefix, service in path_owners(apps).items()}
        self._apps = tuple(apps.values())
        self._lifespan = Router(lifespan=self._run_all)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on one request, or start and stop."""
        if scope["type"] == "lifespan":
            await self._lifespan.lifespan(scope, receive, send)
        else:
            await self._apps_by_prefix.get(path_prefix(scope["path"]), self._default)(scope, receive, send)

    @asynccontextmanager
    async def _run_all(self, _: object) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for app in self._apps:
                await stack.enter_async_context(app.router.lifespan_context(app))
            yield
