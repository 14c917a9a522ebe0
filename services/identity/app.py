"""The identity service: tokens, the keys that verify them, and the calling client."""

from fastapi import FastAPI

from services.identity import issue, me, published
from services.identity.service import IdentityService
from shared.app import create_app
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import Settings


def create(settings: Settings, database: Database, clock: Clock) -> FastAPI:
    """Create the application of the identity service."""
    service = IdentityService(settings=settings, database=database, clock=clock)
    return create_app(service, [issue.router, published.router, me.router])
