"""The principal of a bearer token, checked against the keys and clients in the database.

A change of a client or a key takes effect within a minute: the database is read again after at most 30 s, and a verified
token is remembered for at most 30 s. A remembered token costs a dictionary look-up and no round trip.
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

REFRESH_S: Final = 20.0  # read keys and clients again when they are older
STALE_S: Final = 30.0  # answer 503 rather than rely on anything older
REMEMBER_S: Final = 30.0  # a verified token
RETRY_S: Final = 2.0  # between attempts while the database does not answer
UNKNOWN_KEY_S: Final = 5.0  # between refreshes that unknown keys cause: anybody can make up a key id
MAX_REMEMBERED: Final = 10_000  # tokens

_KEYS = "SELECT kid, public_jwk FROM signing_key WHERE retires_at IS NULL OR retires_at > %s"
_CLIENTS = "SELECT client_id, campaign, org, role FROM client WHERE revoked_at IS NULL"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Principal:
    """The client a request comes from."""

    client_id: str
    campaign: str
    org: str
    role: Role
    audience: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database said: public keys by `kid`, and the (campaign, org, role) of each client that is not revoked."""

    read_at: float = float("-inf")
    key_documents: Mapping[str, object] = field(default_factory=dict)
    keys: Mapping[str, tokens.PublicKey] = field(default_factory=dict)
    clients: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)


class KeyRing:
    """Turns the access tokens presented to one service into principals."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, service: str) -> None:
        """Nothing is read before the first token comes."""
        tokens.require_safe_backend()
        self._issuer = settings.token_issuer
        self._database = database
        self._clock = clock
        self._service = service
        self._known = _Known()
        self._remembered: dict[str, tuple[Principal, float]] = {}  # principal and the instant it is to be checked again
        self._refreshing = asyncio.Lock()
        self._attempted_at = float("-inf")
        self._looked_for_key_at = float("-inf")

    async def principal(self, token: str) -> Principal:
        """Who presents this token. Raises TokenInvalid, or Overloaded when keys and clients cannot be read."""
        now = self._now()
        remembered = self._remembered.get(token)
        if remembered and now < remembered[1]:
            return remembered[0]
        if now - self._known.read_at > REFRESH_S:
            await self._refresh()
        claims = await self._claims(token)
        principal = Principal(claims.client_id, claims.campaign, claims.org, claims.role, claims.audience)
        if not self._stands(principal) and self._known.read_at < claims.issued_at + tokens.CLOCK_SKEW_S:
            await self._refresh()  # the client may be younger than what we know
        if not self._stands(principal):
            raise invalid_token("the client was revoked or changed")
        self._remember(token, principal, min(now + REMEMBER_S, claims.expires_at))
        return principal

    async def _claims(self, token: str) -> tokens.Claims:
        try:
            return self._verify(token)
        except tokens.UnknownKeyError:
            if self._now() - self._looked_for_key_at < UNKNOWN_KEY_S:
                raise invalid_token("unknown key") from None
            self._looked_for_key_at = self._now()
            await self._refresh()
        except tokens.TokenError as error:
            raise invalid_token(str(error)) from None
        try:
            return self._verify(token)
        except tokens.TokenError as error:
            raise invalid_token(str(error)) from None

    def _verify(self, token: str) -> tokens.Claims:
        return tokens.verify_token(token, self._known.keys, issuer=self._issuer, service=self._service, now_s=self._now())

    def _stands(self, principal: Principal) -> bool:
        return self._known.clients.get(principal.client_id) == (principal.campaign, principal.org, principal.role)

    def _remember(self, token: str, principal: Principal, until: float) -> None:
        if len(self._remembered) >= MAX_REMEMBERED:
            self._remembered.clear()
        self._remembered[token] = (principal, until)

    async def _refresh(self) -> None:
        """Read keys and clients again, once for all who wait; what was remembered is forgotten when anything changed."""
        asked_at = self._now()
        async with self._refreshing:
            if self._known.read_at >= asked_at:
                return  # somebody else did it while we waited
            if self._now() - self._attempted_at >= RETRY_S or self._known.read_at >= self._attempted_at:
                self._attempted_at = self._now()
                await self._read()
        if self._now() - self._known.read_at > STALE_S:
            raise Overloaded(headers={"Retry-After": "2"})

    async def _read(self) -> None:
        read_at = self._now()
        try:
            documents, clients = await self._rows()
        except psycopg.Error as error:
            log.warning("keys_not_read", error=type(error).__name__)
            return
        if (documents, clients) != (self._known.key_documents, self._known.clients):
            self._remembered.clear()
        keys = self._known.keys if documents == self._known.key_documents else _usable(documents)
        self._known = _Known(read_at, documents, keys, clients)

    async def _rows(self) -> tuple[dict[str, object], dict[str, tuple[str, str, str]]]:
        async with self._database.unscoped() as connection:
            keys = await connection.execute(_KEYS, [self._clock.real_now()])
            clients = await connection.execute(_CLIENTS)
            return (
                dict(await keys.fetchall()),
                {client_id: (campaign, org, role) async for client_id, campaign, org, role in clients},
            )

    def _now(self) -> float:
        return self._clock.real_now().timestamp()


def _usable(documents: Mapping[str, object]) -> dict[str, tokens.PublicKey]:
    """The keys that can be used; a broken one must not lock everybody out."""
    usable = {}
    for kid, jwk in documents.items():
        try:
            usable[kid] = tokens.PublicKey.from_jwk(jwk)
        except tokens.TokenError:
            log.exception("signing_key_skipped", kid=kid)
    return usable


def missing_token() -> TokenInvalid:
    """Return the refusal of a request without a usable token."""
    return TokenInvalid(headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


def invalid_token(reason: str) -> TokenInvalid:
    """Return the refusal of a token; the reason is only logged."""
    log.info("token_refused", reason=reason)
    return missing_token()
