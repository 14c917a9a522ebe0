"""Runs a service with additional plain endpoints, or the tutorial: `python -m bench.app SERVICE URL PORT`.

A service runs as the product runs it: with its checks of request heads, on a thread, and with the same settings of the process.
"""

import sys
from typing import Annotated

import uvicorn
from fastapi import APIRouter, Depends
from psycopg.rows import dict_row

from bench.peers import tutorial
from cli.server.applications import create_application
from cli.server.serving import listen, serving, set_up_process
from services.cases.cases.models import ListedCase
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.app import with_strict_checks
from shared.clock import Clock
from shared.database.database import Scope
from shared.http.json_response import JsonResponse
from shared.settings import Settings

PLAIN_READ = "/v1/plain"
PLAIN_WRITE = "/v1/plain-write"
PLAIN_LIST = "/v1/plain-list"
router = APIRouter()
_NO_MOVES: dict[str, list[str]] = {"actions": [], "editable_fields": []}
_PLAIN_LIST = "SELECT * FROM case_file WHERE campaign = %s ORDER BY id LIMIT 50"


@router.get(PLAIN_READ)
async def plain_read(service: ServiceDep, reader: Annotated[Principal, Depends(Authorized("get_summary"))]) -> JsonResponse:
    """Check the token as the summary does and run `SELECT 1` in a read transaction."""
    async with service.database.read(Scope(reader.campaign, reader.org, "campaign")) as snapshot:
        rows = await (await snapshot.connection.execute("SELECT 1")).fetchall()
    return JsonResponse({"one": rows[0][0]})


@router.post(PLAIN_WRITE)
async def plain_write(
    service: ServiceDep, sender: Annotated[Principal, Depends(Authorized("push_observations"))]
) -> JsonResponse:
    """Check the token as a push does and run `SELECT 1` in a write transaction."""
    async with service.database.write(Scope(sender.campaign, sender.org)) as connection:
        rows = await (await connection.execute("SELECT 1")).fetchall()
    return JsonResponse({"one": rows[0][0]})


@router.get(PLAIN_LIST)
async def plain_list(service: ServiceDep, reader: Annotated[Principal, Depends(Authorized("list_cases"))]) -> JsonResponse:
    """Check the token as lists of items do and return the first 50 cases, as the model of that list shows them."""
    async with service.database.read(Scope(reader.campaign, reader.org, "campaign")) as snapshot:
        rows = await snapshot.connection.cursor(row_factory=dict_row).execute(_PLAIN_LIST, [reader.campaign])
        items = [ListedCase.model_validate(row | _NO_MOVES).model_dump(mode="json") for row in await rows.fetchall()]
    return JsonResponse({"items": items})


def run_service(service: str, port: int) -> None:
    """Serve a service with the plain endpoints as the product serves it, until SIGTERM."""
    settings = Settings()
    app = create_application(service, settings, Clock(settings.now))
    app.router.routes.extend(with_strict_checks(route, settings) for route in router.routes)
    set_up_process(settings)
    with serving(app, listen("127.0.0.1", port), settings) as stopped:
        stopped.wait()


def run_tutorial(url: str, port: int) -> None:
    """Serve the tutorial on the database at `url` as the tutorial does, until SIGTERM."""
    uvicorn.run(tutorial.create_tutorial_app(url), host="127.0.0.1", port=port, log_config=None, access_log=False, ws="none")


if __name__ == "__main__":
    name, url, port = sys.argv[1:4]
    if name == "tutorial":
        run_tutorial(url, int(port))
    else:
        run_service(name, int(port))
