"""The cases service: application cases from draft to approval."""

from fastapi import FastAPI

from services.cases import create as create_endpoint
from services.cases import move, read
from shared.access.dependencies import Service
from shared.app import create_app
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import Settings


def create(settings: Settings, database: Database, clock: Clock) -> FastAPI:
    """Create the application of the cases service."""
    service = Service(name="cases", settings=settings, database=database, clock=clock)
    return create_app(service, [create_endpoint.router, move.router, read.router])
