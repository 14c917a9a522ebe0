"""Health checks: whether the process is alive, and whether it is ready for requests."""

import psycopg
import structlog
from starlette.responses import Response

from shared.access.dependencies import ServiceDep
from shared.database.database import UnsafeDatabase
from shared.http.json_response import JsonResponse
from shared.problems import Overloaded

log = structlog.get_logger()


async def get_health() -> Response:
    """Answer `/healthz`: the process is running."""
    return JsonResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})


async def get_readiness(service: ServiceDep) -> Response:
    """Answer `/readyz`. Raises Overloaded unless the database is reachable, migrated and set up so that it loses nothing."""
    try:
        await service.database.verify()
    except (UnsafeDatabase, psycopg.OperationalError) as error:
        log.warning("not_ready", reason=str(error).splitlines()[0] if str(error) else type(error).__name__)
        raise Overloaded(
            zh="数据库无法连接、未迁移或设置不安全。", en="The database is unreachable, not migrated or not configured safely."
        ) from None
    return JsonResponse({"status": "ready"}, headers={"Cache-Control": "no-store"})
