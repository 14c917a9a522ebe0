"""The indicators service: what the campaign's counts amount to."""

from fastapi import FastAPI

from services.indicators import (
    catalogue,
    changes,
    completeness,
    definitions,
    explanation,
    facts,
    indicators,
    reminders,
    sent_reminders,
    summary,
    trials,
    what_if,
)
from services.indicators.reports import acknowledge, issue
from services.indicators.reports import read as reports
from services.indicators.series import endpoint as series
from services.indicators.targets import endpoint as targets
from services.indicators.targets import rankings
from shared.app import create_app
from shared.clock import Clock
from shared.db import Database
from shared.settings import Settings


def create(settings: Settings, database: Database, clock: Clock) -> FastAPI:
    """The application of the indicators service."""
    routers = [
        *(issue.router, reports.router, acknowledge.router),
        summary.router,
        indicators.router,
        series.router,
        explanation.router,
        definitions.router,
        trials.router,
        catalogue.router,
        changes.router,
        facts.router,
        completeness.router,
        reminders.router,
        sent_reminders.router,
        targets.router,
        rankings.router,
        what_if.router,
    ]
    return create_app("indicators", routers, settings=settings, database=database, clock=clock)
