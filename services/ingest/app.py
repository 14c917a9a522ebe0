"""The ingest service: counts in, imports, findings, submissions."""

from fastapi import FastAPI

from services.ingest.counts import endpoints as counts
from services.ingest.findings import endpoints as findings
from services.ingest.findings import explain
from services.ingest.imports import read as imports
from services.ingest.imports import undo
from services.ingest.marked import download as marked
from services.ingest.observations import endpoint as observations
from services.ingest.registers import endpoints as registers
from services.ingest.service import IngestService
from services.ingest.submissions import moves, reopenings
from services.ingest.submissions import read as submissions
from services.ingest.templates import download as templates
from shared.app import create_app
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import Settings


def create(settings: Settings, database: Database, clock: Clock) -> FastAPI:
    """Create the application of the ingest service."""
    parts = (
        *(counts, observations, registers, imports, undo, marked, submissions, moves),
        *(reopenings, templates, findings, explain),
    )
    service = IngestService(settings=settings, database=database, clock=clock)
    return create_app(service, [part.router for part in parts])
