"""The cases service: the items that organisations move forward in a campaign."""

from fastapi import FastAPI

from services.cases.action_items import issue
from services.cases.action_items.kind import ACTION_ITEMS
from services.cases.cases.kind import CASES
from services.cases.difficulties.kind import DIFFICULTIES
from services.cases.items.routes import item_routes
from shared.access.dependencies import Service
from shared.app import create_app
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import Settings

KINDS = (CASES, DIFFICULTIES, ACTION_ITEMS)


def create(settings: Settings, database: Database, clock: Clock) -> FastAPI:
    """Create the application of the cases service."""
    service = Service(name="cases", settings=settings, database=database, clock=clock)
    return create_app(service, [*(item_routes(kind) for kind in KINDS), issue.router])
