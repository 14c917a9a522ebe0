"""The identity service: tokens, the keys that verify them, and who one is."""

from fastapi import FastAPI

from services.identity import issue, me, published
from services.identity.issue import Issuer
from shared.access.service import Service
from shared.app import create_app
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import Settings


def create(settings: Settings, database: Database, clock: Clock) -> FastAPI:
    """The application of the identity service."""
    routers = [issue.router, published.router, me.router]
    app = create_app(Service(name="identity", settings=settings, database=database, clock=clock), routers)
    app.state.issuer = Issuer(settings, database, clock)
    return app
