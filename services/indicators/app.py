"""The application of the indicators service."""

from fastapi import FastAPI

from services.indicators.catalogue import endpoint as catalogue
from services.indicators.changes import endpoint as changes
from services.indicators.completeness import endpoint as completeness
from services.indicators.definitions import endpoint as definitions
from services.indicators.definitions import indicators, previews
from services.indicators.explanation import endpoint as explanation
from services.indicators.reminders import endpoint as reminders
from services.indicators.reminders import sent as sent_reminders
from services.indicators.reports import acknowledge, issue, preview
from services.indicators.reports import read as reports
from services.indicators.series import endpoint as series
from services.indicators.summary import endpoint as summary
from services.indicators.targets import endpoint as targets
from services.indicators.targets import rankings
from services.indicators.version import endpoint as version
from services.indicators.what_if import endpoint as what_if
from shared.access.dependencies import Service
from shared.app import create_app
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import Settings


def create(settings: Settings, database: Database, clock: Clock) -> FastAPI:
    """Build the application of the indicators service."""
    routers = [
        *(issue.router, preview.router, reports.router, acknowledge.router),
        summary.router,
        indicators.router,
        series.router,
        explanation.router,
        definitions.router,
        previews.router,
        catalogue.router,
        version.router,
        changes.router,
        completeness.router,
        reminders.router,
        sent_reminders.router,
        targets.router,
        rankings.router,
        what_if.router,
    ]
    return create_app(Service(name="indicators", settings=settings, database=database, clock=clock), routers)
