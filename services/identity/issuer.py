"""Authenticates clients and issues access tokens."""

import re
from datetime import datetime
from typing import Any, Final

import structlog
from pydantic import BaseModel, Field

from services.identity import clients, token_request
from services.identity.attempts import MAX_UNKNOWN_AUDITED, FailedAttempts, NoPlaceError, Places, sender_of
from services.identity.client_secrets import (
    SecretHashes,
    digest_matches,
    generate_secret,
    is_digest_of,
    secret_digest,
)
from services.identity.keys import SigningKeys
from services.identity.known_clients import KnownClients
from services.identity.token_request import OAuthError, TokenRequest
from shared.access import policy
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import Settings
from shared.tables.client import Client
from shared.vocabulary import Role

_CLIENT_ID: Final = re.compile(r"[a-z0-9-]{1,63}\.[a-z0-9_]{1,63}\.[0-9]{1,9}")
_NO_CAMPAIGN: Final = "*"  # campaign and organisation of audit entries about unknown clients

_log = structlog.get_logger()


class AccessToken(BaseModel):
    """An access token (RFC 6749, section 5.1)."""

    access_token: str = Field(description="Send it as `Authorization: Bearer …`.", examples=["eyJhbGciOiJFUzI1NiIs…"])
    token_type: str = Field(examples=["Bearer"])
    expires_in: int = Field(description="Lifetime in seconds.", examples=[600])


class Issuer:
    """Authenticates clients by their secrets and issues access tokens to them."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._keys = SigningKeys(settings, database)
        self._hashes = SecretHashes()
        self._unmatched_digest = secret_digest("", generate_secret())
        self._attempts = FailedAttempts()
        self._places = Places()
        self._known = KnownClients(database, clock)
        self._audited_unknown = FailedAttempts(MAX_UNKNOWN_AUDITED)

    async def authenticate(self, credentials: TokenRequest, address: str, request_id: str) -> Client:
        """Return the client with these credentials. Raises OAuthError.

        A secret that was right a few seconds ago waits for nothing but the look-up of its client. Any other attempt counts as a
        failure when it arrives and waits among few, so that many at once do no more work than many in a row.
        """
        known = await self._known.find(credentials.client_id)
        if self._is_known_secret(known, credentials.secret):
            client, matches = await self._verify(credentials)
        else:
            client, matches = await self._verify_unknown_secret(credentials, known, sender_of(address))
        if client is None or not matches:
            await self._audit(credentials, client, address, request_id)
            _log.warning("client_refused", client_id=credentials.client_id if client is not None else "unknown", address=address)
            raise token_request.invalid_client()
        return client

    def _is_known_secret(self, known: Client | None, secret: str) -> bool:
        if known is None or known.secret_digest is None:
            digest_matches("", self._unmatched_digest, secret)  # the same work, so that a client is not revealed
            return False
        return digest_matches(known.secret_hash, known.secret_digest, secret)

    async def _verify_unknown_secret(
        self, credentials: TokenRequest, known: Client | None, sender: str
    ) -> tuple[Client | None, bool]:
        """Verify a secret that is wrong, new, or of a client of an earlier release; the last has a limit of its own."""
        has_digest = known is None or known.secret_digest is not None
        client_name = f"client {_shaped_id(credentials)}"
        names = (client_name, f"address {sender}") if has_digest else (f"{client_name} from {sender}",)
        _refuse_if_blocked(self._attempts.count(names, self._clock.elapsed_s()))
        try:
            with self._places.place_for(sender):
                client, matches = await self._verify(credentials)
        except NoPlaceError:
            self._attempts.forgive(names)
            _refuse_if_blocked(1)
        if matches:
            self._attempts.forgive(names)
        return client, matches

    async def _verify(self, credentials: TokenRequest) -> tuple[Client | None, bool]:
        """Return the client as it is now, and whether the secret is its own."""
        client, secret = await self._find_client(credentials.client_id), credentials.secret
        if client is None or client.revoked_at is not None:
            return client, False
        if client.secret_digest is not None and is_digest_of(client.secret_hash, client.secret_digest):
            return client, digest_matches(client.secret_hash, client.secret_digest, secret)
        matches = await self._hashes.matches(secret, client.secret_hash)
        if matches:
            await clients.store_digest(self._database, client, secret_digest(client.secret_hash, secret))
        return client, matches

    async def issue_token(self, client: Client) -> AccessToken:
        """Return an access token for an authenticated client, valid at the services that its role may call."""
        now = self._clock.real_now()
        return AccessToken(
            access_token=await sign_token(self._keys, self._settings, client, now),
            token_type="Bearer",
            expires_in=self._settings.token_lifetime_s,
        )

    async def published_keys(self) -> list[dict[str, Any]]:
        """Return the public keys that verify access tokens."""
        return await self._keys.published(self._clock.real_now())

    async def _audit(self, credentials: TokenRequest, client: Client | None, address: str, request_id: str) -> None:
        """Enter a failed attempt in the audit of the client's organisation, or under `*` for an unknown client.

        The number of entries a minute is bounded: ten for each client, `MAX_UNKNOWN_AUDITED` for all unknown clients.
        """
        now = self._clock.real_now()
        if client is None and self._audited_unknown.count((_NO_CAMPAIGN,), self._clock.elapsed_s()):
            return
        await clients.record_failed_attempt(
            self._database,
            campaign=client.campaign if client else _NO_CAMPAIGN,
            org=client.org if client else _NO_CAMPAIGN,
            client_id=_shaped_id(credentials),
            address=address,
            request_id=request_id,
            now=now,
        )

    async def _find_client(self, client_id: str) -> Client | None:
        if not _CLIENT_ID.fullmatch(client_id):
            return None
        async with self._database.session(None) as session:
            return await session.get(Client, client_id)


def _shaped_id(credentials: TokenRequest) -> str:
    """Return the client id of a request if it looks like one: a secret may have been sent as the id."""
    return credentials.client_id if _CLIENT_ID.fullmatch(credentials.client_id) else "unknown"


def _refuse_if_blocked(wait_s: int) -> None:
    if wait_s:
        description = "too many attempts; wait before the next one"
        raise OAuthError("temporarily_unavailable", description, 429, {"Retry-After": str(wait_s)})


async def sign_token(keys: SigningKeys, settings: Settings, client: Client, now: datetime) -> str:
    """Return a signed access token for an authenticated client."""
    role = Role(client.role)
    key = await keys.current(now)
    return key.issue(
        issuer=settings.token_issuer,
        client_id=client.client_id,
        campaign=client.campaign,
        org=client.org,
        role=role,
        audience=policy.AUDIENCE,
        now_s=int(now.timestamp()),
        life_s=settings.token_lifetime_s,
    )


async def token_for_operator(database: Database, settings: Settings, client: Client, now: datetime, actor: str) -> str:
    """Return an access token for an operator, who holds the database and the key file instead of the secret; audited."""
    token = await sign_token(SigningKeys(settings, database), settings, client, now)
    await clients.record_operation(database, client, "issue_token", now=now, actor=actor)
    return token
