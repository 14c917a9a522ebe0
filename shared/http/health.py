"""Health checks: whether the process is alive, and whether it is ready for requests."""

import asyncio
from collections.abc import Mapping
from time import monotonic
from typing import Final, NamedTuple

import structlog
from fastapi import Request
from starlette.responses import Response

from shared.database.database import Database, NotReady
from shared.http.json_response import JsonResponse
from shared.problems import Overloaded
from shared.values.bilingual import Bilingual

CHECK_TIMEOUT_S: Final = 1.5  # health checks of containers give up after two seconds
CHECK_AGE_S: Final = 0.5  # for which a result is used again: anybody may ask, and each check logs in

_FAILURES: Final = {
    "login": Bilingual(zh="无法登录数据库", en="cannot log in to the database"),
    "schema": Bilingual(zh="数据库未迁移或设置不安全", en="the database is not migrated or not configured safely"),
    "write": Bilingual(zh="数据库不可写入", en="the database accepts no writes"),
    "pool": Bilingual(zh="没有可用的数据库连接", en="no connection to the database is free"),
    "no_response": Bilingual(zh="数据库没有响应", en="the database does not respond"),
}

_log = structlog.get_logger()


class _Failure(NamedTuple):
    """The check that failed, and the reason for the log."""

    check: str
    reason: str


class Readiness:
    """Readiness of the services of one address, each checked through its own connections."""

    def __init__(self, databases: Mapping[str, Database]) -> None:
        """`databases` by service."""
        self._databases = databases
        self._checks: dict[str, asyncio.Task[_Failure | None]] = {}
        self._started_at = float("-inf")

    async def failures(self) -> dict[str, _Failure]:
        """Return the failures, by service. Requests at the same time share one check; one that hangs is not started again."""
        if monotonic() - self._started_at > CHECK_AGE_S:
            self._started_at = monotonic()
            for service, database in self._databases.items():
                if service not in self._checks or self._checks[service].done():
                    self._checks[service] = asyncio.create_task(_check(database))
        await asyncio.wait(self._checks.values(), timeout=CHECK_TIMEOUT_S)
        no_response = _Failure("no_response", f"no response within {CHECK_TIMEOUT_S} s")
        results = {service: check.result() if check.done() else no_response for service, check in self._checks.items()}
        return {service: failure for service, failure in results.items() if failure is not None}


async def _check(database: Database) -> _Failure | None:
    try:
        await database.require_ready()
    except NotReady as not_ready:
        return _Failure(not_ready.check.value, str(not_ready).splitlines()[0])
    return None


async def get_health() -> Response:
    """Answer `/healthz`: the process is running."""
    return JsonResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})


async def get_readiness(request: Request) -> Response:
    """Answer `/readyz`. Raises Overloaded, naming what fails, unless every service at this address can read and write."""
    failures = await request.app.state.readiness.failures()
    if failures:
        _log.warning(
            "not_ready", failing={service: f"{failure.check}: {failure.reason}" for service, failure in failures.items()}
        )
        texts = [(service, _FAILURES[failure.check]) for service, failure in failures.items()]
        raise Overloaded(
            zh="；".join(f"{service}：{text.zh}" for service, text in texts),
            en="; ".join(f"{service}: {text.en}" for service, text in texts),
        )
    return JsonResponse({"status": "ready"}, headers={"Cache-Control": "no-store"})
