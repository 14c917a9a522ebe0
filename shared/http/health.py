"""Is the process alive, and is it ready to answer."""

import psycopg
import structlog
from starlette.requests import Request
from starlette.responses import Response

from shared.database.database import Database, UnsafeDatabase
from shared.http.json_response import JsonResponse
from shared.problems import Overloaded

log = structlog.get_logger()


async def get_health() -> Response:
    """Answer `/healthz`: the process runs."""
    return JsonResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})


async def get_readiness(request: Request) -> Response:
    """Answer `/readyz`: the database is reachable, migrated and set up so that it loses nothing. Raises Overloaded otherwise."""
    database: Database = request.app.state.database
    try:
        await database.verify()
    except (UnsafeDatabase, psycopg.OperationalError) as error:
        log.warning("not_ready", reason=str(error).splitlines()[0] if str(error) else type(error).__name__)
        raise Overloaded(zh="数据库不可达、未迁移或设置不安全", en="the database is unreachable, unmigrated or unsafe") from None
    return JsonResponse({"status": "ready"}, headers={"Cache-Control": "no-store"})
