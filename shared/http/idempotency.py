"""Idempotency keys: a repeated request with the same key gets the first response again, byte for byte."""

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
from shared.values.fields import KEY_LENGTH, KEY_PATTERN

_LOCK = "SELECT pg_advisory_xact_lock(%s)"
_SELECT = "SELECT request_sha256, status, location, body FROM idempotency WHERE campaign = %s AND org = %s AND key = %s"
_INSERT = """
INSERT INTO idempotency (campaign, org, key, request_sha256, status, location, body, at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=KEY_LENGTH,
        pattern=KEY_PATTERN,
        description="1 to 255 visible ASCII characters of your choice, without spaces; new for each new request."
        " A request repeated with the same key returns the first response. Keys belong to your organisation and never expire.",
    ),
]


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A 2xx response as committed under an idempotency key."""

    status: int
    location: str | None
    body: bytes
    replayed: bool = False  # a repeat of an earlier response

    def to_response(self, headers: Mapping[str, str] | None = None) -> Response:
        """Return the HTTP response with these bytes, and with further headers."""
        own_headers = {"Location": self.location} if self.location else {}
        own_headers |= {"Idempotency-Replayed": "true"} if self.replayed else {}
        return Response(self.body, self.status, {**(headers or {}), **own_headers}, "application/json")


def request_digest(parts: Iterable[bytes]) -> bytes:
    """Return the SHA-256 of what identifies a request: operation, query, hash of the body."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


async def find_response(connection: AsyncConnection, scope: Scope, key: str, request_sha256: bytes) -> StoredResponse | None:
    """Return the committed response for this key, waiting up to the lock timeout (1 s) for a request still running.

    Raises StillRunning if that takes longer, IdempotencyMismatch if the key was used with another request.
    The key stays locked to the end of the transaction.
    """
    lock = int.from_bytes(request_digest([scope.campaign.encode(), scope.org.encode(), key.encode()])[:8], "big", signed=True)
    try:
        await connection.execute(_LOCK, [lock])
        row = await (await connection.execute(_SELECT, [scope.campaign, scope.org, key])).fetchone()
    except psycopg.errors.LockNotAvailable as busy:
        raise StillRunning(headers={"Retry-After": "1"}) from busy
    if row is None:
        return None
    if bytes(row[0]) != request_sha256:
        raise IdempotencyMismatch
    return StoredResponse(row[1], row[2], bytes(row[3]), replayed=True)


async def store_response(
    connection: AsyncConnection, scope: Scope, key: str, request_sha256: bytes, response: StoredResponse, now: datetime
) -> None:
    """Store the response under its key, in the transaction whose result it reports."""
    await connection.execute(
        _INSERT, [scope.campaign, scope.org, key, request_sha256, response.status, response.location, response.body, now]
    )


async def respond_once(
    connection: AsyncConnection,
    scope: Scope,
    key: str | None,
    request_sha256: bytes,
    now: datetime,
    act: Callable[[], Awaitable[StoredResponse]],
) -> StoredResponse:
    """Return the earlier response for this key, or carry out `act` and store its response under the key."""
    if key is None:
        return await act()
    if earlier := await find_response(connection, scope, key, request_sha256):
        return earlier
    response = await act()
    await store_response(connection, scope, key, request_sha256, response, now)
    return response
