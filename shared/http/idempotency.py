"""A repeated request with an Idempotency-Key gets the first answer again, byte for byte."""

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import psycopg
from fastapi import Header
from psycopg import AsyncConnection
from starlette.responses import Response

from shared.database.database import Scope
from shared.problems import IdempotencyMismatch, StillRunning

_LOCK = "SELECT pg_advisory_xact_lock(%s)"
_FIND = "SELECT request_sha256, status, location, body FROM idempotency WHERE campaign = %s AND org = %s AND key = %s"
_KEEP = """
INSERT INTO idempotency (campaign, org, key, request_sha256, status, location, body, at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="Any text of the sender's that is new for each new request; a repeat gets the first answer again.",
    ),
]


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A committed 2xx answer."""

    status: int
    location: str | None
    body: bytes
    replayed: bool = False  # it was given before

    def response(self, headers: Mapping[str, str] | None = None) -> Response:
        """The answer as it is sent, byte for byte."""
        more = {"Location": self.location or ""} | ({"Idempotency-Replayed": "true"} if self.replayed else {})
        return Response(self.body, self.status, {**(headers or {}), **more}, "application/json")


def request_digest(parts: Iterable[bytes]) -> bytes:
    """SHA-256 over what makes a request the same request: operation, question, body hash."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


async def find_response(connection: AsyncConnection, scope: Scope, key: str, request_sha256: bytes) -> StoredResponse | None:
    """The committed answer to this key, having waited up to the lock timeout (1 s) for one that is under way.

    Raises `StillRunning` where it takes longer, `IdempotencyMismatch` where the key belongs to another request.
    The key stays locked to the end of the transaction.
    """
    lock = int.from_bytes(request_digest([scope.campaign.encode(), scope.org.encode(), key.encode()])[:8], "big", signed=True)
    try:
        await connection.execute(_LOCK, [lock])
        row = await (await connection.execute(_FIND, [scope.campaign, scope.org, key])).fetchone()
    except psycopg.errors.LockNotAvailable as busy:
        raise StillRunning(headers={"Retry-After": "1"}) from busy
    if row is None:
        return None
    if bytes(row[0]) != request_sha256:
        raise IdempotencyMismatch
    return StoredResponse(row[1], row[2], bytes(row[3]), replayed=True)


async def store_response(
    connection: AsyncConnection, scope: Scope, key: str, request_sha256: bytes, answer: StoredResponse, now: datetime
) -> None:
    """Record the answer in the transaction that it tells of."""
    await connection.execute(
        _KEEP, [scope.campaign, scope.org, key, request_sha256, answer.status, answer.location, answer.body, now]
    )


async def respond_once(
    connection: AsyncConnection,
    scope: Scope,
    key: str | None,
    request_sha256: bytes,
    now: datetime,
    act: Callable[[], Awaitable[StoredResponse]],
) -> StoredResponse:
    """The earlier answer to this key; else what `act` answers, kept under the key in the transaction that it tells of."""
    if key is None:
        return await act()
    if found := await find_response(connection, scope, key, request_sha256):
        return found
    answer = await act()
    await store_response(connection, scope, key, request_sha256, answer, now)
    return answer
