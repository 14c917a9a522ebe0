"""The services' applications, as a process serves them."""

from collections.abc import Callable
from importlib import import_module

from fastapi import FastAPI

from cli.server.entry import Entry
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import SERVICES, Settings

STATEMENT_TIMEOUT_MS = {"ingest": 60_000}  # applying a large push; every other statement reads or writes single rows
IDLE_TIMEOUT_MS = {"ingest": 120_000}  # a large body is read in the transaction that holds its place; it tells nothing meanwhile
PLANNED_ONCE = {"indicators", "ingest"}  # planning a summary, or what a small push asks, takes longer than running it

Create = Callable[[Settings, Database, Clock], FastAPI]


def application(service: str, settings: Settings, clock: Clock) -> FastAPI:
    """The app of one service, logged in as its own role; only that service's code is loaded.

    Raises ValueError without the service's database address.
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
        plan_once=service in PLANNED_ONCE,
    )
    return create(settings, database, clock)


def entry(settings: Settings, clock: Clock) -> Entry:
    """All services behind one address."""
    return Entry({service: application(service, settings, clock) for service in SERVICES})
