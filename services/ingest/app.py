"""The ingest service: counts in, imports, findings, submissions."""

from fastapi import FastAPI

from services.ingest import obligations
from services.ingest.counts import endpoints as observations
from services.ingest.findings import endpoints as findings
from services.ingest.formats.rows import Limits
from services.ingest.imports import read as imports
from services.ingest.imports import undo
from services.ingest.marked import download as marked
from services.ingest.marked.workshop import Workshop
from services.ingest.push.keeping import Keeping
from services.ingest.push.request import Desk
from services.ingest.registers import endpoints as registers
from services.ingest.submissions import moves, reopenings
from services.ingest.submissions import read as submissions
from services.ingest.templates import download as templates
from shared.access.service import Service
from shared.app import create_app
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import Settings


def create(settings: Settings, database: Database, clock: Clock) -> FastAPI:
    """The application of the ingest service."""
    parts = (
        *(observations, registers, imports, undo, marked, submissions, moves),
        *(reopenings, obligations, templates, findings),
    )
    routers = [part.router for part in parts]
    service = Service(name="ingest", settings=settings, database=database, clock=clock)
    app = create_app(service, routers)
    limits = Limits(max_rows=settings.bulk_max_rows, xlsx_inflated_bytes=settings.xlsx_max_inflated_bytes)
    app.state.desk = Desk(
        service.definitions,
        database,
        clock,
        limits,
        Keeping(settings.keep_inputs_max_bytes, settings.keep_inputs_days),
    )
    app.state.workshop = Workshop(settings.spool_dir)
    return app
