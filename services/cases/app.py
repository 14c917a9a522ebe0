"""The cases service: application cases from draft to approval."""

from fastapi import FastAPI

from services.cases import file, move, read
from shared.access.service import Service
from shared.app import create_app
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import Settings


def create(settings: Settings, database: Database, clock: Clock) -> FastAPI:
    """The application of the cases service."""
    return create_app(
        Service(name="cases", settings=settings, database=database, clock=clock), [file.router, move.router, read.router]
    )
