"""The services in the test's process, called over ASGI, and tokens to call them with."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Protocol

import pytest
import pytest_asyncio
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from cli.postgres.database_urls import DatabaseUrls
from cli.server.applications import create_application
from cli.server.service_router import DEFAULT_SERVICE, path_owners, path_prefix
from shared.access import policy
from shared.clock import Clock
from shared.settings import SERVICES, Settings
from shared.vocabulary import Role
from tests.declared_problems import check_response
from tests.fixtures_campaign import LIANGJIANG, Campaigns

Serve = Callable[[str], Awaitable[AsyncClient]]


class Bearer(Protocol):
    """Returns headers with an organisation's token."""

    def __call__(self, org: str, role: Role | None = None, campaign: str = LIANGJIANG) -> dict[str, str]:
        """`role` defaults to the organisation's first one."""


@pytest.fixture
def bearer(campaigns: Campaigns, settings: Settings) -> Bearer:
    """Headers with tokens like the identity service's, signed here to save a request."""
    return bearer_for(campaigns, settings)


def bearer_for(campaigns: Campaigns, settings: Settings) -> Bearer:
    """Return a function that makes headers for the clients of these campaigns."""

    def headers(org: str, role: Role | None = None, campaign: str = LIANGJIANG) -> dict[str, str]:
        client = next(
            client
            for (its_campaign, its_org, its_role), client in campaigns.clients.items()
            if (its_campaign, its_org) == (campaign, org) and role in (None, its_role)
        )
        token = campaigns.signing_key.issue(
            issuer=settings.token_issuer,
            client_id=client.client_id,
            campaign=campaign,
            org=org,
            role=client.role,
            audience=policy.AUDIENCE,
            now_s=int(time.time()),
            life_s=settings.token_lifetime_s,
        )
        return {"Authorization": f"Bearer {token}"}

    return headers


@pytest_asyncio.fixture
async def serve(urls: DatabaseUrls, settings: Settings, clock: Clock) -> AsyncIterator[Serve]:
    """A function that starts one service on the test's database."""
    async with AsyncExitStack() as stack:

        async def start(service: str) -> AsyncClient:
            return await stack.enter_async_context(serving(service, urls.fill(settings), clock))

        yield start


@pytest.fixture(scope="session")
def owners(session_settings: Settings) -> Mapping[str, str]:
    """The service of each path prefix, from applications that are not started."""
    no_database = DatabaseUrls("", dict.fromkeys(SERVICES, "postgresql://")).fill(session_settings)
    return path_owners({service: create_application(service, no_database, Clock(None)) for service in SERVICES})


@pytest_asyncio.fixture
async def api(urls: DatabaseUrls, settings: Settings, clock: Clock, owners: Mapping[str, str]) -> AsyncIterator[AsyncClient]:
    """All services on the test's database, behind one address."""
    async with AsyncExitStack() as stack:
        router = LazyServiceRouter(stack, owners, urls.fill(settings), clock)
        yield await stack.enter_async_context(_client(router, before=[router.start]))


class LazyServiceRouter:
    """A `ServiceRouter` that starts a service before its first request: most tests call one or two services."""

    def __init__(self, stack: AsyncExitStack, owners: Mapping[str, str], settings: Settings, clock: Clock) -> None:
        """The services stop with `stack`."""
        self._stack = stack
        self._owners = owners
        self._settings = settings
        self._clock = clock
        self._started: dict[str, FastAPI] = {}
        self._start_lock = asyncio.Lock()

    async def start(self, request: Request) -> None:
        """Start the service of a request. One that does not start fails the test with the reason, not with an empty 500."""
        service = self._service(request.url.path)
        async with self._start_lock:
            if service not in self._started:
                app = create_application(service, self._settings, self._clock)
                self._started[service] = await self._stack.enter_async_context(_running(app))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on one request."""
        await self._started[self._service(scope["path"])](scope, receive, send)

    def _service(self, path: str) -> str:
        return self._owners.get(path_prefix(path), DEFAULT_SERVICE)


@asynccontextmanager
async def serving(service: str, settings: Settings, clock: Clock) -> AsyncIterator[AsyncClient]:
    """Run one service with its own connections."""
    async with _running(create_application(service, settings, clock)) as app, _client(app) as client:
        yield client


@asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[FastAPI]:
    async with app.router.lifespan_context(app):
        yield app


def _client(app: ASGIApp, before: Sequence[Callable[[Request], Awaitable[None]]] = ()) -> AsyncClient:
    transport = ASGITransport(app=app, raise_app_exceptions=False)
    hooks: dict[str, list[Callable[..., Any]]] = {"request": [*before], "response": [check_response]}
    return AsyncClient(transport=transport, base_url="http://localhost:8000", event_hooks=hooks)
