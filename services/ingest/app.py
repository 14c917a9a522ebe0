"""The ingest service: counts in, imports, submissions."""

from fastapi import FastAPI

from services.ingest import imports, obligations, observations, reopenings, submission_moves, submissions, undo
from services.ingest.asked import Desk
from services.ingest.formats.rows import Limits
from shared.app import create_app
from shared.clock import Clock
from shared.db import Database
from shared.settings import Settings


def create(settings: Settings, database: Database, clock: Clock) -> FastAPI:
    """The application of the ingest service."""
    parts = (observations, imports, undo, submissions, submission_moves, reopenings, obligations)
    routers = [part.router for part in parts]
    app = create_app("ingest", routers, settings=settings, database=database, clock=clock)
    limits = Limits(max_rows=settings.bulk_max_rows, xlsx_inflated_bytes=settings.xlsx_max_inflated_bytes)
    app.state.desk = Desk(app.state.definitions, clock, limits)
    return app
