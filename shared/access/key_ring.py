"""The principal of a bearer token, checked against the keys and clients in the database.

A change of a client or a key takes effect within a minute: the database is read again after at most 30 s, and a verified
token is cached for at most 30 s. A cached token costs a dictionary look-up and no round trip.

Ages are elapsed time, which nobody can set back; the real time is only compared with the times in a token.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import psycopg
import structlog

from shared.access import tokens
from shared.clock import Clock
from shared.database.database import Database
from shared.problems import Overloaded, TokenInvalid
from shared.settings import Settings
from shared.vocabulary import Role

REFRESH_S: Final = 20.0  # age at which keys and clients are read again
STALE_S: Final = 30.0  # age at which they are no longer used: the answer is 503
TOKEN_CACHE_S: Final = 30.0  # for a verified token
RETRY_S: Final = 1.0  # between attempts while the database does not answer
UNKNOWN_KEY_S: Final = 5.0  # between refreshes for unknown keys: anybody can make up a key id
MAX_CACHED: Final = 10_000  # tokens

_KEYS = "SELECT kid, public_jwk FROM signing_key WHERE retires_at IS NULL OR retires_at > %s"
_CLIENTS = "SELECT client_id, campaign, org, role FROM client WHERE revoked_at IS NULL"

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Principal:
    """The client that sends a request."""

    client_id: str
    campaign: str
    org: str
    role: Role
    audience: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _KeysAndClients:
    """Public keys by `kid`, and (campaign, org, role) of each client that is not revoked, as read from the database."""

    read_at: float = float("-inf")  # elapsed time
    key_documents: Mapping[str, object] = field(default_factory=dict)
    keys: Mapping[str, tokens.PublicKey] = field(default_factory=dict)
    clients: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)


class KeyRing:
    """Verifies the access tokens sent to one service."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, service: str) -> None:
        tokens.require_safe_backend()
        self._issuer = settings.token_issuer
        self._database = database
        self._clock = clock
        self._service = service
        self._current = _KeysAndClients()
        self._cached: dict[str, tuple[Principal, float]] = {}  # principal, and the elapsed time at which to verify again
        self._refreshing = asyncio.Lock()
        self._attempted_at = float("-inf")
        self._unknown_key_refresh_at = float("-inf")

    async def authenticate(self, token: str) -> Principal:
        """Return the principal of a token. Raises TokenInvalid, or Overloaded if keys and clients cannot be read."""
        now = self._clock.elapsed_s()
        cached = self._cached.get(token)
        if cached and now < cached[1]:
            return cached[0]
        if now - self._current.read_at > REFRESH_S:
            await self._refresh()
        claims = await self._claims(token)
        principal = Principal(claims.client_id, claims.campaign, claims.org, claims.role, claims.audience)
        token_age_s = self._real_now_s() - claims.issued_at
        if not self._is_active(principal) and now - self._current.read_at > token_age_s - tokens.CLOCK_SKEW_S:
            await self._refresh()  # the client may have been created since the last read
        if not self._is_active(principal):
            raise invalid_token("the client was revoked or changed")
        self._cache(token, principal, now + min(TOKEN_CACHE_S, claims.expires_at - self._real_now_s()))
        return principal

    async def _claims(self, token: str) -> tokens.Claims:
        try:
            return self._verify(token)
        except tokens.UnknownKeyError:
            if self._clock.elapsed_s() - self._unknown_key_refresh_at < UNKNOWN_KEY_S:
                raise invalid_token("unknown key") from None
            self._unknown_key_refresh_at = self._clock.elapsed_s()
            await self._refresh()
        except tokens.TokenError as error:
            raise invalid_token(str(error)) from None
        try:
            return self._verify(token)
        except tokens.TokenError as error:
            raise invalid_token(str(error)) from None

    def _verify(self, token: str) -> tokens.Claims:
        return tokens.verify_token(
            token, self._current.keys, issuer=self._issuer, service=self._service, now_s=self._real_now_s()
        )

    def _is_active(self, principal: Principal) -> bool:
        return self._current.clients.get(principal.client_id) == (principal.campaign, principal.org, principal.role)

    def _cache(self, token: str, principal: Principal, until: float) -> None:
        if len(self._cached) >= MAX_CACHED:
            self._cached.clear()
        self._cached[token] = (principal, until)

    async def _refresh(self) -> None:
        """Read keys and clients again, once for all waiting requests; a change empties the cache of tokens."""
        requested_at = self._clock.elapsed_s()
        async with self._refreshing:
            if self._current.read_at >= requested_at:
                return  # another request has refreshed them meanwhile
            now = self._clock.elapsed_s()
            if now - self._attempted_at >= RETRY_S or self._current.read_at >= self._attempted_at:
                self._attempted_at = now
                await self._read()
        if self._clock.elapsed_s() - self._current.read_at > STALE_S:
            raise Overloaded

    async def _read(self) -> None:
        read_at = self._clock.elapsed_s()
        try:
            documents, clients = await self._rows()
        except psycopg.Error as error:
            _log.warning("keys_not_read", error=type(error).__name__)
            return
        if (documents, clients) != (self._current.key_documents, self._current.clients):
            self._cached.clear()
        keys = self._current.keys if documents == self._current.key_documents else _usable(documents)
        self._current = _KeysAndClients(read_at, documents, keys, clients)

    async def _rows(self) -> tuple[dict[str, object], dict[str, tuple[str, str, str]]]:
        async with self._database.unscoped() as connection:
            keys = await connection.execute(_KEYS, [self._clock.real_now()])
            clients = await connection.execute(_CLIENTS)
            return (
                dict(await keys.fetchall()),
                {client_id: (campaign, org, role) async for client_id, campaign, org, role in clients},
            )

    def _real_now_s(self) -> float:
        return self._clock.real_now().timestamp()


def _usable(documents: Mapping[str, object]) -> dict[str, tokens.PublicKey]:
    """Return the valid keys; a broken one is skipped, so that it does not lock out all clients."""
    usable = {}
    for kid, jwk in documents.items():
        try:
            usable[kid] = tokens.PublicKey.from_jwk(jwk)
        except tokens.TokenError:
            _log.exception("signing_key_skipped", kid=kid)
    return usable


def missing_token() -> TokenInvalid:
    """Return the problem for a request without a usable token."""
    return TokenInvalid(headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


def invalid_token(reason: str) -> TokenInvalid:
    """Return the problem for a token that is not valid; the reason is only logged."""
    _log.info("token_refused", reason=reason)
    return missing_token()
