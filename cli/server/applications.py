"""Creates the services' applications for a server process."""

from collections.abc import Callable
from importlib import import_module

from fastapi import FastAPI

from cli.server.service_router import DEFAULT_SERVICE, ServiceRouter
from shared.clock import Clock
from shared.database.database import Database
from shared.http.health import Readiness
from shared.settings import SERVICES, Settings

STATEMENT_TIMEOUT_MS = {"ingest": 60_000}  # for applying a large push; all other statements are short
IDLE_TIMEOUT_MS = {"ingest": 120_000}  # the transaction that reserves a place for a large push is idle while its body arrives
SERVICES_WITH_GENERIC_PLANS = {"indicators", "ingest"}  # planning the summary and a small push takes longer than running them

Create = Callable[[Settings, Database, Clock], FastAPI]


def create_application(service: str, settings: Settings, clock: Clock) -> FastAPI:
    """Create the application of one service with its own database role; only that service's code is imported.

    Raises ValueError if the service's database URL is not set.
    """
    url = settings.service_url(service)
    if url is None:
        raise ValueError(f"GIGACITY_{service.upper()}_DATABASE_URL is not set")
    create: Create = import_module(f"services.{service}.app").create
    database = Database(
        url.get_secret_value(),
        application_name=f"gigacity-{service}",
        pool_size=settings.pool_size,
        statement_timeout_ms=STATEMENT_TIMEOUT_MS.get(service, 2_000),
        idle_timeout_ms=IDLE_TIMEOUT_MS.get(service, 5_000),
        plan_once=service in SERVICES_WITH_GENERIC_PLANS,
    )
    return create(settings, database, clock)


def all_services(settings: Settings, clock: Clock) -> ServiceRouter:
    """Create all services behind one router."""
    apps = {service: create_application(service, settings, clock) for service in SERVICES}
    apps[DEFAULT_SERVICE].state.readiness = Readiness({service: app.state.service.database for service, app in apps.items()})
    return ServiceRouter(apps)
