"""The cases service: the items that organisations move forward in a campaign."""

from fastapi import FastAPI

from services.cases.action_items import issue
from services.cases.action_items.escalated import escalated_difficulties
from services.cases.action_items.kind import ACTION_ITEMS
from services.cases.cases import published, versions
from services.cases.cases.kind import CASES
from services.cases.challenges.kind import CHALLENGES
from services.cases.difficulties.kind import DIFFICULTIES
from services.cases.inbox.findings import unexplained_findings
from services.cases.inbox.inbox import inbox_routes
from services.cases.inbox.months import awaited_months
from services.cases.inbox.workload import workload_routes
from services.cases.items.awaited import moves_awaited_by
from services.cases.items.routes import item_routes
from services.cases.service import CasesService
from services.cases.tasks import board, read
from services.cases.tasks.kind import ASSIGNMENTS
from shared.app import create_app
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import Settings

KINDS = (CASES, DIFFICULTIES, ACTION_ITEMS, CHALLENGES, ASSIGNMENTS)

INBOX = (moves_awaited_by(KINDS), escalated_difficulties, awaited_months, unexplained_findings)
"""Sources of the inbox. A kind declares the moves that it waits for; other matters have a source of their own."""


ROUTERS = (
    published.router,
    versions.router,
    *(item_routes(kind) for kind in KINDS),
    board.router,
    read.router,
    issue.router,
    inbox_routes(INBOX),
    workload_routes(KINDS),
)


def create(settings: Settings, database: Database, clock: Clock) -> FastAPI:
    """Create the application of the cases service."""
    return create_app(CasesService(settings=settings, database=database, clock=clock), ROUTERS)
